# SPDX-License-Identifier: Apache-2.0
# fish completion for codex-sandbox.  tests/e2e/33-completions.sh holds the
# options against --help.

# How many words come before the command: the program, the subcommand, our
# options and their values.  Fails where the command has not begun.
function __codex_sandbox_before
    set -l words (commandline -opc)
    set -l takes 0
    set -l n 2
    test (count $words) -gt 2; or return 1
    for word in $words[3..-1]
        if test $takes = 1
            set takes 0
        else if test $word = --
            echo (math $n + 1)
            return 0
        else if contains -- $word -s --sandbox -p --permission-profile \
                --sandbox-policy -P --profile -c --config -C --workspace --chdir -w --write -r --read \
                --ro -d --deny --protect --no-protect --git -n --net --tmp --hard-links \
                --allow-domain --deny-domain --allow-cidr --deny-cidr --host-loopback \
                --publish --net-mode --transparent --upstream-proxy --egress-budget \
                --egress-budget-host --caller-proxy --unix --net-events \
                --socket --device --env-inherit --env-include --env-exclude \
                -e --env-set -l --limit --memory --pids --cpu -t --timeout --grace --backend --mount-engine \
                --guard --proc --result --result-fd --require-digest --rules
            set takes 1
        else if not string match -q -- '-*' $word
            echo $n
            return 0
        end
        set n (math $n + 1)
    end
    return 1
end

function __codex_sandbox_in_command
    __fish_seen_subcommand_from exec explain; and __codex_sandbox_before >/dev/null
end

# The command, or its own arguments.
function __codex_sandbox_command
    set -l words (commandline -opc)
    set -l n (__codex_sandbox_before; or count $words)
    set -l line
    test $n -ge (count $words); or set line (string escape -- $words[(math $n + 1)..-1])
    complete --do-complete=(string join -- ' ' $line (commandline -ct))
end

function __codex_sandbox_runs
    __fish_seen_subcommand_from exec explain; and not __codex_sandbox_before >/dev/null
end

function __codex_sandbox_files
    set -l token (string replace -r '^@' '' -- (commandline -ct))
    for path in $token*
        echo @$path
    end
end

set -l groups git agents codex aws claude cursor gemini instructions editors \
    shell ci all

complete -c codex-sandbox -f
complete -c codex-sandbox -n __fish_use_subcommand -a exec -d 'run a command in the sandbox'
complete -c codex-sandbox -n __fish_use_subcommand -a explain -d 'print what exec would do'
complete -c codex-sandbox -n __fish_use_subcommand -a doctor -d 'say what this host can do'
complete -c codex-sandbox -n __fish_use_subcommand -a config -d 'show and check config.toml'
complete -c codex-sandbox -n __fish_use_subcommand -a rules -d 'what may run, and why'
complete -c codex-sandbox -n __fish_use_subcommand -a help -d 'list the subcommands'
complete -c codex-sandbox -n __fish_use_subcommand -l help -d 'list the subcommands'
complete -c codex-sandbox -n __fish_use_subcommand -l version -d 'print the version'
complete -c codex-sandbox -n '__fish_seen_subcommand_from doctor' -l json -d 'print JSON'
complete -c codex-sandbox -n '__fish_seen_subcommand_from doctor' -l help
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -a 'show check profiles schema reference'
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -s C -x -a '(__fish_complete_directories)' -d workspace
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -s c -x -d 'KEY=VALUE'
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -l origin -d 'whose it is'
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -l json -d 'print JSON'
complete -c codex-sandbox -n '__fish_seen_subcommand_from config' -l help
complete -c codex-sandbox -n '__fish_seen_subcommand_from rules' -a 'check explain test fmt add table'

complete -c codex-sandbox -n __codex_sandbox_runs -a '(__codex_sandbox_command)'
complete -c codex-sandbox -n __codex_sandbox_in_command -a '(__codex_sandbox_command)'

complete -c codex-sandbox -n __codex_sandbox_runs -s s -l sandbox -x -a 'read-only workspace-write danger-full-access external-sandbox' -d 'one of four policies'
complete -c codex-sandbox -n __codex_sandbox_runs -s p -l permission-profile -x -a '(__codex_sandbox_files)' -d 'policy as JSON or @FILE'
complete -c codex-sandbox -n __codex_sandbox_runs -l sandbox-policy -x -a '(__codex_sandbox_files)' -d 'policy in the older form'
complete -c codex-sandbox -n __codex_sandbox_runs -s P -l profile -x -a "(codex-sandbox config profiles 2>/dev/null | string replace -r '^..(\S+) +(.*?) +#.*' '\$1\t\$2')" -d 'a profile of the configuration'
complete -c codex-sandbox -n __codex_sandbox_runs -s c -l config -x -d 'a configuration value'
complete -c codex-sandbox -n __codex_sandbox_runs -l no-user-config -d 'ignore configuration and rules of user and project'
complete -c codex-sandbox -n __codex_sandbox_runs -l rules -rF -d 'also ask these rules'
complete -c codex-sandbox -n __codex_sandbox_runs -l approved -d 'the question about this command was answered with yes'
complete -c codex-sandbox -n __codex_sandbox_runs -s C -l workspace -x -a '(__fish_complete_directories)' -d 'as if started there'
complete -c codex-sandbox -n __codex_sandbox_runs -l chdir -x -a '(__fish_complete_directories)' -d 'working directory'
complete -c codex-sandbox -n __codex_sandbox_runs -s w -l write -rF -d 'make writable'
complete -c codex-sandbox -n __codex_sandbox_runs -s r -l read -rF -d 'hide everything else'
complete -c codex-sandbox -n __codex_sandbox_runs -l ro -rF -d 'keep read-only'
complete -c codex-sandbox -n __codex_sandbox_runs -s d -l deny -rF -d 'make unreadable'
complete -c codex-sandbox -n __codex_sandbox_runs -l protect -x -a "$groups" -d 'also protect these names'
complete -c codex-sandbox -n __codex_sandbox_runs -l no-protect -x -a "$groups" -d 'do not protect these names'
complete -c codex-sandbox -n __codex_sandbox_runs -l git -x -a commit -d 'let git commit work'
complete -c codex-sandbox -n __codex_sandbox_runs -l allow-secrets -d 'do not hide keys and tokens'
complete -c codex-sandbox -n __codex_sandbox_runs -s n -l net -x -a 'none proxy full' -d network
complete -c codex-sandbox -n __codex_sandbox_runs -l allow-domain -x -a '(__fish_print_hostnames)' -d 'let hosts be reached'
complete -c codex-sandbox -n __codex_sandbox_runs -l deny-domain -x -a '(__fish_print_hostnames)' -d 'but not these'
complete -c codex-sandbox -n __codex_sandbox_runs -l allow-cidr -x -d 'let addresses be reached'
complete -c codex-sandbox -n __codex_sandbox_runs -l deny-cidr -x -d 'but not these'
complete -c codex-sandbox -n __codex_sandbox_runs -l host-loopback -x -d 'a port of the host, as localhost'
complete -c codex-sandbox -n __codex_sandbox_runs -l publish -x -d 'let the host reach a port inside'
complete -c codex-sandbox -n __codex_sandbox_runs -l net-mode -x -a 'full limited' -d 'what may be asked'
complete -c codex-sandbox -n __codex_sandbox_runs -l transparent -x -a 'auto on off' -d 'programs that know of no proxy'
complete -c codex-sandbox -n __codex_sandbox_runs -l no-sni-check -d 'let TLS or Host name another server'
complete -c codex-sandbox -n __codex_sandbox_runs -l upstream-proxy -x -a env -d 'go on by this proxy'
complete -c codex-sandbox -n __codex_sandbox_runs -l egress-budget -x -d 'bytes that may leave'
complete -c codex-sandbox -n __codex_sandbox_runs -l egress-budget-host -x -d 'bytes to each host'
complete -c codex-sandbox -n __codex_sandbox_runs -l tmp -x -a 'private host' -d /tmp
complete -c codex-sandbox -n __codex_sandbox_runs -l hard-links -x -a 'close refuse' -d 'other names of protected files'
complete -c codex-sandbox -n __codex_sandbox_runs -l socket -rF -d 'let the command reach this socket'
complete -c codex-sandbox -n __codex_sandbox_runs -l device -x -a 'dri kvm fuse' -d 'device nodes'
complete -c codex-sandbox -n __codex_sandbox_runs -l env-inherit -x -a 'core all none' -d 'which variables come from outside'
complete -c codex-sandbox -n __codex_sandbox_runs -l env-include -x -a '(set -xn)' -d 'also these variables'
complete -c codex-sandbox -n __codex_sandbox_runs -l env-exclude -x -a '(set -xn)' -d 'but not these'
complete -c codex-sandbox -n __codex_sandbox_runs -s e -l env-set -x -d 'set a variable'
complete -c codex-sandbox -n __codex_sandbox_runs -s l -l limit -x -a 'nofile= nproc= as= core= fsize= cpu= stack= data= memlock=' -d 'resource limit'
complete -c codex-sandbox -n __codex_sandbox_runs -l memory -x -d 'memory of the whole sandbox'
complete -c codex-sandbox -n __codex_sandbox_runs -l pids -x -d 'processes in the sandbox'
complete -c codex-sandbox -n __codex_sandbox_runs -l cpu -x -d 'share of one processor'
complete -c codex-sandbox -n __codex_sandbox_runs -s t -l timeout -x -d 'end the command after this time'
complete -c codex-sandbox -n __codex_sandbox_runs -l grace -x -d 'time between TERM and KILL'
complete -c codex-sandbox -n __codex_sandbox_runs -l backend -x -a 'namespaces landlock landlock-loose auto' -d 'what the cage is made of'
complete -c codex-sandbox -n __codex_sandbox_runs -l mount-engine -x -a 'auto init bwrap' -d 'who lays the mounts'
complete -c codex-sandbox -n __codex_sandbox_runs -l guard -x -a 'auto overlay journal' -d 'how missing names are kept missing'
complete -c codex-sandbox -n __codex_sandbox_runs -l proc -x -a 'own none host' -d 'what /proc is'
complete -c codex-sandbox -n '__fish_seen_subcommand_from exec; and __codex_sandbox_runs' -l result -r -F -d 'write what became of the run as JSON'
complete -c codex-sandbox -n '__fish_seen_subcommand_from exec; and __codex_sandbox_runs' -l result-fd -x -d 'the same, to an open descriptor'
complete -c codex-sandbox -n __codex_sandbox_runs -l caller-proxy -x -a any -d 'only the proxies that the variables name'
complete -c codex-sandbox -n __codex_sandbox_runs -l unix -x -a 'own none' -d 'unix sockets'
complete -c codex-sandbox -n '__fish_seen_subcommand_from exec; and __codex_sandbox_runs' -l net-events -r -F -d 'append network decisions to a file'
complete -c codex-sandbox -n __codex_sandbox_runs -l require-digest -x -d 'run nothing unless the policy has this digest'
complete -c codex-sandbox -n __codex_sandbox_runs -l prove -d 'report what was tried and refused'
complete -c codex-sandbox -n __codex_sandbox_runs -l keep-background -d 'wait for background processes'
complete -c codex-sandbox -n __codex_sandbox_runs -l die-with-parent -d 'end with the process that started us'
complete -c codex-sandbox -n __codex_sandbox_runs -l tty -d 'a terminal of its own'
complete -c codex-sandbox -n __codex_sandbox_runs -l no-tty -d 'pass the descriptors on'
complete -c codex-sandbox -n __codex_sandbox_runs -s h -l help
complete -c codex-sandbox -n '__fish_seen_subcommand_from explain; and __codex_sandbox_runs' -l json -d 'print JSON'
complete -c codex-sandbox -n '__fish_seen_subcommand_from explain; and __codex_sandbox_runs' -l argv -d 'print the arguments of bwrap'
complete -c codex-sandbox -n '__fish_seen_subcommand_from explain; and __codex_sandbox_runs' -l canonical -d 'print the policy that the digest is of'
