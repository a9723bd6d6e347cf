#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: G7, a write that is not kept fails.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
p=$(profile restricted read=minimal "write=$W")
for engine in init bwrap; do
  for place in / /home "$HOME" "$TEST_DIR" "$T" /etc /usr /run /mnt /var /sys /proc; do
    csb --mount-engine $engine --permission-profile "$p" -- sh -c 'echo x >"$1/csb" || mkdir "$1/csb"' sh "$place"
    fails "$place: the write fails ($engine)"
    csb --mount-engine $engine -- sh -c 'echo x >"$1/csb" || mkdir "$1/csb"' sh "$place"
    fails "$place: also by default ($engine)"
  done
done
csb --permission-profile "$p" -- sh -c 'echo x >kept'
is 'one that is granted is kept' "$(cat "$W/kept")" x
finish
