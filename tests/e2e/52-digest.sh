#!/bin/sh
# Goal of this test: a policy has one digest, on every machine and however it is
# said, another policy has another, and --require-digest lets nothing else run.
. "$(dirname "$0")/../lib.sh"
digest() {
  "$CSB" explain -C "$W" "$@" -- true | sed -n 's/^digest *//p'
}
instance() {
  "$CSB" explain -C "$W" "$@" -- true | sed -n 's/^instance *//p'
}

mkdir -p "$W/sub" "$T/else/sub"

# These are pinned: where one changes, so does what people have pinned, and the
# version in the canonical form has to change with it.
is 'the digest of the default' "$(digest)" \
  ba94c4699fd0bbc8ced65e713d90d7d4b6d72ab2900ca9b28e0e6840022d0625
is 'of the read-only preset' "$(digest --sandbox read-only)" \
  42b159fbf99a02cee736ec4c515bf3b5cbe2f74f0c11cc175466b04e2f571007
is 'of no sandbox' "$(digest --sandbox danger-full-access)" \
  556b284515192d1b04d1eb0fab7df9a979cc6c3683c75210fb4160c1d301d070
is 'of a policy of many options' "$(digest -n full --deny 'sub/**/*.key' --ro /etc \
  -w sub -l nofile=1K -t 2m --git commit --protect ci --env-set A=1 --env-exclude 'B*' \
  --proc host --allow-secrets)" \
  f3b031126f0966c96ead994461ff26647985e789599fce63a862b14fc4bd3710

run "$CSB" explain -C "$W" --canonical
works 'the canonical form'
printf '%s\n' "$out" >"$T/canonical"
is 'the digest is of it' "$(sha256sum <"$T/canonical" | cut -c1-64)" "$(digest)"
if have python3; then
  yes 'it is JSON with sorted members' python3 -c '
import json, sys
text = open(sys.argv[1]).read()
value = json.loads(text)
assert json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n" == text' "$T/canonical"
fi
is 'it is in the JSON of explain' "$("$CSB" explain -C "$W" --json -- true |
  grep -o '"policy": "[0-9a-f]*"' | cut -d'"' -f4)" "$(digest)"

# The same.
is 'in another workspace' "$("$CSB" explain -C "$T/else" -w sub | sed -n 's/^digest *//p')" \
  "$(digest -w sub)"
is 'by an absolute path' "$(digest -w "$W/sub")" "$(digest -w sub)"
is 'in another order' "$(digest --ro /usr -d /opt -d /srv)" "$(digest -d /srv -d /opt --ro /usr)"
is 'of another command' "$("$CSB" explain -C "$W" -- make | sed -n 's/^digest *//p')" "$(digest)"
is 'with other variables' "$(A=1 HOME=/nowhere TMPDIR=/var/tmp digest)" "$(digest)"
only='--sandbox read-only --proc host --no-protect all --allow-secrets'
# shellcheck disable=SC2086 # words
is 'with a backend that keeps the same' "$(digest --backend auto $only)" "$(digest $only)"
is 'with another engine' "$(digest --mount-engine bwrap)" "$(digest --mount-engine init)"
is 'as JSON' "$(digest --permission-profile "$(profile restricted read=root)")" \
  "$(digest --sandbox-policy '{"type":"read-only"}')"

# Every option is in the digest, or is known not to be: a new one is decided on.
in='allow-secrets backend cpu deny device env-exclude env-include env-inherit env-set git hard-links
  keep-background limit memory net no-protect pids permission-profile proc protect read ro sandbox
  sandbox-policy socket timeout tmp write config profile no-user-config allow-cidr allow-domain deny-cidr
  deny-domain egress-budget egress-budget-host host-loopback net-mode no-sni-check publish
  transparent upstream-proxy caller-proxy unix'
out_of_it='chdir workspace die-with-parent grace guard help mount-engine prove tty no-tty
  require-digest result result-fd rules approved net-events'
# shellcheck disable=SC2086 # words
is 'every option is decided on' "$("$CSB" exec --help | grep -oE -e ' --[a-z-]+' |
  tr -d ' ' | sed 's/^--//' | sort -u)" "$(printf '%s\n' $in $out_of_it | sort -u)"

yes 'another host that may be reached' test "$(digest --net proxy --allow-domain a.test)" \
  != "$(digest --net proxy --allow-domain b.test)"

# Another.
for option in '--net full' '--tmp host' '--allow-secrets' '--git commit' '--proc none' \
  '--no-protect git' '--protect ci' "-d $W/sub" '-w sub' '--timeout 1s' \
  '--hard-links refuse' '--limit core=0' '--env-inherit all' '--env-set A=1' '--device fuse' '--keep-background' \
  '--net proxy' '--allow-domain a.test' '--allow-cidr 10.0.0.0/8' '--host-loopback 80' \
  '--publish 8080'; do
  # shellcheck disable=SC2086 # words
  if [ "$("$CSB" explain -C "$W" --canonical $option 2>/dev/null)" = '' ]; then
    skip "another digest: $option" 'this host does not have it'
  elif [ "$(digest $option)" != "$(digest)" ]; then
    ok "another digest: $option"
  else
    not_ok "another digest: $option"
  fi
done

# The instance.
is 'the instance is the same twice' "$(instance)" "$(instance)"
no 'another engine, another instance' \
  test "$(instance --mount-engine bwrap)" = "$(instance --mount-engine init)"
a=$(instance -w sub)
mv "$W/sub" "$W/sub.old"
mkdir "$W/sub"
no 'another object behind a path, another instance' test "$(instance -w sub)" = "$a"

# Required.
csb --require-digest "$(digest)" -- echo ran
is 'the right one lets it run' "$out$code" ran0
csb --net full --require-digest "$(digest)" -- touch "$W/ran"
refused 'another policy is refused' 125 "$(digest --net full)"
has 'with both digests' "$err" "$(digest)"
no 'and nothing is run' test -e "$W/ran"
run "$CSB" explain -C "$W" --net full --require-digest "$(digest)"
refused 'explain refuses it too' 125 "$(digest)"
for bad in '' abc "$(digest | tr a-f A-F)" "$(digest)0"; do
  csb --require-digest "$bad" -- touch "$W/ran"
  refused "no digest: '$bad'" 2 'no digest'
done
no 'and nothing was run' test -e "$W/ran"
finish
