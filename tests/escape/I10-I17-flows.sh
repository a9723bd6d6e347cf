#!/bin/sh
# Goal of this test: I10-I17, names that lead elsewhere, tunnels by DNS, flows
# beside TCP, server names that differ, and who else could use the door.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/net.py" "$W/net"
cp "$LAB/ca.pem" "$W/"
events=$T/events
# asks NAME WANT ACT...; $more are options.
more=''
asks() {
  name=$1
  want=$2
  shift 2
  : >"$LAB/seen"
  : >"$events"
  csb --net proxy --allow-domain web.test $more --net-events "$events" -- python3 ./net "$@"
  is "$name" "$out" "$want"
}
silent() {
  is "$1: nobody came" "$(cat "$LAB/seen")" ''
}

# A name that is allowed, and leads to loopback, a private net, the host itself.
printf '127.0.0.1 lo.test\n169.254.169.254 meta.test\n100.100.100.200 ali.test\n168.63.129.16 azure.test\nfd00:ec2::254 aws6.test\n' >>"$LAB/hosts"
more='--allow-domain *.test'
for n in lo meta ali azure aws6 priv two self; do
  asks "I10: $n.test, by the proxy" '403 blocked-by-allowlist' connect $n.test:7777
  asks "I10: $n.test, without" ECONNRESET dial $n.test
  has "I10: $n.test: the reason" "$(cat "$events")" not_allowed_local
done
silent I10
# Addresses that no interface of the host has, and that are routed to it: those of
# a load balancer, say.
python3 -c 'import socket, sys
l = socket.create_server(("::", 7779), family=socket.AF_INET6, dualstack_ipv6=True)
open(sys.argv[1] + "/routed", "w").close()
while True:
    c = l.accept()[0]; c.sendall(b"hello from the host\n"); c.close()' "$T" &
ends $!
wait_for 10 test -e "$T/routed"
for to in routed.test routed6.test 44.7.0.7 2a0b::7; do
  more='--allow-domain [*]'
  asks "I10: $to, by a route alone" ECONNRESET dial $to 7779
  has "I10: $to: the reason" "$(cat "$events")" not_allowed_local
  more='--allow-domain *.test --allow-cidr 44.7.0.7 --allow-cidr 2a0b::7'
  asks "I10: $to, where it is granted" 'hello from the host' dial $to 7779
done
more='--allow-domain *.test'
asks 'I10: a public one beside them' 'hello on 7777' dial other.test
# Rebinding: what is resolved once is dialled; a later answer changes nothing.
cat >"$W/rebind.sh" <<'SH'
python3 ./net dial web.test
SH
asks 'I10: the name that is allowed' 'hello on 7777' dial web.test
more=''

asks 'I12: TXT' '5 0' dns web.test 16
asks 'I12: NULL' '5 0' dns web.test 10
asks 'I12: MX' '5 0' dns web.test 15
asks 'I12: a question below a name that is allowed' '5 0' dns x.web.test
asks 'I12: data in a name' '5 0' dns 0123456789abcdef0123456789abcdef.other.test
has 'I12: which is in the events' "$(cat "$events")" '0123456789abcdef'
asks 'I12: letters that are none' '5 0' dns 'a\x00b.web.test'
asks 'I12: A, of what is allowed' '0 1' dns web.test
csb --net proxy --allow-domain web.test --net-events "$events" -- python3 -c 'import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("8.8.8.8", 53)); s.settimeout(0.2)
q = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + b"\3web\4test\0" + struct.pack(">2H", 1, 1)
codes = []
for i in range(3000):
    s.send(q)
    try: codes.append(s.recv(999)[3] & 15)
    except OSError: codes.append(-1)
print("limited" if codes[0] == 0 and codes.count(0) < 2500 else codes.count(0))'
is 'I12: a flood of names is limited' "$out" limited

# Below a name that is allowed names are looked up outside, and carry what is in
# them; a budget pays for each of them, once.
names=''
for i in 10 11 12 13 14 15 16 17 18 19; do names="$names 00000000000000000000000000$i.web.test:7777"; done
printf '44.0.0.2 0000000000000000000000000010.web.test\n' >>"$LAB/hosts"
# ten [OPTION...]: what becomes of ten names of 37 bytes, by the proxy
ten() {
  csb --net proxy --allow-domain '*.web.test' "$@" -- python3 ./net connect $names
  echo "$out" | sort | uniq -c | tr -s ' \n' ' '
}
is 'I12: ten names, without a budget' "$(ten)" ' 1 200 9 502 dns-failure '
is 'I12: a budget for six' "$(ten --egress-budget 240)" ' 1 200 4 403 blocked-by-policy 5 502 dns-failure '
is 'I12: of a host: each is one' "$(ten --egress-budget-host 40)" ' 1 200 9 502 dns-failure '
is 'I12: of which none is paid for by less' "$(ten --egress-budget-host 30)" ' 10 403 blocked-by-policy '
names='web.test:7777 web.test:7777 web.test:7777 web.test:7777'
csb --net proxy --allow-domain web.test --egress-budget 20 -- python3 ./net connect $names
is 'I12: the same name again is paid for' "$(echo $out)" '200 200 200 200'

asks 'I13: DoT' ECONNRESET dial 1.1.1.1 853
asks 'I13: DoH' ECONNRESET dial 1.1.1.1 443
csb --net proxy --allow-domain web.test -- python3 -c 'import errno, socket
for port in (443, 123, 7777):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
    s.connect((socket.gethostbyname("web.test"), port)); s.send(b"x")
    try: print(s.recv(9))
    except OSError as e: print(errno.errorcode.get(e.errno, e))
try: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
except OSError as e: print(errno.errorcode[e.errno])'
is 'I13: QUIC and other UDP, ICMP by a raw socket' "$out" 'ECONNREFUSED
ECONNREFUSED
ECONNREFUSED
EPERM'
silent I13

# TLS under another name than the one that was judged.
tls='import socket, ssl, sys
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
def t(s, name):
    try: c.wrap_socket(s, server_hostname=name).close(); return "handshake"
    except OSError as e: return type(e).__name__
def tunnel(target):
    s = socket.create_connection(("127.0.0.1", 3128), 5); s.settimeout(9)
    s.sendall(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)); s.recv(999); return s
def plain(): s = socket.create_connection(("web.test", 443), 5); s.settimeout(9); return s
print(t(plain(), "web.test"), t(tunnel(b"web.test:443"), "web.test"))
print(t(plain(), "other.test"), t(tunnel(b"web.test:443"), "other.test"))'
: >"$events"
csb --net proxy --allow-domain web.test --net-events "$events" -- python3 -c "$tls"
is 'I14: the name that was asked for, and another' "$(echo "$out" | head -1) $(echo "$out" | tail -1 | grep -c handshake)" \
  'handshake handshake 0'
has 'I14: the mismatch is an event' "$(cat "$events")" sni_mismatch
csb --net proxy --allow-domain web.test --no-sni-check -- python3 -c "$tls"
is 'I14: unless that check is off' "$(echo "$out" | tail -1)" 'handshake handshake'

# A plain request under another name than the one that was judged.
front='import socket, sys
def ask(s, head):
    s.settimeout(9); s.sendall(head)
    try: return s.recv(99).split(b" ")[1].decode()
    except OSError as e: return type(e).__name__
def tunnel(port):
    s = socket.create_connection(("127.0.0.1", 3128), 5)
    s.sendall(b"CONNECT web.test:%d HTTP/1.1\r\nHost: x\r\n\r\n" % port); s.recv(999); return s
def plain(port): return socket.create_connection(("web.test", port), 5)
for way in plain, tunnel:
    for port in 80, 8080:
        print(*(ask(way(port), b"GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (n[:3], n))
            for n in (b"web.test", b"other.test")))
print(ask(plain(80), b"GET http://other.test/ HTTP/1.1\r\n\r\n"), ask(plain(80), b"\r\nX / HTTP/1.1\nHost: other.test\n\n"))'
: >"$events"
: >"$LAB/seen"
csb --net proxy --allow-domain web.test --net-events "$events" -- python3 -c "$front"
is 'I14: Host of a plain request, at each door: the name that was asked for, and another' "$out" \
  '200 ConnectionResetError
200 ConnectionResetError
200 ConnectionResetError
200 ConnectionResetError
ConnectionResetError ConnectionResetError'
has 'I14: that mismatch is an event too, with the name' "$(grep host_mismatch "$events")" '"http_host":"other.test"'
hasnt 'I14: and nobody saw it' "$(cat "$LAB/seen")" other.test
csb --net proxy --allow-domain web.test --no-sni-check -- python3 -c "$front"
is 'I14: unless that check is off' "$(echo "$out" | head -1)" '200 200'

# The door is in the sandbox, and in no other place.
"$CSB" exec -C "$W" --net proxy --allow-domain web.test -- sh -c 'echo up; exec sleep 60' >"$T/up" 2>&1 &
front=$!
ends $front
wait_for 10 grep -q up "$T/up"
no 'I15: outside nobody listens on the port of the door' "$TOOLS/probe" tcp 127.0.0.1 3128
csb --net proxy --allow-domain other.test -- python3 ./net get http://web.test/
is 'I15: another sandbox has its own, with its own policy' "$out" '403 blocked-by-allowlist'
kill "$front"
csb --net none -- env
hasnt 'I16: no variable of a proxy without one' "$(echo "$out" | tr '[:upper:]' '[:lower:]')" '_proxy='
csb --net full -- env
hasnt 'I16: nor with the host network' "$(echo "$out" | tr '[:upper:]' '[:lower:]')" '127.0.0.1:3128'
more='--deny-domain web.test:22'
asks 'I17: a port is part of a rule' ECONNRESET dial web.test 22
asks 'I17: and the others are not' 'hello on 2222' dial web.test 2222
finish
