# bash completion for sotto(1)
_sotto()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i word=''
    case $prev in
    --ca | --cert | --key | --access-key | --log | --check-theme | --password-file | --passphrase-file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --theme)
        mapfile -t COMPREPLY < <(compgen -W 'ansi mono high-contrast-dark high-contrast-light
            default-dark default-light solarized-dark solarized-light gruvbox-dark gruvbox-light
            nord' -- "$cur")
        return
        ;;
    --data | --dir)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return
        ;;
    --server | -s)
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
        return
        ;;
    --nick | -n | --login | --register | --pin | --invite | --password-fd | --passphrase-fd | \
        --number | --note | --from | --max | --count)
        return
        ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
            '--server --nick --login --register --guest --password-fd --password-file
            --passphrase-fd --passphrase-file --invite --ca --cert --key --pin --access-key
            --ephemeral --data --log --json --plain --require-verified --number --note --dir
            --from --max --count --check-config
            --theme --check-theme --theme-demo --welcome --version --help' \
            -- "$cur")
        return
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        send | tail | rooms | send-file | receive | doctor | passphrase | identity) word=${COMP_WORDS[i]} ;;
        esac
    done
    case $word:$prev in
    :*) mapfile -t COMPREPLY < <(compgen -W \
        'send tail rooms send-file receive doctor passphrase identity' -- "$cur") ;;
    passphrase:passphrase) mapfile -t COMPREPLY < <(compgen -W 'set change remove' -- "$cur") ;;
    identity:identity) mapfile -t COMPREPLY < <(compgen -W 'export import' -- "$cur") ;;
    identity:* | send-file:*)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        ;;
    esac
}
complete -F _sotto sotto
