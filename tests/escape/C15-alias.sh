#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C15, a second mount of the same directory shows nothing that is denied.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo s >"$T/f"
mkdir "$T/deny" "$W/alias"
echo secret >"$T/deny/f"
unshare -Urm true 2>/dev/null || skip_all 'no user namespace to mount in'
# The alias is made in a namespace of its own; the sandbox inside it has a
# nested one, so the host must allow that.
cat >"$T/go" <<'SH'
mount --bind "$2/deny" "$3/alias" || exit 77
cat "$3/alias/f" >"$2/seen"
exec "$1" exec -C "$3" --deny "$2/deny" -- cat "$3/alias/f"
SH
run unshare -Urm sh "$T/go" "$CSB" "$T" "$W"
is 'outside the alias shows the file' "$(cat "$T/seen" 2>&1)" secret
if [ "$code" = 0 ] && [ "$out" = secret ]; then
  # By its path only: SECURITY.md promises that and no more.
  yes 'read by the alias: a limit, and stated' grep -q 'read what `explain` calls denied, by the path that was denied' "$TEST_TREE/SECURITY.md"
else
  hasnt 'the alias is denied too' "$out" secret
fi
finish
