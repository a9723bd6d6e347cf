#!/bin/sh
# Goal of this test: B6, B7: a limit as a weapon ends a privileged launcher with
# one line, or changes nothing; soft ones never do more than nothing.
. "$(dirname "$0")/setuid.sh"
installed world
for l in nofile:3 nofile:20 fsize:0 as:40000000 nproc:0 core:0 memlock:0 sigpending:0 \
  msgqueue:0 rtprio:0 stack:65536; do
  hostile "soft $l" cage soft=$l
done
# The kernel itself ends a program that it cannot lay out.
killed='it was killed by signal 11'
hostile 'soft data:4096' "$killed" soft=data:4096
hostile 'hard nofile:3' 'too many open files' hard=nofile:3
hostile 'hard nofile:6' 'too many open files' hard=nofile:6
hostile 'hard fsize:0' 'it was killed by signal 25' hard=fsize:0
for l in as:3000000 data:4096 stack:16384; do
  hostile "hard $l" "$killed" hard=$l
done
for l in nproc:0 nproc:1; do
  hostile "hard $l" 'a limit on processes or resources is reached' hard=$l
done
# The command is to have its caller's limits, and cannot.
want='it cannot be raised above the hard limit'
# shellcheck disable=SC3045 # dash has it
[ "$(ulimit -Hc)" != 0 ] || want=cage
hostile 'hard core:0' "$want" hard=core:0
finish
