#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D6, D16, nobody traced becomes privileged, and no file system image is mounted.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
csb -- python3 -c 'import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(0, 0, 0, 0))'
case $out in 0 | -1) ok "PTRACE_TRACEME answers $out" ;; *) not_ok traceme "$(told)" ;; esac
csb -- sh -c 'strace -o /dev/null true 2>/dev/null; awk "/NoNewPrivs/{print \$2}" /proc/self/status'
is 'and nothing run from there gains privilege' "$out" 1
head -c 1048576 /dev/zero >"$W/image"
csb -- sh -c 'mount -o loop image /mnt 2>&1'
fails 'a user-supplied image is not mounted'
csb -- $act mount
is 'nor anything else' "$out" EPERM
run unshare -Urm python3 "$W/act" mount
if [ "$out" = ok ]; then ok 'outside, in a namespace, it is'; else skip 'outside, in a namespace, it is' 'the host allows none'; fi
csb -- sh -c 'ls /dev/loop* /dev/fuse /dev/mapper /dev/sd* /dev/vd* /dev/nvme* 2>/dev/null'
is 'no block device, loop device or fuse is there' "$out" ''
finish
