#!/bin/sh
# Goal of this test: the supervisor runs without privilege, or not at all
# (invariant I5): ids that differ and a capability end it, root's own are gone.
. "$(dirname "$0")/../lib.sh"
have setpriv || skip_all 'setpriv is not installed'
sup=$B/codex-sandbox-supervisor
user=$(id -u nobody)
# No policy at descriptor 3: the ids come first, and decide which error it is.
try() {
  run setpriv "$@" "$sup"
}
try --reuid "$user" --clear-groups --regid "$user"
code_is 'an ordinary user gets as far as its descriptors' 125
hasnt 'and nothing is said of privilege' "$err" 'was started with'
try --ruid "$user" --clear-groups
code_is 'real and effective ids that differ' 125
has 'are said' "$err" 'was started with ids that differ'
try --reuid "$user" --regid "$user" --clear-groups \
  --inh-caps +net_raw --ambient-caps +net_raw
code_is 'a capability of an ordinary user' 125
has 'is said' "$err" 'was started with a capability'
# Root's own: dropped, as the kernel says of the running process.
cd "$W" || exit 1
"$CSB" exec --net proxy -- sh -c 'echo here; exec sleep 60' >"$T/out" 2>"$T/err" &
front=$!
ends $front
wait_for 10 grep -q here "$T/out"
pid=$(pgrep -P "$front" -f codex-sandbox-supervisor | head -1)
is 'beside a command of root it holds no capability' \
  "$(sed -n 's/^Cap\(Prm\|Eff\|Inh\|Amb\):[[:space:]]*//p' "/proc/$pid/status" | sort -u)" 0000000000000000
is 'and can gain none' "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$pid/status")" 1
kill -TERM "$front"
wait_for 10 all_gone "$pid"
ok 'it ends with the front end'
finish
