#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A21, double keys, depth, numbers and rubbish in a policy are errors.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
yes_p='{"type":"disabled"}'
for json in '{"type":"disabled","type":"disabled"}' '{"type":"managed","type":"disabled"}' \
  '{"type":"disabled"} x' '{"type":"disabled",}' '{"type":"disabled","x":1}' '[]' '""' '' '1' 'null' \
  '{"type":1e999}' '{"type":99999999999999999999999}' "$(printf '{"type":"dis\\u0000abled"}')" \
  "$(python3 -c 'print("["*100000)')" "$(python3 -c 'print("{\"a\":"*5000 + "1" + "}"*5000)')" \
  "$(printf '{"type":"\377"}')"; do
  csb -p "$json" -- true
  if [ "$code" = 2 ] || [ "$code" = 125 ]; then
    ok "refused: $(printf %.40s "$json" | tr -c 'a-z0-9{}:",\n' _)"
  else
    not_ok 'a policy that is none' "$(told)"
  fi
done
csb -p "$yes_p" -- true
works 'a right one is taken'
head -c 300000000 /dev/zero >"$T/huge.json" 2>/dev/null
csb -p "@$T/huge.json" -- true
case $code in 2 | 125) ok 'a file of 300 MB is refused' ;; *) not_ok 'huge' "$(told)" ;; esac
rm -f "$T/huge.json"
mkfifo "$T/fifo"
run timeout -k 1 10 "$CSB" exec -C "$W" -p "@$T/fifo" -- true
case $code in 2 | 125) ok 'a fifo is refused, and nobody waits' ;; *) not_ok 'a fifo instead of a policy' "$(told)" ;; esac
finish
