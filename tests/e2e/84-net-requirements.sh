#!/bin/sh
# Goal of this test: the administrator's [network] bounds hold for every network,
# whoever asks for it (options, config.toml, JSON, rules), and say whose words
# they are; what lies within them works.
# shellcheck disable=SC2016 # for the shell inside
. "$(dirname "$0")/../lib.sh"
U=$T/user/codex-sandbox
M=$T/managed
mkdir -p "$U" "$M" "$T/up/codex-sandbox" "$T/wk"
export XDG_CONFIG_HOME="$T/user" CODEX_HOME="$T/none"

# managed ARG... -- in a namespace with an /etc of its own, where we are root.
managed() {
  run unshare -rm sh -c 'mount -t overlay -o "lowerdir=/etc,upperdir=$1/up,workdir=$1/wk" o /etc 2>/dev/null || exit 99
    mount --bind "$1/managed" /etc/codex-sandbox || exit 99; shift; exec "$@"' sh "$T" "$CSB" exec -C "$W" "$@"
}
managed -- true
[ "$code" = 0 ] || skip_all "this host lays no overlay over /etc for a user: $err"

# bounds LINE... -- of [network] in requirements.toml.
bounds() {
  printf '%s\n' '[network]' "$@" >"$M/requirements.toml"
  managed -- true
  works "no network asked for is within $1"
}
within() { # within OPTION...
  managed "$@" -- true
  works "within: $*"
}
# beyond WORDS OPTION... -- refused, and that is said of these words.
beyond() {
  words=$1
  shift
  managed "$@" -- echo ran
  refused "beyond: $*" 125 "the administrator does not allow $words"
  has '... by a line of the requirements' "$err" '/etc/codex-sandbox/requirements.toml:'
}
files='"file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"}]}'

bounds 'access = "none"'
beyond 'a network' --net proxy
beyond "the host's network" --net full
bounds 'access = "proxy"'
within --allow-domain '*'
beyond "the host's network" --net full
beyond "the host's network" --sandbox danger-full-access

bounds 'allowed_domains = ["*.a.test:443", "**.b.test", "10.0.0.5"]' 'allowed_cidrs = ["10.1.0.0/16"]'
within --net proxy
within --allow-domain 'x.a.test:443' --allow-domain '*.b.test' --allow-domain b.test:22/tcp
within --allow-domain 10.0.0.5:80 --allow-cidr 10.1.2.0/24
within --deny-domain z.test --allow-domain b.test
beyond 'x.a.test (--allow-domain)' --allow-domain x.a.test
beyond 'a.test:443 (--allow-domain)' --allow-domain a.test:443
beyond '* (--allow-domain)' --allow-domain '*'
beyond '10.0.0.6 (--allow-domain)' --allow-domain 10.0.0.6
beyond '10.0.0.0/8 (--allow-cidr)' --allow-cidr 10.0.0.0/8
beyond '10.1.0.1 (--allow-cidr)' --allow-cidr 10.1.0.1
beyond "port 5432 of the host's loopback" --host-loopback 5432
beyond "the host's network" --net full
beyond 'z.test (--permission-profile)' --permission-profile \
  "{\"type\":\"managed\",\"network\":{\"access\":\"proxy\",\"domains\":{\"z.test\":\"allow\"}},$files}"
printf '%s\n' 'network_rule(host="z.test", protocol="https", decision="allow")' >"$T/net.rules"
beyond 'z.test' --net proxy --rules "$T/net.rules"
printf '%s\n' '[permissions.x]' 'extends = ":read-only"' '[permissions.x.network]' \
  'access = "proxy"' 'domains = { "z.test" = "allow", "b.test" = "allow" }' >"$U/config.toml"
beyond 'z.test' -P x
has '... which names the other line too' "$err" "config.toml:5"
printf '%s\n' '[permissions.x]' 'extends = ":read-only"' '[permissions.x.network]' \
  'access = "proxy"' 'report_only = true' >"$U/config.toml"
beyond report_only -P x
rm "$U/config.toml"

bounds 'host_loopback = [5432, 5433]'
within --host-loopback 5432
beyond "port 80 of the host's loopback" --host-loopback 80
beyond 'b.test (--allow-domain)' --allow-domain b.test

bounds 'mode = "limited"' 'sni_check = true' 'allow_upstream_proxy = false' 'allow_local_binding = false'
within --allow-domain b.test --net-mode limited
beyond 'a network in mode full' --allow-domain b.test
beyond "the host's network" --net full
beyond 'the check of names to be off' --net proxy --net-mode limited --no-sni-check
beyond 'a proxy beyond the sandbox' --net proxy --net-mode limited --upstream-proxy http://127.0.0.1:9
printf '%s\n' '[permissions.x]' 'extends = ":read-only"' '[permissions.x.network]' \
  'access = "proxy"' 'mode = "limited"' 'allow_local_binding = true' >"$U/config.toml"
beyond allow_local_binding -P x
printf '%s\n' '[network]' 'allowed_domain = ["a.test"]' >"$M/requirements.toml"
managed -- true
refused 'a bound that there is not' 125 'allowed_domain'
finish
