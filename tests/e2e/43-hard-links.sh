#!/bin/sh
# Goal of this test: a second name of a protected file in the workspace does not
# open it (threats C5).
. "$(dirname "$0")/../lib.sh"
mkdir -p "$W/.git/hooks" "$W/.codex" "$W/sub/deep"
echo config >"$W/.git/config"
echo hook >"$W/.git/hooks/pre-commit"
echo rules >"$W/.codex/rules"
csb -- sh -c 'echo x >free && cat free'
is 'without links nothing is said' "$err" ''
ln "$W/.git/config" "$W/sub/deep/innocent"
ln "$W/.git/hooks/pre-commit" "$W/notes"
ln "$W/.codex/rules" "$W/sub/rules"
ln "$W/free" "$W/free2"
yes 'outside a link writes through' sh -c "echo config >'$W/sub/deep/innocent'"
for name in sub/deep/innocent notes sub/rules; do
  csb -- sh -c "echo evil >>$name"
  fails "$name: not written through"
  has "$name: because it is read-only" "$err" 'Read-only file system'
done
is 'and the files are as they were' \
  "$(cat "$W/.git/config" "$W/.git/hooks/pre-commit" "$W/.codex/rules" | tr '\n' ' ')" \
  'config hook rules '
csb -- sh -c 'mv notes elsewhere'
fails 'the other name stays where it is'
has 'it is said' "$err" '3 other names of protected files'
csb -- sh -c 'echo y >free2 && cat free'
is 'links of other files work' "$out" y
run env -C "$W" "$CSB" explain
has 'explain counts them' "$out" '3 other names of protected files'
has 'and lists them' "$out" "$W/sub/deep/innocent"
csb --hard-links refuse -- true
code_is 'refused by option' 125
has 'with the name of it' "$err" 'another name of a protected file'
rm "$W/sub/deep/innocent" "$W/notes" "$W/sub/rules"
csb --hard-links refuse -- true
works 'and not without links'
finish
