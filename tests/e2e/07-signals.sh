#!/bin/sh
# Goal of this test: signals sent to us reach the command's group, its traps
# run, and what does not end is killed after the grace period.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

# start CODE -- run a command that says ready; its front end is $pid.  The
# helper undoes what a shell does to its background processes (INT ignored).
start() {
  rm -f "$W/ready" "$W/log"
  "$TOOLS/probe" default "$CSB" exec -C "$W" $options -- sh -c "$1" \
    >"$T/out" 2>"$T/err" </dev/null &
  pid=$!
  ends $pid
  if ! wait_for 10 test -s "$W/ready"; then
    note "never ready: $(cat "$T/err")"
  fi
}
options=''
spin='echo ready >ready; while :; do sleep 0.02; done'

for s in HUP INT QUIT TERM USR1 USR2 WINCH CONT; do
  start "trap 'echo got $s >>log; exit 21' $s; $spin"
  kill -$s $pid
  wait $pid
  is "$s: the trap decides the status" $? 21
  is "$s: it ran once" "$(cat "$W/log" 2>&1)" "got $s"
done

# The signal reaches the group: a child that the shell waits for.
for s in HUP INT TERM USR1; do
  start "trap 'echo outer >>log; exit 3' $s
    sh -c 'trap \"echo inner >>log; exit 4\" $s; echo ready >ready; while :; do sleep 0.02; done'"
  kill -$s $pid
  wait $pid
  is "$s: reaches the group" "$(sort "$W/log" 2>&1 | tr '\n' ' ')" 'inner outer '
done

# Without a trap the default acts, and the status says so.
for pair in HUP:129 INT:130 QUIT:131 TERM:143 USR1:138 USR2:140; do
  start "$spin"
  kill -"${pair%:*}" $pid
  wait $pid
  is "${pair%:*}: default action" $? "${pair#*:}"
done
for s in WINCH CONT; do
  start "trap 'exit 22' TERM; $spin"
  kill -$s $pid
  kill -TERM $pid
  wait $pid
  is "$s: does not end a command without a trap" $? 22
done

# Many in a row, none lost that differ.
start "trap 'echo 1 >>log' USR1; trap 'echo 2 >>log' USR2; trap 'exit 5' TERM; $spin"
kill -USR1 $pid
wait_for 5 grep -q 1 "$W/log"
kill -USR2 $pid
wait_for 5 grep -q 2 "$W/log"
kill -TERM $pid
wait $pid
is 'one after the other' "$? $(tr '\n' ' ' <"$W/log")" '5 1 2 '

# A command that takes TERM for nothing is killed after the grace period.
options='--grace 300ms'
start "trap 'echo ignored >>log' TERM; $spin"
kill -TERM $pid
wait $pid
is 'grace: killed after it' $? 137
is 'grace: the trap had run' "$(cat "$W/log" 2>&1)" ignored
start "trap '' INT; trap 'echo still >>log; exit 6' USR1; $spin"
kill -INT $pid
kill -USR1 $pid
wait $pid
is 'grace: an ignored INT is no reason to kill' $? 6
options=''

# STOP and CONT of the front end.
start "trap 'exit 8' TERM; $spin"
kill -STOP $pid
kill -CONT $pid
kill -TERM $pid
wait $pid
is 'a stopped and continued front end goes on' $? 8

# A signal that is there before the command is.
MARK=$$
export MARK
cat >"$T/early" <<'EOF'
i=0
while [ $i -lt 15 ]; do
  "$TOOLS/probe" default "$CSB" exec -C "$W" -- sh -c "sleep 5.$MARK" &
  p=$!
  kill -TERM $p
  wait $p
  echo $?
  i=$((i + 1))
done
EOF
run timeout 60 sh "$T/early"
is 'a signal in the first moment ends the run' \
  "$(echo "$out" | grep -vcE '^(143|125)$')" 0
yes 'and leaves nothing' gone 5 "sleep 5.$MARK"

# The group's own signals inside.
csb -- sh -c 'trap "echo me; exit 9" TERM; kill -TERM $$'
code_is 'a command may signal itself' 9
# (only where the processes of the host are really out of reach)
alone='[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 9 ] || exit 99; '
csb -- sh -c "$alone"'kill -9 1; kill -TERM 1; kill -STOP 1; echo alive'
is 'PID 1 cannot be killed from inside' "$out" alive
csb -- sh -c "$alone"'sleep 600 & kill -9 -1; wait; echo alone'
is 'kill -1 reaches only what is inside' "$out" alone
finish
