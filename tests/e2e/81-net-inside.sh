#!/bin/sh
# Goal of this test: what a command with --net proxy finds inside.  Every address
# is lo's, names are answered by policy, any TCP connection arrives at its name,
# and what is refused is refused at once and named in an event.
# shellcheck disable=SC2086,SC2016 # words; text for the cage
. "$(dirname "$0")/netlab.sh"
. "$(dirname "$0")/../lib.sh"
cp "$LAB/ca.pem" "$W/"
events=$T/events
# allowed OPTION... -- CMD: no proxy variable, web.test may be reached.
allowed() {
  : >"$events"
  : >"$LAB/seen"
  csb --net proxy --allow-domain web.test --net-events "$events" "$@"
}
bare='env -i PATH=/usr/bin:/bin'
# py TEXT: in the cage.
py() {
  # shellcheck disable=SC2086 # words
  allowed -- $bare python3 -c "import errno, os, socket, struct, sys
$1"
}

# --- the room ----------------------------------------------------------------
allowed --prove -- true
works 'it starts'
has 'canary: every address outside is on lo' "$err" 'proved: private network: reach 192.0.2.1 elsewhere'
has 'canary: of IPv6 too' "$err" 'reach 2001:db8::1 elsewhere'
has 'canary: rules cannot be changed' "$err" 'private network: change its rules: not permitted'
allowed -- sh -c 'ls /proc/self/fd | tr "\n" " "; grep -c . /proc/net/unix'
has 'no descriptor of ours is inherited' "$out" '0 1 2 3 '
allowed -- sh -c 'for p in /proc/[0-9]*; do tr "\0" " " <$p/cmdline; done; echo'
hasnt 'no process of the network is inside' "$out" supervisor
if have ip; then
  allowed -- sh -c 'ip route del local default dev lo table local'
  fails '262: the command cannot remove the routes'
  allowed -- sh -c 'ip link set lo down'
  fails '262: nor take lo down'
fi
py 'for f in (12, 16, 4):
    try: socket.socket(16, 3, f); print("open")
    except OSError as e: print(errno.errorcode[e.errno])
print([n for i, n in socket.if_nameindex()])'
is '268: NETLINK_NETFILTER and others are refused, routes can be read' "$out" "EPERM
EPERM
EPERM
['lo']"
if have node; then
  allowed -- node -e 'console.log(Object.keys(os.networkInterfaces()))'
  is '268: node lists the interfaces' "$out" "[ 'lo' ]"
fi
allowed -- cat /etc/hosts
hasnt 'the hosts file of the host is not inside' "$out" web.test
has 'one with localhost is' "$out" 'localhost'

# --- names -------------------------------------------------------------------
allowed -- getent ahostsv4 web.test
has 'a name that is allowed has an address of the pool' "$out" '198.18.0.1'
allowed -- sh -c 'getent hosts web.test >/dev/null; getent ahostsv4 web.test >/dev/null; getent hosts 198.18.0.1'
has 'which leads back to the name' "$out" 'web.test'
allowed -- getent hosts other.test
fails '257: one that is not allowed has none'
has 'and is named in the event' "$(cat "$events")" '"decision":"deny"'
has '... by its name' "$(cat "$events")" '"host":"other.test"'
py 'q = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0)
def name(n): return b"".join(bytes([len(p)]) + p for p in n.encode().split(b".")) + b"\0"
def ask(n, kind, server, tcp=False):
    m = q + name(n) + struct.pack(">2H", kind, 1)
    s = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET,
        socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    s.settimeout(5); s.connect((server, 53))
    s.send((struct.pack(">H", len(m)) if tcp else b"") + m)
    r = s.recv(2000)[2 if tcp else 0:]
    return r[3] & 15, struct.unpack(">H", r[6:8])[0]
print(ask("web.test", 1, "8.8.8.8"), ask("web.test", 28, "2001:db8::53"),
    ask("web.test", 1, "9.9.9.9", True), ask("other.test", 1, "8.8.8.8"),
    ask("web.test", 16, "8.8.8.8"))'
is 'any server is ours: answered, over TCP too; refused names, and TXT, are REFUSED' \
  "$out" '(0, 1) (0, 1) (0, 1) (5, 0) (5, 0)'

# --- connections -------------------------------------------------------------
connect='def hello(host, port):
    try:
        s = socket.create_connection((host, port), 5)
        s.settimeout(5)
        return s.makefile("rb").readline().decode().strip() or "end"
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))
'
py "$connect"'print(hello("web.test", 22), hello("web.test", 2222), hello("web.test", 7777), sep="\n")'
is '257: without variables any port of a name that is allowed' "$out" 'hello on 22
hello on 2222
hello on 7777'
py "$connect"'print(hello("44.0.0.2", 7777), hello("2a0a::2", 7777), hello("169.254.169.254", 80))'
is '258: an address that nobody allowed is reset' "$out" "$(
  printf 'ECONNRESET ECONNRESET ECONNRESET')"
has '258: and named in the event' "$(cat "$events")" '"host":"44.0.0.2","port":7777'
has '258: the metadata address too' "$(cat "$events")" '"host":"169.254.169.254"'
is '258: nobody came' "$(cat "$LAB/seen")" ''
allowed --allow-domain 44.0.0.2 -- $bare python3 -c "import errno, socket
$connect"'print(hello("44.0.0.2", 7777), hello("44.0.0.3", 7777))'
is '258: unless the address is allowed' "$out" 'hello on 7777 ECONNRESET'
allowed --allow-domain '[2a0a::2]' -- $bare python3 -c "import errno, socket
$connect"'print(hello("2a0a::2", 7777))'
is '258: IPv6 too' "$out" 'hello on 7777'
allowed --deny-domain web.test:22 -- $bare python3 -c "import errno, socket
$connect"'print(hello("web.test", 22), hello("web.test", 2222), sep="\n")'
is 'a port that is denied is, and no other' "$out" 'ECONNRESET
hello on 2222'
py 'import threading
def serve(s): c = s.accept()[0]; c.sendall(b"mine\n"); c.close()
for family, at in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    s = socket.create_server((at, 8080), family=family)
    threading.Thread(target=serve, args=(s,)).start()
'"$connect"'print(hello("127.0.0.1", 8080), hello("::1", 8080))
print(hello("web.test", 2222))
c = socket.create_connection(("web.test", 8080), 5)
c.sendall(b"GET / HTTP/1.0\r\nHost: web.test\r\n\r\n"); print(c.makefile("rb").read().split(b"\n")[-2].decode())'
is '261: its own server is its own, the same port elsewhere is caught' "$out" 'mine mine
hello on 2222
hello from web.test'
py 'for a in ("198.18.0.1", "8.8.8.8"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.connect((a, 443)); s.send(b"quic")
    try: s.recv(9); print("answer")
    except OSError as e: print(type(e).__name__)'
is '260: UDP to 443 is refused at once' "$out" 'ConnectionRefusedError
ConnectionRefusedError'
py 'for kind in (2, 2 | socket.SOCK_CLOEXEC, 2 | socket.SOCK_NONBLOCK):
    try: socket.socketpair(socket.AF_UNIX, kind); print("pair")
    except OSError as e: print(errno.errorcode[e.errno])'
is '244: a datagram pair' "$out" 'EPERM
EPERM
EPERM'

# --- private addresses, and the host ------------------------------------------
allowed --allow-domain priv.test --allow-domain two.test --allow-domain self.test -- \
  $bare python3 -c "import errno, socket
$connect"'print(hello("priv.test", 7777), hello("two.test", 7777), hello("self.test", 7777))'
is 'names with a private address, with one among others, and of the host itself' \
  "$out" 'ECONNRESET ECONNRESET ECONNRESET'
has 'are refused for that' "$(cat "$events")" 'not_allowed_local'
allowed --allow-domain priv.test --allow-domain two.test --allow-cidr 10.9.9.0/24 -- \
  $bare python3 -c "import errno, socket
$connect"'print(hello("priv.test", 7777), hello("two.test", 7777))'
is 'and reached with --allow-cidr' "$out" 'hello on 7777 hello on 7777'

# The host's own loopback.
cat >"$T/host.py" <<'PY'
import socket, sys, threading
def serve(port):
    s = socket.create_server(("127.0.0.1", port))
    while True:
        c = s.accept()[0]; c.sendall(b"host %d\n" % port); c.close()
for p in (5432, 5433): threading.Thread(target=serve, args=(p,)).start()
PY
python3 "$T/host.py" &
ends $!
wait_for 10 "$TOOLS/probe" tcp 127.0.0.1 5433
py "$connect"'print(hello("127.0.0.1", 5432), hello("localhost", 5432), hello("::1", 5432))'
is '256: the host'"'"'s loopback is not there' "$out" 'ECONNREFUSED ECONNREFUSED ECONNREFUSED'
allowed --host-loopback 5432 -- $bare python3 -c "import errno, socket
$connect"'print(hello("127.0.0.1", 5432), hello("localhost", 5432), hello("127.0.0.1", 5433))'
is '256: but for a port that is granted' "$out" 'host 5432 host 5432 ECONNREFUSED'

# --- published ----------------------------------------------------------------
cat >"$W/serve.py" <<'PY'
import socket, sys
s = socket.create_server(("127.0.0.1", 8000))
print("up", flush=True)
for i in range(40):
    c = s.accept()[0]
    data = c.makefile("rb").readline()
    c.sendall(b"inside " + data)
    c.close()
print("done", flush=True)
PY
"$CSB" exec -C "$W" --net proxy --publish 127.0.0.1:8765:8000 -- python3 serve.py >"$T/served" 2>&1 &
front=$!
ends $front
wait_for 10 grep -q up "$T/served"
run python3 -c 'import socket
for i in range(40):
    s = socket.create_connection(("127.0.0.1", 8765), 5)
    s.sendall(b"%d\n" % i)
    assert s.makefile("rb").read() == b"inside %d\n" % i
print("all")'
is 'forty connections from the host to a published port, one after the other' "$out" all
wait "$front"
is 'the command ends as it would' "$?" 0
no 'and nobody listens any more' "$TOOLS/probe" tcp 127.0.0.1 8765
"$TOOLS/probe" listen 8765 >/dev/null 2>&1 &
csb --net proxy --publish 5432 -- echo ran
refused 'a port that is taken' 125 '--publish 5432'

# --- without TPROXY -----------------------------------------------------------
CSB=$B/broken/codex-sandbox
allowed --env-set CSB_BREAK=tproxy --allow-domain web.test:2222 -- env -i PATH=/usr/bin:/bin python3 -c "import errno, socket
$connect"'print(hello("web.test", 22), hello("web.test", 2222), hello("web.test", 7777))'
is 'without TPROXY the listed ports are caught, the rest is refused at once' \
  "$out" 'hello on 22 hello on 2222 ECONNREFUSED'
# refusals: what the events say of connections that the kernel refused.
refusals() {
  sed -n 's/.*"kind":"\([a-z]*\)",.*"reason":"\([a-z_]*\)",.*"host":"\([^"]*\)","port":\([0-9]*\).*"door":"transparent".*/\1 \2 \3 \4/p' "$events"
}
has 'the rest has an event: the policy has it, and this kernel has no way for it' \
  "$(refusals)" 'failed not_captured web.test 7777'
hasnt 'what is caught has no such event' "$(refusals | grep failed)" 'web.test 2222'
no_tproxy() {
  allowed --env-set CSB_BREAK=tproxy --result "$T/r" "$@"
}
no_tproxy -- $bare python3 -c "import errno, socket
$connect"'print(hello("44.0.0.3", 7777), hello("2a0a::2", 7778), hello("127.0.0.1", 7779), hello("::1", 7779))
s = socket.create_server(("", 7780)); c = socket.create_connection(("192.0.0.8", 7780)); print("own")'
is 'addresses, of both kinds, are refused too; servers of its own are there' "$out" \
  'ECONNREFUSED ECONNREFUSED ECONNREFUSED ECONNREFUSED
own'
is 'an event for each address outside, with what the policy says, and for none of its own' \
  "$(refusals)" 'decision not_allowed 44.0.0.3 7777
decision not_allowed 2a0a::2 7778'
is 'and the summary has them' "$(python3 -c 'import json, sys
n = json.load(open(sys.argv[1]))["network"]; print(n["transparent"], n["denied"])' "$T/r")" 'ports 2'
finish
