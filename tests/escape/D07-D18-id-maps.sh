#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D7, D18, one id is mapped, groups stay, none can be dropped.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
csb -- sh -c 'cat /proc/self/setgroups; tr -s " " <"/proc/self/uid_map"; id -G'
groups=$(id -G | wc -w)
has 'setgroups is denied' "$out" deny
csb -- sh -c 'cat /proc/self/uid_map /proc/self/gid_map'
is 'the caller'"'"'s ids and no other' "$(echo $out)" "$(id -u) $(id -u) 1 $(id -g) $(id -g) 1"
csb -- sh -c 'id -G | wc -w'
is 'no group is lost' "$out" "$groups"
csb -- python3 -c 'import os
os.setgroups([])'
fails 'setgroups'
has 'not permitted' "$err" 'not permitted'
for call in 'setuid(0)' 'setgid(0)' 'setresuid(0,0,0)'; do
  csb -- python3 -c "import os
os.$call"
  fails "$call"
  has "$call: no such id" "$err" Error
done
csb -- sh -c 'echo 0 0 1 >/proc/self/uid_map'
fails 'the map is written once'
finish
