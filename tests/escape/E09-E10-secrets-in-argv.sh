#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: E9, E10, the policy is in no command line inside, and no record is writable.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir "$T/very-secret-name"
csb -d "$T/very-secret-name" -e 'TOKEN=hush-hush' -- sh -c 'for p in /proc/[0-9]*; do tr "\0" " " <$p/cmdline; done'
hasnt 'inside no command line names what is denied' "$out" very-secret
# Not as an overlay: there a name that was looked for in vain stays missing.
"$CSB" exec --guard journal -C "$W" -d "$T/very-secret-name" -- sh -c 'echo r >ready; until test -e go; do sleep 0.05; done' &
pid=$!
ends $pid
wait_for 10 test -s "$W/ready"
hasnt 'outside only the caller'"'"'s own command line does' \
  "$(for p in $(descendants $pid); do tr '\0' ' ' <"/proc/$p/cmdline"; done)" very-secret
: >"$W/go"
wait $pid
is 'it ended well' $? 0
csb --prove -- sh -c 'ls -l /proc/self/fd; for p in /proc/[0-9]*/fd; do ls -l $p; done 2>/dev/null'
hasnt 'the log of errors is not in reach' "$out" errlog
finish
