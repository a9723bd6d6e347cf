#!/bin/sh
# Goal of this test: UDP by SOCKS5 with real clients; a published port under load;
# names that change their mind.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
. "$(dirname "$0")/netlab.sh"
. "$(dirname "$0")/../lib.sh"
events=$T/events
allowed() { # allowed OPTION... -- CMD
  : >"$events"
  : >"$LAB/seen"
  csb --net proxy --net-events "$events" "$@"
}

# ---- SOCKS5 UDP ------------------------------------------------------------------
cat >"$W/udp.py" <<'PY'
import socket, struct, sys
def address(host):
    for family, kind in (socket.AF_INET, b"\1"), (socket.AF_INET6, b"\4"):
        try: return kind + socket.inet_pton(family, host)
        except OSError: pass
    return b"\3" + bytes([len(host)]) + host.encode()
control = socket.create_connection(("127.0.0.1", 3128), 5)
control.sendall(b"\5\1\0"); assert control.recv(2) == b"\5\0"
control.sendall(b"\5\3\0\1\0\0\0\0\0\0"); reply = control.recv(10)
relay = (socket.inet_ntoa(reply[4:8]), struct.unpack(">H", reply[8:])[0])
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(3)
u.bind(("127.0.0.1", 0))
def ask(host, port, data):
    u.sendto(b"\0\0\0" + address(host) + struct.pack(">H", port) + data, relay)
    try: got = u.recv(65536)
    except TimeoutError: return "nothing"
    n = {1: 4, 4: 16, 3: 1 + got[4]}[got[3]]
    return "%d %d %s" % (got[3], struct.unpack(">H", got[4 + n:6 + n])[0], len(got[6 + n:]))
for word in sys.argv[1:]:
    host, port, size = word.rsplit(",", 2)
    print(ask(host, int(port), b"x" * int(size)))
control.close()
PY
allowed --allow-domain web.test:7777/udp --allow-domain '[2a0a::2]' -- \
  python3 udp.py web.test,7777,10 web.test,7777,8000 2a0a::2,7777,10
is 'SOCKS5 UDP: by name, a large one, by address, with answers' "$out" '4 7777 14
4 7777 8004
4 7777 14'
is 'and the other machine saw them' "$(grep -c '^udp 7777' "$LAB/seen")" 3
allowed --allow-domain web.test:7777/udp -- python3 udp.py other.test,7777,10 web.test,7778,10 44.0.0.2,7777,10
is 'SOCKS5 UDP: another name, another port, an address: nothing' "$out" 'nothing
nothing
nothing'
for word in '"host":"other.test","port":7777' '"host":"web.test","port":7778' '"host":"44.0.0.2","port":7777'; do
  has "and an event for each: $word" "$(grep '"decision":"deny"' "$events" | grep socks5_udp)" "$word"
done
is 'and the other machine saw nothing' "$(cat "$LAB/seen")" ''
allowed --allow-domain web.test:7777/tcp -- python3 udp.py web.test,7777,10
is 'SOCKS5 UDP: a host that is allowed for TCP alone' "$out" nothing
allowed --allow-domain web.test:7777/udp -- python3 -c 'import socket
try: socket.create_connection(("web.test", 7777), 5).recv(9); print("open")
except OSError as e: print(type(e).__name__)'
is '... and the other way round' "$out" ConnectionResetError
if /usr/bin/python3 -c 'import socks' 2>/dev/null; then
  cat >"$W/pysocks.py" <<'PY'
import socks, socket, sys
s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
s.set_proxy(socks.SOCKS5, "127.0.0.1", 3128, rdns=True)
s.settimeout(3)
total = 0
for i in range(200):
    s.sendto(b"%d" % i, (sys.argv[1], 7777))
    try: total += s.recvfrom(99)[0] == b"udp %d" % i
    except OSError: break
print(total)
PY
  allowed --allow-domain web.test:7777/udp -- /usr/bin/python3 pysocks.py web.test
  is 'PySocks: two hundred datagrams and their answers' "$out" 200
  allowed --allow-domain web.test:7777/udp -- /usr/bin/python3 pysocks.py other.test
  is 'PySocks: none where it is not allowed' "$out" 0
else
  skip 'PySocks' 'python3-socks is not installed'
fi

# ---- a published port under load ---------------------------------------------------
cat >"$W/serve.py" <<'PY'
import asyncio
async def talk(r, w):
    w.write(b"inside " + await r.readline()); await w.drain(); w.close()
async def run():
    async with await asyncio.start_server(talk, "127.0.0.1", 8000, backlog=2000) as s:
        print("up", flush=True); await s.serve_forever()
asyncio.run(run())
PY
"$CSB" exec -C "$W" --net proxy --publish 127.0.0.1:8765:8000 -- python3 serve.py >"$T/served" 2>&1 &
front=$!
ends $front
wait_for 10 grep -q up "$T/served"
run python3 -c 'import asyncio, time
good = [0]
async def one(i):
    r, w = await asyncio.open_connection("127.0.0.1", 8765)
    w.write(b"%d\n" % i)
    right = await r.read() == b"inside %d\n" % i
    good[0] += right
    w.close()
async def run():
    begin = time.monotonic()
    await asyncio.gather(*(one(i) for i in range(1000)))
    print(good[0], "at a time")
    for i in range(1000): await one(i)
    print(good[0], "and in sequence")
    import sys; print("%.1f s" % (time.monotonic() - begin), file=sys.stderr)
asyncio.run(asyncio.wait_for(run(), 100))'
is 'a published port: a thousand at a time, a thousand in sequence, none lost' "$out" '1000 at a time
2000 and in sequence'
note "2,000 connections to a published port: $err"
kill $front

# ---- a name that changes its mind ----------------------------------------------------
# The host's name server: turn.test is 44.0.0.2 when it is asked for first, and
# then what a file says; every question for its address is noted.
cat >"$T/names.py" <<'PY'
import socket, struct, sys
lab = sys.argv[1]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
open(lab + "/answer", "w").write("44.0.0.2")
open(lab + "/asked", "w").close()
while True:
    q, peer = s.recvfrom(4096)
    end = q.index(b"\0", 12) + 5
    kind = struct.unpack(">H", q[end - 4:end - 2])[0]
    r = b""
    if kind == 1 and b"\4turn\4test" in q:
        a = open(lab + "/answer").read()
        open(lab + "/asked", "a").write(a + "\n")
        r = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(a)
    s.sendto(q[:2] + b"\x81\x80\0\1" + struct.pack(">H", len(r) > 0) + b"\0\0\0\0" + q[12:end] + r, peer)
PY
python3 "$T/names.py" "$LAB" &
ends $!
wait_for 10 test -e "$LAB/asked"
cat >"$W/turn.py" <<'PY'
import socket, sys, time
def hello():
    try: return socket.create_connection(("turn.test", 7777), 5).makefile("rb").readline().decode().strip()
    except OSError as e: return type(e).__name__
inside = socket.gethostbyname("turn.test")
print(hello(), flush=True)
input()
# What was judged is dialled for some seconds, then the name is asked again.
begin = time.monotonic()
while (word := hello()) == "hello on 7777" and time.monotonic() - begin < 30: time.sleep(0.1)
print(word, inside == socket.gethostbyname("turn.test"))
PY
mkfifo "$T/go"
: >"$events"
: >"$LAB/seen"
"$CSB" exec -C "$W" --net proxy --allow-domain turn.test --net-events "$events" -- python3 turn.py <"$T/go" >"$T/turn" 2>&1 &
front=$!
ends $front
exec 7>"$T/go"
wait_for 20 test -s "$T/turn"
is 'rebinding: a name is resolved once for a connection' "$(cat "$T/turn" "$LAB/asked")" 'hello on 7777
44.0.0.2'
has 'rebinding: and what was judged is what was dialled' "$(grep turn.test "$events" | grep '"kind":"decision"' | grep '"port":7777')" \
  '"decision":"allow"'
printf 10.9.9.9 >"$LAB/answer"
echo >&7
wait "$front"
is 'rebinding: turned to a private address it is refused, and the address inside stays' "$(tail -1 "$T/turn")" \
  'ConnectionResetError True'
has 'rebinding: with the reason and the address' "$(grep not_allowed_local "$events")" '"host":"turn.test"'
has 'rebinding: which is the one that was asked for' "$(grep not_allowed_local "$events")" '"address":"10.9.9.9"'
has 'rebinding: the name server was asked twice' "$(wc -l <"$LAB/asked")" 2
printf 44.0.0.1 >"$LAB/answer"
csb --net proxy --allow-domain turn.test -- python3 ./turn.py </dev/null
is 'rebinding: nor to the host itself' "$(echo "$out" | head -1)" ConnectionResetError

finish
