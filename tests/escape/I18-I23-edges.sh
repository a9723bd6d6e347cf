#!/bin/sh
# Goal of this test: I18-I23, slow and huge requests, what is published, IPv6
# alone, and what a log says of words from inside.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/net.py" "$W/net"
events=$T/events
csb --net proxy --allow-domain web.test -- python3 -c 'import socket
s = socket.create_connection(("127.0.0.1", 3128)); s.settimeout(20)
try:
    s.sendall(b"GET http://web.test/ HTTP/1.1\r\nHost: web.test\r\n")
    for i in range(2000): s.sendall(b"X-%d: %s\r\n" % (i, b"x" * 100))
    s.sendall(b"\r\n")
except OSError: pass
print(s.recv(20).split(b" ")[1].decode())'
is 'I18: a head of 200 KB' "$out" 431
csb --net proxy --allow-domain web.test -- python3 -c 'import socket
idle = [socket.create_connection(("127.0.0.1", 3128)) for i in range(300)]
for s in idle: s.sendall(b"GET http://web.")
import subprocess; print(subprocess.run(["python3", "./net", "get", "http://web.test/"], capture_output=True, text=True).stdout.strip())'
is 'I18: three hundred half heads do not stop others' "$out" 200
csb --net proxy --allow-domain web.test -- sh -c 'ls /proc/*/exe | wc -l; env | grep -ciE "ca_?(bundle|cert|info)"'
is 'I19: no certificate authority of ours is inside' "$(echo "$out" | tail -1)" 0

"$CSB" exec -C "$W" --net proxy --publish 8765 -- sh -c 'echo up; exec sleep 60' >"$T/up" 2>&1 &
front=$!
ends $front
wait_for 10 grep -q up "$T/up"
is 'I20: what is published is published on loopback' \
  "$(awk 'FNR > 1 && $4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6 | grep -i ":223D")" 0100007F:223D
kill "$front"
csb --net proxy --allow-domain '*' -- python3 ./net dial 10.0.2.2 22
is 'I21: no gateway leads to the host' "$out" ECONNRESET
for address in 44.0.0.1 127.0.0.2 '2a0a::1'; do
  csb --net proxy --allow-domain '*' -- python3 ./net dial $address 8765
  hasnt "I21: nor does $address" "$out" hello
done
# The same verdicts with IPv6 alone.
: >"$events"
csb --net proxy --allow-domain six.test --net-events "$events" -- python3 ./net dial six.test
is 'I22: a name with an IPv6 address alone' "$out" 'hello on 7777'
csb --net proxy --allow-domain six.test --net-events "$events" -- python3 ./net dial 2a0a::2
is 'I22: its address is another question' "$out" ECONNRESET
csb --net proxy --allow-domain six.test -- python3 ./net connect '[2a0a::2]:7777'
is 'I22: at the proxy too' "$out" '403 blocked-by-allowlist'
# Words from inside, outside.
: >"$events"
csb --net proxy --allow-domain web.test --net-events "$events" --result "$T/r" -- \
  python3 ./net dns '\x1b[31m\x07"<b>\xe2\x80\xae.test'
csb --net proxy --allow-domain web.test --net-events "$events" --result "$T/r" -- \
  python3 ./net get 'http://<b>"\x1b.test/' 'http://\xe2\x80\xaex.test/'
is 'I23: an event is plain ASCII, whatever was asked' "$(LC_ALL=C tr -d '[:print:]\n' <"$events" | wc -c)" 0
yes 'I23: and JSON' python3 -c 'import json, sys
[json.loads(l) for l in open(sys.argv[1])]' "$events"
hasnt 'I23: an answer does not repeat markup' "$out" '<b>'
finish
