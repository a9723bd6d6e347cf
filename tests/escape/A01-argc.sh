#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A1, an argument vector of none: argv[1] is not the environment.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
INIT=$(dirname "$CSB")/codex-sandbox-init
LAUNCH=$(dirname "$CSB")/codex-sandbox-launch
cd "$W" || exit 1
for program in "$CSB" "$LAUNCH" "$INIT"; do
  run $act argv "$program"
  code_is "${program##*/}: no argument at all is status 125 or 2" "$(case $code in 2) echo 2 ;; *) echo 125 ;; esac)"
  run $act noargv "$program"
  code_is "${program##*/}: argv and envp NULL too" "$(case $code in 2) echo 2 ;; *) echo 125 ;; esac)"
  hasnt "${program##*/}: and nothing of the environment is shown" "$out$err" PATH
done
run $act argv "$CSB" codex-sandbox --version
works 'with arguments it answers'
run $act argv "$CSB" codex-sandbox exec '' x
code_is 'an empty word is no command' 127
finish
