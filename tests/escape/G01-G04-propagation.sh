#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: G1, G4, mounts made inside or outside do not pass the border (G4 as root: tests/priv).
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
csb -- sh -c 'grep -c "shared:\|master:" /proc/self/mountinfo'
is 'no mount inside is shared with or fed by the host' "$out" 0
unshare -Urm true 2>/dev/null || skip_all 'no user namespace to mount in'
for engine in init bwrap; do
  run unshare -Urm --propagation shared sh -c 'mkdir -p "$2/p"; mount -t tmpfs none "$2/p"; mount --make-rshared /
    grep -c shared: /proc/self/mountinfo >"$3/shared"
    before=$(wc -l </proc/self/mountinfo)
    "$1" exec -C "$2" --mount-engine '$engine' -w "$2/p" -- sh -c "grep -c \"shared:\|master:\" /proc/self/mountinfo; true"
    rc=$?
    test "$before" = "$(wc -l </proc/self/mountinfo)" || echo LEAK
    exit $rc' sh "$CSB" "$W" "$T"
  yes "the stand-in's mounts are shared ($engine)" test "$(cat "$T/shared")" -gt 3
  if [ "$code" = 125 ]; then ok "refused ($engine)"
  else is "nothing passed either way ($engine)" "$out" 0; fi
done
yes 'as root the other direction is tried' test -e "$TEST_TREE/tests/priv/04-late-mounts.sh"
finish
