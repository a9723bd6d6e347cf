#!/bin/sh
# Goal of this test: B5, B7: a caller may kill the launcher or its child, who are
# his, whenever he likes: at each of their system calls the command does not run
# and one line says so, or it runs in the full cage; and nobody is left.
. "$(dirname "$0")/setuid.sh"
installed world
# Every third of some 450, which is every kind of moment.
ran=0 refused=0 odd="" n=0
while n=$((n + 3)); do
  run "$TOOLS/stops" -k $n $U "$P/forbid" $U "$CSB" exec -C "$W" -- ./probe caps
  case $code/$out/$(echo "$err" | wc -l)/$err in
  77/*) break ;;
  "0/$none/1/") ran=$((ran + 1)) ;;
  125//1/codex-sandbox:*\;*) refused=$((refused + 1)) ;;
  *) odd="$odd
stop $n: $(told)" ;;
  esac
  [ $n -lt 1000 ] || break
done
note "$n stops: $ran in the full cage, $refused refused"
is 'killed at each stop: the full cage, or one line' "$odd" ''
yes 'it was killed early enough' test $refused -gt 20
is 'killed at none: the full cage' "$code/$out" "77/$none"
yes 'nobody is left' wait_for 20 sh -c "! pgrep -u $U"
finish
