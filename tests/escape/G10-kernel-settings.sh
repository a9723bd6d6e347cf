#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: G10, settings in /proc and /sys are not written.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
for f in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/fs/binfmt_misc/register \
  /proc/sys/vm/drop_caches /proc/sys/kernel/hostname /proc/sys/kernel/ns_last_pid /proc/sys/user/max_user_namespaces \
  /sys/kernel/uevent_helper /sys/power/state /proc/irq/default_smp_affinity /proc/kcore /proc/kmsg /proc/mtrr /proc/acpi/wakeup; do
  csb -- sh -c "test -e $f" || continue
  [ "$code" = 0 ] || continue
  csb -- sh -c "echo 1 >$f"
  fails "$f"
done
# (ns_last_pid has mode 0666 and asks for a capability when written: above.)
csb -- sh -c 'find /proc/sys /sys -writable -type f ! -name ns_last_pid 2>/dev/null | head -3'
is 'nothing else in /proc/sys or /sys is writable' "$out" ''
csb -- sh -c 'echo 5 >/proc/self/oom_score_adj && cat /proc/self/oom_score_adj'
is 'what is the process'"'"'s own is' "$out" 5
finish
