#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B8, D2, no capability in any set, none to regain.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
none=0000000000000000
for words in '--net none' '--net full' '--sandbox read-only' '--mount-engine bwrap' '--keep-background' '--device fuse'; do
  # shellcheck disable=SC2086 # words
  csb $words -- $act caps
  is "CapInh Prm Eff Bnd Amb ($words)" "$out" "$none $none $none $none $none"
done
csb -- sh -c 'for p in /proc/[0-9]*; do grep -h ^Cap $p/status; done | grep -vc " *$0" ' x
csb -- sh -c 'awk "/^Cap/ && \$2 !~ /^0+\$/" /proc/[0-9]*/status'
is 'PID 1 keeps none either' "$out" ''
csb -- unshare -U true
fails 'no namespace to have one in'
has 'it says so' "$err" 'not permitted'
if unshare -Ur $act -c 2>/dev/null || unshare -Ur true 2>/dev/null; then
  run unshare -Ur python3 "$W/act" caps
  hasnt 'outside a user namespace gives all of them' "$out" "$none $none $none"
else
  skip 'outside a user namespace gives all of them' 'the host allows none'
fi
for program in /usr/bin/su /usr/bin/sudo /usr/bin/newgrp /usr/bin/passwd /bin/mount /usr/bin/chsh; do
  [ -u "$program" ] || continue
  csb -- sh -c "cp $program s; '$program' --version >/dev/null 2>&1 </dev/null; awk '/NoNewPrivs/{print \$2}' /proc/self/status"
  is "setuid ${program##*/} gives nothing" "$out" 1
done
csb -- findmnt -rno OPTIONS -T "$W"
has 'the workspace is nosuid' "$out" nosuid
finish
