#!/bin/sh
# shellcheck disable=SC2034,SC2010,SC2288,SC3045 # act: one head for all of them
# Goal of this test: C7, C8, C10, C11, C12, nothing of ours has a name where others could be first.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
# Names of ours and of bwrap's; other tests run beside this one.
before=$(ls -A /tmp /var/tmp /dev/shm "$HOME" "${XDG_RUNTIME_DIR:-/nonexistent}" 2>/dev/null | grep -iE 'codex|bwrap|bubble|sandbox' | sort)
# Not as an overlay: there a name that was looked for in vain stays missing.
"$CSB" exec --guard journal -C "$W" -- sh -c 'echo ready >ready; until test -e go; do sleep 0.05; done' &
pid=$!
ends $pid
wait_for 10 test -s "$W/ready"
is 'while it runs nothing appears in any place for temporary files' \
  "$(ls -A /tmp /var/tmp /dev/shm "$HOME" "${XDG_RUNTIME_DIR:-/nonexistent}" 2>/dev/null | grep -iE 'codex|bwrap|bubble|sandbox' | sort)" "$before"
: >"$W/go"
wait $pid
is 'and it ended well' $? 0
mkdir "$W/tmp"
for where in /etc / /proc /nonexistent "$W/tmp" "$T" ../.. "$(printf 'a\nb')"; do
  run env TMPDIR="$where" TMP="$where" XDG_RUNTIME_DIR="$where" "$CSB" exec -C "$W" -- sh -c 'echo up; echo x >"/tmp/csb-mine.$1" && cat "/tmp/csb-mine.$1"' sh $$
  is "TMPDIR=$(printf %.12s "$where" | tr '\n' _): /tmp is the sandbox's own" "$out" 'up
x'
  is 'and nothing was made there' "$(ls -A "$W/tmp")" ''
done
no 'the file of the command'"'"'s /tmp is not the host'"'"'s' test -e "/tmp/csb-mine.$$"
if have strace && strace -o "$T/tr" true 2>/dev/null; then
  run strace -f -o "$T/trace" "$CSB" exec -C "$W" -- true
  # Creating calls before the command, on the host: bwrap works on its own tmpfs
  # after pivot_root, so only what comes before is looked at.  Our own state
  # directory (lock, run-*, ghost-*) is 0700 and opened without following.
  is 'no file is made, changed or given away on the host before the root is ours' \
    "$(sed '/pivot_root/,$d' "$T/trace" | grep -E 'O_CREAT|mkdir|mknod|symlink|link\(|linkat|rename|chmod|chown|unlink|truncate' |
      grep -vE 'memfd|/newroot|"newroot"|"oldroot"|= -1|readlink|fchmod|bwrap|"/dev/null"|"lock"|"(run|ghost)-[0-9a-f]{16}"' | head -5)" ''
else
  skip 'no file is made on the host' 'no strace, or it may not trace'
fi
finish
