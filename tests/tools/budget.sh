#!/bin/sh
# budget.sh LIMIT FILE... -- count code lines (no blanks, no comments) and
# fail when the files together hold more than LIMIT.
set -eu
limit=$1
shift
total=0
for f in "$@"; do
  [ -r "$f" ] || {
    echo "budget: $f: not there" >&2
    exit 1
  }
  n=$(gcc -fpreprocessed -dD -E -P "$f" 2>/dev/null | grep -c '[^[:space:]]') || true
  printf '%6d  %s\n' "$n" "$f"
  total=$((total + n))
done
printf '%6d  total, limit %d\n' "$total" "$limit"
test "$total" -le "$limit"
