#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A22, we start no pager, editor or browser, whatever the environment says.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
printf '#!/bin/sh\necho owned >>"%s/owned"\ncat\n' "$T" >"$T/tool"
chmod 755 "$T/tool"
export PAGER="$T/tool" EDITOR="$T/tool" VISUAL="$T/tool" BROWSER="$T/tool" \
  LESSOPEN="|$T/tool %s" MANPAGER="$T/tool" SHELL="$T/tool"
"$PAGER" </dev/null
yes 'the tool leaves a mark' test -s "$T/owned"
rm "$T/owned"
echo 'exit 0' >"$T/scene"
for words in --help --version doctor 'explain -- true' 'exec --help' 'config check' 'exec -- true'; do
  # shellcheck disable=SC2086 # words
  (cd "$W" && "$TOOLS/ptyrun" "$T/scene" -- "$CSB" $words </dev/null >>"$T/out" 2>&1)
  no "$words: no tool was started" test -e "$T/owned"
done
yes 'they did run' test -s "$T/out"
finish
