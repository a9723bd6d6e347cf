#!/bin/sh
# Goal of this test: the network policy is one, whoever says it (options,
# config.toml, JSON, rules), what it refuses is refused with its reason at every
# door, and what stands beside the network is as without one.  No packet leaves:
# what is allowed lies on the host's loopback.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
have curl || skip_all 'curl is not installed'
C=$T/config
export XDG_CONFIG_HOME="$C" CODEX_HOME="$C/none"
mkdir -p "$C/codex-sandbox"

port=$(free_port)
mkdir "$T/www"
echo hello >"$T/www/index.html"
cat >"$T/server.py" <<'END'
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write((self.command + " " + self.path + "\n").encode())
    do_POST = do_HEAD = do_GET
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
END
python3 "$T/server.py" "$port" &
ends $!
wait_for 10 "$TOOLS/probe" tcp 127.0.0.1 "$port"

# ---- one policy, however it is said ------------------------------------------

digest() { # OPTION...
  "$CSB" explain -C "$W" "$@" -- true | sed -n 's/^digest *//p'
}
config() { # LINE... -- the user's config.toml
  printf '%s\n' "$@" >"$C/codex-sandbox/config.toml"
}
by_options=$(digest --sandbox read-only --allow-domain '*.a.test:443/https' \
  --deny-domain x.a.test --allow-cidr 10.0.0.0/8 --host-loopback 5432 --net-mode limited \
  --egress-budget 10M)
has 'options have a digest' "$by_options" "$(printf %.8s "$by_options")"
files='"file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]}'
network='{"access":"proxy","domains":{"*.a.test:443/https":"allow","x.a.test":"deny"},
  "allowed_cidrs":["10.0.0.0/8"],"host_loopback":[5432],"mode":"limited","egress_budget":10485760}'
is 'JSON says the same' "$(digest --permission-profile \
  "{\"type\":\"managed\",\"network\":$network,$files}")" "$by_options"
config 'default_permissions = "x"' '[permissions.x]' 'extends = ":read-only"' \
  '[permissions.x.network]' 'access = "proxy"' 'mode = "limited"' 'host_loopback = [5432]' \
  'allowed_cidrs = ["10.0.0.0/8"]' 'egress_budget = "10M"' \
  'domains = { "*.a.test:443/https" = "allow", "x.a.test" = "deny" }'
is 'config.toml says the same' "$(digest)" "$by_options"
rm "$C/codex-sandbox/config.toml"
printf '%s\n' 'network_rule(host="a.test", protocol="https", decision="allow")' \
  'network_rule(host="b.test", protocol="http", decision="deny")' >"$T/net.rules"
is 'rules say the same' "$(digest --net proxy --rules "$T/net.rules")" \
  "$(digest --allow-domain a.test/https --deny-domain b.test/http)"
hasnt 'other rules are another policy' "$(digest --net proxy --rules "$T/net.rules")" \
  "$(digest --net proxy)"
run "$CSB" explain -C "$W" --net proxy --rules "$T/net.rules" -- true
has 'explain says whose a rule is' "$out" "a.test/https                         $T/net.rules:1"
run "$CSB" explain -C "$W" --json --allow-domain '*.a.test:443' -- true
printf '%s' "$out" >"$T/explain.json"
yes 'explain --json has the policy in the form that is read' python3 -c '
import json, sys
p = json.load(open(sys.argv[1]))
assert p["network"] == "proxy", p["network"]
assert p["profile"]["network"]["domains"] == {"*.a.test:443": "allow"}' "$T/explain.json"

# ---- what is no policy ---------------------------------------------------------

csb --net none --allow-domain a.test -- true
refused 'a host, and no network' 2 'allow-domain: means nothing with no network'
csb --net full --deny-domain a.test -- true
refused 'a host, and the whole network' 2 "deny-domain: means nothing with the host's network"
csb --sandbox external-sandbox --net proxy -- true
refused 'no namespace to route in' 2 'external-sandbox makes none'
for pattern in 'https://a.test=has a scheme' '10.0.0.0/8=neither tcp, udp' 'a.test:0=no port' \
  '*.b*.test=leading *.' 'a b=is no host' '[::1=is no host'; do
  csb --allow-domain "${pattern%%=*}" -- true
  refused "pattern ${pattern%%=*}" 2 "${pattern#*=}"
done
csb --net proxy --deny-domain '*' -- true
refused 'no host at all' 2 'would refuse every host'
csb --allow-cidr 10.0.0.1/8 -- true
refused 'a network with host bits' 2 'is no network'
csb --host-loopback 0 -- true
refused 'port 0' 2 'is no port'
csb --publish x -- true
refused 'nothing to publish' 2 'nothing to publish'
csb --net proxy --upstream-proxy socks5://u:pass@h -- true
refused 'another kind of proxy' 2 'no http:// URL'
hasnt 'and the password is not shown' "$err" pass
config '[permissions.x.network]' 'access = "proxy"' 'allow_local_bindig = true'
csb -P x -- true
refused 'case 266: an unknown key' 125 'allow_local_bindig'
config '[permissions.x.network]' 'access = "proxy"' 'domains = { "a.test:x" = "allow" }'
csb -P x -- true
refused 'a pattern in a file is named with its place' 125 "config.toml:3"
rm "$C/codex-sandbox/config.toml"

# ---- refusals and their reasons -------------------------------------------------

# asks OPTIONS NAME WANT URL [CURL OPTION...] -- header and status of a request.
asks() {
  asks_options=$1 asks_name=$2 asks_want=$3 url=$4
  shift 4
  set -f
  # shellcheck disable=SC2086 # words, and none of them a pattern of files
  csb $asks_options -- curl -s -m 10 --noproxy '' -o body -D head "$@" "$url"
  set +f
  is "$asks_name" "$(head -1 "$W/head" | cut -d' ' -f2) $(sed -n 's/\r$//; s/^x-proxy-error: //Ip' "$W/head")" \
    "$asks_want"
}
local="--host-loopback $port"
asks "$local" 'case 256: a granted port of the host' '200 ' "http://localhost:$port/"
asks "$local" 'by its address' '200 ' "http://127.0.0.1:$port/"
asks "$local" 'case 246: an IPv6 literal is a host' '403 blocked-by-allowlist' 'http://[2606:4700::1]/'
asks "$local" 'another port' '403 blocked-by-allowlist' "http://localhost:$((port - 1))/"
asks "$local" 'case 218: a host that is not in the list' '403 blocked-by-allowlist' http://a.test/
yes 'the body says why, for programs' python3 -c '
import json, sys
b = json.load(open(sys.argv[1]))
assert b["reason"] == "not_allowed" and b["host"] == "a.test", b
assert b["decision"] == "deny" and b["source"] == "baseline_policy", b' "$W/body"
asks "$local --deny-domain a.test" 'case 48: a host that is denied' '403 blocked-by-denylist' http://a.test/
asks "$local --deny-domain localhost" 'deny wins over a grant' '403 blocked-by-denylist' \
  "http://localhost:$port/"
asks '--allow-domain *' 'case 61: * opens no loopback' '403 blocked-by-allowlist' \
  "http://127.0.0.1:$port/"
has '* is said loudly' "$err" 'note: every public host can be reached: * (--allow-domain)'
yes 'and why' grep -q not_allowed_local "$W/body"
for address in 2130706433 0x7f.1 127.1 '[::ffff:127.0.0.1]' '[64:ff9b::7f00:1]' '[2002:7f00:1::]' \
  169.254.169.254 168.63.129.16; do
  asks '--allow-domain *' "case 249: $address" '403 blocked-by-allowlist' "http://$address:$port/" \
    --globoff
done
asks "--allow-domain 127.0.0.1:$port" 'case 62: loopback named exactly' '200 ' "http://127.0.0.1:$port/"
asks "$local --net-mode limited" 'case 30: GET in limited mode' '200 ' "http://localhost:$port/"
asks "$local --net-mode limited" 'POST in limited mode' '403 blocked-by-method-policy' \
  "http://localhost:$port/" -d x
asks "$local --net-mode full" 'case 29: POST in full mode' '200 ' "http://localhost:$port/" -d x
asks "$local --net-mode limited" 'case 104: CONNECT in limited mode' '403 blocked-by-mitm-required' \
  "http://localhost:$port/" -p
asks "$local" 'case 105: CONNECT in full mode' '200 ' "http://localhost:$port/" -p
csb --net proxy -- curl -s -m 10 -x socks5h://127.0.0.1:3128 http://a.test/
code_is 'SOCKS: refused by policy' 97
csb --host-loopback "$port" -- curl -s -m 10 --noproxy '' -x socks5h://127.0.0.1:3128 "http://localhost:$port/"
is 'SOCKS: a granted port' "$out" 'GET /'
csb --net proxy -- python3 -c '
import socket
try:
    socket.getaddrinfo("a.test", 80)
except socket.gaierror as e:
    print("refused", e.errno == socket.EAI_AGAIN)'
is 'case 257: a name that is not allowed is REFUSED by DNS' "$out" 'refused True'
csb --allow-domain a.test -- python3 -c '
import socket
print(sorted({a[4][0] for a in socket.getaddrinfo("a.test", 80)}))
print(socket.gethostbyaddr(socket.gethostbyname("a.test"))[0])'
is 'an allowed one has an address of the pool, and back' "$out" \
  "['198.18.0.1', 'fdc0:de5b::1']
a.test"

# Several front ends of one deny: that of a file holds over an option's allow.
config '[network]' 'denied_domains = ["localhost"]'
asks "$local" 'a deny of the configuration holds over options' '403 blocked-by-denylist' \
  "http://localhost:$port/"
csb --permission-profile "{\"type\":\"managed\",\"network\":{\"access\":\"proxy\",\"host_loopback\":[$port]},\"file_system\":{\"type\":\"unrestricted\"}}" -- \
  curl -s -m 10 --noproxy '' -o /dev/null -w '%{http_code}' "http://localhost:$port/"
is 'and over a JSON profile' "$out" 403
rm "$C/codex-sandbox/config.toml"

# ---- beside the network ----------------------------------------------------------

# shellcheck disable=SC2016 # for the shell inside
csb --net proxy -- sh -c 'env | grep -i proxy | cut -d= -f1 | sort -u | wc -l; echo "$http_proxy" "$NODE_USE_ENV_PROXY"'
is 'case 267: variables, in every spelling' "$out" '42
http://127.0.0.1:3128 1'
csb --net none -- sh -c 'env | grep -ic proxy'
is 'and none without' "$out" 0
for policy in read-only danger-full-access; do
  csb --sandbox $policy --net proxy -- sh -c 'grep -c "^Seccomp:	2" /proc/1/status; grep "^CapEff" /proc/1/status; cat /proc/1/comm'
  is "case 38: managed_proxy_commands_have_a_seccomp_filtered_namespace_reaper ($policy)" "$out" \
    '1
CapEff:	0000000000000000
codex-init'
done
outside=$(stat -c %d:%i /dev)
csb --sandbox danger-full-access --net proxy -- sh -c 'stat -c %d:%i /dev; echo x >/dev/null && head -c 1 /dev/zero | wc -c'
hasnt 'case 41: managed_proxy_full_filesystem_uses_minimal_dev_nodes' "$out" "$outside"
has 'case 41: and they work' "$out" '
1'
run sh -c '"$0" exec -C "$1" --net proxy -- sh -c "echo out" | cat' "$CSB" "$W"
is 'case 42: managed_proxy_bridges_release_command_output_after_exit' "$out" out
run sh -c '"$0" exec -C "$1" --host-loopback "$2" -- curl -s -m 10 -o got "http://localhost:$2/" <&- >&-' \
  "$CSB" "$W" "$port"
works 'case 43: managed_proxy_readiness_survives_closed_standard_descriptors'
is 'case 43: and it is reached' "$(cat "$W/got")" 'GET /'
csb --net proxy --transparent off -- bash -c 'echo x >/dev/tcp/192.0.2.1/80'
fails 'case 45: managed_proxy_mode_blocks_direct_egress'
csb --net proxy -- python3 -c '
import socket
socket.socketpair()
for family, kind, proto in ((16, 3, 12), (40, 1, 0), (17, 3, 0)):
    try:
        socket.socket(family, kind, proto)
        print("open", family)
    except PermissionError:
        pass
    except OSError as e:
        print("odd", family, e)
socket.socket(16, 3, 0)
print([n for _, n in socket.if_nameindex()])'
is 'case 46, 268: netfilter, vsock and packet sockets refused; socketpair and NETLINK_ROUTE work' \
  "$out" "['lo']"

# ---- when somebody dies -------------------------------------------------------------

# supervisor_of PID -- of the front end with that id.
supervisor_of() {
  for child in $(pgrep -P "$1"); do
    case $(cat "/proc/$child/comm" 2>/dev/null) in
    codex-net) echo "$child" ;;
    esac
  done
}
mkfifo "$T/go"
for how in isolate kill; do
  : >"$T/said"
  "$CSB" exec -C "$W" --permission-profile "{\"type\":\"managed\",\"network\":{\"access\":\"proxy\",
    \"on_supervisor_exit\":\"$how\"},$files}" -- sh -c 'echo begun; read -r x
    curl -s -m 10 http://a.test/; echo "curl $?"' <"$T/go" >"$T/said" 2>"$T/said.err" &
  front=$!
  exec 7>"$T/go"
  wait_for 10 grep -q begun "$T/said"
  kill -9 "$(supervisor_of $front)"
  [ $how = kill ] || echo go >&7
  wait $front
  code=$?
  exec 7>&-
  out=$(cat "$T/said") err=$(cat "$T/said.err")
  if [ $how = isolate ]; then
    is 'case 254: without its supervisor a command is refused at once, and runs on' "$code $out" \
      '0 begun
curl 7'
  else
    is 'case 254: or ends with it, where the policy says so' "$code $out" '143 begun'
  fi
  has "and that is said ($how)" "$err" 'network supervisor: was killed by signal 9'
done

# A connection of the host's, which notes its end.
cat >"$T/listen.py" <<'END'
import socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
open(sys.argv[1] + ".port", "w").write(str(s.getsockname()[1]))
c, _ = s.accept()
open(sys.argv[1], "w").write(repr(c.recv(2)))
try:
    end = c.recv(1)
except ConnectionError:
    end = b""
open(sys.argv[1] + ".end", "w").write(repr(end))
END
python3 "$T/listen.py" "$T/peer" &
ends $!
wait_for 10 test -s "$T/peer.port"
peer=$(cat "$T/peer.port")
"$CSB" exec -C "$W" --host-loopback "$peer" -- bash -c \
  "exec 3<>/dev/tcp/127.0.0.1/$peer; printf hi >&3; read -r x <&3" </dev/null >/dev/null 2>&1 &
front=$!
wait_for 10 test -s "$T/peer"
supervisor=$(supervisor_of $front)
kill -9 $front
wait_for 10 test -s "$T/peer.end"
is 'case 49: cancelling_sandbox_closes_active_proxy_connection' "$(cat "$T/peer.end")" "b''"
wait_for 10 all_gone "$supervisor"
yes 'case 255: and the supervisor is gone' all_gone "$supervisor"
finish
