#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: E3, E6, bytes of others act on no terminal: messages, explain, doctor.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
python3 - "$T/words" <<'PY'
import sys
words = [b"\x1b]0;owned\x07", b"\x1b[2J", b"\r\x1b[A ok", b"a\nb", b"\x9b31m",
         b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xc2\x9b2J", b"\xff\xfe", b"\x7f", b"\x08\x08",
         b"\xf3\xa0\x81\x81", b"\xe2\x81\xa6", b"\xef\xbb\xbf", b"\xe2\x80\xa8"]
for i, w in enumerate(words):
    open("%s.%02d" % (sys.argv[1], i), "wb").write(w + b"x")
PY
for file in "$T"/words.*; do
  word=$(cat "$file")
  n=${file##*.}
  mkdir -p "$T/$word" "$W/$word"
  for words in "exec -C $W -w" "exec -C $W -d" "explain -C $W -w" "explain -C $W -d"; do
    # shellcheck disable=SC2086 # words
    run "$CSB" $words "$T/$word/missing" -- true
    # shellcheck disable=SC2086 # words
    (run "$CSB" $words "$T/$word" -- true; printf '%s%s' "$out" "$err") >"$T/said"
    printf '%s' "$err" >>"$T/said"
    is "word $n: ${words%% *}${words##*"$W"}" "$(LC_ALL=C tr -d '\n\t -~' <"$T/said" | wc -c)" 0
  done
  run "$CSB" exec -C "$W" -- "$word"
  is "word $n: as a program" "$(printf '%s' "$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
  run "$CSB" exec -C "$W/$word/x" -- true
  is "word $n: as a workspace" "$(printf '%s' "$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
  run "$CSB" "--$word"
  is "word $n: as an option" "$(printf '%s' "$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
  run "$CSB" explain -C "$W" -- "$word" "$word"
  is "word $n: as a command that is shown" "$(printf '%s' "$out$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
  run "$CSB" explain -C "$W/$word" --json -- "$word"
  is "word $n: in JSON" "$(printf '%s' "$out$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
  run "$CSB" exec -C "$W" -p "{\"type\":\"$word\"}" -- true
  is "word $n: in a policy" "$(printf '%s' "$err" | LC_ALL=C tr -d '\n -~' | wc -c)" 0
done
long=$(printf 'y%.0s' $(seq 3000))
run "$CSB" explain -C "$W" -- echo "$long" end
has 'a long command is shown to its end, or says what it hides' "$out" end
finish
