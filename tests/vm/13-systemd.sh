#!/bin/sh
# Goal of this test: somebody who has logged in sits in a group of the system's:
# there --memory, --pids and --cpu hold in a scope that his systemd makes, which
# is gone after the run however that ended.
append=csb.systemd=1
. "$(dirname "$0")/vm.sh"
[ -d /run/systemd/system ] || skip_all 'systemd is not installed where the image was made (packaging/deps vm)'
top=/sys/fs/cgroup
apps=$top/user.slice/user-1000.slice/user@1000.service/app.slice
r=$TEST_DIR/result.json
session() { # session CMD... -- as somebody who has logged in
  run user env XDG_RUNTIME_DIR=/run/user/1000 "$@"
}
limited() { # limited OPTIONS CMD...
  limited_options=$1
  shift
  # shellcheck disable=SC2086 # words
  session "$CSB" exec -C "$W" --result-fd 9 $limited_options -- "$@" 9>"$r"
}
no_scope() {
  # shellcheck disable=SC2144 # one is enough
  ! ls -d "$apps"/codex-sandbox-* >/dev/null 2>&1
}
limited '--memory 64M' echo ran
refused 'no manager: refused' 125 '--memory, --pids, --cpu: no control group above is delegated to you'
install -d -m 700 -o 1000 -g 1000 /run/user/1000
systemctl start user@1000.service || not_ok 'the user manager'
is 'we are in no group of his' "$(cat /proc/self/cgroup)" '0::/system.slice/row.service'
session systemd-run --user --scope --quiet -p Delegate=yes "$CSB" exec -C "$W" --memory 64M --pids 20 --cpu 50% -- echo ran
is "what the message says works" "$out" ran

limited '--memory 64M --pids 20 --cpu 100%' sh -c 'echo ran; cat >got; exit 7'
is 'in a scope of its own: the command runs' "$code $out $err" '7 ran '
yes 'the result goes where it should' grep -q '"code":7,' "$r"
yes 'and the scope is gone' wait_for 10 no_scope
limited '--memory 64M' tail /dev/zero
code_is 'too much memory: killed' 137
yes 'and counted' grep -q '"oom_kills":1' "$r"
limited '--pids 9' sh -c 'n=0; while [ $n -lt 9 ]; do sleep 100 & n=$((n + 1)); done; echo all'
fails 'too many processes'
limited '--pids 10' sh -c 'n=0; while [ $n -lt 9 ]; do sleep 100 & n=$((n + 1)); done; echo all'
is 'as many as were asked for' "$out" all
session "$CSB" explain -C "$W" --memory 64M -- true
has 'explain names the scope' "$out" "by a control group in a scope of systemd's user manager"
yes 'and makes none' no_scope
session "$CSB" doctor
has 'doctor: the limits hold' "$out" "hold, in a scope of systemd's user manager"
# By another name it could be another program, and is not started anew.
session bash -c 'cd "$2" && exec -a other "$1" exec --memory 64M -- echo ran' sh "$CSB" "$W"
refused 'by another name: refused, with what can be done' 125 'systemd-run --user --scope -p Delegate=yes'

# Killed: systemd takes all away, with nobody after us.
(exec setsid setpriv --reuid 1000 --regid 1000 --clear-groups env -i PATH="$PATH" HOME=/home/user \
  XDG_RUNTIME_DIR=/run/user/1000 "$CSB" exec -C "$W" --pids 20 -- sh -c 'echo up >up; exec sleep 1000') &
front=$!
ends $front
wait_for 60 test -e "$W/up"
has 'the same process is in the scope' "$(cat /proc/$front/cgroup)" "app.slice/codex-sandbox-$front.scope/front"
kill -9 $front
wait $front 2>/dev/null
yes 'killed: the scope is gone, too' wait_for 60 no_scope
finish
