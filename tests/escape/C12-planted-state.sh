#!/bin/sh
# Goal of this test: C12, what a command writes where we keep our state makes the
# next start change nothing but that.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
XDG_STATE_HOME=$W/state
export XDG_STATE_HOME
mkdir "$W/state"
echo keep >"$T/file"
chmod 640 "$T/file"
: >"$T/marker"
printf '.\n' >"$T/text"
chmod 444 "$T/marker" "$T/text"
mkdir "$T/dir"
chmod 555 "$T/dir"
cat >"$W/plant.py" <<'PY'
import os, sys
place, top = "state/codex-sandbox", sys.argv[1]
os.mkdir(place, 0o700)
os.mkdir(place + "/run-0123456789abcdef", 0o700)
os.symlink(top + "/file", place + "/run-0123456789abcdef/work")
parent = os.stat(top)
names = {"marker": "f", "text": "f", "dir": "d"}
text = b"codex-sandbox placeholders 1 0\n"
for name, kind in names.items():
    for ino in 0, os.stat(f"{top}/{name}").st_ino:
        text += b"%s %016x %016x %016x %016x %s\0\n" % (
            kind.encode(), ino, parent.st_ino, parent.st_dev, 0,
            f"{top}/{name}".encode())
with open(place + "/ghost-0123456789abcdef", "wb") as f:
    f.write(text)
PY
csb --no-protect all -- python3 plant.py "$T"
works 'a command may plant where there is nothing of ours yet'
csb -- true
works 'the next start'
is 'a planted link leads it to no file of the user' \
  "$(stat -c %a "$T/file")" 640
for name in marker text dir; do
  yes "a forged record does not remove: $name" test -e "$T/$name"
done
no 'what was planted is taken away' \
  test -e "$W/state/codex-sandbox/run-0123456789abcdef"
no 'the record, too' test -e "$W/state/codex-sandbox/ghost-0123456789abcdef"
csb -- ls state/codex-sandbox
fails 'and now the place is shut'
has 'with that reason' "$err" 'Permission denied'

# A real one is still removed by the next start: killed with its placeholder.
mkfifo "$W/up"
"$CSB" exec -C "$W" --guard journal -- sh -c 'echo >up; sleep 60' &
ends $!
pid=$!
read -r _ <"$W/up"
yes 'during a run its placeholder is there' test -d "$W/.codex"
kill -9 "$pid"
wait "$pid" 2>/dev/null
csb -- true
no 'the next start removes what a killed run left' test -e "$W/.codex"
finish
