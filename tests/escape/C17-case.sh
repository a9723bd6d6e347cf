#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C17, rules compare objects, so letters of another case are another file or the same.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir "$W/.git"
echo old >"$W/.git/config"
if [ -e "$W/.GIT" ]; then
  csb -- sh -c 'echo evil >.GIT/config'
  fails 'on a file system that folds case .GIT is .git'
else
  csb -- sh -c 'mkdir .GIT && echo x >.GIT/config'
  works 'on a file system that does not fold case .GIT is another name'
fi
is 'the protected file is as it was' "$(cat "$W/.git/config")" old
csb -- sh -c 'echo evil >.git/config'
fails 'by its own name it is refused'
finish
