#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: E1, E2, nothing is typed into the caller's terminal.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo 'exit 1' >"$T/scene"
on_tty() { # on_tty CMD... -- with a terminal of its own; CMD has to end with 1
  run "$TOOLS/ptyrun" "$T/scene" -- "$@"
}
for words in '' '--no-tty' '--net full' '--sandbox read-only' '--sandbox external-sandbox' '--mount-engine bwrap'; do
  # shellcheck disable=SC2086 # words
  on_tty "$CSB" exec -C "$W" $words -- $act ioctl 0x5412
  has "TIOCSTI ($words)" "$out$err" EPERM
  # shellcheck disable=SC2086 # words
  on_tty "$CSB" exec -C "$W" $words -- $act ioctl 0x541c
  has "TIOCLINUX ($words)" "$out$err" EPERM
done
on_tty python3 "$W/act" ioctl 0x541c
has 'outside the pty itself does not know TIOCLINUX' "$out" ENOTTY
on_tty "$CSB" exec -C "$W" --no-tty -- sh -c 'exec 3<>/dev/tty'
has 'with the caller'"'"'s terminal there is no controlling one' "$out" 'No such device'
finish
