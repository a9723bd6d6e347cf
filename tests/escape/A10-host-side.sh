#!/bin/sh
# Goal of this test: A10, no program of ours that runs outside gets a variable or a
# word of whoever asks for the command: launcher, bwrap, init, supervisor.
. "$(dirname "$0")/../lib.sh"
have strace || skip_all 'strace is not installed'
run strace -f -v -s 200 -e trace=execve -o "$T/log" true
[ "$code" = 0 ] || skip_all 'strace does not work here'
MARK_CALLER=1 run strace -f -v -s 200 -e trace=execve -o "$T/log" "$CSB" exec -C "$W" --net proxy \
  --allow-domain mark.test --env-inherit all -e MARK_OPTION=1 -e LD_PRELOAD= -- /bin/true mark-argument
works 'the command ran'
# The first is the front end's own start, the last the command's.
sed -n 's/^[0-9]* *\(execve(.*) = 0\)$/\1/p' "$T/log" >"$T/all"
has 'the command has both variables' "$(tail -1 "$T/all")" '/bin/true'
sed '1d; $d' "$T/all" >"$T/ours"
for program in codex-sandbox-launch codex-sandbox-supervisor; do
  yes "$program was started outside" grep -q "/$program\", \[\"$program\"\], \[\]) = 0" "$T/ours"
done
yes 'init too' grep -q '^execve("/proc/self/fd/' "$T/ours"
is 'none of them has a variable but PWD=/, which bwrap sets' \
  "$(grep -vE ', \[("PWD=/")?\]\) = 0$' "$T/ours")" ''
is 'none of them has an argument' "$(grep -vE '^execve\("[^"]*", \["[^"]*"\], ' "$T/ours")" ''
run "$CSB" exec -C "$W" --env-inherit all -e MARK_OPTION=1 -- sh -c 'echo $MARK_OPTION'
is 'inside they are' "$out" 1
finish
