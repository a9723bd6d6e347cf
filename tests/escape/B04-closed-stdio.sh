#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B4, closed 0, 1, 2 are not filled with something of ours.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
probe_to "$W"
cd "$W" || exit 1
for fds in 0 1 2 0,1 0,2 1,2 0,1,2; do
  run $act closed $fds "$CSB" exec -- sh -c './probe fds >fds; echo x >&1; echo y >&2; cat; ls -l /proc/self/fd >links; exit 5'
  code_is "closed $fds: the command runs, or a refusal" "$(case $code in 125) echo 125 ;; *) echo 5 ;; esac)"
  if [ "$code" = 5 ]; then
    is "closed $fds: it holds 0 1 2 at most" "$(tr -d '012 \n' <fds)" ''
    hasnt "closed $fds: none is a file of ours" "$(cat links)" memfd
  fi
  rm -f fds links
done
finish
