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
finish
