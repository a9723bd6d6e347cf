#!/bin/sh
# Goal of this test: explain prints what exec does (invariant I3), for people,
# as JSON and as the exact arguments, and runs nothing.
. "$(dirname "$0")/../lib.sh"
cd "$W" || exit 1
mkdir hidden kept
run "$CSB" explain -- true
works 'explain ends with 0'
has 'it names the workspace' "$out" "$W"
is 'and says nothing on stderr' "$err" ''
run "$CSB" explain
works 'without a command too'
run "$CSB" explain --deny "$W/hidden" --ro "$W/kept" -w "$T" -- sh -c 'touch ran'
works 'with options'
has 'it names what is hidden' "$out" "$W/hidden"
has 'by which option' "$out" --deny
has 'it names what is read-only' "$out" "$W/kept"
has 'it names what is writable' "$out" "$T"
no 'it runs nothing' test -e "$W/ran"
run "$CSB" explain --sandbox-policy '{"type":"workspace-write","network_access":true}'
has 'an older form is shown converted' "$out" workspace
run "$CSB" explain --net full
has 'full network is said loudly' "$out" 'network'
run "$CSB" explain --json --deny "$W/hidden" -- true
works '--json ends with 0'
if have python3; then
  printf '%s' "$out" >"$T/json"
  yes '--json is JSON' python3 -m json.tool "$T/json"
else
  skip '--json is JSON' 'python3 is not installed'
fi
has '--json names what is hidden' "$out" "$W/hidden"
run "$CSB" explain --mount-engine bwrap --argv --deny "$W/hidden" -- true
works '--argv ends with 0'
for word in --unshare-pid --unshare-net --ro-bind --userns --as-pid-1 \
  --die-with-parent "$W"; do
  case $word in
  --ro-bind)
    case $out in
    *--ro-bind*) ok '--argv has bwrap'"'"'s --ro-bind' ;;
    *) not_ok '--argv has bwrap'"'"'s --ro-bind' "$out" ;;
    esac
    ;;
  *) has "--argv has $word" "$out" "$word" ;;
  esac
done
run "$CSB" explain --net full --argv -- true
hasnt '--argv without a network namespace' "$out" --unshare-net

# What explain says is what is so: every path it calls read-only or hidden.
run "$CSB" explain --json -w "$T" -- true
printf '%s' "$out" >"$T/first"
run "$CSB" explain --json -w "$T" -- true
printf '%s' "$out" >"$T/second"
yes 'it is the same twice' cmp "$T/first" "$T/second"

# I3: the cage has the mounts that explain said, and no other writable one.
if have python3; then
  as_said() { # as_said NAME OPTION...
    name=$1
    shift
    "$CSB" explain --json "$@" >"$T/said"
    "$CSB" exec "$@" -- cat /proc/self/mountinfo >"$T/seen"
    run python3 "$TEST_TREE/tests/e2e/mounts.py" "$T/said" "$T/seen"
    is "as said: $name" "$out$err" ''
  }
  as_said 'no option'
  as_said 'read-only' --sandbox read-only
  as_said 'full network' --net full
  as_said 'options' -w "$T" --deny "$W/hidden" --ro "$W/kept"
  as_said 'host tmp' --tmp host
  as_said 'restricted read' --permission-profile \
    "$(profile restricted read=minimal "write=$W" "read=$T" "deny=$W/hidden")"
  as_said 'everything writable but one' --permission-profile \
    "$(profile restricted write=root "deny=$W/hidden")"
  as_said 'older form' --sandbox-policy '{"type":"workspace-write"}'
else
  skip 'the cage is as explain said' 'python3 is not installed'
fi

# Untrusted names cannot paint the terminal.
mkdir "$W/$(printf 'e\033[31mvil')"
run "$CSB" explain --deny "$W/$(printf 'e\033[31mvil')"
hasnt 'control bytes are encoded' "$out" "$(printf '\033')"
run "$CSB" explain --frobnicate
refused 'an unknown option is usage' 2 --frobnicate
run "$CSB" explain -w "$T/nowhere"
refused 'what cannot be resolved is 125' 125 nowhere
finish
