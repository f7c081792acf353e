# bash completion for sottod(8)
_sottod()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    case $prev in
    --config | -c)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        ;;
    --state | -s)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        ;;
    --listen | -l) mapfile -t COMPREPLY < <(compgen -W '[::]:5555 127.0.0.1:5555' -- "$cur") ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W \
            '--config --state --listen --check-config --no-sandbox --help --version' -- "$cur")
        ;;
    esac
}
complete -F _sottod sottod
