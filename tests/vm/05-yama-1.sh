#!/bin/sh
# Goal of this test: Yama's scope 1 (a tracer has to be an ancestor) costs the
# sandbox nothing, and a debugger inside works as it does outside.
append=
. "$(dirname "$0")/vm.sh"
knob kernel.yama.ptrace_scope 1
launcher 0755
suite e2e/03 e2e/07
cage strace -o /dev/null true
works 'inside, a child can be traced'
launcher 4755
knob kernel.unprivileged_userns_clone 0
cage strace -o /dev/null true
works 'behind the setuid launcher, too'
full e2e/05
finish
