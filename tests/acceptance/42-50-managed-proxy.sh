#!/bin/sh
# Goal of this test: cases 42 to 50 of the older helper's own tests, by its name and
# its command line: an agent that has a proxy of its own on the host's loopback gets
# its command to that proxy, and nowhere else (--managed-network of the second
# generation, --allow-network-for-proxy of the first).  The proxies are real listeners
# of this host.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"
have python3 || skip_all 'python3 is not installed'
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY http_proxy https_proxy all_proxy ftp_proxy \
  CODEX_NETWORK_PROXY_ATTRIBUTION
read_only='{"type":"managed","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]},"network":"restricted"}'

# A proxy that answers with its number what it was asked; what came, as it came,
# is in a file: a frame of attribution as FRAME TOKEN, and the request line.
cat >"$T/proxy.py" <<'PY'
import os, socket, sys, threading
log, n = sys.argv[1], int(sys.argv[2])
def note(text):
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, (text + "\n").encode()); os.close(fd)
def serve(c, number):
    f = c.makefile("rb")
    first = f.read(1)
    if first == b"\0":
        magic = f.read(7)
        token = f.read(int.from_bytes(f.read(2), "big"))
        note("FRAME %d %s %s" % (number, magic.decode(), token.decode()))
        first = f.read(1)
    line = (first + f.readline()).decode().strip()
    note("LINE %d %s" % (number, line))
    if "hang" in line:
        note("END %d %r" % (number, f.read()))
        return
    while f.readline().strip(): pass
    body = b"proxy %d\n" % number
    c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
    c.close()
def loop(s, number):
    while True: threading.Thread(target=serve, args=(s.accept()[0], number), daemon=True).start()
for i in range(n):
    s = socket.create_server(("127.0.0.1", 0))
    print(s.getsockname()[1], flush=True)
    threading.Thread(target=loop, args=(s, i), daemon=True).start()
threading.Event().wait()
PY
: >"$T/log"
python3 "$T/proxy.py" "$T/log" 4 >"$T/ports" &
ends $!
wait_for 10 sh -c "[ \$(wc -l <'$T/ports') = 4 ]"
port() {
  sed -n "$1p" "$T/ports"
}
url=http://127.0.0.1:$(port 1)
# managed JSON COMMAND...: by the second generation.
managed() {
  json=$1
  shift
  run "$helper" --sandbox-policy-cwd "$W" --permission-profile "$read_only" \
    --managed-network "$json" -- "$@"
}

# --- it fails closed -------------------------------------------------------------
managed '{}' touch "$W/ran"
refused 'accept 44: managed_proxy_mode_fails_closed_without_proxy_env' 125 \
  'managed proxy mode requires proxy environment variables'
# first COMMAND...: by the first generation.
first() {
  run "$helper" --sandbox-policy-cwd "$W" --sandbox-policy '{"type":"read-only"}' \
    --allow-network-for-proxy -- "$@"
}
first touch "$W/ran"
refused 'accept 44: managed_proxy_mode_fails_closed_without_proxy_env (policy)' 125 \
  'managed proxy mode requires proxy environment variables'
http_proxy=http://192.0.2.1:3128
export http_proxy
managed '{}' touch "$W/ran"
refused 'no endpoint of the loopback' 125 'parseable loopback proxy endpoints'
http_proxy=$url
managed '{"loopbackPorts":[1]}' touch "$W/ran"
refused 'an endpoint that is not listed' 125 'outside of the managed sandbox context'
managed '{"loopbackPorts":["1"]}' touch "$W/ran"
refused 'a list that is none' 125 loopbackPorts
no 'nothing of them ran' test -e "$W/ran"

# --- and works -------------------------------------------------------------------
managed "{\"loopbackPorts\":[$(port 1)]}" curl -sS -m 9 http://example.test/a
is 'accept 45: managed_proxy_mode_routes_through_bridge: the reply' "$out" 'proxy 0'
has '... the request is in absolute form' "$(cat "$T/log")" 'LINE 0 GET http://example.test/a HTTP/1.1'
if have bash; then
  managed '{}' bash -c 'echo >/dev/tcp/192.0.2.1/80'
  fails '... and_blocks_direct_egress'
  managed '{}' bash -c "echo >/dev/tcp/127.0.0.1/$(port 2)"
  fails '... nor another port of the host'
fi
managed '{}' getent hosts example.test
fails '... nor a name'
WSS_PROXY=http://localhost:$(port 2) http_proxy='' managed '{}' \
  sh -c 'curl -sS -m 9 -x "$WSS_PROXY" http://example.test/b'
is '... by WSS_PROXY alone' "$out" 'proxy 1'
first curl -sS -m 9 http://example.test/c
is 'accept 45: managed_proxy_mode_routes_through_bridge (policy)' "$out" 'proxy 0'
if have bash; then
  first bash -c 'echo >/dev/tcp/192.0.2.1/80'
  fails '... and_blocks_direct_egress (policy)'
fi
run "$helper" --sandbox-policy-cwd "$W" --command-cwd /usr --permission-profile "$(profile restricted read=minimal)" \
  --managed-network '{}' -- curl -sS -m 9 http://example.test/minimal
is '... with the least that is readable' "$out" 'proxy 0'
run "$helper" --sandbox-policy-cwd "$W" --permission-profile '{"type":"disabled"}' \
  --managed-network '{}' -- sh -c 'curl -sS -m 9 http://example.test/d; ip link 2>/dev/null | grep -c ^[0-9]'
has 'the profile disabled: routed all the same' "$out" 'proxy 0'
out=$("$helper" --sandbox-policy-cwd "$W" --permission-profile "$read_only" --managed-network '{}' \
  -- curl -sS -m 9 http://example.test/e)
is 'accept 42: managed_proxy_bridges_release_command_output_after_exit' "$out" 'proxy 0'
"$helper" --sandbox-policy-cwd "$W" --permission-profile "$read_only" --managed-network '{}' \
  -- curl -sS -m 9 http://example.test/closed <&- >&- 2>"$T/err"
is 'accept 43: managed_proxy_readiness_survives_closed_standard_descriptors' \
  "$(grep -c 'example.test/closed' "$T/log")" 1

# --- sockets ---------------------------------------------------------------------
sockets='import errno, socket
def t(*a):
    try: socket.socket(*a); return "socket"
    except OSError as e: return errno.errorcode[e.errno]
a, b = socket.socketpair(); a.sendall(b"x")
print(t(socket.AF_UNIX), b.recv(1), t(16, 3, 12), t(40, 1), t(socket.AF_INET))
def c(h):
    s = socket.socket(); s.settimeout(5)
    try: s.connect((h, 80)); return "connected"
    except OSError as e: return errno.errorcode.get(e.errno, str(e))
print(c("127.0.0.2"), c("192.0.2.1"))'
managed '{}' python3 -c "$sockets"
is 'accept 46: managed_proxy_mode_denies_af_unix_socket_but_allows_socketpair' "$out" \
  "EPERM b'x' EPERM EPERM socket
ECONNREFUSED ENETUNREACH"
managed '{"dangerouslyAllowAllUnixSockets":true}' python3 -c "$sockets"
is 'accept 50: managed_proxy_allow_all_unix_sockets_preserves_network_isolation' "$out" \
  "socket b'x' EPERM EPERM socket
ECONNREFUSED ENETUNREACH"
# Unix sockets of the command's own work; those of the host stay out of reach, which
# the older helper let it have.
(cd "$W" && exec python3 -c 'import signal, socket
s = socket.socket(socket.AF_UNIX)
s.bind("host-socket")
s.listen()
signal.pause()') &
ends $!
wait_for 10 test -S "$W/host-socket"
talk='import socket, sys
def c(path):
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(path); return "connected"
    except OSError as e: return type(e).__name__
l = socket.socket(socket.AF_UNIX); l.bind("own"); l.listen()
c1 = socket.socket(socket.AF_UNIX); c1.connect("own"); c1.sendall(b"ping")
print(l.accept()[0].recv(4).decode(), c(sys.argv[1]))'
is '... outside the socket of the host is reached' \
  "$(cd "$T" && python3 -c "$talk" "$W/host-socket")" 'ping connected'
cd "$W" || exit 1
run "$helper" --sandbox-policy-cwd "$W" --permission-profile "$(profile restricted read=root "write=$W")" \
  --managed-network '{"dangerouslyAllowAllUnixSockets":true}' -- python3 -c "$talk" "$W/host-socket"
is '... its own sockets work, the host'"'"'s is out of reach' "$out" 'ping PermissionError'

# --- attribution, and two at once -----------------------------------------------
CODEX_NETWORK_PROXY_ATTRIBUTION=tok-1
export CODEX_NETWORK_PROXY_ATTRIBUTION
managed '{}' sh -c 'env | grep ATTRIBUTION; ls -l /proc/self/fd | grep -c socket:; curl -sS -m 9 http://example.test/f'
is 'accept 47: handoff_client: no token, no inherited socket' "$out" '0
proxy 0'
HTTPS_PROXY=http://127.0.0.1:$(port 2) ALL_PROXY=http://127.0.0.1:$(port 3) managed '{}' sh -c '
  for proxy in "$http_proxy" "$HTTPS_PROXY" "$ALL_PROXY"; do curl -sS -m 9 -x "$proxy" http://example.test/3; done'
is '... three routes at once' "$out" 'proxy 0
proxy 1
proxy 2'
has 'accept 48: the frame comes first' "$(cat "$T/log")" "FRAME 0 CDXPXY1 tok-1
LINE 0 GET http://example.test/f"
: >"$T/log"
both() { # both TOKEN PORT PORT PROFILE: a sandbox with two endpoints, each asked ten times
  CODEX_NETWORK_PROXY_ATTRIBUTION=$1 http_proxy=http://127.0.0.1:$2 \
    ALL_PROXY=http://127.0.0.1:$3 "$helper" --sandbox-policy-cwd "$W" \
    --permission-profile "$4" --managed-network '{}' -- sh -c '
      for i in 1 2 3 4 5 6 7 8 9 10; do
        curl -sS -m 9 -x "$http_proxy" http://example.test/1; curl -sS -m 9 -x "$ALL_PROXY" http://example.test/2
      done | sort | uniq -c | tr -s " \n" "  "' >"$T/$1" 2>&1 &
}
both one "$(port 1)" "$(port 2)" "$(profile restricted read=root write=project_roots)"
one=$!
both two "$(port 3)" "$(port 4)" '{"type":"disabled"}'
wait "$one" "$!"
is 'accept 48: handoff_isolates_concurrent_endpoints: the first' "$(cat "$T/one")" \
  ' 10 proxy 0 10 proxy 1 '
is '... the second' "$(cat "$T/two")" ' 10 proxy 2 10 proxy 3 '
is '... no connection went under the other name' \
  "$(grep FRAME "$T/log" | sort | uniq -c | tr -s ' ')" " 10 FRAME 0 CDXPXY1 one
 10 FRAME 1 CDXPXY1 one
 10 FRAME 2 CDXPXY1 two
 10 FRAME 3 CDXPXY1 two"

# --- the end ----------------------------------------------------------------------
for kind in "$(profile restricted read=root write=project_roots)" '{"type":"disabled"}'; do
  : >"$T/log"
  "$helper" --sandbox-policy-cwd "$W" --permission-profile "$kind" --managed-network '{}' \
    -- curl -sS -m 60 http://example.test/hang >/dev/null 2>&1 &
  front=$!
  wait_for 10 grep -q 'LINE 0 GET http://example.test/hang' "$T/log"
  kill -9 $front
  yes "accept 49: cancelling_sandbox_closes_active_proxy_connection ($(echo "$kind" | cut -c2-19))" \
    wait_for 10 grep -q 'END 0' "$T/log"
done
finish
