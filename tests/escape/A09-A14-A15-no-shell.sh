#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A9, A14, A15, no string is split and no shell is asked: any byte goes.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
n=0
for word in 'a b' '--' '-' 'a;id' '$(id)' '`id`' 'x|y' 'a&b' '*' '~' "it's" '"' '\' \
  "$(printf 'a\nb')" "$(printf 'a\tb')" "$(printf 'x\r')" '%s%n%x' "$(printf '\377\376')" "$(printf '\033]0;x\007')"; do
  n=$((n + 1))
  csb -- printf '<%s>' "$word"
  is "argument $n arrives as it is" "$out" "<$word>"
  mkdir -p "$W/dir/$word" 2>/dev/null || continue
  csb -w "$W/dir/$word" -- true
  works "argument $n as the path of an option"
done
mkdir "$T/x ; touch owned ; y"
csb -w "$T/x ; touch owned ; y" --chdir "$W" -- sh -c 'echo x >"$1/f"' sh "$T/x ; touch owned ; y"
works 'a path of shell words is a path'
yes 'it was written' test -s "$T/x ; touch owned ; y/f"
no 'and nothing was run' test -e "$W/owned"
run env EDITOR='vi -- /etc/passwd' VISUAL='x -- y' PAGER='touch owned' "$CSB" exec -C "$W" -- true
works 'EDITOR, VISUAL, PAGER are nothing to us'
csb -e 'A=b c -- d' -- sh -c 'echo "$A"'
is 'a value is not split' "$out" 'b c -- d'
csb -- "$(printf 'no\nsuch\033[2Jprogram')"
code_is 'a program of odd bytes is not found' 127
hasnt 'and its bytes do not reach the terminal' "$err" "$(printf '\033')"
is 'and the message is one line' "$(printf '%s\n' "$err" | wc -l)" 1
finish
