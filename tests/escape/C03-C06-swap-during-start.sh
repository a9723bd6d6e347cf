#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C3, C6, names that change between check and mount lead nowhere else.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
# A process outside exchanges a directory of the workspace with a symlink as
# fast as it can, while the sandbox starts again and again.  (Not what an option
# names: that is the caller's word, wherever its name leads.)
mkdir -p "$W/sub/.git/hooks" "$W/grant/deep" "$T/out/deep" "$T/out/.git/hooks"
echo outside >"$T/out/secret"
for victim in sub sub/.git; do
  ln -s "$T/out" "$W/swap"
  rm -f "$T/stop"
  python3 "$W/act" swap "$W/$victim" "$W/swap" "$T/stop" >"$T/count" &
  pid=$!
  ends $pid
  for engine in init bwrap; do
    bad=0 up=0 no=0
    # Each engine answers for itself only.
    rm -f "$T"/out/new* "$T/out/deep/new" "$T/out/.git/hooks/h"
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
      csb --mount-engine $engine -w "$W/grant" -- sh -c 'echo up
        echo x >"$1/out/new$2"; echo x >"$1/out/deep/new"; echo x >"$1/out/.git/hooks/h"' sh "$T" $i
      case $code in 125) no=$((no + 1)) ;; *) up=$((up + 1)) ;; esac
      [ -z "$(find "$T/out" -newer "$W/act" -type f ! -name secret)" ] || bad=$((bad + 1))
    done
    is "$victim exchanged with a link ($engine): nothing written outside ($up ran, $no refused)" $bad 0
  done
  : >"$T/stop"
  wait $pid
  yes "$victim: it was exchanged all the while" test "$(cat "$T/count")" -gt 100
  # As it was.
  [ ! -L "$W/$victim" ] || { rm "$W/$victim" && mv "$W/swap" "$W/$victim"; }
  rm -f "$W/swap"
done
rm -f "$T/out/x"
csb -w "$T/out" -- sh -c "echo x >'$T/out/x'"
works 'granted by name and still, it is written'
finish
