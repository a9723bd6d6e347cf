#!/bin/sh
# Goal of this test: I3 and I14, what comes behind the first words: a second
# request of SOCKS in the bytes of the first, a second ClientHello that names
# another site, and hellos and requests that some servers read and others do not.
# shellcheck disable=SC2016,SC2086 # text for the cage; options
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"

# An association of SOCKS5 UDP, and behind it in the same bytes more requests.
# Each would be one more association of a connection that ends once, or a
# connection at a door that opens none: after that a datagram finds out.
cat >"$W/socks" <<'PY'
import socket, struct, sys

HELLO = b"\5\xff" + bytes(255)  # as long as one can be: not all is read at once
UDP = b"\5\3\0\1" + bytes(6)
MORE = {
    "none": b"",
    "udp": UDP * 300,
    "connect": (b"\5\1\0\3\x08web.test" + struct.pack(">H", 7777)) * 200,
}


def door():
    s = socket.create_connection(("127.0.0.1", 3128), 5)
    s.settimeout(10)
    return s


def read(s, n):
    data = b""
    while len(data) < n and (more := s.recv(n - len(data))):
        data += more
    return data


for i in range(3):
    s = door()
    s.sendall(HELLO + UDP + MORE[sys.argv[1]])
    data = read(s, 12)
    s.close()
relay = ("127.0.0.1", struct.unpack(">H", data[-2:])[0])
for i in range(8):
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.sendto(b"\0\0\0\3\x08web.test" + struct.pack(">H", 7777) + b"hi", relay)
s = door()
s.sendall(b"\5\1\0" + b"\5\1\0\3\x08web.test" + struct.pack(">H", 7777))
print(len(data), read(s, 12)[3], read(s, 5).decode())
PY
for more in none udp connect; do
  csb --net proxy --allow-domain web.test -- python3 ./socks $more
  is "I3: an association, behind it $more: the door goes on" "$out" '12 0 hello'
  hasnt "I3: and its supervisor, after $more" "$err" supervisor
done

# A server that asks for a second hello, as one does that has other groups than
# the client guessed.  In that one the client names another site; then a server
# serves that.  Python makes the hellos, and the name is changed on the way.
openssl s_server -accept 44.0.0.1:4443 -cert "$LAB/ca.pem" -key "$LAB/key.pem" -groups P-256 -quiet \
  >"$T/server" 2>&1 &
ends $!
wait_for 10 "$TOOLS/probe" tcp 44.0.0.1 4443
printf '44.0.0.1 here.test\n' >>"$LAB/hosts"
cat >"$W/hello" <<'PY'
import socket, ssl, sys

first, second, version = sys.argv[1].encode(), sys.argv[2].encode(), bytes.fromhex(sys.argv[3])
c = ssl.create_default_context()
c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
to, out = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = c.wrap_bio(to, out, server_hostname="here.test")


def said():
    try:
        tls.do_handshake()
    except ssl.SSLError as e:
        if not isinstance(e, ssl.SSLWantReadError):
            return b""
    return out.read()


def record(s):
    data = b""
    while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "big"):
        more = s.recv(1 if len(data) < 5 else 5 + int.from_bytes(data[3:5], "big") - len(data))
        if not more:
            return b""
        data += more
    return record(s) if data[:1] == b"\x14" else data  # change_cipher_spec


s = socket.create_connection(("here.test", 4443), 5)
s.settimeout(10)
words = []
try:
    hello = said().replace(b"here.test", first)
    s.sendall(hello[:1] + version + hello[3:])
    for name in (second, None):
        r = record(s)
        retry = r[11:19] == bytes.fromhex("cf21ad74e59a6111")
        words.append("end" if not r else "retry" if retry else "served" if r[:1] == b"\x16" else "alert")
        if not retry:
            break
        to.write(r)
        s.sendall(said().replace(b"here.test", name))
except OSError as e:
    words.append(type(e).__name__)
print(*words)
PY
# hellos NAME WANT FIRST SECOND VERSION [OPTION]
events=$T/events
hellos() {
  name=$1
  want=$2
  : >"$events"
  csb --net proxy --allow-domain here.test --allow-cidr 44.0.0.1 --net-events "$events" $6 -- \
    python3 ./hello "$3" "$4" "$5"
  is "$name" "$out" "$want"
}
hellos 'I14: a server that asks for a second hello, which names the same' 'retry served' here.test here.test 0301 ''
hellos 'I14: which names another' 'retry ConnectionResetError' here.test evil.test 0301 ''
has 'I14: that is an event' "$(cat "$events")" '"reason":"sni_mismatch"'
has 'I14: with the name' "$(cat "$events")" '"sni":"evil.test"'
hellos 'I14: unless that check is off' 'retry served' here.test evil.test 0301 --no-sni-check
hellos 'I14: the first names another' ConnectionResetError evil.test evil.test 0301 ''
# Some servers read a record of any version: Java's does.
for version in 0201 0401 7f03 0002; do
  hellos "I14: in a record of version $version" ConnectionResetError evil.test evil.test $version ''
done
hellos 'I14: which reach the server with that check off, and this one minds' end evil.test evil.test 0401 --no-sni-check

# Plain requests behind blanks, which the server here reads.
cat >"$W/blank" <<'PY'
import socket, sys

for before in sys.argv[2:]:
    s = socket.create_connection(("web.test", 80), 5)
    s.settimeout(10)
    s.sendall(before.encode().decode("unicode_escape").encode() + b"GET / HTTP/1.1\r\nHost: %s\r\n" % sys.argv[1].encode()
              + b"Connection: close\r\n\r\n")
    try:
        print(s.recv(999).split()[1].decode(), end=" ")
    except OSError as e:
        print(type(e).__name__, end=" ")
PY
csb --net proxy --allow-domain web.test -- python3 ./blank web.test ''
is 'I14: a request that names the host' "$out" '200 '
: >"$LAB/seen"
csb --net proxy --allow-domain web.test --net-events "$events" -- python3 ./blank other.test '' ' ' '\t' '\x1f'
is 'I14: another, behind blanks' "$out" \
  'ConnectionResetError ConnectionResetError ConnectionResetError ConnectionResetError '
hasnt 'I14: and nobody saw it' "$(cat "$LAB/seen")" other.test
csb --net proxy --allow-domain web.test --no-sni-check -- python3 ./blank other.test ' ' '\t'
is 'I14: unless that check is off' "$out" '200 200 '
finish
