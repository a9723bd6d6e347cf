#!/bin/sh
# layers.sh -- an include may point to its own folder or to a lower one.
# Order, lowest first: launcher policy netns supervisor.
set -eu
rc=0
check() {
  from=$1
  shift
  for to in "$@"; do
    if grep -n "^#[[:space:]]*include \"$to/" "$from"/*.[ch] 2>/dev/null; then
      echo "layers: $from/ must not include $to/" >&2
      rc=1
    fi
  done
}
check launcher policy netns supervisor
check policy netns supervisor
check netns policy supervisor
check supervisor netns
exit $rc
