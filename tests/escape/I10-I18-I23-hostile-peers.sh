#!/bin/sh
# Goal of this test: I10, an address that is denied is denied whatever name leads
# there; I18, peers that want all of the supervisor's memory or time; I23, what
# was let pass is in the summary, however much was refused after it.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/net.py" "$W/net"
# asks NAME WANT OPTIONS -- ACT...: with everything public allowed.
asks() {
  name=$1
  want=$2
  options=$3
  shift 3
  : >"$LAB/seen"
  csb --net proxy --allow-domain '*' $options -- python3 ./net "$@"
  is "$name" "$out" "$want"
}
asks 'I10: a name that leads to an address' 200 '' connect other.test:7777
deny='--deny-domain 44.0.0.3'
asks 'I10: which is denied: the address' '403 blocked-by-denylist' "$deny" connect 44.0.0.3:7777
asks 'I10: the name, by CONNECT' '403 blocked-by-denylist' "$deny" connect other.test:7777
asks 'I10: by SOCKS5' 02 "$deny" socks other.test
asks 'I10: without a proxy' ECONNRESET "$deny" dial other.test
is 'I10: nobody came' "$(cat "$LAB/seen")" ''
asks 'I10: at another port than is denied' 200 "$deny:22" connect other.test:7777
asks 'I10: another address' 200 "$deny" connect web.test:7777

# peak FRONT: kilobytes that one of its children had at most, the supervisor too.
peak() {
  for s in /proc/[0-9]*/status; do
    grep -q "^PPid:[^0-9]*$1\$" "$s" 2>/dev/null && sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "$s"
  done | sort -n | tail -1
}
# A server that says "100 Continue" for ever, to who does not read it.
cat >"$T/continue.py" <<'PY'
import socket, sys
l = socket.create_server(("127.0.0.1", 9999))
open(sys.argv[1] + "/listening", "w").close()
sent = 0
c = l.accept()[0]
c.recv(9999)
c.settimeout(20)
part = b"HTTP/1.1 100 Continue\r\n\r\n" * 4000
try:
    while sent < 200 << 20:
        c.sendall(part)
        sent += len(part)
except OSError:
    pass
open(sys.argv[1] + "/ended", "w").write(str(sent))
PY
python3 "$T/continue.py" "$T" &
ends $!
wait_for 10 test -e "$T/listening"
csb --net proxy --host-loopback 9999 -- python3 -c 'import socket
s = socket.create_connection(("127.0.0.1", 3128)); s.settimeout(60)
s.sendall(b"GET http://localhost:9999/ HTTP/1.1\r\nHost: localhost:9999\r\n\r\n")
data = b""
while part := s.recv(65536):
    data = (data + part)[-400:]
    if b" 502 " in data: break
print(data.count(b" 502 "))'
is 'I18: a server that never comes to its answer' "$out" 1
wait_for 30 test -e "$T/ended"
yes 'I18: it could not go on' test "$(cat "$T/ended")" -lt 100000000

# Datagrams for names that are being looked up: the name server says nothing.
cat >"$T/silent.py" <<'PY'
import socket, sys, time
s = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
s[0].bind(("127.0.0.1", 53))
open(sys.argv[1] + "/silent", "w").close()
while True: s[0].recv(9999)
PY
python3 "$T/silent.py" "$T" &
ends $!
wait_for 10 test -e "$T/silent"
"$CSB" exec -C "$W" --net proxy --allow-domain slow.test -- python3 -c 'import socket, struct
hold = []
for i in range(24):
    c = socket.create_connection(("127.0.0.1", 3128)); c.sendall(b"\5\1\0"); c.recv(2)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0))
    c.sendall(b"\5\3\0\1\0\0\0\0" + struct.pack(">H", u.getsockname()[1]))
    r = c.recv(10); hold.append((c, u, ("127.0.0.1", struct.unpack(">H", r[8:])[0])))
print("associations", sum(r[1] == 0 for c, u, a in hold), flush=True)
for k in range(4):
    for port in range(1000, 1060):
        for c, u, a in hold:
            u.sendto(b"\0\0\0\3\x09slow.test" + struct.pack(">H", port) + b"x" * 60000, a)
print("sent", flush=True)
import time; time.sleep(60)' >"$T/udp" 2>&1 &
front=$!
ends $front
wait_for 60 grep -q sent "$T/udp"
kb=$(peak $front)
yes "I18: datagrams that wait for a name ($kb KB)" test "${kb:-999999}" -lt 65536
kill $front

# A control connection of SOCKS5 UDP that is talked to without end.
csb --net proxy --allow-domain web.test -- python3 -c 'import os, socket, subprocess, sys
c = socket.create_connection(("127.0.0.1", 3128)); c.sendall(b"\5\1\0"); c.recv(2)
c.sendall(b"\5\3\0\1\0\0\0\0\0\0"); c.recv(10)
talkers = []
for i in range(4):
    pid = os.fork()
    if pid == 0:
        try:
            while True: c.sendall(b"x" * 262144)
        except OSError: os._exit(7)
    talkers.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in talkers], flush=True)
subprocess.run(["python3", "./net", "get", "http://web.test/"])'
is 'I18: who talks to a control connection is not listened to for ever' "$out" '[7, 7, 7, 7]
200'

# A summary shows some rows: what went out is among them.
csb --net proxy --allow-domain web.test --result "$T/r" -- python3 -c 'import socket, subprocess
subprocess.run(["python3", "./net", "get", "http://web.test/"])
for i in range(300):
    s = socket.create_connection(("127.0.0.1", 3128))
    s.sendall(b"\5\1\0\5\1\0\3\x08%03d.test\1\1" % i)
    while s.recv(99): pass'
is 'I23: what was let pass is told before three hundred refusals' "$(python3 -c 'import json, sys
n = json.load(open(sys.argv[1]))["network"]
h = n["hosts"]
print(h[0]["host"], h[0]["allowed"], len(h), n["hosts_more"] > 200, n["denied"])' "$T/r")" 'web.test 1 100 True 300'
finish
