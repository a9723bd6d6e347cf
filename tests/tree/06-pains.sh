#!/bin/sh
# Goal of this test: docs/PAINS.md has its rows, each with tests that are there.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
bad() { # bad DOCUMENT -- what is wrong with it, a line each
  for i in 1 2 3 4 5 6 7 33 36 37 44 45; do
    row=$(grep "^| $i | " "$1")
    [ "$(printf '%s\n' "$row" | grep -c '`tests/')" = 1 ] || echo "$i: not one row with a test"
    printf '%s\n' "$row" | grep -oE '`tests/[^`]+`' | tr -d '`' | while read -r test; do
      [ -s "$test" ] || echo "$i: no such test: $test"
    done
  done
}
is 'every row once, with tests that are there' "$(bad docs/PAINS.md)" ''
sed '/^| 7 |/d; s|tests/e2e/26-git|tests/e2e/26-got|' docs/PAINS.md >"$T/odd.md"
is 'what is missing is seen' "$(bad "$T/odd.md" | tr '\n' ';')" \
  '4: no such test: tests/e2e/26-got-commit.sh;7: not one row with a test;45: no such test: tests/e2e/26-got-commit.sh;'
finish
