#!/bin/sh
# Goal of this test: a /proc that hides others' processes, a /tmp without exec
# and a read-only / are no obstacle, alone and together, for both launchers.
append=
. "$(dirname "$0")/vm.sh"
both() { # both NAME -- a mode of its own for each, and none can be changed on a read-only /
  for kind in plain setuid; do
    mount --bind "$TEST_DIR/$kind" "$LAUNCH"
    [ $kind = plain ] || knob kernel.unprivileged_userns_clone 0
    cage sh -c 'id -u; echo x >made && cat made; ls /proc/1/status'
    is "$1: $kind" "$out" '1000
x
/proc/1/status'
    knob kernel.unprivileged_userns_clone 1
    umount "$LAUNCH"
  done
}
cp "$LAUNCH" "$TEST_DIR/plain"
cp "$LAUNCH" "$TEST_DIR/setuid"
chmod 4755 "$TEST_DIR/setuid"
both 'as it comes'
cp /bin/true /tmp/true
yes '/tmp: something can be executed' user /tmp/true
mount -o remount,noexec /tmp
no '/tmp: no more' user /tmp/true
both 'noexec /tmp'
yes '/proc: others are visible' user ls /proc/1
mount -o remount,hidepid=2 /proc
no '/proc: no more' user ls /proc/1
both 'hidepid=2'
mount -o remount,ro /
no '/: read-only' touch /made
both 'a read-only /'
suite e2e/05
full e2e/03 e2e/06
finish
