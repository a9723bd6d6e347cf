#!/bin/sh
# Goal of this test: a grant that follows a symlink which a command could have
# planted in an earlier run is never silent.
. "$(dirname "$0")/../lib.sh"
csb -- ln -s "$T" grant
works 'one run plants a link'
csb -w grant -- true
works 'the next one follows it, as a path that a person names'
has 'and says so' "$err" "follows the symlink $W/grant out of a writable directory"
csb -w "$T" -- sh -c "echo meant >'$T/f'"
works 'the place itself can be named'
hasnt 'without a word' "$err" note:
mkdir "$W/inner"
ln -s inner "$W/alias"
csb -w alias -- sh -c 'echo x >alias/f && cat inner/f'
is 'a link that stays inside is no matter' "$out" x
hasnt 'and not worth a word' "$err" note:
ln -s "$T" "$TEST_DIR/beside"
csb -w "$TEST_DIR/beside" -- sh -c "echo x >'$T/g'"
works 'nor is one that the command could not make'
hasnt 'nor that one' "$err" note:
finish
