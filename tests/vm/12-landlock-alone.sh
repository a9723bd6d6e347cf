#!/bin/sh
# Goal of this test: where the kernel has a Landlock that is new enough (ABI 6,
# here that of Debian's backports), a cage of it alone works on a host that
# allows no user namespace, and is chosen by its name or by auto only.
append=
kernel=newer
. "$(dirname "$0")/vm.sh"
least='--sandbox read-only --proc none --no-protect all -r /etc'
knob kernel.unprivileged_userns_clone 0
no 'no user namespaces' user unshare -U true
run user "$CSB" exec -C "$W" -- echo ran
refused 'without the name of a backend: refused' 125 'user namespace'
for backend in landlock auto; do
  # shellcheck disable=SC2086 # words
  run user "$CSB" exec -C "$W" --backend $backend $least -w "$W" -- \
    sh -c 'id -u; echo x >made && cat made; echo x 2>/dev/null >/home/user/made || echo kept; cat /home/user/.profile 2>/dev/null || echo hidden'
  is "--backend $backend: works" "$out" '1000
x
kept
hidden'
done
has 'auto says so' "$err" 'note: user namespaces are refused, so Landlock is the cage'
yes 'outside the same is written' user sh -c 'echo x >/home/user/made'
run user "$CSB" exec -C "$W" --backend landlock --prove $least -w "$W" -- true
has 'every canary holds' "$err" 'proved: Landlock'
run user "$CSB" exec -C "$W" --backend auto -- echo ran
add=$(printf '%s\n' "$err" | sed -n 's/.*; add \(.*\) to do without, .*/\1/p')
# shellcheck disable=SC2086 # words
run user "$CSB" exec -C "$W" --backend auto $add -- echo ran
is "the default policy is refused with options that mend it ($add)" "$out" ran
knob user.max_user_namespaces 0
run user "$CSB" exec -C "$W" --backend landlock $least -w "$W" -- echo ran
is 'nor is max_user_namespaces=0 in its way' "$out" ran
knob user.max_user_namespaces 1000
knob kernel.unprivileged_userns_clone 1
full e2e/47 e2e/48
finish
