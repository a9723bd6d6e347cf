#!/bin/sh
# Goal of this test: root may use the sandbox too, and gets no more inside than
# anybody else.
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
probe_to "$W"
csb -- id -u
works 'root: the main job works'
is 'root: the command is uid 0 of nothing else' "$out" 0
csb -- ./probe caps
is 'root: no capability inside' "$out" 'eff 00 prm 00 inh 00 bnd 0 amb 0 nnp 1'
csb -- sh -c 'echo x >/etc/csb-test-root'
fails 'root: /etc is not writable'
no 'root: nothing was written' test -e /etc/csb-test-root
csb -- sh -c 'echo x >in && cat in'
is 'root: the workspace is' "$out" x
csb -- sh -c 'cat /etc/shadow >/dev/null'
note "root: reading /etc/shadow inside ends with $code"
csb -- sh -c 'mount -t tmpfs none /mnt'
fails 'root: mount is refused'
csb -- sh -c 'chown 1 in'
fails 'root: chown to another is refused'
csb -- ./probe fds
is 'root: no descriptor is inherited' "$out" '0 1 2 '
csb -- sh -c 'exit 33'
code_is 'root: the exit status is passed on' 33
csb --timeout 300ms -- sleep 600
code_is 'root: timeout' 124
csb -- sh -c 'kill -0 1 2>/dev/null; ls -d /proc/[0-9]* | wc -l'
yes 'root: no process of the host is visible' test "$(echo "$out" | tail -1)" -le 6
# The kernel asks only for uid 0 there, not for a capability.  What is written
# is what is there already, so a failure of this test harms nobody.
knob=/proc/sys/kernel/core_pattern
yes 'root: outside the kernel'"'"'s knobs are writable' test -w $knob
csb -- sh -c "v=\$(cat $knob) && printf '%s' \"\$v\" >$knob"
fails 'root: the kernel'"'"'s knobs are not writable'
csb -- sh -c 'find /proc/sys -type f -writable | grep -v ^/proc/sys/net/ | head -5'
is 'root: none of them' "$out" ''
csb -- sh -c 'for f in /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/acpi/wakeup /proc/mtrr; do
  [ ! -w $f ] || echo $f; done'
is 'root: nor what else of /proc acts on the machine' "$out" ''
csb -- sh -c 'find /sys -type f -writable 2>/dev/null | head -3'
is 'root: nothing of /sys is writable' "$out" ''
csb -- sh -c 'ls /dev/mem /dev/kmsg'
fails 'root: no device of the host'
finish
