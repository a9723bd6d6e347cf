#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C18, a pattern covers what is there at the start, and says so.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo s >"$W/a.env"
csb -d "$W/**/*.env" -- cat a.env
fails 'what is there is denied'
csb -d "$W/**/*.env" -- sh -c 'echo mine >b.env && cat b.env'
is 'what the command makes later is its own (known limit)' "$out" mine
run "$CSB" explain -C "$W" -d "$W/**/*.env" -- true
has 'explain names what is covered' "$out" a.env
yes 'the limit is stated' grep -q '^- \*\*Deny patterns cover what exists' "$TEST_TREE/SECURITY.md"
csb -d "$W/a.env" -- sh -c 'rm -f a.env; mv a.env c; ln a.env d; cat a.env c d 2>/dev/null'
is 'a denied file cannot be moved or removed to be read' "$out" ''
is 'it is as it was' "$(cat "$W/a.env")" s
finish
