#!/bin/sh
# Goal of this test: --memory, --pids and --cpu hold in a delegated group, are
# counted in the result, refused where there is none, and leave nothing behind.
. "$(dirname "$0")/../lib.sh"
top=/sys/fs/cgroup
[ -e $top/cgroup.controllers ] || top=/sys/fs/cgroup/unified
for c in memory pids cpu; do
  grep -qw $c $top/cgroup.controllers 2>/dev/null ||
    skip_all "control groups of version 2 do not have $c here (tests/vm/10-cgroup.sh has it)"
done
have setpriv || skip_all 'setpriv is not installed'
was=$(cat $top/cgroup.subtree_control)
echo '+memory +pids +cpu' >$top/cgroup.subtree_control 2>/dev/null ||
  skip_all "the controllers cannot be handed down from $top"
G=$top/csb-test-$$
mkdir "$G"
cleanup_group() {
  find "$G" -depth -type d -exec rmdir {} \; 2>/dev/null
  for c in memory pids cpu; do
    case " $was " in *" $c "*) ;; *) echo "-$c" >"$top/cgroup.subtree_control" 2>/dev/null ;; esac
  done
  test_cleanup
}
trap cleanup_group EXIT
in_group() {
  group=$1
  shift
  # shellcheck disable=SC2016 # for the inner shell
  ${with:-} sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec setpriv --reuid 1001 --regid 1001 --clear-groups \
    env -i HOME=/nonexistent PATH="$PATH" LC_ALL=C "$@"' sh "$group" "$@"
}
chmod 755 "$TEST_DIR"
chown 1001 "$W"
. "$(dirname "$0")/group.sh"
finish
