#!/bin/sh
# Goal of this test: with --git commit the daily work of git works, in a repository,
# in a worktree whose git directory is elsewhere, and in a submodule; and what makes git
# run code cannot be changed by any spelling.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
have git || skip_all 'git is not installed'
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL \
  GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
repo=$TEST_DIR/repo
{
  git init -q -b main "$T/origin" && cd "$T/origin" && echo one >one && git add . && git commit -qm first &&
    git init -q -b main "$repo" && cd "$repo" && echo a >a && git add . && git commit -qm base &&
    git -c protocol.file.allow=always submodule add -q "$T/origin" module && git commit -qm module &&
    git worktree add -q "$TEST_DIR/tree" -b tree
} >"$T/made" 2>&1 || skip_all "git does not do this here: $(tail -1 "$T/made")"
# What git obeys, before and after.
obeyed() {
  (cd "$repo/.git" && find . \( -name config -o -name config.worktree -o -name attributes -o -name commondir \
    -o -name gitdir -o -path '*/hooks/*' \) -type f -exec sha256sum {} + | sort)
}
obeyed >"$T/obeyed"
git_in() { # git_in DIR CMD...
  dir=$1
  shift
  run "$CSB" exec -C "$dir" --git commit --env-include 'GIT_*' -- "$@"
}
work='set -e
  echo x >>"$1"; git add "$1"; git commit -qm one
  git checkout -q -b "side-$2"; echo y >y; git add y; git commit -qm side
  git checkout -q "$2"; echo z >z; git add z; git commit -qm main
  git rebase -q "side-$2"; git commit -q --amend -m amended
  echo w >z; git stash -q; git stash pop -q; git checkout -q z
  git tag "tag-$2"; git branch -q -D "side-$2"
  git log -1 --format=%s; git status --short'
for place in "$repo a main" "$TEST_DIR/tree a tree" "$repo/module one main"; do
  # shellcheck disable=SC2086 # words
  set -- $place
  name=${1#"$TEST_DIR"/}
  git_in "$1" sh -c "$work" sh "$2" "$3"
  is "$name: add, commit, branch, rebase, amend, stash, tag" "$out$code" amended0
  is "$name: and it is there outside" "$(git -C "$1" log -1 --format=%s "tag-$3" 2>&1)" amended
  run "$CSB" exec -C "$1" --env-include 'GIT_*' -- sh -c 'echo x >>"$1" && git commit -qam refused' sh "$2"
  fails "$name: without --git commit there is no commit"
  git -C "$1" checkout -q "$2"
  here=$(git -C "$1" rev-parse --path-format=absolute --git-dir)
  common=$(git -C "$1" rev-parse --path-format=absolute --git-common-dir)
  for act in 'git config core.hooksPath /tmp/evil' 'git config --worktree core.fsmonitor evil' \
    'echo x >>"$2/config"' 'echo x >"$2/config.lock" && mv "$2/config.lock" "$2/config"' \
    'rm -f "$2/config"' 'mkdir -p "$2/hooks" && echo evil >"$2/hooks/pre-commit"' 'mv "$2/hooks" "$2/hooks2"' \
    'mv "$2" "$2.x" && mkdir -p "$2/hooks"' 'mkdir -p "$2/info" && echo "* filter=x" >"$2/info/attributes"' \
    'echo x >"$1/config.worktree"' 'echo /tmp/evil >"$1/commondir"' 'ln -sfn /tmp/evil "$2/hooks"' \
    'ln "$2/config" ./mine && echo x >>mine' 'echo "gitdir: /tmp/evil" >.git'; do
    git_in "$1" sh -c "$act" sh "$here" "$common"
    fails "$name: refused: $(printf '%s' "$act" | sed 's/\$1/HERE/; s/\$2/COMMON/g')"
  done
done
is 'what git obeys is what it was' "$(obeyed)" "$(cat "$T/obeyed")"

# A worktree that is made between two runs is protected in the next: nothing of a
# plan is kept.
git -C "$repo" worktree add -q "$repo/later" -b later 2>/dev/null
run "$CSB" exec -C "$repo" -- sh -c 'echo x >later/file && rm later/file'
works 'a worktree made since is written'
run "$CSB" exec -C "$repo" -- sh -c 'echo "gitdir: /tmp/evil" >later/.git'
fails 'but for the file that leads to its git directory'
run "$CSB" exec -C "$repo" -- mv later/.git later/x
fails 'nor is that moved'
git_in "$repo/later" sh -c 'echo x >new && git add new && git commit -qm later'
works 'and commits can be made in it'
git_in "$repo" sh -c 'git worktree add -q own -b own && cd own && echo x >new && git add new && git commit -qm own'
works 'one that the command makes itself works at once'
is 'and its commit is there outside' "$(git -C "$repo" log -1 --format=%s own --)" own
finish
