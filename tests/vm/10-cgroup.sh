#!/bin/sh
# Goal of this test: --memory, --pids and --cpu hold in a group that the
# administrator has delegated, on a kernel that leaves the controllers to
# version 2.
append=
. "$(dirname "$0")/vm.sh"
top=/sys/fs/cgroup
mount -t cgroup2 none $top || not_ok 'control groups of version 2'
echo '+memory +pids +cpu' >$top/cgroup.subtree_control
G=$top/test
mkdir $G
in_group() {
  group=$1
  shift
  # shellcheck disable=SC2016 # for the inner shell
  ${with:-} sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec setpriv --reuid 1000 --regid 1000 --groups 1000,900 \
    env -i HOME=/home/user PATH="$PATH" LC_ALL=C "$@"' sh "$group" "$@"
}
. "$(dirname "$0")/../priv/group.sh"
finish
