#!/bin/sh
# Goal of this test: docs/DROPIN.md has each of the older helper's tests once, with
# the file that has its number, and no number of a file is missing in it.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1

# bad DOCUMENT -- what is wrong with it, a line each.
bad() {
  i=1
  while [ $i -le 51 ]; do
    n=$(printf '%02d' $i)
    row=$(grep "^| $n | " "$1")
    [ "$(printf '%s\n' "$row" | grep -c .)" = 1 ] || echo "$n: not one row"
    file=tests/acceptance/$(printf '%s\n' "$row" | cut -d'|' -f4 | tr -d ' ').sh
    grep -qE "accept ([0-9, ]*, )?${n}[,:]" "$file" 2>/dev/null || echo "$n: not in $file"
    i=$((i + 1))
  done
  printf '%s\n' "$(grep -E '^\| [0-9][0-9] \| ' "$1")" |
    grep -vE '\| (same|stricter: .|different: .|not tried: .|not applicable: .)[^|]*\|$' |
    sed 's/^/no verdict: /'
}
is 'docs/DROPIN.md: every case once, in a file that has its number' "$(bad docs/DROPIN.md)" ''
sed '/^| 20 |/d; s/^\(| 30 .*\) 16-31-no-network /\1 25-28-entries /; s/| same |$/| sane |/' \
  docs/DROPIN.md >"$T/odd.md"
is 'what is missing or elsewhere is seen' "$(bad "$T/odd.md" | grep -v '^no verdict' | tr '\n' ';')" \
  '20: not one row;20: not in tests/acceptance/.sh;30: not in tests/acceptance/25-28-entries.sh;'
yes 'so is a row without a verdict' test "$(bad "$T/odd.md" | grep -c '^no verdict')" -gt 20
finish
