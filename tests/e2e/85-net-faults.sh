#!/bin/sh
# Goal of this test: whoever dies, is full, floods or stalls: connections end,
# nothing hangs, the command sees errors and runs on, and others are served; each
# with its figure.  (Who vanishes without a word: serve_fault_test.)
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'no python3'
cp "$TEST_TREE/tests/e2e/net_faults.py" "$W/"
port=$(free_port)
mkfifo "$T/go"
serve() {
  python3 "$W/net_faults.py" server "$port" 2>"$T/server.err" &
  server=$!
  ends "$server"
  wait_for 10 "$TOOLS/probe" tcp 127.0.0.1 "$port"
}
# inside ACT ARG...: in the background, output in $T/said; $front.
inside() {
  act=$1
  shift
  : >"$T/said"
  "$CSB" exec -C "$W" --net proxy --host-loopback "$port" --allow-domain good.test -- \
    python3 net_faults.py "$act" "$port" "$@" <"$T/go" >"$T/said" 2>"$T/said.err" &
  front=$!
  ends "$front"
  exec 7>"$T/go"
  wait_for 30 grep -q ready "$T/said"
}
supervisor() {
  for pid in $(descendants "$front"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != codex-net ] || echo "$pid"
  done
}
died() { # died PID -- and all that hung on it has ended
  wait_for 40 grep -q '^ended' "$T/said"
  wait_for 10 all_gone "$1"
  echo go >&7
  wait_for 40 grep -q '^new' "$T/said"
}
now() { python3 -c 'import time; print(time.monotonic())'; }
said() { sed -n "s/^$1 //p" "$T/said"; }
since() { # since TIME -- milliseconds from then to the last end
  python3 -c 'import sys; print(round((float(sys.argv[2]) - float(sys.argv[1])) * 1000))' "$1" "$(said last)"
}

serve
inside hold
begin=$(now)
kill -9 "$server"
died "$server"
is 'upstream dies: all that wait or send end' "$(said ended)" '52 of 52'
ms=$(since "$begin")
yes "... the last of 52 after $ms ms" [ "$ms" -lt 3000 ]
is '... new ones are told: 502, or a reset; names are there' "$(said new)" \
  '502 ConnectionResetError name quick'
wait "$front"
is '... and the command runs on to its end' "$?" 0

serve
inside hold 4
begin=$(now)
killed=$(supervisor)
kill -9 "$killed"
died "$killed"
is 'supervisor killed: all that wait, send, or have said half end' "$(said ended)" '56 of 56'
is '... new ones are refused, and so are names, at once' "$(said new)" \
  'ConnectionRefusedError ConnectionRefusedError noname quick'
ms=$(since "$begin")
yes "... the last of 56 after $ms ms" [ "$ms" -lt 3000 ]
wait "$front"
is '... and the command runs on to its end' "$?" 0

# A full house: with 256 descriptors, 42 at a time.
run sh -c 'ulimit -n 256; exec "$1" exec -C "$2" --net proxy --host-loopback "$3" -- \
  python3 net_faults.py crowd "$3" 100' sh "$CSB" "$W" "$port"
has 'listener full: a hundred at a time, and none is lost' "$out" 'served 100 at first'
at_first=$(echo "$out" | sed -n 's/.*at first \([0-9]*\).*/\1/p')
yes "... $at_first at first, the others wait: $out" [ "${at_first:-100}" -lt 60 ]

# A full queue: nobody accepts, then somebody does.
# shellcheck disable=SC3045 # every shell we meet has it
limit=$(ulimit -Hn)
if [ "$limit" = unlimited ] || [ "$limit" -ge 16384 ]; then
  : >"$T/said"
  # shellcheck disable=SC2016 # for the shell inside
  "$CSB" exec -C "$W" --net proxy --host-loopback "$port" -- sh -c \
    'echo begun; read -r x; exec python3 net_faults.py crowd "$0" 4400' "$port" \
    <"$T/go" >"$T/said" 2>"$T/said.err" &
  front=$!
  ends "$front"
  exec 7>"$T/go"
  wait_for 10 grep -q begun "$T/said"
  stopped=$(supervisor)
  kill -STOP "$stopped"
  echo go >&7
  wait_for 30 grep -q ready "$T/said"
  kill -CONT "$stopped"
  wait "$front"
  exec 7>&-
  has 'listener full: 4,400 while nobody accepts, more than its queue holds, and none is lost' \
    "$(cat "$T/said" "$T/said.err")" 'served 4400 '
  note "4,400 connections: $(grep served "$T/said")"
else
  skip 'listener full: its queue' "only $limit descriptors are to be had"
fi

csb --net proxy --host-loopback "$port" --allow-domain good.test --result "$T/r" -- \
  python3 net_faults.py noise "$port"
works 'slow heads and a flood of questions: who works beside them does'
for figure in drips flood name heads; do
  line=$(echo "$out" | grep "^$figure")
  yes "... $line" [ -n "$line" ]
done
has 'slow-loris: each is closed, with a 408' "$out" 'heads closed 200'
has '... by its deadline, however much it drips' "$(echo "$out" | sed -n 's/^heads.*last \([0-9]*\).*/\1/p')" 1
figures=$(python3 -c 'import json, sys
n = json.load(open(sys.argv[1]))["network"]
print("refused", n["dns_refused"], "dropped", n["dns_dropped"],
      "limited" if n["dns_refused"] < 6000 and n["dns_dropped"] > 1000 else "not limited")' "$T/r")
has "DNS flood: $figures" "$figures" ' limited'
has '... and names are answered again' "$out" ' yes'
finish
