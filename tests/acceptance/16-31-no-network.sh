#!/bin/sh
# Goal of this test: cases 16 to 19 and 29 to 31 of the older helper's own tests, by
# its name and its command line: without network no tool gets anywhere.  The server
# is on the host's loopback; nothing leaves the machine.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"
have python3 || skip_all 'python3 is not installed'
cat >"$T/server.py" <<'EOP'
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"hello\n")
    def log_message(self, *a): pass
class S(http.server.ThreadingHTTPServer):
    def verify_request(self, request, client_address):
        open(sys.argv[1], "a").write("hit\n"); return True
s = S(("127.0.0.1", 0), H)
print(s.server_address[1], flush=True)
s.serve_forever()
EOP
: >"$T/hits"
python3 "$T/server.py" "$T/hits" >"$T/port" &
ends $!
wait_for 10 test -s "$T/port"
port=$(cat "$T/port")
hits() {
  wc -l <"$T/hits"
}

# blocked NAME TOOL CMD...: in both generations without network, and it is seen to
# come when the policy has one.
blocked() {
  name=$1
  tool=$2
  shift 2
  have "$tool" || {
    skip "$name" "$tool is not installed"
    return
  }
  before=$(hits)
  run timeout -k 1 20 "$helper" --sandbox-policy-cwd "$W" \
    --permission-profile "$(profile enabled read=root)" -- "$@"
  yes "$name: with network it comes" test "$(hits)" -gt "$before"
  before=$(hits)
  for gen in $generations; do
    ro -- "$@"
    fails "$name ($gen)"
  done
  is "... nobody came" "$(hits)" "$before"
}
url=http://127.0.0.1:$port/
blocked 'accept 16: sandbox_blocks_curl' curl curl -sf -m 5 "$url"
blocked 'accept 17: sandbox_blocks_wget' wget wget -q -T 5 -t 1 -O /dev/null "$url"
blocked 'accept 19: sandbox_blocks_nc' nc nc -z -w 5 127.0.0.1 "$port"
blocked 'accept 29: sandbox_blocks_ssh' ssh ssh -o BatchMode=yes -o ConnectTimeout=3 \
  -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p "$port" 127.0.0.1 true
blocked 'accept 31: sandbox_blocks_dev_tcp_redirection' bash \
  bash -c "echo GET / HTTP/1.0 >/dev/tcp/127.0.0.1/$port"
for gen in $generations; do
  if have ping; then
    ro -- ping -c 1 -W 2 192.0.2.1
    fails "accept 18: sandbox_blocks_ping ($gen)"
    case $err$out in
    *nreachable* | *'not permitted'*) ok "... for want of a way ($gen)" ;;
    *) not_ok "... for want of a way ($gen)" "$(told)" ;;
    esac
  else
    skip "accept 18: sandbox_blocks_ping ($gen)" 'ping is not installed'
  fi
  ro -- getent ahosts codex-sandbox.example
  fails "accept 30: sandbox_blocks_getent ($gen)"
  ro -- python3 -c 'import errno, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try: s.connect(("192.0.2.1", 53)); print("a way")
except OSError as e: print(errno.errorcode[e.errno])'
  is "... there is no way to a name server ($gen)" "$out" ENETUNREACH
  ro -- getent hosts localhost
  works "... names of /etc/hosts resolve ($gen)"
done
finish
