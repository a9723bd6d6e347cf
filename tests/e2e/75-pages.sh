#!/bin/sh
# Goal of this test: the pages of section 5 are what docs/ says, what docs/
# shows is what is printed, and the tables of differences are those of the
# tests.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
command -v python3 >/dev/null || skip_all 'no python3'
for page in rules config; do
  man=packaging/man/codex-sandbox.$page.5
  title=$(sed -n 's/^codex\\-sandbox.[a-z]* \\- //p' "$man")
  tests/tools/md2man "docs/$(echo $page | tr a-z A-Z).md" codex-sandbox.$page 5 \
    "$title" >"$T/$page.5"
  yes "$man is made from docs (make man)" cmp "$man" "$T/$page.5"
done
if command -v man >/dev/null; then
  run man --warnings -l packaging/man/codex-sandbox.rules.5
  is 'the page has no warnings' "$err" ''
fi

# The example of docs/RULES.md.
sed -n '/^\$ codex-sandbox rules explain -- bash/,/^```/p' docs/RULES.md |
  sed '1d;/^```/d' >"$T/want"
cd "$W" || exit 1
run env XDG_CONFIG_HOME="$T/none" "$CSB" rules explain --no-user-config -- \
  bash -lc 'git status; ls >x'
cd "$TEST_TREE" || exit 1
if [ -e /etc/codex-sandbox ]; then
  skip 'the example of explain' 'this machine has an /etc/codex-sandbox'
else
  is 'the example of explain' "$out" "$(cat "$T/want")"
fi
is 'every option of rules --help is in the manual' \
  "$("$CSB" rules --help | grep -oE -e '--[a-z][a-z-]+' | sort -u |
    while read -r o; do grep -q -e "\`$o" -e "$o" docs/RULES.md || echo "$o"; done)" ''

# Differences that the generated rules excuse are rows of docs/RULES.md.
is 'docs/RULES.md lists every class of difference' \
  "$(sed -n 's/^[A-Z_]* = "\(.*\)"$/\1/p' tests/rules/differential.py |
    grep -v -e '^unexplained$' -e '^same' | while read -r words; do
    sed -n '/^## Differences/,$p' docs/RULES.md | grep -q -F -e "| $words" ||
      echo "$words"
  done)" ''

# Differences that the shell tests excuse are rows of docs/SHELL.md.
for words in 'control character' 'backslash-newline' 'as a command name' \
  'a name with a leading `%`' 'before further commands' 'env` with' \
  'an error behind complete lines' '`_=x`' 'a blank of Unicode' \
  'in a subscript'; do
  yes "docs/SHELL.md lists: $words" grep -q -F -e "$words" docs/SHELL.md
done
is 'and the tests excuse nothing else' \
  "$(sed -n 's/^\t\[\([A-Z_]*\)\] = { "\(.*\)",.*/\1/p' tests/shell/*_cases_test.c |
    sort | tr '\n' ' ')" 'CONTINUED CONTROL ENV_VALUE JOB KEYWORD LINES NAMELESS REWRITER SUBSCRIPT UNICODE '
finish
