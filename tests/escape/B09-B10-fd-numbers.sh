#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B9, B10, no descriptor number comes from the environment, and 0 is not unset.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
INIT=$(dirname "$CSB")/codex-sandbox-init
LAUNCH=$(dirname "$CSB")/codex-sandbox-launch
echo 'not a plan' >"$T/plan"
for program in "$LAUNCH" "$INIT"; do
  run "$program" 3<"$T/plan"
  code_is "${program##*/}: a file at 3 is no plan" 125
  run sh -c 'exec "$1" 3</dev/zero' sh "$program"
  code_is "${program##*/}: nor is /dev/zero" 125
  run sh -c 'exec "$1" 3<&0' sh "$program"
  code_is "${program##*/}: nor stdin" 125
  cat >"$T/unsealed.py" <<'PY'
import os, sys
fd = os.memfd_create("plan", os.MFD_ALLOW_SEALING)
os.write(fd, b"\0" * 65536)
os.dup2(fd, 3, inheritable=True)
os.execv(sys.argv[1], sys.argv[1:])
PY
  run python3 "$T/unsealed.py" "$program"
  code_is "${program##*/}: nor a memory file without seals" 125
done
run env CODEX_SANDBOX_PLAN_FD=0 CODEX_SANDBOX_CONTROL_FD=0 INGRESS_LISTENER_FD=0 LISTEN_FDS=3 LISTEN_PID=1 NOTIFY_SOCKET="$T/n" \
  "$CSB" exec -C "$W" -- sh -c 'ls /proc/self/fd | wc -l; env'
hasnt 'numbers in the environment do not reach the command' "$out" _FD=
run "$CSB" exec -C "$W" -- echo up
is 'a plan of ours is one' "$out" up
finish
