#!/bin/sh
# Goal of this test: a host that forbids user namespaces to the unprivileged is
# refused by name, and so is one that forbids them to everybody; the message and
# doctor say what mends it, and what mends it does.
append=
. "$(dirname "$0")/vm.sh"
mended() { # mended NAME -- the command that doctor prints, done as it says
  mend=$(user "$CSB" doctor | sed -n 's/^ *mend: \(sysctl -w [^ ]*\)$/\1/p' | head -1)
  run $mend
  works "$1: doctor's one command ($mend)"
  cage echo ran
  is "$1: after it a command runs" "$out" ran
}
cage echo ran
is 'before: a command runs' "$out" ran
knob kernel.unprivileged_userns_clone 0
no 'the kernel refuses them now' user unshare -U true
yes 'not to root' unshare -U true
cage echo ran
refused 'unprivileged_userns_clone=0: refused' 125 'making a user namespace: not permitted'
has 'the message names a mend' "$err" 'doctor'
run user "$CSB" doctor
fails 'doctor: not usable'
has 'doctor: names the knob' "$out" 'kernel.unprivileged_userns_clone is 0'
knob kernel.unprivileged_userns_clone 1

knob user.max_user_namespaces 0
cage echo ran
refused 'max_user_namespaces=0: refused' 125 'raise max_user_namespaces'
launcher 4755
cage echo ran
refused 'max_user_namespaces=0: the setuid bit is no way around it' 125 'raise max_user_namespaces'
run user "$CSB" doctor
has 'doctor: names the knob' "$out" 'user.max_user_namespaces is 0'
mended max_user_namespaces
finish
