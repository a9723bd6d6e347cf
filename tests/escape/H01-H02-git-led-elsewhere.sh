#!/bin/sh
# Goal of this test: H1 and H2, with --git commit nothing leads a person's git to
# a configuration or hooks that the command wrote: not in a linked worktree
# elsewhere, not by making .git unusable, not in a bare repository.
. "$(dirname "$0")/../lib.sh"
have git || skip_all 'git is not installed'
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL \
  GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
cd "$W" || exit 1
git init -q -b main . && echo a >f && git add f && git commit -qm first &&
  git worktree add -q "$T/wt" -b two || exit 1
admin=.git/worktrees/wt

# What a repository of the command's own needs, with a program to run.
plant="mkdir -p evil/objects evil/refs && cp .git/HEAD evil/ &&
cp -r .git/refs .git/objects evil/ &&
printf '[core]\nrepositoryformatversion = 0\nfsmonitor = \"touch $T/ran; false\"\n' >evil/config"
sh -c "$plant" || exit 1
cp "$admin/commondir" "$T/commondir"
echo "$W/evil" >"$admin/commondir"
git -C "$T/wt" status >/dev/null 2>&1
yes 'outside: who writes commondir has his program run' test -e "$T/ran"
rm -rf evil "$T/ran"
cp "$T/commondir" "$admin/commondir"

csb --git commit -- sh -c "$plant; echo '$W/evil' >$admin/commondir"
fails 'a linked worktree elsewhere is not led to another repository'
has 'because it is read-only' "$err" 'Read-only file system'
csb --git commit -- sh -c "rm -f $admin/commondir $admin/gitdir"
fails 'nor are its pointers removed'
csb --git commit -- sh -c "mv .git/worktrees .git/w"
fails 'nor is what they are in moved away'
csb --git commit -- sh -c "echo x >$admin/config.worktree"
fails 'nor does it get a configuration of its own'
git -C "$T/wt" status >/dev/null 2>&1
no 'and nothing ran' test -e "$T/ran"
csb --git commit --env-include 'GIT_*' -- sh -c 'echo b >f && git commit -qam second && git worktree list'
works 'a commit beside it works'
has 'and worktrees are listed' "$out" "$T/wt"
yes 'and the other goes on' git -C "$T/wt" commit -q --allow-empty -m third

# .git made unusable: git then looks whether the directory itself is one.
rm -rf evil
broken="mv .git/HEAD .git/HAED; cp -r .git/objects . ; echo 'ref: refs/heads/main' >HEAD;
printf '[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\nfsmonitor = \"touch $T/ran; false\"\n' >config; cp -r .git/refs ."
mend() { rm -rf objects refs HEAD config && mv .git/HAED .git/HEAD; }
sh -c "$broken"
git status >/dev/null 2>&1
yes 'outside: the directory itself as a repository runs a program' test -e "$T/ran"
rm "$T/ran"
mend
csb --git commit -- sh -c "$broken && echo planted"
fails 'refs cannot be made'
git status >/dev/null 2>&1
no 'and nothing runs' test -e "$T/ran"
mend
mkdir refs
csb --git commit -- mkdir objects
fails 'nor objects, where refs is there'
rmdir refs
csb -- mkdir refs
works 'without the grant, a project may have refs'
rmdir refs

csb -w "$W/.git" -- git config a.b c
works 'a grant of .git itself is of all of it'

# A bare repository as the workspace.
git init -q --bare "$T/bare" && cd "$T/bare" || exit 1
run "$CSB" exec -- git config core.fsmonitor evil
fails 'the configuration of a bare repository is kept'
run "$CSB" exec -- sh -c 'echo x >hooks/post-update'
fails 'and its hooks'
has 'which are read-only' "$err" 'Read-only file system'
run "$CSB" exec -- sh -c 'git branch x $(git commit-tree -m m $(git mktree </dev/null))'
[ "$code" = 0 ] || run "$CSB" exec --env-include 'GIT_*' -- \
  sh -c 'git branch x $(git commit-tree -m m $(git mktree </dev/null))'
works 'objects and branches are made as ever'
run "$CSB" exec --no-protect git -- git config core.fsmonitor mine
works 'and with --no-protect git it is a directory like any other'
finish
