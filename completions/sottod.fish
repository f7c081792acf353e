# fish completion for sottod(8)
complete -c sottod -f
complete -c sottod -s c -l config -r -F -d 'read this configuration'
complete -c sottod -s s -l state -x -a '(__fish_complete_directories)' -d 'keep the state here'
complete -c sottod -s l -l listen -x -d 'listen here: HOST:PORT'
complete -c sottod -l check-config -d 'say whether the configuration is good'
complete -c sottod -l no-sandbox -d 'do not lock in'
complete -c sottod -s h -l help -d 'say how it is used'
complete -c sottod -l version -d 'say which it is'
