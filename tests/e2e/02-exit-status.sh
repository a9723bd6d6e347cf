#!/bin/sh
# Goal of this test: the exit status is the command's own, or ours and exact.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

wrong=''
for n in 0 1 2 3 42 77 100 123 124 125 126 127 128 129 130 137 143 200 254 255; do
  csb -- sh -c "exit $n"
  [ "$code" = "$n" ] || wrong="$wrong $n->$code"
done
is 'exit N is N' "$wrong" ''

wrong=''
for s in 1 2 3 4 6 7 8 9 10 11 12 13 14 15 24 25 31 34 40 64; do
  csb -- ./probe raise $s
  [ "$code" = $((128 + s)) ] || wrong="$wrong $s->$code"
done
is 'death by signal S is 128+S' "$wrong" ''

csb -- ./not-there
code_is 'not found is 127' 127
has 'not found names the command' "$err" not-there
csb -- no-such-command-on-path
code_is 'not found on PATH is 127' 127
printf 'text\n' >"$W/plain"
csb -- ./plain
code_is 'not executable is 126' 126
has 'not executable names the command' "$err" plain
csb -- "$W"
code_is 'a directory is 126' 126
printf 'echo run by a shell\n' >"$W/bare"
chmod +x "$W/bare"
csb -- ./bare
is 'a script without #! is run as env would' "$out" "$(env "$W/bare")"
printf '#!/not/there\n' >"$W/script"
chmod +x "$W/script"
csb -- ./script
case $code in
126 | 127) ok 'an interpreter that is not there is 126 or 127' ;;
*) not_ok 'an interpreter that is not there is 126 or 127' "$(told)" ;;
esac
has 'and is named' "$err" /not/there
csb -r relative -- echo ran
refused 'set-up is 125' 125 relative

# case 15 test_timeout: a time-out is told from everything else.
start=$(date +%s)
csb --timeout 300ms -- sleep 600
code_is 'case 15: timeout is 124' 124
csb --timeout 300ms --grace 200ms -- sh -c 'trap "" TERM; while :; do sleep 0.1; done'
code_is 'timeout is 124 also when TERM is ignored' 124
yes 'neither took long' test $(($(date +%s) - start)) -lt 20
csb --timeout 30 -- sh -c 'exit 7'
code_is 'a command within its time keeps its status' 7
csb --timeout 300ms -- sh -c 'trap "echo trapped; exit 0" TERM; while :; do sleep 0.05; done'
code_is 'a clean end after the time-out is still 124' 124
is 'the command had its chance to clean up' "$out" trapped
csb --timeout 300ms -- sh -c 'sleep 98301.'$$' & sleep 98301.'$$' & setsid sleep 98301.'$$' & wait'
code_is 'a tree is timed out as a whole' 124
yes 'and nothing of it is left' gone 5 'sleep 98301.'$$''
csb --timeout 0 -- true
works 'timeout 0 is none'

# Output made before the end is all there.
csb -- sh -c 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; exit 9'
code_is 'status beside much output' 9
is 'no output is lost' "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 20000
csb --timeout 500ms -- sh -c 'echo before; sleep 600'
is 'output survives a time-out' "$out" before
run sh -c 'printf "in%s" put | "$1" exec -C "$2" -- cat' sh "$CSB" "$W"
is 'input reaches the command' "$out" input
run sh -c '"$1" exec -C "$2" -- sh -c "yes || exit 3" | head -1' sh "$CSB" "$W"
is 'a closed reader ends a writer' "$out" y
finish
