#!/bin/sh
# Goal of this test: what changes outside while a command runs is seen inside:
# at once beside placeholders, after a moment in an overlay, and what is written
# inside then goes to the file that is there now.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
XDG_STATE_HOME=$TEST_DIR/state
mkdir -m 700 "$XDG_STATE_HOME"
export XDG_STATE_HOME

# A shell inside that answers each line with what it printed.
begin() { # begin OPTION...
  mkfifo "$T/in"
  : >"$T/out"
  "$CSB" exec -C "$W" "$@" -- sh -c 'echo ready
    while read -r line; do eval "$line" >/tmp/said 2>&1; echo "answer" $(cat /tmp/said); done' <"$T/in" >"$T/out" 2>/dev/null &
  pid=$!
  ends $pid
  exec 7>"$T/in"
  wait_for 10 test -s "$T/out"
}
end() {
  exec 7>&-
  wait $pid
  rm -f "$T/in" "$T/out"
}
ask() { # ask WORDS
  lines=$(wc -l <"$T/out")
  echo "$1" >&7
  wait_for 10 sh -c '[ "$(wc -l <"$1")" -gt "$2" ]' sh "$T/out" "$lines"
  answer=$(tail -1 "$T/out")
  answer=${answer#answer }
}
answers() { # answers WORDS WANT
  ask "$1"
  [ "$answer" = "$2" ]
}
soon() { # soon NAME WORDS WANT -- at once without an overlay
  if [ "$means" = overlay ]; then
    if wait_for 5 answers "$2" "$3"; then ok "$1"; else not_ok "$1" "got: $answer"; fi
  else
    ask "$2"
    is "$1" "$answer" "$3"
  fi
}

for means in overlay journal; do
  mkdir "$W/dir"
  for file in saved gone dir/deep; do
    echo old >"$W/$file"
  done
  begin --guard $means
  ask 'cat saved gone dir/deep; [ -e later ] || echo none'
  is "$means: before" "$answer" 'old old old none'
  echo new >"$W/saved.tmp"
  mv "$W/saved.tmp" "$W/saved"
  echo new >"$W/dir/tmp"
  mv "$W/dir/tmp" "$W/dir/deep"
  rm "$W/gone"
  echo made >"$W/later"
  soon "$means: a file that an editor saved" 'cat saved' new
  soon "$means: further down" 'cat dir/deep' new
  soon "$means: a file that was looked for before it was made" 'cat later' made
  soon "$means: a file that was removed" '[ -e gone ] || echo no' no
  ask 'echo inside >>saved; echo inside >gone; rm later'
  is "$means: written to inside" "$(cat "$W/saved" "$W/gone" | tr '\n' ' ')" 'new inside inside '
  no "$means: removed inside" test -e "$W/later"
  mv "$W/dir" "$W/moved"
  soon "$means: a directory that was renamed" '[ -e dir ] || cat moved/deep' new
  ask 'mkdir .git 2>/dev/null || echo refused'
  is "$means: and what is guarded is guarded" "$answer" refused
  end
  is "$means: the end" "$(ls -A "$W" | tr '\n' ' ')" 'gone moved saved '
  rm -r "$W/gone" "$W/moved" "$W/saved"
done

# What somebody outside removes is not given to the command.  (Beside
# placeholders the kernel takes the mount away with it: SECURITY.md.)
mkdir "$W/.codex"
echo mine >"$W/.codex/config.toml"
begin --guard overlay
rm -r "$W/.codex"
ask 'mkdir .codex 2>/dev/null && echo made; echo x 2>/dev/null >.codex/config.toml && echo written; echo tried'
is 'overlay: a protected name that was removed outside stays out of reach' "$answer" tried
end
no 'overlay: and nothing came to be outside' test -e "$W/.codex"

# An open file stays what it was, as anywhere; a mapping is shared.
echo old >"$W/open"
begin --guard overlay
ask 'exec 9<open && echo opened'
echo new >"$W/open.tmp"
mv "$W/open.tmp" "$W/open"
ask 'cat <&9'
is 'overlay: an open file is the one that was opened' "$answer" old
end

# What a killed or long run does to the disk is not waited for.
run sh -c 'dd if=/dev/zero of="$1/dirty" bs=1M count=64 2>/dev/null
  exec "$2" exec -C "$1" --guard overlay -- sh -c "cp dirty dirtier"' sh "$W" "$CSB"
works 'overlay: much that is not on disk yet'
finish
