#!/usr/bin/env bash
# Company for who tries sotto alone: a second client, as real as any, that waits in a room, greets
# who comes, repeats kindly what is said there or to it, and takes a file without keeping it. tools/companion.sh SOTTO HOST:PORT [NAME
# [ROOM]]. It prints "ready" when it is there. It ends when its standard input ends or the relay goes; nothing of it stays behind.
set -uo pipefail
[ $# -ge 2 ] || { echo "usage: companion.sh SOTTO HOST:PORT [NAME [ROOM]] <something that stays open" >&2; exit 1; }
sotto=$1 relay=$2 name=${3:-fern} room=${4:-garden}
# What it says begins with this, and what begins with this is never answered: so no two of them,
# and none with itself, talk for ever.
mark='~ '

held=$(mktemp -d "${TMPDIR:-/tmp}/sotto-company.XXXXXX")
coproc CLIENT { XDG_DOWNLOAD_DIR=$held exec "$sotto" --ephemeral --json -s "$relay" -n "$name"; }
client=$CLIENT_PID
exec {events}<&"${CLIENT[0]}" {requests}>&"${CLIENT[1]}" {life}<&0
# Its own thread of life: as long as somebody holds our standard input open.
{
    exec {events}<&- {requests}>&-
    while read -r _ <&"$life"; do :; done
    kill "$client"
} 2>/dev/null &
watch=$!
end() {
    trap - EXIT
    kill "$client" "$watch" 2>/dev/null
    wait "$client" "$watch" 2>/dev/null
    rm -rf "$held"
    exit "$1"
}
trap 'end 0' TERM INT HUP
trap 'end $?' EXIT

id=0
ask() { # the rest of an object, which is JSON already
    id=$((id + 1))
    printf '{"id":%d,%s}\n' "$id" "$1" >&"$requests"
}
say() { # place and words, both as they stand in JSON
    ask "\"do\":\"say\",$1,\"text\":\"$mark$2\""
}

# The events are matched from their beginning, so no text can pass for a key. What is between
# quotes stays escaped, and goes back as it came.
s='(([^"\]|\\.)*)'
flag='(true|false)'
said="^\{\"event\":\"message\",\"(room|person)\":\"$s\",\"from\":\"$s\",(\"tag\":\"$s\",)?\"guest\":$flag,\"verified\":$flag,\"own\":$flag,\"old\":$flag,\"mention\":$flag,\"file\":$flag,\"text\":\"$s\",\"display\":"
came="^\{\"event\":\"here\",\"room\":\"$room\",\"who\":\"$s\","
group="^\{\"event\":\"room\",\"room\":\"$room\",\"joined\":$flag,\"seal\":\"([a-z]+)\",\"epoch\":[0-9]+,\"members\":([0-9]+),"
parcel="^\{\"event\":\"file\",\"n\":([0-9]+),\"key\":\"[0-9a-f]+\",\"state\":\"(offered|done)\",\"way\":\"in\",\"name\":\"$s\",\"bytes\":([0-9]{1,9}),\"done\":[0-9]+,\"rate\":[0-9]+,\"from\":\"$s\",(\"tag\":\"$s\",)?\"(room|person)\":\"$s\",.*\"path\":\"$s\",\"why\":"
gone='^\{"event":"link","link":"(waiting|refused|leaving|ended)",'

answer() { # place, text
    case $2 in
    "$mark"*) return ;;
    esac
    if [ ${#2} -gt 500 ]; then
        say "$1" "That was long! All of it came, sealed end to end."
    else
        say "$1" "You said: $2"
    fi
}

# Who came reads along from the moment that the group has one member more.
newcomers=()
members=0
due=0
greet() { # seal, members
    [ "$members" = 0 ] && [ "$2" -gt 0 ] && echo ready
    [ "$2" -gt "$members" ] && due=1
    members=$2
    [ "$due" = 1 ] && [ "$1" = sealed ] || return 0
    due=0
    for who in "${newcomers[@]}"; do
        say "\"room\":\"$room\"" "Hello $who! I am a small program that keeps you company. Say something and I say it back; /msg $name works too."
    done
    newcomers=()
}

ask "\"do\":\"command\",\"line\":\"/join $room\""
while IFS= read -r line <&"$events"; do
    if [[ $line =~ $said ]]; then
        kind=${BASH_REMATCH[1]} where=${BASH_REMATCH[2]} own=${BASH_REMATCH[11]} old=${BASH_REMATCH[12]} file=${BASH_REMATCH[14]} text=${BASH_REMATCH[15]}
        [ "$own$old$file" = falsefalsefalse ] && answer "\"$kind\":\"$where\"" "$text"
    elif [[ $line =~ $parcel ]]; then # of less than a gigabyte; a larger one is left alone
        if [ "${BASH_REMATCH[2]}" = offered ]; then
            ask "\"do\":\"accept\",\"n\":${BASH_REMATCH[1]}"
        else
            file=${BASH_REMATCH[14]//\\\"/\"} # it alone: others may be on their way
            file=${file//\\\\/\\}
            [[ $file == "$held"/* ]] && rm -f -- "$file"
            say "\"${BASH_REMATCH[11]}\":\"${BASH_REMATCH[12]}\"" "I have it: ${BASH_REMATCH[3]}, and its hash is the one you signed. I keep none, so it is gone again."
        fi
    elif [[ $line =~ $came ]]; then
        newcomers+=("${BASH_REMATCH[1]}")
    elif [[ $line =~ $group ]]; then
        greet "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
    elif [[ $line =~ $gone ]]; then
        break
    fi
done
end 0
