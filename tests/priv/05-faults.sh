#!/bin/sh
# Goal of this test: no system call of a setuid launcher that fails, or lies,
# leaves a process that executes anything with a right outside, or lets a
# command start in less than the full cage.
. "$(dirname "$0")/setuid.sh"
. "$TEST_TREE/tests/fault/faults.sh"
installed world
chown -R $U:$U "$W"
FRONT=$CSB
# FAULTS=full: every error of every call (make fault), else one.
q=-q
[ "${FAULTS:-}" != full ] || q=
# shellcheck disable=SC2086 # words
{
  RUNNER="$P/forbid $U"
  sweep 'setuid, the launcher' "$q -p -u $U" "$rules" $caged net=none
  sweep 'setuid, the launcher, calls lie' "-p -z -u $U" "$rules" $caged net=none
  [ -n "$q" ] || sweep 'setuid, the whole chain' "-u $U" "$rules" $caged net=none
  run "$INJECT" -pq -u 1 "$W/marker" $RUNNER "$FRONT" exec -C "$W" -- "$W/look" "$W/marker"
  has 'control: another uid than was asked for is seen' "$out" 'gained: '
  chmod 755 "$LAUNCH"
  chown -R 0:0 "$W"
  RUNNER="$P/forbid 0"
  sweep 'uid 0 as caller, the launcher' "$q -p -u 0" "$rules" $caged net=none
}
finish
