#!/bin/sh
# Goal of this test: docs/CVES.md has every row of the catalogue once, each with
# a verdict, and every test that it names is there.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1

# bad DOCUMENT -- what is wrong with it, a line each.
bad() {
  for group in A22 B12 C22 D25 E10 F13 G10 H13 I23 J10; do
    last=${group#?}
    i=1
    while [ $i -le "$last" ]; do
      id=${group%"$last"}$i
      n=$(grep -c "^| $id | " "$1")
      [ "$n" = 1 ] || echo "$id: $n rows"
      i=$((i + 1))
    done
  done
  [ "$(grep -cE '^\| [A-J][0-9]+ \| ' "$1")" = 160 ] || echo 'not 160 rows'
  grep -E '^\| [A-J][0-9]+ \| ' "$1" |
    grep -vE '\| (prevented: `tests/|not applicable: .|accepted limit: SECURITY\.md)' |
    sed 's/^/no verdict: /'
  grep -oE '`tests/[^`]+`' "$1" | tr -d '`' | sort -u | while read -r test; do
    [ -s "$test" ] || echo "no such test: $test"
  done
}
is 'docs/CVES.md: every row once, with a verdict and a test that is there' \
  "$(bad docs/CVES.md)" ''
sed 's/^| A1 |/| A2 |/; s|tests/e2e/20-git.sh|tests/e2e/20-none.sh|' docs/CVES.md >"$T/odd.md"
is 'what is missing, double or names no test is seen' "$(bad "$T/odd.md" | tr '\n' ';')" \
  'A1: 0 rows;A2: 2 rows;no such test: tests/e2e/20-none.sh;'
# A script of the suite is named by the rows it is for.
is 'every script of tests/escape is named in the document' \
  "$(for f in tests/escape/[A-J]*.sh; do grep -q "$f" docs/CVES.md || echo "$f"; done)" ''
finish
