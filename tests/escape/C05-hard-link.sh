#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C5, hard links: none can be made into the workspace; older ones are a stated limit.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo s >"$T/file"
mkdir "$W/.git"
echo old >"$W/.git/config"
csb -- sh -c "ln '$T/file' linked"
fails 'a link of a file outside'
has 'it would cross mounts' "$err" 'cross-device'
csb -- ln .git/config linked
fails 'a link of a protected file'
has 'likewise' "$err" 'cross-device'
csb -- sh -c 'ln .git/config .git/other'
fails 'nor inside the protected directory'
csb -w "$T" -- sh -c "ln '$T/file' linked"
fails 'nor between two writable directories'
csb -- sh -c 'echo x >one && ln one two && cat two'
is 'within the workspace it works' "$out" x
# Accepted limit (SECURITY.md, hard links): the rule is about a path.
rm -f "$W/one" "$W/two"
ln "$T/file" "$W/before"
csb -- sh -c 'cat before'
is 'a name made before, outside, is the file (known limit)' "$out" s
yes 'and the limit is stated' grep -q '^- \*\*Hard links' "$TEST_TREE/SECURITY.md"
finish
