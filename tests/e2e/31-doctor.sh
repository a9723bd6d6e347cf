#!/bin/sh
# Goal of this test: doctor says what this host can do and what mends the rest.
. "$(dirname "$0")/../lib.sh"
run "$CSB" doctor
works 'doctor ends with 0 where the sandbox works'
has 'it has tried the network by name' "$out" 'by name: the proxy, names, and'
for word in bwrap namespace landlock 'limits  '; do
  has "it speaks of $word" "$out" "$word"
done
is 'and says nothing on stderr' "$err" ''
run "$CSB" doctor --json
works '--json ends with 0'
if have python3; then
  printf '%s' "$out" >"$T/json"
  yes '--json is JSON' python3 -m json.tool "$T/json"
else
  skip '--json is JSON' 'python3 is not installed'
fi
run "$CSB" doctor --frobnicate
refused 'an unknown option is usage' 2 --frobnicate

# A host that refuses user namespaces is told so.  A namespace of its own, in
# which none more can be made, stands in for it.
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
  run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
    exec "$1" doctor' sh "$CSB"
  fails 'a host without user namespaces: doctor fails'
  has 'and names the knob' "$out" max_user_namespaces
  run unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
    exec "$1" exec -C "$2" -- echo ran' sh "$CSB" "$W"
  refused 'a host without user namespaces: exec is 125' 125 'namespace'
else
  skip 'a host without user namespaces' 'unshare -Ur does not work here'
fi
finish
