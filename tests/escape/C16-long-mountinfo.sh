#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C16, mount tables with long and odd lines are read whole.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
unshare -Urm true 2>/dev/null || skip_all 'no user namespace to mount in'
long=$(printf 'n%.0s' $(seq 250))
mkdir -p "$W/odd"
cat >"$T/go" <<'SH'
set -e
cd "$2/odd"
d=.
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
  d=$d/$3
  mkdir "$d"
done
cd "$2/odd/$3/$3/$3"
mkdir "sp ace" "new
line" 'back\slash' "tab	x"
for x in "sp ace" "new
line" 'back\slash' "tab	x"; do
  mount -t tmpfs none "$x"
done
cd "$2/odd/$3/$3/$3/$3/$3/$3/$3/$3/$3/$3/$3/$3/$3/$3"
mount -t tmpfs none .
awk 'length > m { m = length } END { print m }' /proc/self/mountinfo
cd "$2"
"$1" exec -s read-only -- sh -c 'cd "odd/$1/$1/$1" && for x in *; do echo x >"$x/f" && echo "WROTE $x"; done; cd "$1/$1/$1/$1/$1/$1/$1/$1/$1/$1/$1" && echo x >f && echo WROTE long; echo done' sh "$3"
SH
for engine in init bwrap; do
  sed "s/exec -s/exec --mount-engine $engine -s/" "$T/go" >"$T/go2"
  run unshare -Urm sh "$T/go2" "$CSB" "$W" "$long"
  rm -rf "$W/odd"
  mkdir "$W/odd"
  yes "a line of more than 3500 bytes is there ($engine)" test "${out%%
*}" -gt 3500
  case $code in
  125) ok "refused whole ($engine)" ;;
  *)
    hasnt "nothing below an odd mount is writable ($engine)" "$out" WROTE
    has "it ran ($engine)" "$out" 'done'
    ;;
  esac
done
finish
