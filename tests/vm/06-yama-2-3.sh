#!/bin/sh
# Goal of this test: Yama's scopes 2 (only CAP_SYS_PTRACE traces) and 3 (nobody
# does) cost the sandbox nothing but debuggers inside.
append=
. "$(dirname "$0")/vm.sh"
launcher 0755
cage strace -o /dev/null true
works 'scope 0: inside, a child can be traced'
for scope in 2 3; do
  knob kernel.yama.ptrace_scope $scope
  cage strace -o /dev/null true
  fails "scope $scope: it cannot"
  cage sh -c 'echo x >made && cat made'
  is "scope $scope: the main job" "$out" x
  run user "$CSB" exec -C "$W" --prove -- true
  works "scope $scope: every canary holds"
  knob kernel.unprivileged_userns_clone 0
  launcher 4755
  cage echo ran
  is "scope $scope: behind the setuid launcher, too" "$out" ran
  launcher 0755
  knob kernel.unprivileged_userns_clone 1
done
run user "$CSB" doctor
works 'scope 3: doctor: usable'
has 'scope 3: doctor says what it costs' "$out" 'debuggers fail inside'
suite e2e/06
full e2e/05 e2e/07
finish
