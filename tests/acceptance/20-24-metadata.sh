#!/bin/sh
# Goal of this test: cases 20 to 24 of the older helper's own tests, by its name and
# its command line: what makes git and agents run code cannot be changed, made or
# replaced in a writable directory, and nothing is left beside it.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"
tree() { # the names below a directory, with type and link
  (cd "$1" && find . -printf '%y %p %l\n' | sort)
}

for gen in $generations; do
  for meta in .git/config .codex/config.toml .aws/config; do
    dir=${meta%/*}
    mkdir "$dir"
    echo before >$meta
    ws -- sh -c 'echo sibling >sibling && cat sibling'
    is "accept 20: metadata writes inside a writable root ($meta, $gen): a sibling is written, quietly" \
      "$out$err$code" sibling0
    ws -- sh -c "echo pwned >$meta"
    fails "accept 20: sandbox_blocks_metadata_writes_inside_writable_root ($meta, $gen)"
    has "... it is read-only ($meta, $gen)" "$err" 'Read-only'
    ws -- sh -c "mv $dir moved || rm -rf $dir"
    is "... nor moved or removed ($meta, $gen)" "$(cat $meta 2>&1)" before
    rm -r "$dir"
    ws -- sh -c "mkdir $dir && echo pwned >$meta"
    fails "... nor made where it is missing ($meta, $gen)"
    no "... and nothing is there ($meta, $gen)" test -e "$dir"
    rm -f sibling
  done
done
mkdir .git
echo before >.git/config
dropin --permission-profile "$(profile restricted read=root write=project_roots "write=$W/.git")" -- \
  sh -c 'echo granted >.git/config'
is 'accept 20: unless the policy names it as writable' "$code$(cat .git/config)" 0granted
rm -r .git

for gen in $generations; do
  mkdir decoy
  echo old >decoy/config.toml
  ln -s decoy .codex
  tree . >"$T/before"
  ws -- sh -c 'echo pwned >.codex/config.toml'
  fails "accept 21: sandbox_blocks_codex_symlink_replacement_attack ($gen)"
  is "... what it leads to is as it was ($gen)" "$(cat decoy/config.toml)" old
  ws -- sh -c 'rm .codex; mv .codex x; ln -sfn elsewhere .codex; mv decoy y; true'
  is "... and so is the link, and its way ($gen)" "$(tree .)" "$(cat "$T/before")"
  # The older helper refuses to start here (1, and a panic in between). Init binds
  # the link onto itself, so that there is nothing to refuse.
  ws -- sh -c 'cat .codex/config.toml; echo beside >beside'
  is "accept 22: sandbox_reports_codex_symlink_build_failure_without_panicking: it is built ($gen)" \
    "$out$code" old0
  is "... and nothing is said ($gen)" "$err" ''
  rm -r decoy .codex beside
done
# Where only bwrap can lay the mounts it is refused, as by the older helper.
mkdir decoy "$T/conf"
ln -s decoy .codex
for options in '' '--mount-engine bwrap'; do
  # shellcheck disable=SC2086 # words
  csb $options -- echo ran
  case $options in
  '') is 'accept 22: with the mounts of init' "$out" ran ;;
  *) refused 'accept 22: with those of bwrap: one line, and no panic' 125 \
    '.codex: cannot be kept read-only, because it crosses the writable symlink' ;;
  esac
done
is '... one line' "$(printf '%s\n' "$err" | wc -l)" 1
rm -r decoy .codex

# ---- 23 -------------------------------------------------------------------------
# The older helper's directory of notes has a fixed name in /tmp. There is none
# here: a link in its place is nobody's business.
registry=codex-bwrap-synthetic-mount-targets-$(id -u)
mkdir "$T/tmp" "$T/target"
ln -s "$T/target" "$T/tmp/$registry"
TMPDIR=$T/tmp ws -- sh -c 'echo x >in'
works 'accept 23: sandbox_rejects_symlinked_synthetic_mount_registry: that name is not used'
is '... the target stays empty' "$(ls -A "$T/target")" ''
# Our notes are the user's own; a link in their place is refused.
mkdir -m 700 "$T/state"
ln -s "$T/target" "$T/state/codex-sandbox"
XDG_STATE_HOME=$T/state ws -- touch "$W/ran"
refused 'accept 23: a link in the place of our own notes is refused' 125 symlink
is '... before anything runs' "$(ls -A "$T/target"; find "$W" -name ran)" ''
rm in

# ---- 24 -------------------------------------------------------------------------
if have git; then
  export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
  git init -q "$T/repo" && mkdir "$T/repo/child"
  W=$T/repo/child
  cd "$W" || exit 1
  mkdir "$T/alias.d"
  ln -s "$T/alias.d" "$T/alias"
  for gen in $generations; do
    ws -- git rev-parse --show-toplevel
    is "accept 24: sandbox_keeps_parent_repo_discovery_while_blocking_child_metadata ($gen)" "$out" "$T/repo"
    ws -- git status --porcelain
    is "... no metadata in git's status ($gen)" "$out$err$code" 0
    ws -- git init
    fails "... a repository of its own cannot be made ($gen)"
    ws -- mkdir .codex
    fails "... nor .codex ($gen)"
    TMPDIR=$T/alias ws "$T/alias" -- sh -c 'echo x >"$TMPDIR/in"'
    is "... a TMPDIR by another name is writable ($gen)" "$(cat "$T/alias.d/in" 2>&1)$code" x0
    TMPDIR=$W ws -- mkdir .agents
    fails "... pointing TMPDIR elsewhere does not help ($gen)"
    TMPDIR=$T/alias ws "$T/alias" -- sh -c 'ls -A "$TMPDIR" | grep -v "^[.]"'
    is "... and no notes of ours are in it, only what holds the missing names ($gen)" "$out" in
    rm "$T/alias.d/in"
    is "... nothing is left behind ($gen)" "$(ls -A)" ''
  done
else
  skip 'accept 24: sandbox_keeps_parent_repo_discovery_while_blocking_child_metadata' 'git is not installed'
fi
finish
