#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C4, no parent of a protected or denied path can be renamed away.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
fresh() {
  chmod -R u+rwX "$W" 2>/dev/null
  rm -rf "$W/a" "$W/b"
  mkdir -p "$W/a/b/.git/hooks" "$W/a/keep" "$W/a/secret" "$W/a/plain"
  echo old >"$W/a/b/.git/config"
  echo s >"$W/a/secret/f"
}
for engine in init bwrap; do
  for options in '' '--keep-background' '--net full'; do
    fresh
    # shellcheck disable=SC2086 # words
    csb --mount-engine $engine $options -d "$W/a/secret" --ro "$W/a/keep" -- sh -c '
      mv a/b/.git a/b/gone; mv a/b a/gone; mv a gone
      mkdir -p a/b/.git/hooks; echo evil >a/b/.git/hooks/pre-commit; echo evil >a/b/.git/config'
    has "mv of the parents: busy ($engine$options)" "$err" 'busy'
    no "no hook was made ($engine$options)" test -e "$W/a/b/.git/hooks/pre-commit"
    is "config is what it was ($engine$options)" "$(cat "$W/a/b/.git/config")" old
  done
  fresh
  csb --mount-engine $engine -d "$W/a/secret" -- sh -c 'mkdir x; python3 -c "
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
rc = libc.renameat2(-100, b\"a\", -100, b\"x\", 2)
print(rc, errno.errorcode.get(ctypes.get_errno()))"; cat x/secret/f a/secret/f'
  hasnt "RENAME_EXCHANGE shows no secret ($engine)" "$out" s0
  has "and is refused ($engine)" "$out" '-1 EBUSY'
  rmdir "$W/x"
  csb --mount-engine $engine -d "$W/a/secret" -- sh -c 'mv a/plain a/other && mv a/other a/plain'
  works "a sibling is renamed ($engine)"
done
fresh
yes 'outside the same rename works' mv "$W/a" "$W/gone"
rm -rf "$W/gone"
finish
