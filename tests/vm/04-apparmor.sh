#!/bin/sh
# Goal of this test: the AppArmor profile costs the sandbox nothing, and puts the
# command and nothing else under a profile without capabilities and mounts.
# (This kernel and parser know no rule for user namespaces: those lines are left
# out, as the profile says.)
append='apparmor=1 security=apparmor'
. "$(dirname "$0")/vm.sh"
profile=/usr/local/share/codex-sandbox/apparmor/codex-sandbox-launch
has 'the profile names the installed launcher' "$(cat $profile)" "profile codex-sandbox-launch $LAUNCH "
hasnt 'and no place is left open' "$(cat $profile)" @
cage cat /proc/self/attr/current
is 'before: no profile' "$out" unconfined
sed '/AppArmor 4$/d' $profile >/etc/apparmor.d/codex-sandbox-launch
run apparmor_parser -K -r /etc/apparmor.d/codex-sandbox-launch
works 'the parser takes it'
for kind in plain setuid; do
  cage cat /proc/self/attr/current
  is "$kind: the command has both profiles" "$out" \
    'codex-sandbox-command//&codex-sandbox-launch (enforce)'
  cage sh -c 'sh -c "cat /proc/self/attr/current"; cat /proc/1/attr/current; id -u; echo x >made; cat made'
  is "$kind: so has what it starts, and init the first" "$out" \
    'codex-sandbox-command//&codex-sandbox-launch (enforce)
codex-sandbox-launch (enforce)
1000
x'
  launcher 4755
  knob kernel.unprivileged_userns_clone 0
done
launcher 0755
knob kernel.unprivileged_userns_clone 1
# What the second profile takes, shown where the cage takes nothing.
in_ns='mount -t tmpfs none /mnt && echo mounted'
run user unshare -Urm sh -c "$in_ns"
is 'outside, in a user namespace, a mount works' "$out" mounted
run user aa-exec -p codex-sandbox-command -- unshare -Urm sh -c "$in_ns"
fails 'under the profile of the command it does not'
run user aa-exec -p codex-sandbox-command -- sh -c 'echo x >/home/user/made && cat /home/user/made'
is 'which leaves files alone' "$out" x
suite e2e/03 e2e/07
full e2e/01 e2e/02 e2e/05 e2e/10 e2e/13
finish
