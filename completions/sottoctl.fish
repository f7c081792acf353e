# fish completion for sottoctl(8)
set -l commands status users rooms kick ban unban mute announce account token log reload drain
complete -c sottoctl -f
complete -c sottoctl -l socket -r -F -d 'the control socket of the relay'
complete -c sottoctl -l json -d 'print JSON'
complete -c sottoctl -l help -d 'say how it is used'
complete -c sottoctl -l version -d 'say which it is'
set -l first "not __fish_seen_subcommand_from $commands"
complete -c sottoctl -n $first -a status -d 'what the relay is doing'
complete -c sottoctl -n $first -a users -d 'who is here'
complete -c sottoctl -n $first -a rooms -d 'which rooms there are'
complete -c sottoctl -n $first -a kick -d 'put somebody off the relay or out of a room'
complete -c sottoctl -n $first -a ban -d 'kick, and keep out'
complete -c sottoctl -n $first -a unban -d 'take a ban or a mute back'
complete -c sottoctl -n $first -a mute -d 'let somebody read and not speak'
complete -c sottoctl -n $first -a announce -d 'say something to everybody'
complete -c sottoctl -n $first -a account -d 'accounts'
complete -c sottoctl -n $first -a token -d 'tokens'
complete -c sottoctl -n $first -a log -d 'the log'
complete -c sottoctl -n $first -a reload -d 'read configuration and certificates again'
complete -c sottoctl -n $first -a drain -d 'tell clients, store everything, end'
complete -c sottoctl -n '__fish_seen_subcommand_from kick ban unban mute' -l room -x -d 'in this room only'
complete -c sottoctl -n '__fish_seen_subcommand_from ban mute' -l for -x -a '10m 1h 1d 1w' -d 'for so long'
set -l actions list add role remove
complete -c sottoctl -n "__fish_seen_subcommand_from account; and not __fish_seen_subcommand_from $actions" -a "$actions"
complete -c sottoctl -n '__fish_seen_subcommand_from add' -l role -x -a 'user moderator operator'
complete -c sottoctl -n '__fish_seen_subcommand_from add' -l password-fd -x -d 'read the password from an open file'
complete -c sottoctl -n '__fish_seen_subcommand_from role' -a 'user moderator operator'
complete -c sottoctl -n '__fish_seen_subcommand_from token; and not __fish_seen_subcommand_from revoke' -a revoke
complete -c sottoctl -n '__fish_seen_subcommand_from log; and not __fish_seen_subcommand_from level' -a level
complete -c sottoctl -n '__fish_seen_subcommand_from level' -a 'error warn info debug'
