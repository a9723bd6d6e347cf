#!/bin/sh
# Goal of this test: I3 and I14, what comes behind the first words: a second
# request of SOCKS in the bytes of the first.
# shellcheck disable=SC2016 # text for the cage
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
finish
