#!/bin/sh
# Goal of this test: the manual and --help speak of the same options.
. "$(dirname "$0")/../lib.sh"
man=$TEST_TREE/packaging/man/codex-sandbox.1
[ -e "$man" ] || skip_all 'there is no manual page yet'
options() {
  sed 's/\\-/-/g' | grep -oE -e '--[a-z][a-z-]+' | sort -u
}
"$CSB" exec --help | options >"$T/help"
"$CSB" explain --help | options >>"$T/help"
"$CSB" doctor --help | options >>"$T/help"
options <"$man" >"$T/man"
is 'every option of --help is in the manual' \
  "$(sort -u "$T/help" | comm -23 - "$T/man" | tr '\n' ' ')" ''
no 'the manual holds a path of the build' grep -q "$TEST_TREE" "$man"
finish
