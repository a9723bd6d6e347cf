#!/bin/sh
# shellcheck disable=SC2010,SC2115 # names of our own making
# Goal of this test: a protected name that does not exist cannot be made, by no
# call, and nothing of it is ever seen outside: with an overlay, with
# placeholders laid by init, and with placeholders laid by bwrap.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
# State of our own, on the same mount and out of the way.
XDG_STATE_HOME=$TEST_DIR/state
mkdir -m 700 "$XDG_STATE_HOME"
export XDG_STATE_HOME
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
names='.git .agents .codex .aws'

tree() {
  python3 "$TEST_TREE/tests/e2e/tree.py" "$1"
}

# left: what is in our state directory but its fixed files.
left() {
  ls "$XDG_STATE_HOME/codex-sandbox" 2>/dev/null | grep -v '^lock$'
}

# Every way to make a name, and to get rid of what stands in its place.
cat >"$T/ways.py" <<'PY'
import os, stat, sys
name, free = sys.argv[1:]
def no(what, act, *args):
    try:
        act(*args)
    except OSError:
        return
    print("%s %s" % (what, name))
def creat(path):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL))
os.mkdir("d-src")
creat("f-src")
os.mkdir("d-src/.git")
ways = [
    ("mkdir", os.mkdir, name),
    ("creat", creat, name),
    ("creat in", creat, name + "/config"),
    ("mkdir in", os.mkdir, name + "/hooks"),
    ("rename a directory to", os.rename, "d-src", name),
    ("rename a file to", os.rename, "f-src", name),
    ("rename into", os.rename, "f-src", name + "/f"),
    ("symlink", os.symlink, "d-src", name),
    ("hard link", os.link, "f-src", name),
    ("fifo", os.mkfifo, name),
    ("mknod", os.mknod, name, stat.S_IFREG | 0o600),
    ("rmdir", os.rmdir, name),
    ("rename away", os.rename, name, name + ".old"),
    ("chmod", os.chmod, name, 0o700),
    ("setxattr", os.setxattr, name, "user.x", b"y"),
]
for way in ways:
    no(*way)
# The same, where it is allowed: a guard that guards everything is none.
for what, act, *args in ways[:2] + [("fifo", os.mkfifo, name)]:
    act(free)
    (os.rmdir if what == "mkdir" else os.unlink)(free)
os.rename("d-src", free)
os.rename(free, "d-src")
os.symlink("d-src", free)
os.unlink(free)
os.link("f-src", free)
os.unlink(free)
os.unlink("f-src")
os.rmdir("d-src/.git")
os.rmdir("d-src")
PY

mkdir "$W/src" "$W/empty"
echo data >"$W/src/file"
ln -s src/file "$W/link"
tree "$W" >"$T/before"

while read -r means options; do
  # shellcheck disable=SC2086 # options
  set -- $options
  run "$CSB" explain -C "$W" --json "$@"
  case $means in
  overlay) has "$means: explain says so" "$out" '"means": "overlay"' ;;
  *) has "$means: explain says so" "$out" '"means": "placeholders"' ;;
  esac
  is "$means: explain makes nothing" "$(tree "$W")" "$(cat "$T/before")"

  for name in $names; do
    csb -r "$T" "$@" -- python3 "$T/ways.py" "$name" "$name.x"
    is "$means: $name cannot be made, by no call" "$code $out$err" '0 '
  done
  is "$means: nothing is left" "$(tree "$W")" "$(cat "$T/before")"
  is "$means: nor in our own place" "$(left)" ''

  # What a person sees outside while a command runs.
  mkfifo "$T/hold"
  "$CSB" exec -C "$W" "$@" -- sh -c 'echo ready; read -r line; mkdir .git' \
    <"$T/hold" >"$T/said" 2>/dev/null &
  pid=$!
  ends $pid
  exec 7>"$T/hold"
  wait_for 10 test -s "$T/said"
  case $means in
  overlay) is "$means: nor is anything there in between" "$(tree "$W")" "$(cat "$T/before")" ;;
  *)
    is "$means: in between there are empty placeholders" \
      "$(cd "$W" && find $names -printf '%f %M ')" \
      '.git dr-xr-xr-x .agents dr-xr-xr-x .codex dr-xr-xr-x .aws dr-xr-xr-x '
    ;;
  esac
  echo >&7
  exec 7>&-
  wait $pid
  is "$means: and the name is still refused" $? 1
  rm "$T/hold" "$T/said"
  is "$means: nothing is left then either" "$(tree "$W")" "$(cat "$T/before")"

  # Real programs.
  if have git; then
    csb "$@" -- git init -q
    fails "$means: git init is refused"
    csb "$@" -- git init -q sub
    works "$means: git init further down works"
    rm -rf "$W/sub"
    git init -q "$T/repo-$means"
    mkdir "$T/repo-$means/sub"
    echo x >"$T/repo-$means/sub/file"
    git -C "$T/repo-$means" add .
    git -C "$T/repo-$means" -c user.name=a -c user.email=a@example.org commit -qm x
    run "$CSB" exec -C "$T/repo-$means/sub" "$@" -- git rev-parse --show-toplevel
    is "$means: case 24: sandbox_keeps_parent_repo_discovery_while_blocking_child_metadata" \
      "$out" "$T/repo-$means"
    run "$CSB" exec -C "$T/repo-$means/sub" "$@" -- \
      sh -c 'git status --porcelain; git init -q . 2>/dev/null; mkdir .codex 2>/dev/null
      git status --porcelain; git diff-files --quiet || echo index'
    is "$means: case 24: no noise in git status, and the index is clean" "$out" ''
    run "$CSB" exec -C "$T/repo-$means/sub" "$@" -- git init -q .
    fails "$means: case 24: child git init"
    run "$CSB" exec -C "$T/repo-$means/sub" "$@" -- mkdir .codex
    fails "$means: case 24: mkdir .codex"
    is "$means: case 24: nothing is left" "$(ls -A "$T/repo-$means/sub")" file
    is "$means: case 24: nor does status outside see anything" \
      "$(git -C "$T/repo-$means" status --porcelain)" ''
    run "$CSB" exec -C "$T/repo-$means" "$@" -- git diff-files --quiet
    works "$means: the index of the workspace is clean inside"
    run "$CSB" exec -C "$T/repo-$means" --git commit "$@" -- sh -c '
      echo y >>sub/file && git add sub && git -c user.name=a -c user.email=a@example.org commit -qm y'
    works "$means: --git commit"
    yes "$means: and the index is clean outside" git -C "$T/repo-$means" diff-files --quiet
    run "$CSB" exec -C "$T/repo-$means" --git commit "$@" -- sh -c 'echo x >.git/config.worktree'
    fails "$means: what git would obey is not made there"
  else
    skip "$means: git" 'git is not installed'
  fi

  # case 20
  for file in .git/config .codex/config.toml .aws/config; do
    mkdir -p "$W/${file%/*}"
    echo old >"$W/$file"
    csb "$@" -- sh -c 'echo new >"$1"' sh sibling
    is "$means: case 20: beside $file, quietly" "$code $err" '0 '
    csb "$@" -- sh -c 'echo new >"$1"' sh "$file"
    fails "$means: case 20: sandbox_blocks_metadata_writes_inside_writable_root $file"
    is "$means: case 20: $file is as it was" "$(cat "$W/$file")" old
    rm -rf "$W/sibling" "$W/${file%/*}"
  done

  # case 26
  echo secret >"$T/secret"
  for reads in root minimal; do
    (
      TMPDIR=$T
      export TMPDIR
      run "$CSB" exec -C "$W" "$@" -p "$(profile restricted read=$reads "write=$W" deny=tmpdir)" -- \
        sh -c 'cat "$1/secret"; echo x >"$1/secret"; ls "$2"; echo ran' sh "$T" "$XDG_STATE_HOME/codex-sandbox"
      printf '%s %s' "$code" "$out" >"$TEST_DIR/case26"
    )
    is "$means: case 26: sandbox_starts_with_denied_tmp_without_exposing_registry ($reads)" \
      "$(cat "$TEST_DIR/case26")" '0 ran'
    run "$CSB" exec -C "$W" "$@" -p "$(profile restricted read=$reads "write=$W" deny=slash_tmp)" -- \
      sh -c 'ls /tmp; echo ran'
    is "$means: case 26: /tmp itself ($reads)" "$code $out" '0 ran'
  done
  is "$means: case 26: the secret is as it was" "$(cat "$T/secret")" secret
  is "$means: nothing is left at the end" "$(tree "$W")" "$(cat "$T/before")"
  is "$means: nor in our own place at the end" "$(left)" ''
done <<'EOM'
overlay --guard overlay
journal --guard journal --mount-engine init
bwrap --mount-engine bwrap
EOM

# case 21: a symlink stays what it is, and what it leads to stays.
mkdir "$W/decoy"
echo old >"$W/decoy/config.toml"
ln -s decoy "$W/.codex"
tree "$W" >"$T/linked"
for means in overlay journal; do
  csb --guard $means -- sh -c 'echo new >.codex/config.toml'
  fails "case 21: sandbox_blocks_codex_symlink_replacement_attack ($means)"
  csb --guard $means -- sh -c 'rm .codex || mv .codex x || mv decoy y || ln -sfn src .codex'
  fails "case 21: nor is it replaced ($means)"
  csb --guard $means -- cat .codex/config.toml
  is "case 21: reading works ($means)" "$out" old
  is "case 21: the workspace is as it was ($means)" "$(tree "$W")" "$(cat "$T/linked")"
done
# case 22
csb --mount-engine bwrap -- echo ran
refused 'case 22: sandbox_reports_codex_symlink_build_failure_without_panicking' 125 \
  'cannot be kept read-only, because it crosses the writable symlink'
hasnt 'case 22: and nothing of a panic' "$err" panic
rm -r "$W/decoy" "$W/.codex"
# A symlink to something missing: neither is made.
ln -s decoy "$W/.codex"
csb -- mkdir decoy
fails 'what a protected symlink would lead to cannot be made'
csb -- sh -c 'mkdir decoys && rmdir decoys'
works 'its neighbour can'
rm "$W/.codex"
ln -s src "$W/kept"
csb --ro "$W/kept/file" -- sh -c 'echo x >kept/file'
fails 'a read-only path behind a symlink of the workspace'
csb --ro "$W/kept/file" -- sh -c 'rm kept'
fails 'and the symlink stays'
csb --ro "$W/kept/file" --mount-engine bwrap -- echo ran
refused 'which bwrap cannot do' 125 'crosses the writable symlink'
rm "$W/kept"

# case 23: a directory of ours that is a symlink.
mkdir -m 700 "$T/elsewhere" "$T/linked-state"
ln -s "$T/elsewhere" "$T/linked-state/codex-sandbox"
for options in '--guard auto' '--guard journal'; do
  # shellcheck disable=SC2086 # options
  run env XDG_STATE_HOME="$T/linked-state" "$CSB" exec -C "$W" $options -- echo ran
  refused "case 23: sandbox_rejects_symlinked_synthetic_mount_registry ($options)" 125 symlink
done
is 'case 23: nothing was written through it' "$(ls -A "$T/elsewhere")" ''
rm "$T/linked-state/codex-sandbox"
mkdir -m 755 "$T/linked-state/codex-sandbox"
run env XDG_STATE_HOME="$T/linked-state" "$CSB" exec -C "$W" -- echo ran
refused 'one that others may enter is refused as well' 125 'open to others'
chmod 700 "$T/linked-state/codex-sandbox"
run env XDG_STATE_HOME="$T/linked-state" "$CSB" exec -C "$W" -- echo ran
works 'one of ours is used'

# Ours is not for the command.
for options in '--guard overlay' '--guard journal'; do
  # shellcheck disable=SC2086 # options
  csb -w "$TEST_DIR/state" $options -- sh -c 'ls "$1"; : >"$1/x"' sh "$XDG_STATE_HOME/codex-sandbox"
  fails "our own directory cannot be entered ($options)"
  csb -w "$TEST_DIR/state" $options -- sh -c 'mv "$1" "$1.old" || rmdir "$1"' sh "$XDG_STATE_HOME/codex-sandbox"
  fails "nor moved ($options)"
done

# Paths of a policy that are missing inside a writable directory.
while read -r means options; do
  # shellcheck disable=SC2086 # options
  set -- $options
  csb "$@" --deny "$W/none/secret" -- sh -c 'mkdir none'
  fails "$means: a denied path that is missing cannot be made"
  csb "$@" --deny "$W/none/secret" -- sh -c 'mkdir nones && rmdir nones && ls -d none'
  works "$means: its neighbour can"
  csb "$@" -p "$(profile restricted read=root "write=$W" "read=$W/none")" -- sh -c 'echo x >none'
  fails "$means: nor one that is to be read-only"
  yes "$means: and it is missing outside" test ! -e "$W/none"
  run "$CSB" exec -C "$W" "$@" -p '{"type":"managed","network":"restricted","file_system":{
    "type":"restricted","entries":[
    {"path":{"type":"special","value":{"kind":"root"}},"access":"read"},
    {"path":{"type":"special","value":{"kind":"project_roots"}},"access":"write"},
    {"path":{"type":"path","path":"'"$W/none"'"},"access":"read","missing_path_behavior":"skip"}]}}' -- \
    sh -c 'mkdir none && rmdir none'
  works "$means: skip leaves it out"
done <<'EOM'
overlay --guard overlay
journal --guard journal --mount-engine init
bwrap --mount-engine bwrap
EOM

csb --no-protect all -- sh -c 'mkdir .git .codex && rmdir .git .codex'
works 'what is not protected can be made'
csb -w "$W/.codex" -- true
code_is 'a write grant for a name that is missing is an error as ever' 125
is 'nothing is left of all this' "$(tree "$W")" "$(cat "$T/before")"
finish
