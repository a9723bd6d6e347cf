#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A19, A20, many paths are not cut, odd ones inject no record.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
python3 - "$T" <<'PY'
import os, sys
for i in range(900):
    os.makedirs("%s/many/%04d" % (sys.argv[1], i))
    open("%s/many/%04d/f" % (sys.argv[1], i), "w").write("s")
PY
set -- 
i=0
while [ $i -lt 900 ]; do
  set -- "$@" -d "$T/many/$(printf %04d $i)"
  i=$((i + 1))
done
for engine in init bwrap; do
  csb --mount-engine $engine "$@" -- sh -c "cat '$T'/many/*/f 2>/dev/null | wc -c"
  case $code in
  0) is "900 denied: every one of them ($engine)" "$out" 0 ;;
  *) refused "900 denied: or none runs ($engine)" 125 '' ;;
  esac
done
csb -d "$T/many/**/f" -- sh -c "cat '$T'/many/*/f 2>/dev/null | wc -c"
case $code in
0) is 'the same by a pattern' "$out" 0 ;;
*) refused 'the same by a pattern, or none runs' 125 '' ;;
esac
csb -- sh -c "cat '$T'/many/*/f | wc -c"
is 'without a rule all are read' "$out" 900
csb "$@" "$@" -- true
refused 'more options than are taken: refused, not cut' 2 'more than'
# One path whose bytes would be records, options or fields elsewhere.
nl=$(printf 'a\n--bind\nb\nc')
mkdir "$T/$nl" "$T/a"
for name in "$nl" 'a --bind b c' '%s%n' "$(printf 'x\\040y')" 'q\012z' "$(printf 'tab\there')"; do
  mkdir -p "$T/$name"
  echo s >"$T/$name/f"
  csb -d "$T/$name" -- cat "$T/$name/f"
  fails 'an odd path is denied as it is'
  csb -w "$T/$name" -- sh -c 'echo new >"$1/f"' sh "$T/$name"
  works 'and granted as it is'
  csb -w "$T/$name" --mount-engine bwrap -- sh -c 'echo new >"$1/f"; echo x >"$2"' sh "$T/$name" "$T/a/f"
  fails 'and grants nothing else'
done
finish
