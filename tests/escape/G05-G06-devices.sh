#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: G5, G6, the minimal /dev, no device node and no setuid file from inside.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
csb -- sh -c 'for f in /dev/* /dev/net/*; do test -c $f -o -b $f && printf "%s " $f; done'
for node in kvm fuse dxg uinput mem kmsg port loop-control net/tun vhost-net hwrng console tty0; do
  hasnt "no /dev/$node" "$out" "/dev/$node "
done
has '/dev/null is there' "$out" '/dev/null '
csb -- sh -c 'echo x >/dev/null && head -c 1 /dev/urandom | wc -c'
is 'and works' "$out" 1
csb -- $act mknod ./node
is 'mknod' "$out" EPERM
no 'no node appeared' test -e "$W/node"
csb -- sh -c 'echo x >/dev/shm/new && ls -ld /dev/shm/new'
works '/dev/shm is its own, and writable'
no 'and not the host'"'"'s' test -e /dev/shm/new
csb -w /dev -- sh -c 'ls /dev | wc -l; cat /dev/kmsg'
if [ "$code" = 0 ]; then not_ok '-w /dev gives the kernel log' "$(told)"; else ok '-w /dev gives no more devices'; fi
csb -- $act suid ./s
works 'a setuid file of its own can be written: it is the caller'"'"'s'
is 'and is the caller'"'"'s own' "$(stat -c %u "$W/s")" "$(id -u)"
csb -- sh -c 'cp /usr/bin/id s2 && chmod u+s,g+s s2 && ./s2 -u'
is 'and does nothing inside' "$out" "$(id -u)"
finish
