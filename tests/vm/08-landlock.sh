#!/bin/sh
# Goal of this test: Landlock is the second layer where the kernel has it (here an
# old one, ABI 2), and what it is too old for is refused: a cage of it alone.
append=
. "$(dirname "$0")/vm.sh"
run user "$CSB" explain -C "$W" -- true
has 'explain names it' "$out" 'landlock     ABI 2, second layer'
cage sh -c 'echo x >made && cat made'
is 'the main job' "$out" x
run user "$CSB" exec -C "$W" --backend landlock -- echo ran
refused '--backend landlock: refused' 125 "this kernel's Landlock (ABI 2) can keep"
has 'with the mend' "$err" 'use Linux 6.12 or later'
run user "$CSB" exec -C "$W" --backend auto -- echo ran
is '--backend auto: with namespaces' "$out" ran
knob kernel.unprivileged_userns_clone 0
run user "$CSB" exec -C "$W" --backend auto -- echo ran
refused '--backend auto, and no namespaces: refused' 125 "this kernel's Landlock (ABI 2) can keep"
knob kernel.unprivileged_userns_clone 1
suite e2e/47 e2e/48
full e2e/05 e2e/43-hard
finish
