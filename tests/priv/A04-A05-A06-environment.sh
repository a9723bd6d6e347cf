#!/bin/sh
# Goal of this test: A4, A5, A6, B9: nothing in the environment of a privileged
# launcher does anything, neither by a loader nor by a C library nor by itself.
. "$(dirname "$0")/setuid.sh"
installed world
hostile 'all that loaders and C libraries read' cage environment
is 'no file was made' "$(ls "$W")" probe
run forbidden "$P/hostile" environment -- "$LAUNCH" --version
has 'nor does it speak' "$out" 'codex-sandbox-launch '
is 'with anything else' "$(echo "$out" | wc -l)$err" 1
# That these are read at all by a program with a loader:
run forbidden "$P/hostile" environment -- /bin/true
has 'control: a loader acts on them' "$out$err" 'nowhere.so'
finish
