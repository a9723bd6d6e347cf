#!/bin/sh
# Goal of this test: A1, a privileged launcher without an argument vector reads
# no environment in its place.
. "$(dirname "$0")/setuid.sh"
installed world
hostile 'with arguments' cage umask=022
# Linux 5.18 and newer make one empty word of none.
hostile 'without arguments, without an environment' cage no-arguments
run forbidden "$P/hostile" no-arguments -- "$LAUNCH"
refused 'by hand: it says what to run' 125 'codex-sandbox exec -- COMMAND'
run forbidden "$LAUNCH" x=y
refused 'by hand: a word is refused' 2 'usage: [--version]'
finish
