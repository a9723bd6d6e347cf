#!/bin/sh
# Goal of this test: no system call of a setuid launcher that fails, or lies,
# leaves a process that executes anything with a right outside, or lets a
# command start in less than the full cage.
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
case $(findmnt -no OPTIONS -T "$TEST_DIR") in
*nosuid*) skip_all "$TEST_DIR is mounted nosuid" ;;
esac
. "$TEST_TREE/tests/fault/faults.sh"
U=54321
P=$TEST_DIR/programs
mkdir "$P"
cp "$B/codex-sandbox" "$B/codex-sandbox-init" "$B/codex-sandbox-launch" "$TOOLS/forbid" "$P"
chmod 711 "$TEST_DIR" "$P"
chmod 755 "$P"/*
chown -R 0:0 "$P"
chmod 4755 "$P/codex-sandbox-launch"
chown -R $U:$U "$W"
export HOME="$W"
FRONT=$P/codex-sandbox
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
  chmod 755 "$P/codex-sandbox-launch"
  chown -R 0:0 "$W"
  RUNNER="$P/forbid 0"
  sweep 'uid 0 as caller, the launcher' "$q -p -u 0" "$rules" $caged net=none
}
finish
