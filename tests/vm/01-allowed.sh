#!/bin/sh
# Goal of this test: on Debian's stock kernel as it comes the sandbox works for
# an ordinary user without any privilege.
append=
. "$(dirname "$0")/vm.sh"
run user "$CSB" doctor
works 'doctor: usable'
has 'doctor: user namespaces are allowed' "$out" 'ok    user namespaces'
is 'the launcher is not setuid' "$(stat -c %a "$LAUNCH")" 755
cage sh -c 'id -u; echo x >made && cat made'
is 'the main job' "$out" '1000
x'
suite e2e/01 e2e/02 e2e/03 e2e/05 e2e/07 e2e/09 e2e/10 e2e/30
full e2e/04 e2e/06 e2e/08 e2e/11 e2e/12 e2e/13 e2e/14 e2e/2 e2e/31
finish
