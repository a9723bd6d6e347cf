#!/bin/sh
# Goal of this test: where the unprivileged may make no user namespace, a setuid
# launcher gives the sandbox to its group, or to all, and nothing else to anybody.
append=
. "$(dirname "$0")/vm.sh"
knob kernel.unprivileged_userns_clone 0
cage echo ran
refused 'without the bit: refused' 125 'user namespace'
launcher 4750 codex-sandbox
cage sh -c 'id -u; cat /proc/self/uid_map; grep ^Cap /proc/self/status | grep -v "0000000000000000$"'
has 'SETUID=yes: one of the group has it' "$out" 1000
is 'SETUID=yes: as himself, without a capability' "$(echo "$out" | tr -s ' \n' ' ')" \
  '1000 1000 1000 1 '
run other "$CSB" exec -C "$W" -- echo ran
refused 'SETUID=yes: nobody else has' 125 'launch'
cage unshare -U true
fails 'no user namespace inside'
launcher 4755
run other "$CSB" exec -C "$W" -- echo ran
is 'SETUID=world: everybody has' "$out" ran
run user "$CSB" doctor
works 'doctor: usable'
suite e2e/02 e2e/04 e2e/06 e2e/07 e2e/12
full e2e/01 e2e/03 e2e/05 e2e/08 e2e/09 e2e/10 e2e/11 e2e/13 e2e/14 e2e/2 e2e/30 e2e/31
finish
