#!/bin/sh
# Goal of this test: the manual says what --help and the JSON output say, and
# nothing else.
. "$(dirname "$0")/../lib.sh"
man=$TEST_TREE/packaging/man/codex-sandbox.1
options() {
  sed 's/\\-/-/g' | grep -oE -e '--[a-z][a-z-]+' | sort -u
}
{
  "$CSB" --help
  "$CSB" exec --help
  "$CSB" explain --help
  "$CSB" doctor --help
  "$CSB" config --help
  echo --version # answered, not listed
} | options >"$T/help"
options <"$man" >"$T/man"
is 'every option of --help is in the manual' \
  "$(comm -23 "$T/help" "$T/man" | tr '\n' ' ')" ''
is 'every option of the manual is in --help' \
  "$(comm -13 "$T/help" "$T/man" | tr '\n' ' ')" ''
yes 'there are some' test "$(wc -l <"$T/help")" -gt 30

# What an option takes and which letter it has: "-n, --net none|full" is
# "\-n ", " \-\-net ... none | full" there.
"$CSB" explain --help | sed -n 's/^ *-\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p' >"$T/letters"
is 'every letter is in the manual' "$(while read -r letter name; do
  sed 's/\\-/-/g' "$man" | grep -qE -e "^\.BR -$letter \", \" --$name( |\$)" ||
    echo "-$letter --$name"
done <"$T/letters")" ''
"$CSB" explain --help | sed -n 's/^.* --[a-z-]* \([a-z]*|[a-z|]*\)$/\1/p
  s/^.* --[a-z-]* \([a-z]*|[a-z|]*\) .*/\1/p' | tr '|' '\n' | sort -u >"$T/words"
is 'every word that an option takes is in the manual' "$(while read -r word; do
  grep -qw -e "$word" "$man" || echo "$word"
done <"$T/words")" ''

# Subcommands and exit codes.
is 'every subcommand is in the manual' "$("$CSB" --help |
  sed -n '/^  exec  /,/^$/s/^  \([a-z]*\)  .*/\1/p' | while read -r word; do
  grep -q "^\.B $word\$" "$man" || echo "$word"
done)" ''
for code in 124 125 126 127 2; do
  yes "exit status $code is in the manual" grep -q "^\.B $code\$" "$man"
done

# Tables of the source that a person meets.
is 'every group of protected names is in the manual' \
  "$(sed '/^#/d' "$TEST_TREE/policy/protected-names.tsv" | cut -f1 | sort -u |
    while read -r word; do
      grep -qw -e "$word" "$man" || echo "$word"
    done)" ''

# The members of the JSON output, by section.
section() { # section NAME -- the text of a section or sub-section
  sed 's/\\-/-/g' "$man" | awk -v name="$1" '
    /^\.S[HS] / { inside = $0 == ".SS " name || $0 == ".SH " name }
    inside'
}
keys() { # the names of all members of the JSON on stdin
  python3 -c '
import json, sys
def walk(value):
    if isinstance(value, dict):
        for key in value:
            print(key)
            walk(value[key])
    if isinstance(value, list):
        for item in value:
            walk(item)
document = json.load(sys.stdin)
document.pop("profile", None)
walk(document)' | sort -u
}
if have python3; then
  for what in explain doctor; do
    section "$what --json" >"$T/section"
    "$CSB" $what --json | keys >"$T/keys"
    yes "$what --json has members" test -s "$T/keys"
    is "every member of $what --json is in the manual" \
      "$(while read -r word; do
        grep -qw -e "$word" "$T/section" || echo "$word"
      done <"$T/keys")" ''
  done
else
  skip 'members of the JSON output' 'python3 is not installed'
fi

# The example of a policy is one.
section EXAMPLES | sed -e 's/\\(dq/"/g' |
  awk '/^    \{ "type"/ { on = 1 } /^\.fi/ { on = 0 } on' >"$T/profile.json"
yes 'the example of a policy is there' test -s "$T/profile.json"
run "$CSB" exec -C "$W" -p "@$T/profile.json" -- sh -c 'echo x >note && cat note'
works 'the example of a policy works'

no 'the manual holds no path of the build' grep -q "$TEST_TREE" "$man"
for page in "$TEST_TREE"/packaging/man/*.[1-8]; do
  if have mandoc; then
    run mandoc -T lint -W error "$page"
    works "mandoc finds no error in ${page##*/}"
  elif have man; then
    is "man finds nothing wrong in ${page##*/}" \
      "$(MANROFFSEQ='' man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)" ''
  else
    skip "${page##*/} is well formed" 'neither mandoc nor man is installed'
  fi
done
finish
