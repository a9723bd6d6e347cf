#!/bin/sh
# Goal of this test: many connections at a time and in sequence, through each
# door, and none is lost; one takes little memory; few descriptors make others
# wait and nothing else; who stalls or floods stops nobody.
. "$(dirname "$0")/../lib.sh"
bench=$B/tests/bench/bench
[ -x "$bench" ] || skip_all 'tests/bench/bench is not built'
have python3 || skip_all 'no python3'
# shellcheck disable=SC3045 # every shell we meet has it
limit=$(ulimit -Hn)
[ "$limit" = unlimited ] || [ "$limit" -ge 4096 ] ||
  skip_all "only $limit descriptors are to be had"

# What listens is a process of its own, on a port that is free.
port=$(free_port)
"$bench" net-server "$port" &
server=$!
ends "$server"
served() { printf 'Q 1\n' | "$bench" net-client direct 127.0.0.1 "$port" | grep -q '^1 '; }
wait_for 10 served
yes 'a server' served

# through WAY LINES: what the client behind that door says.
through() {
  way=$1
  shift
  printf '%s\n' "$@" >"$T/lines"
  run sh -c '"$1" exec -C "$2" --net proxy --host-loopback "$3" -- \
    "$4" net-client "$5" 127.0.0.1 "$3" <"$6"' sh "$CSB" "$W" "$port" "$bench" \
    "$way" "$T/lines"
}

for way in proxy direct; do
  through $way 'Q 2000' 'M 1000' 'Q 1'
  works "$way: a client"
  is "$way: 2,000 in sequence and 1,000 at a time, none lost" "$out" 'ready
2000 0
1000 0
1 0'
done

# Memory: what the supervisor has more with a thousand than with one.
mkfifo "$T/ask" "$T/told"
"$CSB" exec -C "$W" --net proxy --host-loopback "$port" -- "$bench" net-client proxy \
  127.0.0.1 "$port" <"$T/ask" >"$T/told" &
front=$!
ends "$front"
exec 7>"$T/ask" 8<"$T/told"
read -r line <&8
resident() {
  for pid in $(descendants "$front"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != codex-net ] ||
      sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
  done
}
echo 'M 1' >&7
read -r line <&8
before=$(resident)
echo 'M 1000' >&7
read -r line <&8
is 'a thousand are open' "$line" '1000 0'
each=$((($(resident) - before) * 1024 / 1000))
yes "an open connection takes $each bytes, 16 KiB at most" [ "$each" -lt 16384 ]
exec 7>&- 8<&-
wait "$front"

# With few descriptors, most of a hundred wait, and all are served.
run sh -c 'ulimit -n 256; printf "M 30\nQ 200\n" | "$1" exec -C "$2" --net proxy \
  --host-loopback "$3" -- "$4" net-client proxy 127.0.0.1 "$3"' sh "$CSB" "$W" \
  "$port" "$bench"
is 'few descriptors: fewer at a time, none lost' "$out" 'ready
30 0
200 0'

# Beside two hundred half heads and a flood of questions, others go on.
cat >"$W/noise.py" <<'EOF'
import socket, subprocess, sys
half = []
for i in range(200):
    s = socket.create_connection(("127.0.0.1", 3128))
    s.send(b"GET http://a")
    half.append(s)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.connect(("127.0.0.1", 53))
q = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\1\0\1"
for i in range(5000):
    try: u.send(q)
    except OSError: pass
print(subprocess.run(sys.argv[1:], input=b"Q 300\n", stdout=subprocess.PIPE).stdout.decode())
EOF
csb --net proxy --host-loopback "$port" -- python3 noise.py "$bench" net-client \
  proxy 127.0.0.1 "$port"
has 'half heads and a flood of questions stop nobody' "$out" '300 0'
finish
