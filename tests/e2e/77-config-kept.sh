#!/bin/sh
# Goal of this test: what a configuration asks for and exec cannot keep stops
# the run and is named; the same without it runs.
. "$(dirname "$0")/../lib.sh"
HOME=$T/home XDG_CONFIG_HOME=$T/config
export HOME XDG_CONFIG_HOME
U=$T/config/codex-sandbox
mkdir -p "$U" "$HOME"
config() {
  printf '%s\n' "$@" >"$U/config.toml"
}

# Limits of the whole sandbox take a control group, which not every host
# delegates; tests/priv/09-cgroup.sh shows them at work.
for limit in memory=\"1G\" pids=64 cpu_percent=50; do
  csb -c "limits.$limit" -- echo ran
  if [ "$code $out" = '0 ran' ]; then
    ok "limits.$limit: this host has a group for it"
  else
    refused "limits.$limit" 125 'control group'
  fi
done
for option in '--memory 12x' '--memory 0' '--pids 0' '--pids many' '--cpu 0' '--cpu 1.5' '--cpu 50%%'; do
  # shellcheck disable=SC2086 # words
  csb $option -- echo ran
  refused "$option is none" 2 "(${option%% *})"
done
csb -c limits.nofile=64 -- sh -c 'ulimit -n'
is 'a resource limit is kept' "$code $out" '0 64'
csb -c limits.memory=0 -- true
works 'no limit is kept as well'

# Bounds of a network hold where there is none, not on the host's.
profile_of() { # profile_of ACCESS LINE...
  config 'default_permissions = "x"' '[permissions.x]' 'extends = ":workspace"' \
    '[permissions.x.network]' "access = \"$1\"" "$2"
}
for line in 'domains = { "a.example" = "deny" }' 'denied_cidrs = ["192.0.2.0/24"]' \
  'ports = [443]' 'egress_budget = "1M"' 'mode = "limited"'; do
  profile_of full "$line"
  csb -- true
  refused "the host's network: $line" 125 "cannot be kept with the host's network"
  csb -n none -- true
  works "without a network: $line"
done
profile_of full 'domains = { "a.example" = "allow" }'
csb -- true
works "the host's network, unbounded"
profile_of none 'ports = [443]'
csb -- true
works 'a profile without a network'
csb -n full -- true
refused 'an option does not lift its bounds' 125 "ports: cannot be kept with the host's network"
config '[network]' 'denied_domains = ["b.example"]'
csb -- true
works 'denied for all, no network'
csb -n full -- true
refused 'denied for all, whatever the policy' 125 "b.example: cannot be kept with the host's network ($U/config.toml:2"
csb -s danger-full-access -- true
refused 'also without a cage' 125 'b.example: cannot be kept'
csb -n full --no-user-config -- true
works 'where nobody denies it'
finish
