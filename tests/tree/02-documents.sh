#!/bin/sh
# Goal of this test: the documents name what is there, and README stays short.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
documents=$(ls ./*.md docs/*.md packaging/*.md packaging/*/README* ./*/README.md 2>/dev/null)

# missing DOCUMENT -- files in backquotes and in links that are not there.  A
# name is one of a file when it lies in a folder of ours; patterns are tried.
missing() {
  grep -oE '`[A-Za-z0-9_./*-]+`' "$1" | tr -d '`' |
    grep -E '^(launcher|policy|netns|supervisor|tests|packaging|docs)/' |
    grep -vE '/x(_y)?\.[ch]$' | # stands for any
    while read -r name; do
      for file in $name; do
        [ -e "$file" ] || echo "$file"
      done
    done
  grep -oE '\]\([^)#:]+\)' "$1" | sed 's/^](//; s/)$//' |
    while read -r name; do
      [ -e "$(dirname "$1")/$name" ] || echo "$name"
    done
}
for document in $documents; do
  is "${document#./} names files that are there" "$(missing "$document" | tr '\n' ' ')" ''
done
printf 'see `policy/nothing-like-this.c` and [it](nothing.md)\n' >"$T/odd.md"
is 'a name that is not there is found' "$(missing "$T/odd.md" | tr '\n' ' ')" \
  'policy/nothing-like-this.c nothing.md '

yes 'README.md has at most 150 lines' test "$(wc -l <README.md)" -le 150
for file in README.md ARCHITECTURE.md SECURITY.md CONTRIBUTING.md CHANGELOG.md \
  LICENSE launcher/README.md netns/README.md policy/README.md \
  supervisor/README.md tests/README.md; do
  yes "$file is there" test -s "$file"
done
is 'every invariant has its row' "$(for i in 1 2 3 4 5 6 7 8 9 10; do
  grep -q "^| I$i | " ARCHITECTURE.md || echo "I$i"
done)" ''

# What README says a user can type.
for target in demo check install uninstall; do
  yes "make $target is a target" grep -q "^$target:" GNUmakefile
done
finish
