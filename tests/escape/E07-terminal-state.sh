#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: E7, the terminal is as it was, however the run ends.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo 'exit 0' >"$T/scene"
cat >"$T/go" <<'SH'
stty -g >"$2/before"
"$1" exec -C "$3" -- sh -c "stty raw -echo 2>/dev/null; $4"
stty -g >"$2/after"
SH
for act in 'exit 3' 'kill -9 $$' 'kill -SEGV $$' 'printf "\033[?1049h"'; do
  run "$TOOLS/ptyrun" "$T/scene" -- sh "$T/go" "$CSB" "$T" "$W" "$act"
  is "after: $act" "$(cat "$T/after" 2>&1)" "$(cat "$T/before" 2>&1)"
done
run "$TOOLS/ptyrun" "$T/scene" -- sh -c 'stty -g >"$1/b"; stty raw -echo; stty -g >"$1/a"' sh "$T"
no 'without us the state would stay' cmp -s "$T/a" "$T/b"
finish
