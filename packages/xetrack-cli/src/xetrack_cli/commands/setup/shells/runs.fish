
# The ids of runs, where a command takes one: behind its database, or behind --track-id.
function __xt_runs
    set -l words (commandline -opc)
    set -l db $XETRACK_DB
    if test (count $words) -ge 3; and begin; test -e "$words[3]"; or string match -q '*://*' -- "$words[3]"; end
        set db $words[3]
    end
    if test -n "$db"
        xt ls "$db" track_id --unique 2>/dev/null
    end
end

complete -c xt -n '__fish_seen_subcommand_from show compare tag note delete reproduce' -a '(__xt_runs)'
complete -c xt -l track-id -x -a '(__xt_runs)'
