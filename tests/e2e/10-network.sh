#!/bin/sh
# Goal of this test: without network nothing leaves, and everything that stays
# inside works.  No packet of this test leaves the machine: what must be
# unreachable is the host's own loopback, and a documentation address from
# within a network namespace that has no route.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
probe_to "$W"

# A web server on the host's loopback that notes who comes.
port=$(free_port)
mkdir "$T/www"
echo hello >"$T/www/index.html"
cat >"$T/server.py" <<'EOF'
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"hello\n")
    def log_message(self, *a): pass
class S(http.server.ThreadingHTTPServer):
    def verify_request(self, request, client_address):
        open(sys.argv[2], "a").write("hit\n"); return True
S(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
EOF
: >"$T/hits"
python3 "$T/server.py" "$port" "$T/hits" &
ends $!
wait_for 10 "$TOOLS/probe" tcp 127.0.0.1 "$port"
url=http://127.0.0.1:$port/
hits() {
  wc -l <"$T/hits"
}

# blocked NAME TOOL CMD... -- works outside and with full network, not without.
blocked() {
  name=$1
  tool=$2
  shift 2
  if ! have "$tool"; then
    skip "$name" "$tool is not installed"
    return
  fi
  before=$(hits)
  csb --net full -- "$@"
  works "$name: reaches it with --net full"
  yes "$name: and is seen there" test "$(hits)" -gt "$before"
  before=$(hits)
  for mode in read-only workspace-write; do
    csb --sandbox $mode -- "$@"
    fails "$name ($mode)"
  done
  is "$name: nobody came" "$(hits)" "$before"
}
blocked 'case 16: sandbox_blocks_curl' curl curl -sf -m 5 "$url"
blocked 'case 17: sandbox_blocks_wget' wget wget -q -T 5 -t 1 -O /dev/null "$url"
blocked 'case 19: sandbox_blocks_nc' nc nc -z -w 5 127.0.0.1 "$port"
blocked 'case 31: sandbox_blocks_dev_tcp_redirection' bash \
  bash -c "echo x >/dev/tcp/127.0.0.1/$port"

if have ping; then
  csb --sandbox read-only -- ping -c 1 -W 2 192.0.2.1
  fails 'case 18: sandbox_blocks_ping'
else
  skip 'case 18: sandbox_blocks_ping' 'ping is not installed'
fi
if have ssh; then
  before=$(hits)
  csb --sandbox read-only -- ssh -o BatchMode=yes -o ConnectTimeout=5 \
    -o StrictHostKeyChecking=no -p "$port" 127.0.0.1 true
  fails 'case 29: sandbox_blocks_ssh'
  is 'case 29: nobody came' "$(hits)" "$before"
  run timeout 20 "$CSB" exec -C "$W" --net full -- timeout 5 ssh -o BatchMode=yes \
    -o ConnectTimeout=3 -o StrictHostKeyChecking=no -p "$port" 127.0.0.1 true
  yes 'case 29: with full network it comes' test "$(hits)" -gt "$before"
else
  skip 'case 29: sandbox_blocks_ssh' 'ssh is not installed'
fi
csb --sandbox read-only -- getent ahosts codex-sandbox.example
fails 'case 30: sandbox_blocks_getent'
csb -- getent hosts localhost
works 'names of the host file resolve'

csb -- ./probe tcp 192.0.2.1 80
is 'outside is unreachable at once' "$out" 'connect: ENETUNREACH'
csb -- ./probe tcp 127.0.0.1 "$port"
is 'loopback of the host is not ours' "$out" 'connect: ECONNREFUSED'
for family in 2 10; do
  csb -- ./probe socket $family 1
  works "internet sockets can be made ($family)"
done
for family in 38 40; do
  run "$TOOLS/probe" socket $family 1
  hasnt "family $family: the host does not say EPERM by itself" "$out" EPERM
  csb -- ./probe socket $family 1
  is "family $family is refused" "$out" 'socket: EPERM'
done
csb --net full -- ./probe socket 40 1
is 'vsock is refused with full network' "$out" 'socket: EPERM'

# The cage's own loopback.
csb -- sh -c 'cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d " "'
is 'there is lo and nothing else' "$out" lo
cat >"$W/server.py" <<'EOF'
import http.server, threading, urllib.request, socket, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"inside")
    def log_message(self, *a): pass
class S6(http.server.HTTPServer):
    address_family = socket.AF_INET6
for cls, host, url in ((http.server.HTTPServer, "127.0.0.1", "127.0.0.1"),
                       (http.server.HTTPServer, "0.0.0.0", "localhost"),
                       (S6, "::1", "[::1]")):
    s = cls((host, 0), H)
    threading.Thread(target=s.serve_forever, daemon=True).start()
    u = "http://%s:%d/" % (url, s.server_port)
    print(urllib.request.urlopen(u, timeout=5).read().decode())
EOF
csb -- python3 server.py
is 'a loopback server works, v4, any and v6' "$out" 'inside
inside
inside'
csb -- python3 -c 'import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); a.bind(("127.0.0.1", 0))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); b.sendto(b"x", a.getsockname())
print(a.recvfrom(9)[0]); b.connect(a.getsockname()); b.send(b"y"); print(a.recv(9))'
is 'UDP on loopback works' "$out" "b'x'
b'y'"
csb -- python3 -c 'import asyncio
async def f():
    p = await asyncio.create_subprocess_exec("echo", "sub", stdout=asyncio.subprocess.PIPE)
    out, _ = await p.communicate()
    r = await asyncio.get_running_loop().run_in_executor(None, lambda: "thread")
    print(out.decode().strip(), r, p.returncode)
asyncio.run(asyncio.wait_for(f(), 10))'
is 'asyncio: subprocess and thread' "$out" 'sub thread 0'
csb -- python3 -c 'import asyncio
async def echo(r, w):
    w.write(await r.read(4)); await w.drain(); w.close()
async def f():
    s = await asyncio.start_server(echo, "127.0.0.1", 0)
    r, w = await asyncio.open_connection("127.0.0.1", s.sockets[0].getsockname()[1])
    w.write(b"ping"); await w.drain(); print(await r.read(4))
asyncio.run(asyncio.wait_for(f(), 10))'
is 'asyncio: server and client' "$out" "b'ping'"
csb -- python3 -c 'import socket
a, b = socket.socketpair()
a.send(b"x"); a.sendall(b"y"); a.sendmsg([b"z"]); print(b.recv(9))
a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
print(a.getsockname() == "", a.getpeername() == ""); a.shutdown(socket.SHUT_WR); print(b.recv(9))'
is 'send on a socketpair' "$out" "b'xyz'
True True
b''"
csb -- python3 -c 'import socket, threading, os
s = socket.socket(socket.AF_UNIX); s.bind("in.sock"); s.listen()
threading.Thread(target=lambda: s.accept()[0].sendall(b"unix")).start()
c = socket.socket(socket.AF_UNIX); c.connect("in.sock"); print(c.recv(9)); os.unlink("in.sock")'
is 'a unix stream socket of its own' "$out" "b'unix'"
csb -- python3 -c 'import multiprocessing as m
if __name__ == "__main__":
    with m.Pool(2) as p: print(p.map(abs, [-1, -2]))'
is 'multiprocessing' "$out" '[1, 2]'

# Full network is the host's.
csb --net full -- sh -c 'cat /proc/net/dev | wc -l'
is '--net full shows the host'"'"'s interfaces' "$out" "$(wc -l </proc/net/dev)"

# A command in one cage cannot reach another's loopback.
cat >"$W/hold.py" <<'EOF'
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
open("port", "w").write("%d\n" % s.getsockname()[1])
s.accept()
EOF
"$CSB" exec -C "$W" --timeout 60 -- python3 hold.py &
pid=$!
wait_for 10 test -s "$W/port"
no 'a server inside is not reachable from the host' \
  "$TOOLS/probe" tcp 127.0.0.1 "$(cat "$W/port")"
csb -- ./probe tcp 127.0.0.1 "$(cat "$W/port")"
fails 'nor from another cage'
kill -TERM $pid
wait $pid
finish
