#!/bin/sh
# shellcheck disable=SC2034,SC2010,SC2288,SC3045 # act: one head for all of them
# Goal of this test: D3, D24, D25, no sandbox is joined, no process is known by number or by name.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
for words in '--join x' 'join 1' 'exec --join=1 -- true' 'exec --pid 1 -- true' 'exec --userns 3 -- true' 'enter 1'; do
  # shellcheck disable=SC2086 # words
  run "$CSB" $words
  code_is "there is no: $words" 2
done
cp "$(command -v sleep)" "$T/x) R 1 1 1"
"$T/x) R 1 1 1" 600 &
pid=$!
ends $pid
# A caller whose name looks like a stat line: --die-with-parent is not fooled.
cp "$(command -v bash)" "$T/b) Z 1 1 1 ("
"$T/b) Z 1 1 1 (" -c '"$1" exec -C "$2" --die-with-parent -- sh -c "echo up >up; echo \$\$ >pid; sleep 600"; true' x "$CSB" "$W" &
parent=$!
ends $parent
wait_for 10 test -s "$W/pid"
yes 'a caller of an odd name: the command runs' test -s "$W/up"
below=$(descendants $parent)
kill -9 $parent
wait $parent 2>/dev/null
# shellcheck disable=SC2086 # numbers
yes 'and ends with it' wait_for 10 all_gone $below
csb -- $act setns /proc/1/ns/pid
fails 'inside no namespace is joined'
csb -- $act setns /proc/self/ns/uts
is 'not even the own one' "$out" EPERM
finish
