#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C1, C2, C14, a symlink in the workspace leads no mount point out.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
echo before >"$T/victim"
mkdir "$T/dir"
before=$(cd "$T" && find . | sort)
n=0
for engine in init bwrap; do
  for link in .git .codex sub/.git .git/hooks .git/config; do
    for target in "$T/dir" "$T/new" "$T/victim" /etc/passwd ../other/new /proc/self/root /proc/1/cwd; do
      n=$((n + 1))
      rm -rf "$W/.git" "$W/.codex" "$W/sub"
      mkdir -p "$W/$(dirname "$link")"
      ln -s "$target" "$W/$link"
      csb --mount-engine $engine -- sh -c "echo up; echo x >'$T/new'; echo x >'$T/victim'; echo x >'$T/dir/f'"
      if [ "$(cd "$T" && find . | sort)" != "$before" ] || [ "$(cat "$T/victim")" != before ]; then
        not_ok "$link -> $target ($engine)" "$(cd "$T" && find . -ls)"
        rm -rf "$T/new" "$T/dir/f"
      elif [ "$code" != 125 ] && [ "$out" != up ]; then
        not_ok "$link -> $target runs, or says why not ($engine)" "$(told)"
      fi
    done
  done
done
ok "$n symlinks where mount points would be: nothing outside appeared"
rm -rf "$W/.git" "$W/sub" "$W/.codex"
mkdir "$W/.git"
csb -- sh -c 'echo up; echo x >.git/config'
has 'a directory instead is kept read-only' "$err" 'Read-only'
is 'and the sandbox runs' "$out" up
# Denied and granted paths behind links of the workspace.
ln -s "$T" "$W/link"
for option in -w -d --ro; do
  csb $option "$W/link/dir" -- sh -c "echo x >'$T/victim'"
  if [ "$code" = 125 ]; then
    has "$option by a link of the workspace: refused" "$err" symlink
  else
    fails "$option by a link of the workspace gives nothing else"
  fi
done
is 'the file outside is as it was' "$(cat "$T/victim")" before
finish
