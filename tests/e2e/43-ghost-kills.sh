#!/bin/sh
# shellcheck disable=SC2010,SC2115 # names of our own making
# Goal of this test: whatever of a run is killed with SIGKILL, and whenever, the
# workspace is as it was: at once with an overlay, after the next start with
# placeholders; and a run beside it keeps its protection.  KILLS: how many.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
KILLS=${KILLS:-500}
SEED=${SEED:-$$}
XDG_STATE_HOME=$TEST_DIR/state
mkdir -m 700 "$XDG_STATE_HOME"
export XDG_STATE_HOME
names='.git .agents .codex .aws'

tree() {
  python3 "$TEST_TREE/tests/e2e/tree.py" "$W"
}
left() {
  ls "$XDG_STATE_HOME/codex-sandbox" 2>/dev/null | grep -v '^lock$'
}
ghosts() {
  for ghost in $names; do
    [ ! -e "$W/$ghost" ] || printf '%s ' "$ghost"
  done
}

mkdir -p "$W/src/deep" "$W/.vscode"
echo one >"$W/src/deep/file"
chmod 640 "$W/src/deep/file"
mkfifo "$W/pipe"
ln -s src "$W/link"
python3 -c 'import os, sys
try:
    os.setxattr(sys.argv[1], "user.mark", b"x")
except OSError:
    pass' "$W/src"
tree >"$T/before"
# What hostile commands do all the time, and stays inside.
cat >"$T/attack" <<'SH'
while :; do
  for n in .git .agents .codex .aws; do
    mkdir $n; echo x >$n/config; mv $n $n.x; rmdir $n; ln -s src $n
  done
done 2>/dev/null
SH

note "seed $SEED"
run python3 "$TEST_TREE/tests/e2e/kills.py" "$KILLS" "$SEED" any \
  "$CSB" exec -C "$W" -r "$T" --guard overlay --timeout 30ms -- sh "$T/attack"
note "overlay: $out"
works "overlay: $KILLS runs, one process of each killed at a random moment"
is 'overlay: the workspace is as it was' "$(tree)" "$(cat "$T/before")"
csb --guard overlay -- true
works 'overlay: the next start works'
is 'overlay: and leaves nothing in our own place' "$(left)" ''

for engine in init bwrap; do
  run python3 "$TEST_TREE/tests/e2e/kills.py" $((KILLS / 5)) "$SEED" any \
    "$CSB" exec -C "$W" -r "$T" --guard journal --mount-engine $engine --timeout 30ms -- sh "$T/attack"
  note "placeholders, $engine: $out"
  works "placeholders, $engine: $((KILLS / 5)) runs, one process of each killed"
  # Anybody's next start: another workspace, another way of guarding.
  run "$CSB" exec -C "$T" -- true
  works "placeholders, $engine: a start elsewhere"
  is "placeholders, $engine: the workspace is as it was" "$(tree)" "$(cat "$T/before")"
  is "placeholders, $engine: nothing is left in our own place" "$(left)" ''
done

# --- two runs in one workspace ---------------------------------------------------
# hold NAME OPTION... -- a run that waits for words on $T/NAME.in: each is a
# command line, whose status it prints; its front end is $T/NAME.pid
hold() {
  name=$1
  shift
  mkfifo "$T/$name.in"
  : >"$T/$name.out"
  "$CSB" exec -C "$W" "$@" -- sh -c 'echo ready
    while read -r line; do eval "$line" 2>/dev/null; echo "status $?"; done' \
    <"$T/$name.in" >"$T/$name.out" 2>/dev/null &
  echo $! >"$T/$name.pid"
  ends $!
}
say() { # say FD NAME WORDS -- and wait for the status
  lines=$(wc -l <"$T/$2.out")
  echo "$3" >&"$1"
  wait_for 10 sh -c '[ "$(wc -l <"$1")" -gt "$2" ]' sh "$T/$2.out" "$lines"
  answer=$(tail -1 "$T/$2.out")
}
over() { # over NAME -- its processes are gone
  wait "$(cat "$T/$1.pid")" 2>/dev/null
  rm -f "$T/$1.in" "$T/$1.pid"
}
mkdir_all='for n in .git .agents .codex .aws; do mkdir $n && break; done'

for pair in 'overlay overlay' 'journal journal' 'overlay journal' 'journal overlay'; do
  a=${pair% *} b=${pair#* }
  for victim in front init; do
    hold a --guard "$a"
    exec 7>"$T/a.in"
    wait_for 10 test -s "$T/a.out"
    hold b --guard "$b"
    exec 8>"$T/b.in"
    wait_for 10 test -s "$T/b.out"
    pid=$(cat "$T/a.pid")
    below=$(descendants "$pid")
    # init is the second below the front end: bwrap, then it
    [ $victim = front ] || pid=$(echo "$below" | sed -n 2p)
    say 7 a "$mkdir_all"
    is "$a beside $b: the first holds" "$answer" 'status 1'
    kill -9 "$pid"
    # shellcheck disable=SC2086 # a list of numbers
    wait_for 10 all_gone $below
    over a
    exec 7>&-
    say 8 b "$mkdir_all"
    is "$a beside $b, $victim of the first killed: the second holds" "$answer" 'status 1'
    csb --guard "$b" -- true
    works "$a beside $b: a third comes and goes"
    say 8 b "$mkdir_all"
    is "$a beside $b: the second still holds" "$answer" 'status 1'
    [ "$b" = overlay ] ||
      is "$a beside $b: its placeholders are still there" "$(ghosts)" '.git .agents .codex .aws '
    exec 8>&-
    over b
    # After an ordinary end nothing waits for the next start.
    is "$a beside $b, $victim killed: nothing is left behind the second" "$(ghosts)" ''
    is "$a beside $b: nor in our own place" "$(left)" ''
  done
done

# The last one takes the placeholders of the first away, which ended before it.
hold a --guard journal
exec 7>"$T/a.in"
wait_for 10 test -s "$T/a.out"
hold b --guard journal
exec 8>"$T/b.in"
wait_for 10 test -s "$T/b.out"
exec 7>&-
over a
is 'the first ends: the placeholders stay for the second' "$(ghosts)" '.git .agents .codex .aws '
say 8 b "$mkdir_all"
is 'and it holds' "$answer" 'status 1'
exec 8>&-
over b
is 'the second ends: they are gone' "$(ghosts)" ''

# What somebody made out of a placeholder is his.
hold a --guard journal
exec 7>"$T/a.in"
wait_for 10 test -s "$T/a.out"
chmod 755 "$W/.codex"
echo mine >"$W/.codex/config.toml"
rmdir "$W/.aws" && mkdir "$W/.aws"
chmod 755 "$W/.agents"
exec 7>&-
over a
is 'what was put into a placeholder stays' "$(cat "$W/.codex/config.toml")" mine
yes 'what took its place stays' test -d "$W/.aws"
yes 'what was made another thing stays' test -d "$W/.agents"
no 'what nobody touched is gone' test -e "$W/.git"
rm -rf "$W/.codex" "$W/.aws" "$W/.agents"
mkdir "$W/.codex"
chmod 555 "$W/.codex"
csb --guard journal -- true
works 'an empty directory of that mode'
yes 'that was there before stays' test -d "$W/.codex"
rmdir "$W/.codex"

run sh -c 'umask 777; exec "$1" exec -C "$2" --guard journal -- sh -c "mkdir .git || mkdir x"' sh "$CSB" "$W"
is 'an odd umask' "$code $(ls -d "$W/x" "$W/.git" 2>/dev/null)" "0 $W/x"
rmdir "$W/x"
is 'an odd umask: nothing is left' "$(left)" ''

# A journal that somebody wrote: only what looks like a placeholder goes.
mkdir "$T/full" "$T/plain"
: >"$T/full/x"
echo text >"$T/file"
chmod 444 "$T/file"
python3 - "$XDG_STATE_HOME/codex-sandbox/ghost-0123456789abcdef" "$T" <<'PY'
import os, sys
st = os.stat(sys.argv[2])
out = b"codex-sandbox placeholders 1 0\n"
for kind, name in ("d", "full"), ("d", "plain"), ("f", "file"), ("d", "../ws"), ("d", ".."):
    path = sys.argv[2] + "/" + name
    out += ("%s %016x %016x %016x %016x %s" %
            (kind, 0, st.st_ino, st.st_dev, 0, path)).encode() + b"\0\n"
open(sys.argv[1], "wb").write(out + b"rubbish")
open(sys.argv[1][:-1] + "0", "wb").write(b"rubbish")
PY
csb -- true
works 'a forged journal'
yes 'takes no full directory' test -e "$T/full/x"
yes 'no directory of another mode' test -d "$T/plain"
is 'and no file' "$(cat "$T/file")" text

is 'the workspace is as it was at the end' "$(tree)" "$(cat "$T/before")"
finish
