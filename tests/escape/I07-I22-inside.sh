#!/bin/sh
# Goal of this test: I7, I13, I22, the command against the network it is in: other
# kinds of sockets, other coats and sources of an address, the doors themselves,
# and the routes and rules that lead to them.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"

cat >"$W/inside" <<'PY'
import errno, os, socket as S, struct, sys

V4, V6 = S.AF_INET, S.AF_INET6


def tried(f, *args):
    try:
        return f(*args)
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


def dial(address, port=7777, source=None, option=None, protocol=0):
    info = S.getaddrinfo(address, port, 0, S.SOCK_STREAM, 0, S.AI_NUMERICHOST)[0]
    s = S.socket(info[0], S.SOCK_STREAM, protocol)
    s.settimeout(9)
    if option:
        s.setsockopt(*option)
    if source:
        s.bind((source, 0))
    s.connect(info[4])
    return s.recv(99).decode().strip() or "end"


def datagram(address, port):
    s = S.socket(V4, S.SOCK_DGRAM)
    s.settimeout(9)
    s.connect((address, port))
    s.send(b"x")
    return s.recv(99)


def listen(family, address, port):
    s = S.socket(family, S.SOCK_STREAM)
    for option in (S.SO_REUSEADDR, S.SO_REUSEPORT):
        s.setsockopt(S.SOL_SOCKET, option, 1)
    s.bind((address, port))
    s.listen()
    return "listens"


def route(kind, body, flags=5):
    """What the kernel says to a message of NETLINK_ROUTE."""
    s = S.socket(S.AF_NETLINK, S.SOCK_RAW, 0)
    s.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
    r = s.recv(9999)
    if struct.unpack_from("=H", r, 4)[0] == 2:
        return errno.errorcode.get(-struct.unpack_from("=i", r, 16)[0], "done")
    return "answer"


def of(what, *more):
    print(*sorted(set(tried(*args) for args in what)), *more, flush=True)


web = S.gethostbyname("web.test")
PLAIN = "44.0.0.3", "::ffff:44.0.0.3"
COATS = ("::44.0.0.3 64:ff9b::2c00:3 64:ff9b:1::2c00:3 2002:2c00:3::1 2001:0:2c00:3::1 "
         "2001::d3ff:fffc fe80::5efe:44.0.0.3%lo fec0::1 fc00::1 fe80::1%lo 2a0a::3").split()
HOST = "44.0.0.1", "2a0a::1", "::ffff:44.0.0.1", "10.9.9.9", "169.254.169.254", "0.1.2.3", "240.0.0.1"
POOL = "198.18.0.0", "198.18.63.255", "198.19.255.255", "fdc0:de5b::ffff", "fdc0:de5b:1::1"
SOURCES = "44.0.0.1", "44.0.0.3", "8.8.8.8", "198.18.0.1", "127.9.9.9", "0.0.0.0"
act = sys.argv[1]
if act == "allowed":
    of([(dial, web), (dial, "::ffff:" + web)] + [(dial, web, 7777, s) for s in SOURCES])
elif act == "coats":
    of((dial, a) for a in PLAIN + tuple(COATS) + HOST + POOL)
elif act == "sources":
    of((dial, PLAIN[0], 7777, s) for s in SOURCES)
elif act == "options":
    of([(dial, PLAIN[0], 7777, None, o) for o in (
        (S.SOL_SOCKET, S.SO_BINDTODEVICE, b"lo\0"), (S.SOL_SOCKET, S.SO_DONTROUTE, 1))])
    of([(dial, web, 7777, None, o) for o in (
        (S.SOL_SOCKET, 36, 1),  # SO_MARK
        (S.IPPROTO_IP, 19, 1),  # IP_TRANSPARENT
        (S.IPPROTO_IP, S.IP_OPTIONS, bytes([131, 7, 4]) + S.inet_aton(PLAIN[0]) + b"\0"))])
elif act == "mptcp":
    try:
        S.socket(V4, S.SOCK_STREAM, 262).close()
    except OSError:
        print("none")
        sys.exit()
    of([(dial, PLAIN[0], 7777, None, None, 262)])
    of([(dial, web, 7777, None, None, 262)])
elif act == "udp":
    of((datagram, PLAIN[0], p) for p in (67, 123, 443, 1900, 5353, 7777))
elif act == "doors":
    of((listen, f, a, p) for p in (3128, 3129)
       for f, a in ((V4, "127.0.0.1"), (V4, "0.0.0.0"), (V6, "::1"), (V6, "::")))
    of([(listen, V4, "127.0.0.1", 3130)])
    of([(dial, "127.0.0.1", 3129)])
elif act == "routes":
    any4 = struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 254, 4, 0, 1, 0)
    of([(route, 20, struct.pack("=BBBBIHH4s", 2, 32, 0, 0, 1, 8, 2, S.inet_aton(PLAIN[0]))),  # an address
        (route, 24, any4, 0x405), (route, 25, any4), (route, 32, any4, 0x405),  # routes, a rule
        (route, 16, struct.pack("=BBHiII", 0, 0, 0, 1, 0, 1))])  # lo down
    of([(route, 26, struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 0, 0, 0, 0, 0), 0x301)])  # asked for
elif act == "kinds":
    for family, kind, protocol in (
            (S.AF_PACKET, S.SOCK_RAW, 0), (S.AF_ALG, S.SOCK_SEQPACKET, 0), (S.AF_VSOCK, S.SOCK_STREAM, 0),
            (V4, S.SOCK_RAW, 1), (V4, S.SOCK_RAW, 6), (V6, S.SOCK_RAW, 58), (44, S.SOCK_RAW, 0),
            (43, S.SOCK_STREAM, 0), (S.AF_TIPC, S.SOCK_SEQPACKET, 0), (15, S.SOCK_RAW, 2)):
        of([(S.socket, family, kind, protocol)], family, kind, protocol)
    of((S.socket, S.AF_NETLINK, S.SOCK_RAW, p) for p in (4, 6, 9, 10, 11, 12, 15, 16, 21))
PY
cat >"$T/stray.py" <<'PY'
import socket, sys
s = [socket.socket(socket.AF_UNIX), socket.create_server(("0.0.0.0", 7777))]
s[0].bind("\0netlab-stray")
s[0].listen()
open(sys.argv[1] + "/stray", "w").close()
while True: s[1].accept()[0].sendall(b"the host itself\n")
PY
python3 "$T/stray.py" "$T" &
ends $!
wait_for 10 test -e "$T/stray"
# inside NAME ACT WANT: what is tried, every way of it with the same end.
inside() {
  : >"$LAB/seen"
  csb --net proxy --allow-domain web.test -- python3 ./inside "$2"
  is "$1" "$(echo "$out" | paste -sd/ -)" "$3"
}
silent() {
  is "$1: nobody came" "$(cat "$LAB/seen")" ''
}
inside 'I22: a name that is allowed, in every coat and from every source' allowed 'hello on 7777'
inside 'I7: addresses in every coat, of the host, and of the pool that stand for nothing' coats ECONNRESET
silent I7
inside 'I13: from every source' sources ECONNRESET
inside 'I13: marks, devices, routes of its own' options 'ECONNRESET/EPERM'
silent I13
csb --net proxy --allow-domain web.test -- python3 ./inside mptcp
if [ "$out" = none ]; then
  skip 'I13: TCP of many paths' 'this kernel has none'
else
  is 'I13: TCP of many paths' "$(echo "$out" | paste -sd/ -)" 'ECONNRESET/hello on 7777'
fi
inside 'I13: datagrams' udp ECONNREFUSED
inside 'I15: who listens beside a door, elsewhere, and knocks at the inner one' doors 'EADDRINUSE/listens/ECONNRESET'
inside 'I13: addresses, routes, rules and lo, and asking for them' routes 'EPERM/answer'
inside 'I13: sockets of other kinds' kinds \
  "$(for k in '17 3 0' '38 5 0' '40 1 0' '2 3 1' '2 3 6' '10 3 58' '44 3 0' '43 1 0' '30 5 0' '15 3 2'; do
    printf 'EPERM %s/' "$k"
  done)EPERM"
csb --net proxy --allow-domain web.test -- python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\0netlab-stray")'
has 'I13: abstract sockets of the host' "$err" 'Connection refused'
yes 'I13: which are there' python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\0netlab-stray")'
finish
