# bash completion for sotto(1)
_sotto()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    case $prev in
    --ca | --access-key | --log)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        ;;
    --server | -s) mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur") ;;
    --nick | -n | --pin) COMPREPLY=() ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W \
            '--server --nick --ca --pin --access-key --log --help --version' -- "$cur")
        ;;
    esac
}
complete -F _sotto sotto
