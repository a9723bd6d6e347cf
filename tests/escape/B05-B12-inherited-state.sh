#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B5, B12, signals, timers, mask, umask and personality are the contract's.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
probe_to "$W"
cd "$W" || exit 1
run $act odd "$CSB" exec -- sh -c './probe signals; sleep 0.5; cat /proc/self/personality; umask'
works 'SIGCHLD ignored, all blocked, a timer running: it works'
has 'mask and dispositions are fresh' "$out" end
run $act odd "$CSB" exec -- sh -c 'false; echo $?; sh -c "exit 7"; echo $?'
is 'children can be waited for' "$out" '1
7'
run $act odd ./probe signals
has 'outside they are inherited' "$out" 'ignored 17'
csb -- sh -c 'grep -E "NoNewPrivs|Seccomp:" /proc/self/status | tr -d "\t"'
is 'no_new_privs and a filter' "$out" 'NoNewPrivs:1
Seccomp:2'
csb -- $act call personality 0
works 'a word of its own task stays its own'
finish
