#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C21, /proc/self/fd, /proc/PID/root are no sources of a grant.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo s >"$T/f"
exec 9<"$T"
for source in /proc/self/fd/9 /proc/self/root "/proc/$$/root$T" /proc/self/cwd /dev/fd/9; do
  for option in -w -r --ro --chdir; do
    csb $option "$source" -- sh -c "echo x >'$T/new'; cat /proc/self/fd/9/f"
    case $code in
    0) not_ok "$option $source" "$(told)" ;;
    *) ok "$option $source gives nothing" ;;
    esac
    no "$option $source: nothing outside" test -e "$T/new"
  done
done
exec 9<&-
csb -w "$T" -- sh -c "echo x >'$T/new'"
works 'by its name the directory is granted'
finish
