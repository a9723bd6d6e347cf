#!/bin/sh
# Goal of this test: a kernel without Landlock: the cage of namespaces works, a
# cage of Landlock is refused by name, and doctor says how to boot.
append='lsm=lockdown,yama,apparmor'
. "$(dirname "$0")/vm.sh"
hasnt 'this boot has none' "$(cat /sys/kernel/security/lsm)" landlock
run user "$CSB" doctor
works 'doctor: usable'
has 'doctor: names it' "$out" 'lsm=landlock'
cage sh -c 'echo x >made && cat made'
is 'the main job' "$out" x
run user "$CSB" exec -C "$W" --prove -- true
works 'every canary holds'
run user "$CSB" exec -C "$W" --backend landlock -- echo ran
refused '--backend landlock: refused' 125 'this kernel has no Landlock, or it is not switched on'
has 'with the mend' "$err" 'boot with lsm=landlock'
knob kernel.unprivileged_userns_clone 0
run user "$CSB" exec -C "$W" --backend auto -- echo ran
refused '--backend auto, and no namespaces: refused' 125 'this kernel has no Landlock'
run user "$CSB" exec -C "$W" -- echo ran
refused 'nor is anything else run' 125 'user namespace'
knob kernel.unprivileged_userns_clone 1
suite e2e/03 e2e/10
full e2e/05 e2e/11
finish
