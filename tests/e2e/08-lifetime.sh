#!/bin/sh
# Goal of this test: nothing outlives the run that should not, whatever dies.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

# Background children end with the command.
csb -- sh -c 'sleep 98411.'$$' & setsid sleep 98411.'$$' & (sleep 98411.'$$' &) ; echo done'
is 'background: the command ends' "$out" 'done'
yes 'background: its children with it' gone 5 'sleep 98411.'$$''
csb -- sh -c 'nohup sh -c "trap \"\" TERM HUP INT; while :; do sleep 98412.'$$'; done" >/dev/null 2>&1 & echo done'
is 'background: a stubborn one does not hold it' "$out" 'done'
yes 'background: nor stays' gone 5 'sleep 98412.'$$''

# --keep-background waits for them, and the status is the command's.
csb --keep-background -- sh -c '(sleep 0.3; echo late >late) & exit 4'
code_is '--keep-background: the status is the command'"'"'s' 4
is '--keep-background: the child had its time' "$(cat "$W/late" 2>&1)" late
csb --keep-background --timeout 400ms -- sh -c 'sleep 98413.'$$' & exit 0'
code_is '--keep-background: --timeout ends it all the same' 124
yes '--keep-background: nothing is left then' gone 5 'sleep 98413.'$$''

# kill -9 of each process of the chain leaves nothing.  $chain is the front
# end, what it started (bwrap), PID 1 of the cage, and the command.
start() {
  rm -f "$W/ready"
  # shellcheck disable=SC2086 # options
  "$TOOLS/probe" default "$CSB" exec -C "$W" $1 -- sh -c \
    'sleep 98421.'$$' & setsid sleep 98421.'$$' & echo ready >ready; sleep 98421.'$$'' \
    >/dev/null 2>&1 </dev/null &
  pid=$!
  ends $pid
  wait_for 10 test -s "$W/ready" || note 'never ready'
  chain="$pid $(descendants $pid | tr '\n' ' ')"
}

for mode in '' '--net full' '--keep-background' '--sandbox danger-full-access' '--sandbox external-sandbox'; do
  start "$mode"
  # shellcheck disable=SC2086 # numbers
  set -- $chain
  links=$#
  yes "the chain has several processes (${mode:-plain}): $links" test $links -ge 4
  i=1
  while [ $i -le $links ]; do
    [ $i = 1 ] || start "$mode"
    # shellcheck disable=SC2086 # numbers
    victim=$(set -- $chain; shift $((i - 1)); echo "$1")
    name=$(cat "/proc/$victim/comm" 2>/dev/null)
    case $name in
    sleep | sh) # the command's own are not ours
      kill -9 $pid 2>/dev/null
      wait $pid 2>/dev/null
      ;;
    *)
      kill -9 "$victim"
      # shellcheck disable=SC2086 # numbers
      if wait_for 10 all_gone $chain; then
        ok "kill -9 of $name leaves nothing (${mode:-plain}, $i of $links)"
      else
        not_ok "kill -9 of $name leaves nothing (${mode:-plain}, $i of $links)" \
          "$(ps -o pid,ppid,stat,args -p "$(echo $chain | tr ' ' ,)")"
        kill -9 $pid 2>/dev/null
      fi
      wait $pid 2>/dev/null
      last=$?
      if [ $i -gt 1 ]; then
        yes "and the front end says so ($name: $last)" test $last -ne 0
      fi
      ;;
    esac
    pkill -9 -u "$(id -u)" -f 'sleep 98421.'$$''
    i=$((i + 1))
  done
done

# kill -9 of the command itself is its own end.
start ''
victim=$(pgrep -u "$(id -u)" -f '^sh -c sleep 98421.'$$'' | tail -1)
kill -9 "$victim"
wait $pid
is 'kill -9 of the command is 137' $? 137
yes 'and its children are gone' gone 5 'sleep 98421.'$$''

# --die-with-parent: the caller dies, the run ends.
rm -f "$W/ready"
sh -c '"$1" exec -C "$2" --die-with-parent -- sh -c "echo ready >ready; sleep 98431.'$$'" & wait' \
  sh "$CSB" "$W" >/dev/null 2>&1 </dev/null &
parent=$!
wait_for 10 test -s "$W/ready"
kill -9 $parent
wait $parent 2>/dev/null
yes '--die-with-parent: nothing outlives the caller' gone 5 'sleep 98431.'$$''
rm -f "$W/ready"
sh -c '"$1" exec -C "$2" -- sh -c "echo ready >ready; sleep 98432.'$$'" & wait' \
  sh "$CSB" "$W" >/dev/null 2>&1 </dev/null &
parent=$!
wait_for 10 test -s "$W/ready"
kill -9 $parent
wait $parent 2>/dev/null
yes 'without it the run goes on' pgrep -u "$(id -u)" -f 'sleep 98432.'$$''
pkill -9 -u "$(id -u)" -f 'sleep 98432.'$$''

# The reader of our output goes away.
start_time=$(date +%s)
run sh -c '"$1" exec -C "$2" -- sh -c "while echo x; do :; done" | head -c 2 >/dev/null' sh "$CSB" "$W"
yes 'a reader that goes away ends it' test $(($(date +%s) - start_time)) -lt 10

# A thread that started us may end (PDEATHSIG would kill us then).
if have python3; then
  cat >"$T/thread.py" <<'EOF'
import subprocess, sys, threading
box = []
def start():
    box.append(subprocess.Popen([sys.argv[1], "exec", "-C", sys.argv[2], "--",
        "sh", "-c", "sleep 0.5; exit 17"]))
t = threading.Thread(target=start)
t.start()
t.join()
print(box[0].wait())
EOF
  run timeout 30 python3 "$T/thread.py" "$CSB" "$W"
  is 'the thread that started us may end' "$out" 17
else
  skip 'the thread that started us may end' 'python3 is not installed'
fi

# Two at a time do not know of each other.
csb -- sh -c 'echo a >/tmp/shared' &
one=$!
csb -- sh -c 'ls /tmp' &
wait $one
wait $!
run sh -c '"$1" exec -C "$2" -- sh -c "echo x >/tmp/mine; sleep 0.3; ls /tmp" &
  "$1" exec -C "$2" -- sh -c "sleep 0.1; ls /tmp; ls -d /proc/[0-9]* | wc -l"; wait' sh "$CSB" "$W"
is 'each has its own /tmp' "$(echo "$out" | grep -c mine)" 1
finish
