#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: A12, A13, no helper is looked up in PATH, the workspace or by the environment.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir "$W/bin"
for name in bwrap codex-sandbox-launch codex-sandbox-init true sh env mount setpriv newuidmap rg socat git; do
  printf '#!/bin/sh\necho owned >>"%s/owned"\nexit 0\n' "$T" >"$W/bin/$name"
  chmod 755 "$W/bin/$name"
  cp "$W/bin/$name" "$W/$name"
done
PATH=$W/bin "$W/bin/bwrap"
yes 'outside a planted program is run by name' test -s "$T/owned"
rm "$T/owned"
for place in "$W/bin:$PATH" "$W/bin" ':.' ''; do
  (cd "$W" && PATH=$place exec "$CSB" exec -- /bin/echo up) >"$T/got" 2>&1
  is "PATH=$place: the sandbox runs" "$(cat "$T/got")" up
  (cd "$W" && PATH=$place exec "$CSB" explain -- /bin/echo up) >/dev/null 2>&1
  (cd "$W" && PATH=$place exec "$CSB" doctor) >/dev/null 2>&1
  no "PATH=$place: nothing planted was run" test -e "$T/owned"
done
mkdir "$W/prog"
ln -s "$CSB" "$W/prog/codex-sandbox"
cp "$W/bin/bwrap" "$W/prog/codex-sandbox-init"
cp "$W/bin/bwrap" "$W/prog/codex-sandbox-launch"
run "$W/prog/codex-sandbox" exec -C "$W" -- /bin/echo up
no 'started by a symlink: helpers beside the link are not taken' test -e "$T/owned"
finish
