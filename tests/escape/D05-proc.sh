#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: D5, /proc is the sandbox's own or nothing runs.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
cd "$W" || exit 1
csb -- sh -c 'ls -d /proc/[0-9]* | wc -l; cat /proc/1/comm; stat -f -c %T /proc'
has 'it shows the sandbox only' "$out" codex
yes 'a handful of processes' test "${out%%
*}" -le 6
yes 'outside there are more' test "$(ls -d /proc/[0-9]* | wc -l)" -gt 6
# Where /proc is covered, a fresh one cannot be mounted in a user namespace.
for engine in init bwrap; do
  run unshare -Urm sh -c 'mount -t tmpfs none /proc/sys/kernel && exec "$@"' sh \
    "$CSB" exec -C "$W" --mount-engine $engine -- sh -c 'echo up; ls -d /proc/[0-9]* | wc -l'
  case $code in
  125) has "a /proc that is masked by the host: refused by name ($engine)" "$err" proc ;;
  *) yes "a /proc that is masked by the host: or an own one ($engine)" test "${out##*
}" -le 6 ;;
  esac
  run unshare -Urm sh -c 'mount -t tmpfs none /proc && exec "$@"' sh \
    "$CSB" exec -C "$W" --mount-engine $engine -- sh -c 'echo up; cat /etc/shadow'
  code_is "no /proc at all: refused ($engine)" 125
  is "and nothing ran ($engine)" "$out" ''
done
yes 'the stand-in can mount' unshare -Urm mount -t tmpfs none /proc/sys/kernel

# Of bwrap's outer process, which has our uid and no more rights than we, Landlock
# alone keeps the root away: that is the host's tree.
echo old >"$T/outside"
cat >"$W/climb" <<'EOP'
#!/bin/sh
# climb PROCFS FILE: write FILE by way of the root of any process; what came of it
seen=0
for p in "$1"/[0-9]*; do
  [ "$(cat "$p/comm" 2>/dev/null)" = bwrap ] || continue
  seen=1
  (echo new >"$p/root$2") 2>/dev/null && echo climbed
done
echo "seen $seen"
EOP
chmod 755 "$W/climb"
X=$B/broken/codex-sandbox
run "$CSB" explain
case $out in
*'landlock     ABI 1,'* | *'landlock     not in'*) has_landlock=no ;;
*) has_landlock=yes ;;
esac
if [ $has_landlock = yes ]; then
  csb --proc host -- ./climb /proc "$T/outside"
  is 'by the root of bwrap nobody climbs out' "$out" 'seen 1'
  if [ -x "$X" ]; then
    run "$X" exec -C "$W" -e CSB_BREAK=landlock,canaries --proc host -- ./climb /proc "$T/outside"
    has 'but for Landlock one would' "$out" climbed
    is 'that far' "$(cat "$T/outside")" new
  fi
fi
bare() { run "$TOOLS/without" landlock_create_ruleset "$CSB" exec -C "$W" "$@"; }
bare -- echo ran
is 'without Landlock the cage works' "$out$code" ran0
bare --proc none -- echo ran
is 'and without a /proc' "$out$code" ran0
for engine in init bwrap; do
  bare --mount-engine $engine --proc host -- echo ran
  refused "$engine: without Landlock there is no /proc of the host" 125 '--proc host: needs Landlock'
done
# A second procfs, as in a chroot, is one as well.
echo old >"$T/outside"
mkdir -p "$T/chroot/proc"
chrooted() { # chrooted CMD... -- in a mount namespace with a second procfs of this PID namespace
  run unshare -Urm --propagation private sh -c 'mount --rbind /proc "$1" && shift && exec "$@"' sh \
    "$T/chroot/proc" "$@"
}
chrooted true
if [ "$code" = 0 ]; then
  chrooted "$TOOLS/without" landlock_create_ruleset "$CSB" exec -C "$W" -- \
    sh -c 'ls -A "$1" | wc -l; ./climb "$1" "$2"' sh "$T/chroot/proc" "$T/outside"
  is 'without Landlock a second procfs is masked' "$out" '0
seen 0'
  chrooted "$CSB" exec -C "$W" -- ./climb "$T/chroot/proc" "$T/outside"
  [ $has_landlock = no ] || is 'with it, it shows processes and leads nowhere' "$out" 'seen 1'
  is 'nothing was written' "$(cat "$T/outside")" old
else
  skip 'a second procfs' 'no mounts in a user namespace here'
fi
finish
