#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D8-D10, no nested namespace, by any call, old or new; no mount by any call.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
yes 'outside a user namespace can be made' python3 "$W/act" call unshare 0x10000000
yes 'outside also by clone3' python3 "$W/act" clone3
for words in '--net none' '--net full' '--sandbox read-only' '--sandbox external-sandbox' '--mount-engine bwrap'; do
  for flag in 0x10000000 0x00020000 0x20000000 0x40000000 0x08000000 0x04000000 0x02000000 0x80; do
    # shellcheck disable=SC2086 # words
    csb $words -- $act call unshare $flag
    is "unshare $flag ($words)" "$out" EPERM
  done
  # shellcheck disable=SC2086 # words
  csb $words -- $act clone3
  is "clone3 has no flags to read: no such call ($words)" "$out" ENOSYS
  for call in mount umount2 pivot_root open_tree move_mount fsopen mount_setattr setns open_by_handle_at; do
    # shellcheck disable=SC2086 # words
    csb $words -- $act call $call 0 0 0 0 0
    is "$call ($words)" "$out" EPERM
  done
  # shellcheck disable=SC2086 # words
  csb $words -- $act call new 0
  is "a call that is not there yet ($words)" "$out" ENOSYS
done
csb -- cat /proc/sys/user/max_user_namespaces
is 'and the kernel has a limit of none' "$out" 0
csb -- sh -c 'unshare -Ur true'
has 'the program says why' "$err" 'not permitted'
csb -- $act remount "$W"
is 'no mount is remounted' "$out" EPERM
csb -- $act umount /proc
is 'none is taken away' "$out" EPERM
csb -- $act handle "$W"
is 'no file is opened by its handle' "$out" EPERM
csb -- $act chroot /tmp
is 'chroot needs a capability' "$out" EPERM
csb -- python3 -c 'import subprocess; subprocess.run(["true"], check=True)'
works 'processes and threads are made as ever'
finish
