#!/bin/sh
# Goal of this test: E4, what a terminal answers to the command is read by the command
# and not, as if it had been typed, by the shell outside; nor does anything that we
# print ourselves make a terminal answer (E03-E06-words.sh).
. "$(dirname "$0")/../lib.sh"
have bash || skip_all 'bash is not installed'
# The scene plays the terminal: to a question (ESC [ c) it answers with what would
# be a command line.
cat >"$T/scene" <<EOP
expect begin>
send "$CSB" exec -C "$W" -- sh "$W/ask"; echo end=\$?\n
expect \e[c
send touch $T/typed; touch typed\n
expect got: touch $T/typed; touch typed
expect end=7
send echo ali""ve\n
expect alive
send exit\n
exit 0
EOP
cat >"$W/ask" <<'EOP'
printf '\033[c'
read -r answer
echo "got: $answer"
exit 7
EOP
(cd "$T" && PS1='begin> ' run "$TOOLS/ptyrun" "$T/scene" -- bash --norc --noprofile -i
  echo "$code" >"$T/code"
  cat "$test_log/err")
is 'the command reads the answer' "$(cat "$T/code")" 0
no 'the shell does not' test -e "$T/typed"
no 'nor does the command run it' test -e "$W/typed"
# Where the terminal is the command's own to read there is nobody between: the same
# question, asked by a program that does not read, is answered to the shell.
cat >"$T/scene" <<EOP
expect begin>
send sh "$T/ask"\n
expect \e[c
send touch $T/typed; echo do""ne\n
expect done
send exit\n
exit 0
EOP
printf "printf '\\033[c'\n" >"$T/ask"
(cd "$T" && PS1='begin> ' run "$TOOLS/ptyrun" "$T/scene" -- bash --norc --noprofile -i)
yes 'without us it would' test -e "$T/typed"
finish
