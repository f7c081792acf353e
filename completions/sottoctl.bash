# bash completion for sottoctl(8)
_sottoctl()
{
    local cur prev words cword word command=() options='--socket --json --help --version' i
    _init_completion -n = 2>/dev/null || {
        cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
        words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
    }
    case $prev in
    --socket)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --role)
        mapfile -t COMPREPLY < <(compgen -W 'user moderator operator' -- "$cur")
        return
        ;;
    --for)
        mapfile -t COMPREPLY < <(compgen -W '10m 1h 1d 1w' -- "$cur")
        return
        ;;
    --room | --password-fd)
        return
        ;;
    esac
    for ((i = 1; i < cword; i++)); do
        word=${words[i]}
        case $word in
        --socket | --room | --for | --role | --password-fd) ((i++)) ;;
        --*) ;;
        *) command+=("$word") ;;
        esac
    done
    case ${command[*]:0:2} in
    kick | kick\ *) options+=' --room' ;;
    ban | ban\ * | mute | mute\ *) options+=' --room --for' ;;
    unban | unban\ *) options+=' --room' ;;
    'account add') options+=' --role --password-fd' ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    case ${#command[@]}:${command[*]} in
    0:*) word='status users rooms kick ban unban mute announce account token log reload drain' ;;
    1:account) word='list add role remove' ;;
    1:token) word='revoke' ;;
    1:log) word='level' ;;
    2:'log level') word='error warn info debug' ;;
    3:'account role '*) word='user moderator operator' ;;
    *) word='' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
}
complete -F _sottoctl sottoctl
