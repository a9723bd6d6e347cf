#!/bin/sh
# Goal of this test: A3, A7, D7: whoever calls a privileged launcher, by whatever
# numbers, is himself and nobody else inside, and keeps his groups, those that
# deny included.
. "$(dirname "$0")/setuid.sh"
installed world
show() {
  # shellcheck disable=SC2016 # for the shell inside
  run "$@" "$CSB" exec -C / --sandbox read-only -- sh -c \
    'echo $(id -u) $(id -g) $(cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups)'
}
for U in 1 54321 65534 65536 65537 100000 2147483647 2147483648 4294967293 4294967294; do
  show forbidden
  is "uid $U" "$out$err" "$U $U $U $U 1 $U $U 1 deny"
done
U=54321
# Real and effective ids that differ: the real ones count, and privilege of
# neither stays.
for ids in '--ruid 54321 --euid 54999 --regid 54321' '--rgid 54321 --egid 54999 --reuid 54321' \
  '--ruid 54321 --euid 0 --regid 54321'; do
  # shellcheck disable=SC2086 # words
  show setpriv $ids --clear-groups "$P/hostile" umask=022 --
  is "$ids" "$out$err" '54321 54321 54321 54321 1 54321 54321 1 deny'
done
# A group that denies (a file that its members may not read) denies inside, too.
echo secret >"$T/denied"
chown 0:55555 "$T/denied"
chmod 0604 "$T/denied"
chmod 755 "$T"
in_groups() {
  setpriv --reuid $U --regid $U --groups 55555 -- "$@"
}
run plain cat "$T/denied"
is 'outside the group the file is readable' "$out" secret
run plain "$CSB" exec -C "$W" -- cat "$T/denied"
is 'and so it is inside' "$out" secret
run in_groups cat "$T/denied"
fails 'in the group it is not'
run in_groups "$CSB" exec -C "$W" -- cat "$T/denied"
fails 'nor inside'
run in_groups "$CSB" exec -C "$W" -- python3 -c 'import os; os.setgroups([])'
fails 'where the group cannot be left'
# Root as caller gains nothing either.
run "$P/forbid" 0 "$CSB" exec -C "$W" -- ./probe caps
is 'uid 0 as caller' "$out" "$none"
finish
