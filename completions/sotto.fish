# fish completion for sotto(1)
complete -c sotto -f
complete -c sotto -s s -l server -x -a '(__fish_print_hostnames)' -d 'the relay: HOST[:PORT]'
complete -c sotto -s n -l nick -x -d 'be called so'
complete -c sotto -l ca -r -F -d 'check the certificate against these authorities'
complete -c sotto -l pin -x -d 'the fingerprint the relay must show'
complete -c sotto -l access-key -r -F -d 'the key of a closed relay'
complete -c sotto -l log -r -F -d 'write a log here'
complete -c sotto -s h -l help -d 'say how it is used'
complete -c sotto -l version -d 'say which it is'
