#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A3, numbers are plain decimals: -1, spaces, 0x and overflow are errors.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
for n in -1 +1 ' 1' '1 ' 0x1 4294967296 18446744073709551616 1e3 '' 1_0; do
  csb -l "nofile=$n" -- true
  case $n in
  4294967296) continue ;; # a number, and no limit of this machine
  esac
  refused "limit '$n'" 2 ''
  csb -t "$n" -- true
  refused "time '$n'" 2 ''
done
csb -l nofile=99 -- sh -c 'ulimit -n'
is 'a plain number is obeyed' "$out" 99
csb -t 00000000000000000060 -- true
case $code in 0 | 2) ok 'leading zeros: obeyed or refused' ;; *) not_ok 'leading zeros' "$(told)" ;; esac
csb -- sh -c 'id -u; id -g; awk "/^[UG]id/{print \$2,\$3,\$4,\$5}" /proc/self/status'
u=$(id -u) g=$(id -g)
is 'inside every uid and gid is the caller'"'"'s' "$out" "$u
$g
$u $u $u $u
$g $g $g $g"
finish
