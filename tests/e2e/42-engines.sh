#!/bin/sh
# Goal of this test: one policy is one view, whoever lays it.  Every case of
# tests/golden and more is laid by init and by bwrap, each with and without
# openat2; a walker inside says of every path of interest what it is, whether it
# can be read, written and moved, and how it is mounted; all four say the same.
. "$(dirname "$0")/../lib.sh"
golden=$TEST_TREE/tests/golden
. "$golden/tree.sh"
cp "$TOOLS/walker" "$W/.walker"
mkdir -p "$T/dir/in" "$T/more/deep"
: >"$T/dir/in/file"
: >"$T/more/deep/file"
: >"$W/two words"
: >"$W/$(printf 'bell\007')"

# walk ENGINE SHIM OPTION... -- into $out; what differs by nature is made equal:
# directories that are made on the way to a mount, which bwrap makes private.
# shellcheck disable=SC2016 # for the shell inside
walk() {
  engine=$1 shim=$2
  shift 2
  # shellcheck disable=SC2086 # words, or nothing
  run $shim "$CSB" exec -C "$W" --mount-engine "$engine" "$@" -- sh -c '
    "$1/.walker" 1 / /run /dev /etc
    "$1/.walker" 0 /tmp /var /var/tmp /home "$3" /usr /proc /proc/sys /sys
    "$1/.walker" 6 "$1" "$2"' sh "$W" "$T" "$HOME"
  out=$(printf '%s\n' "$out" | sed 's/^\([^ ]*\) d 0700 /\1 d 0755 /')
}

same_view() { # same_view NAME OPTION...
  name=$1
  shift
  walk init '' "$@"
  by_init=$out by_init_status=$code
  walk bwrap '' "$@"
  printf '%s\n' "$by_init" >"$T/../by-init"
  printf '%s\n' "$out" >"$T/../by-bwrap"
  if [ "$by_init_status $code" != '0 0' ]; then
    not_ok "$name" "init: $by_init_status
$(told)"
    return
  fi
  if cmp -s "$T/../by-init" "$T/../by-bwrap"; then
    ok "$name: $(printf '%s\n' "$out" | wc -l) paths"
  else
    not_ok "$name" "$(diff "$T/../by-init" "$T/../by-bwrap")"
  fi
  for engine in init bwrap; do
    walk $engine "$TOOLS/without openat2" "$@"
    if [ "$code $out" = "0 $by_init" ]; then
      ok "$name: $engine without openat2"
    else
      printf '%s\n' "$out" >"$T/../without"
      not_ok "$name: $engine without openat2" "$(told | head -3)
$(diff "$T/../by-init" "$T/../without")"
    fi
  done
}

if ! "$CSB" exec -C "$W" --mount-engine init -- true 2>/dev/null; then
  skip_all 'this host has no mount calls by descriptor, so there is one engine'
fi
no 'the stand-in takes the call away' "$TOOLS/without" openat2 "$TOOLS/probe" syscall 437

# The comparison sees a difference, and the engines are the ones asked for.
walk init ''
by_init=$out
walk bwrap '' --deny "$W/hidden"
works 'control: another policy'
no 'control: is another view' test "$out" = "$by_init"
walk init "$TOOLS/without open_tree"
refused 'init asked for, and unable: refused' 125 'the kernel does not have that call'
for call in open_tree move_mount mount_setattr fsopen; do
  walk auto "$TOOLS/without $call"
  is "nobody asked for, and init unable: by bwrap, the same ($call)" \
    "$code $(printf '%s\n' "$out" | cksum)" "0 $(printf '%s\n' "$by_init" | cksum)"
done
if [ -x "$B/broken/codex-sandbox" ]; then
  CSB=$B/broken/codex-sandbox walk init '' -e "CSB_BREAK=canaries,drop:$W/hidden" --deny "$W/hidden"
  has 'control: a mask that is not laid is seen' "$out" "$W/hidden d 0755 ok"
fi

while read -r name options; do
  case $name in '' | '#'*) continue ;; esac
  options=$(printf '%s' "$options" | sed "s#DIR#$TEST_DIR#g")
  set -f
  # shellcheck disable=SC2086 # words
  same_view "golden: $name" $options
  set +f
done <"$golden/cases"

same_view 'deny: a directory' --deny "$W/hidden"
same_view 'deny: a file' --deny "$W/a.env"
same_view 'deny: outside the workspace' --deny "$T/file" --deny "$T/more"
same_view 'deny: blanks and control bytes' --deny "$W/two words" --deny "$W/$(printf 'bell\007')"
same_view 'deny: a glob' --deny "$W/**/*.env" --deny "$T/**/file"
same_view 'read-only: a directory' --ro "$W/deep"
same_view 'read-only: a file' --ro "$W/a.env"
same_view 'nested: write, read, write, deny' -p "$(profile restricted read=root "write=$W" \
  "read=$W/deep" "write=$W/deep/er" "deny=$W/deep/er/b.env")"
same_view 'nested: deny, read, deny' -p "$(profile restricted read=root "write=$W" \
  "deny=$T" "read=$T/dir" "deny=$T/dir/in")"
same_view 're-opened: write below deny' -p "$(profile restricted read=root "write=$W" \
  "deny=$T" "write=$T/more/deep")"
same_view 'restricted' -p "$(profile restricted read=minimal "write=$W")"
same_view 'restricted: re-opened' -p "$(profile restricted read=minimal "write=$W" "deny=$T" "read=$T/dir")"
same_view 'restricted: a directory deep down' -r "$T/more/deep"
ln -s more "$T/by"
same_view 'restricted: by a symlink' -r "$T/by/deep"
same_view 'restricted: a single file' -p "$(profile restricted read=minimal "write=$W" "read=$T/file")"
same_view 'restricted: a single writable file' -p "$(profile restricted read=minimal "read=$W" "write=$T/file")"
same_view 'single file: writable' -w "$T/file"
same_view 'symlinked: writable root' -w "$W/link"
same_view 'symlinked: denied' --deny "$W/link"
same_view 'everything writable but one' -p "$(profile restricted write=root "deny=$T")"
same_view 'the host'"'"'s /tmp' --tmp host
same_view 'the host'"'"'s network' --net full --deny "$W/hidden"

# Protected names: there, missing, as files, and as a repository.
mkdir "$W/.codex" "$W/deep/.agents"
: >"$W/deep/.git"
same_view 'protected: some there, some not'
same_view 'protected: more groups' --protect claude --protect shell
same_view 'protected: fewer groups' --no-protect agents --no-protect codex
if have git; then
  git init -q "$W/repo" && same_view 'protected: a repository in the workspace'
  git init -q "$W" && same_view 'git commit' --git commit
else
  skip 'protected: repositories' 'no git'
fi
# A socket of the host.
"$TOOLS/probe" serve "$T/log" "$W/s" >/dev/null 2>&1 &
ends $!
if wait_for 5 grep -q ready "$T/log"; then
  same_view 'a socket of the host'
else
  not_ok 'a socket of the host' "$(cat "$T/log")"
fi
finish
