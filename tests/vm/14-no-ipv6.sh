#!/bin/sh
# Goal of this test: a kernel without IPv6 and without nftables: a network by name
# works at every door, with IPv4 and listed ports alone, and the rest is refused
# with an event.
append='ipv6.disable=1'
. "$(dirname "$0")/vm.sh"
no 'this boot has no IPv6' python3 -c 'import socket; socket.socket(socket.AF_INET6)'
no 'nor nftables' grep -q nf_tables /proc/modules

# The other machine: another address of this one.
ip addr add 44.0.0.2/32 dev lo
echo '44.0.0.2 web.test' >>/etc/hosts
cat >"$T/server.py" <<'PY'
import http.server, socket, sys, threading
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"web\n")
    def log_message(self, *a): pass
def talk(address, port):
    s = socket.create_server((address, port), backlog=64)
    while True:
        c = s.accept()[0]; c.sendall(b"hello on %d\n" % port); c.close()
for a, p in ("44.0.0.2", 2222), ("44.0.0.2", 7777), ("127.0.0.1", 5432):
    threading.Thread(target=talk, args=(a, p), daemon=True).start()
http.server.ThreadingHTTPServer(("44.0.0.2", 80), H).serve_forever()
PY
python3 "$T/server.py" &
ends $!
wait_for 60 python3 -c 'import socket; socket.create_connection(("44.0.0.2", 80))'
cp /src/tests/escape/net.py "$W/net"
events=$T/events
: >"$events"
chown 1000 "$events"
# asks NAME WANT ACT...: from inside.
asks() {
  name=$1 want=$2
  shift 2
  : >"$events"
  run user "$CSB" exec -C "$W" --net proxy --allow-domain web.test:80 --allow-domain web.test:2222 \
    --allow-domain web.test/tcp --allow-cidr 44.0.0.2 --host-loopback 5432 --net-events "$events" \
    -- python3 ./net "$@"
  is "$name" "$out" "$want"
}
run user "$CSB" exec -C "$W" --net proxy --allow-domain web.test --prove -- true
works 'every canary holds'
asks 'HTTP' 200 get http://web.test/
asks 'CONNECT' 200 connect web.test:7777
asks 'SOCKS5' 00 socks web.test
asks 'what is not allowed' '403 blocked-by-allowlist' get http://other.test/
asks 'names: an address of IPv4' '0 1' dns web.test
asks 'and none of IPv6' '0 0' dns web.test 28
asks 'names that are not allowed' '5 0' dns other.test
asks 'without a proxy, a listed port' 'hello on 2222' dial web.test 2222
asks 'the host'"'"'s loopback' 'hello on 5432' dial localhost 5432
asks 'without a proxy, another port' ECONNREFUSED dial web.test 7777
has 'has an event' "$(cat "$events")" '"reason":"not_captured","protocol":"tcp","host":"web.test","port":7777'
asks 'an address that nobody allowed' ECONNREFUSED dial 44.0.0.3 7777
has 'has one with the verdict' "$(cat "$events")" '"reason":"not_allowed","protocol":"tcp","host":"44.0.0.3","port":7777'
for network in none full; do
  run user "$CSB" exec -C "$W" --net $network -- sh -c 'echo x >made && cat made'
  is "--net $network" "$out" x
done
run user "$CSB" exec -C "$W" --net proxy --transparent on -- echo ran
refused 'where every port is required, nothing runs' 125 'nftables TPROXY'
run user "$CSB" doctor
has 'doctor: which door there is' "$out" 'the kernel has no TPROXY here'
finish
