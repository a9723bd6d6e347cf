#!/bin/sh
# shellcheck disable=SC2034,SC2010,SC2288,SC3045 # act: one head for all of them
# Goal of this test: D19, D20, no control group file is writable, and a crash reaches no helper of the host.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
csb -- sh -c 'for f in /sys/fs/cgroup /sys/fs/cgroup/*; do test -w "$f" && echo "$f"; done'
is 'nothing of a control group is writable' "$out" ''
csb -- sh -c 'mkdir /sys/fs/cgroup/csb || mkdir /sys/fs/cgroup/memory/csb'
fails 'no group is made'
csb -- sh -c 'find /sys /proc/sys -name release_agent -writable 2>/dev/null | head -1'
is 'no release_agent' "$out" ''
csb -- sh -c 'echo "|/bin/touch /tmp/x" >/proc/sys/kernel/core_pattern'
fails 'core_pattern is not written'
csb -- sh -c 'ulimit -c'
case $out in
0 | 1) ok "core limit is $out" ;;
*) # The contract hands on the caller's own limit: the same as outside.
  is 'core limit: what the caller has, as outside' "$out" "$(ulimit -c)" ;;
esac
csb -l core=0 -- sh -c 'ulimit -c; kill -SEGV $$'
code_is 'a crash is the status 139' 139
finish
