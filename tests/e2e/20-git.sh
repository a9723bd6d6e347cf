#!/bin/sh
# Goal of this test: git works: clone of a local repository, commits, branches,
# worktree of the workspace, the same as outside.
. "$(dirname "$0")/../lib.sh"
have git || skip_all 'git is not installed'
cd "$W" || exit 1

# A person's configuration, the same on both sides.
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org
GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL \
  GIT_AUTHOR_DATE GIT_COMMITTER_DATE GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL

git init -q -b main "$T/origin" && cd "$T/origin" || exit 1
echo one >file
mkdir dir
echo two >dir/two
git add . && git commit -qm first
echo three >>file
git commit -qam second
cd "$W" || exit 1
mkdir "$T/empty"
SEED=$T/empty

yes 'outside a clone works' git clone -q "$T/origin" "$T/try" # else all that follows would fail alike
same 'clone of a local repository' --env-include 'GIT_*' -- \
  sh -c 'git clone -q "$1" copy && cd copy && git log --oneline && git status --short && cat file' sh "$T/origin"
same 'clone without hard links' --env-include 'GIT_*' -- \
  sh -c 'git clone -q --no-local "$1" copy && git -C copy fsck && git -C copy rev-parse HEAD' sh "$T/origin"
same 'commit in a clone below the workspace' --env-include 'GIT_*' -- \
  sh -c 'git clone -q "$1" copy && cd copy && echo x >new && git add new &&
  git commit -qm third && git checkout -q -b side && git mv new old &&
  git commit -qm fourth && git merge -q main && git log --format="%H %s" &&
  git diff --stat main side' sh "$T/origin"
same 'stash, rebase, gc' --env-include 'GIT_*' -- \
  sh -c 'git clone -q "$1" copy && cd copy && echo y >>file && git stash -q &&
  git reset -q --hard HEAD~1 && echo z >z && git add z && git commit -qm z &&
  git rebase -q origin/main && git stash pop -q && git diff && git gc -q &&
  git fsck' sh "$T/origin"

# The workspace's own repository: reading works, its configuration is kept.
git clone -q "$T/origin" repo
cd repo || exit 1
run "$CSB" exec --env-include 'GIT_*' -- git log --oneline
is 'log in the workspace' "$(echo "$out" | wc -l | tr -d ' ')" 2
run "$CSB" exec --env-include 'GIT_*' -- sh -c 'echo more >>file && git diff --stat && git status --short'
works 'diff and status in the workspace'
has 'they see the change' "$out" ' M file'
run "$CSB" exec --env-include 'GIT_*' -- git config core.hooksPath /tmp/evil
fails 'its configuration cannot be changed'
run "$CSB" exec --env-include 'GIT_*' -- sh -c 'printf "#!/bin/sh\ntouch evil" >.git/hooks/post-checkout'
fails 'nor a hook be planted'
run "$CSB" exec --env-include 'GIT_*' -w "$PWD/.git" -- git commit -qam inside
works 'with .git granted a commit works'
is 'and is there outside' "$(git log -1 --format=%s)" inside
mkdir -p sub
run "$CSB" exec -C "$PWD/sub" --env-include 'GIT_*' -- git rev-parse --show-toplevel
is 'a workspace below a repository finds it' "$out" "$PWD"
finish
