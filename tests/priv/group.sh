# shellcheck shell=sh
# group.sh -- control groups at work; source it behind lib.sh, with
#   in_group GROUP CMD...  $with CMD as an ordinary user, in the group GROUP
#   $G                     an empty group of root's below $top that has all controllers
# $W belongs to that user.  Used by tests/priv/09-cgroup.sh and a row of
# tests/vm: few hosts of tests leave the controllers to version 2.
r=$(dirname "$W")/result.json
limited() { # limited OPTIONS CMD...
  limited_options=$1
  shift
  # shellcheck disable=SC2086 # words
  run in_group "$G/mine/shell" "$CSB" exec -C "$W" --result-fd 9 $limited_options -- "$@" 9>"$r"
}
get() {
  sed -n "s/.*\"limits\":{[^}]*\"$1\":\([0-9]*\).*/\1/p" "$r"
}
no_groups() {
  # shellcheck disable=SC2144 # one is enough
  ! ls -d "$G"/mine/codex-sandbox-* "$G"/mine/shell/codex-sandbox-* >/dev/null 2>&1
}

echo '+memory +pids +cpu' >"$G/cgroup.subtree_control"
mkdir -p "$G/mine/shell" "$G/other"
chown -R "$(stat -c %u "$W")" "$G/mine"

# Not delegated, or not with the controller.
run in_group "$G/other" "$CSB" exec -C "$W" --memory 64M -- echo ran
refused 'no group of ours: refused' 125 '--memory, --pids, --cpu: no control group above is delegated to you'
run in_group "$G/other" "$CSB" explain -C "$W" --memory 64M
code_is 'explain refuses it too' 125
echo '+memory +pids' >"$G/mine/cgroup.subtree_control"
limited '--cpu 50%' echo ran
refused 'no such controller: refused by name' 125 '--cpu: no control group above is delegated to you with that controller'
echo '+cpu' >"$G/mine/cgroup.subtree_control"

limited '--memory 64M --pids 20 --cpu 100%' echo ran
is 'with all limits a command runs' "$out" ran
yes 'and nothing is left' no_groups
run in_group "$G/mine/shell" "$CSB" explain -C "$W" --memory 64M --pids 20 --cpu 50%
has 'explain names them' "$out" \
  "limits       memory 67108864 bytes, 20 processes, 50% of a processor, by a control group in $G/mine"
yes 'and makes none' no_groups
limited '' true
is 'without limits there are no figures' "$(get oom_kills)" ''

# Memory.
limited '--memory 64M' tail /dev/zero
code_is 'too much memory: killed' 137
is 'and counted' "$(get oom_kills)" 1
limited '--memory 64M' sh -c 'tail /dev/zero; echo "went on $?"'
is 'the sandbox outlives the one that was killed' "$out" 'went on 137'
limited '' sh -c 'head -c 100M /dev/zero | tail -c 99M | wc -c'
is 'the same amount without a limit' "$out" 103809024
limited '--memory 64M' sh -c 'head -c 100M /dev/zero | tail -c 99M | wc -c'
is 'and with it' "$out $(get oom_kills)" '0 1'

# Processes: exactly as many as were asked for.
forks='n=0; while [ $n -lt 9 ]; do sleep 100 & n=$((n + 1)); done; echo all'
limited '--pids 10' sh -c "$forks"
is 'ten processes' "$out $(get forks_refused)" 'all 0'
limited '--pids 9' sh -c "$forks"
fails 'are too many for nine'
hasnt 'not all were there' "$out" all
yes 'and counted too' test "$(get forks_refused)" -gt 0
limited '--pids 30' sh -c 'bomb() { bomb | bomb & }; bomb; sleep 1; echo over'
yes 'a fork bomb ends with its sandbox' no_groups

# The processor.
busy='i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done; echo done'
limited '--cpu 10%' sh -c "$busy"
is 'a slow command ends' "$out" 'done'
yes 'and waited' test "$(get throttled_us)" -gt 0

# From a configuration, and of a policy.
limited '-c limits.pids=9' sh -c "$forks"
fails 'the configuration says it as well'
run in_group "$G/mine/shell" "$CSB" explain -C "$W" --canonical --pids 10 --memory 1M
has 'the digest is of them' "$out" '{"name":"pids","value":10}'

# The command is in it, the front end is not, and nobody inside changes it.
(with='exec' && in_group "$G/mine/shell" "$CSB" exec -C "$W" --pids 20 --memory 100M -- \
  sh -c 'echo up >up; while [ ! -e go ]; do sleep 0.1; done') &
front=$!
ends $front
wait_for 30 test -e "$W/up"
run sh -c 'cat "$1"/mine/codex-sandbox-*/cgroup.procs | wc -l' sh "$G"
yes 'the sandbox is in the group' test "$out" -ge 3
is 'the front end is not' "$(sed -n 's/^0:://p' "/proc/$front/cgroup")" "${G#"$top"}/mine/shell"
touch "$W/go"
wait $front
yes 'it is removed' no_groups
limited '--memory 64M' sh -c 'for f in $(find /sys/fs/cgroup -name memory.max 2>/dev/null); do echo max >"$f" && echo changed; done; echo tried'
is 'limits are not changed from inside' "$(printf '%s\n' "$out" | sort -u)" tried
limited "--memory 64M --backend landlock --sandbox read-only --no-protect all --allow-secrets --proc host -w $W" tail /dev/zero
case $err in
*Landlock*) skip 'the same in place' 'this kernel is too old for --backend landlock' ;;
*) code_is 'the same in place' 137 ;;
esac

# Killed: empty, and taken away by the next.
rm -f "$W/up" "$W/go"
# shellcheck disable=SC2034 # in_group reads it
(with='exec' && in_group "$G/mine/shell" "$CSB" exec -C "$W" --pids 20 -- sh -c 'echo up >up; exec sleep 1000') &
front=$!
ends $front
wait_for 30 test -e "$W/up"
kill -9 $front
wait $front 2>/dev/null
is_empty() {
  grep -q 'populated 0' "$G"/mine/codex-sandbox-*/cgroup.events
}
yes 'killed: nobody is left in it' wait_for 20 is_empty
# One that lives is not taken for one that is left.
rm -f "$W/up"
# shellcheck disable=SC2034
(with='exec' && in_group "$G/mine/shell" "$CSB" exec -C "$W" --pids 20 -- \
  sh -c 'echo up >up; while [ ! -e go ]; do sleep 0.1; done; echo lived >lived') &
front=$!
ends $front
wait_for 30 test -e "$W/up"
limited '--pids 20' true
works 'beside a run that lives'
is 'the left one was taken, the other not' "$(ls -d "$G"/mine/codex-sandbox-* | wc -l)" 1
touch "$W/go"
wait $front
is 'which went on' "$(cat "$W/lived")" lived
yes 'and nothing is left in the end' no_groups
rm -f "$r"
rmdir "$G/mine/shell" "$G/mine" "$G/other"
