#!/bin/sh
# Goal of this test: B5, B12: signals, timers, personality, mask and what else a
# process inherits neither stop a privileged launcher half way nor change what
# it makes.
. "$(dirname "$0")/setuid.sh"
installed world
hostile 'every signal ignored' cage ignored
hostile 'every signal blocked, and waiting' cage pending
hostile 'both' cage ignored pending
hostile 'timers of every kind' cage timers
run forbidden "$P/parent/codex-sandbox" exec -C "$W" -- sh -c 'sleep 1.5; ./probe caps'
is 'which do not fire in what the launcher becomes' "$code $out$err" "0 $none"
run forbidden "$P/hostile" timers -- /bin/sleep 3
is 'control: they would' "$code" 142
for bits in 0040000 0080000 0200000 0400000 0008 ffffffff; do
  hostile "personality $bits" cage personality=$bits
done
for mask in 000 022 0777; do
  hostile "umask $mask" cage umask=$mask
done
hostile 'a subreaper with a parent death signal and no timer precision' cage undead
# The directory of a process that shares it may change under the launcher; the
# kernel gives a program no privilege that is shared like that.
hostile 'directory and umask shared with a process that changes them' \
  'making a user namespace: not permitted' shared-cwd
hostile 'no_new_privs' 'making a user namespace: not permitted' no-new-privs
finish
