#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A16, A17, a rule is about components, and its spelling does not matter.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir -p "$T/scratch" "$T/scratch2" "$T/hide" "$T/hide2"
csb -w "$T/scratch" -- sh -c "echo x >'$T/scratch/f'"
works 'the directory that was granted'
csb -w "$T/scratch" -- sh -c "echo x >'$T/scratch2/f'"
fails 'not one whose name only begins alike'
has 'as read-only' "$err" 'Read-only'
echo s >"$T/hide/f"
echo s >"$T/hide2/f"
for spelling in "$T/hide" "$T/hide/" "$T/hide//" "$T/./hide" "$T//hide" "$T/hide/." "$T/hide2/../hide"; do
  csb -d "$spelling" -- cat "$T/hide/f"
  case $code in
  2 | 125) ok "--deny ${spelling#"$T"}: an error, not ignored" ;;
  *) fails "--deny ${spelling#"$T"} holds" ;;
  esac
  csb -d "$spelling" -- cat "$T/hide2/f"
  case $code in
  2 | 125) ;;
  *) works "--deny ${spelling#"$T"}: not what begins alike" ;;
  esac
  csb -d "$T/hide" -- cat "$spelling/f"
  fails "and the command may spell ${spelling#"$T"} as it likes"
done
csb -d "$T/not-there" -- true
case $code in 0 | 125) ok 'what is not there: refused, or allowed to be absent' ;; *) not_ok 'what is not there' "$(told)" ;; esac
finish
