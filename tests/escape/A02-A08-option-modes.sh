#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A2 and A8, one parser, and an option is legal only where it belongs.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
# (The original faults: two parsers that disagreed about a mode; an option that
# was obeyed outside its mode.)
for words in 'exec --json -- true' 'exec --print-args -- true' \
  'doctor --write /etc' 'doctor -- true' \
  '--write /etc exec -- true' '-n full -- true' 'doctor --net full'; do
  # shellcheck disable=SC2086 # words
  run "$CSB" $words
  code_is "refused: $words" 2
done
csb -- sh -c 'echo "$@"' sh --net full -w / -s danger-full-access
is 'options of the command are the command'"'"'s' "$out" \
  '--net full -w / -s danger-full-access'
csb sh -c 'echo "$@"' sh --net full
is 'also without --' "$out" '--net full'
csb -- sh -c 'printf "%s|" "$@"' sh 'a\' '\' 'b\\'
is 'a backslash at the end is a byte' "$out" 'a\|\|b\\|'
csb -w '\' -- true
refused 'and in an option a path that is not there' 125 '\'
for words in '--writ /tmp' '--timeout=' '-t' '-l nofile' '--net=fulll' '--sandbox=READ-ONLY'; do
  # shellcheck disable=SC2086 # words
  csb $words -- true
  refused "no guess: $words" 2 ''
done
finish
