#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B2, D1, D4, our processes cannot be traced, read, or replaced by the command.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
sleep 600 &
pid=$!
ends $pid
yes 'outside an own process is traced' python3 "$W/act" attach $pid
yes 'and its memory is read' python3 "$W/act" readmem $pid
for mode in '--net none' '--net full' '--sandbox read-only'; do
  csb $mode -- $act attach 1
  is "PTRACE_SEIZE of PID 1 ($mode)" "$out" EPERM
  csb $mode -- $act readmem 1
  is "process_vm_readv of PID 1 ($mode)" "$out" EPERM
  csb $mode -- $act getfd 1
  is "pidfd_getfd of PID 1 ($mode)" "$out" EPERM
done
for file in mem maps environ exe root cwd fd auxv stack; do
  csb -- sh -c "ls -l /proc/1/$file >/dev/null && cat /proc/1/$file/. /proc/1/$file >/dev/null"
  fails "/proc/1/$file"
done
csb -- sh -c 'echo x >/proc/1/mem'
fails '/proc/1/mem cannot be written'
has 'by permission' "$err" denied
csb -- sh -c 'sleep 600 & python3 ./act attach $!'
is 'a child of the command can be traced' "$out" ok
# The host's program: neither by /proc nor by a path.
csb -- sh -c 'exec 3>>/proc/1/exe'
fails '/proc/1/exe cannot be opened for writing'
csb -w "$B" -- sh -c 'cat /proc/[0-9]*/exe >/dev/null; ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c -e "-> .*/codex-sandbox-[il]"'
is 'no process of ours shows its program' "$out" 0
csb -- sh -c "exec 3>>'$B/codex-sandbox-init'"
fails 'the program file is read-only'
finish
