#!/bin/sh
# Goal of this test: cases 32 to 36 of the older helper's own tests, by its name and
# its command line.  Their names are known and what they are about, not their text.
# shellcheck disable=SC2016 # text for the cage
if [ -z "${CSB_OWN_NET:-}" ] && unshare -cn true 2>/dev/null; then
  CSB_OWN_NET=1 exec unshare -cn sh "$0" # sockets of other tests are not in this one
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"
have python3 || skip_all 'python3 is not installed'
probe_to "$W"

skip 'accept 32: wslg_tests: the second name of the root in /mnt/wslg/distro is masked' \
  'needs the Windows Subsystem for Linux'

# ---- 33: writable directories in writable directories -----------------------------
mkdir -p outer/inner/.git outer/inner/.codex
echo before >outer/inner/.git/config
find . | sort >"$T/before"
for gen in $generations; do
  ws "$W/outer" "$W/outer/inner" -- sh -c 'echo x >outer/inner/in && rm outer/inner/in'
  works "accept 33: nested_metadata_tests: both roots are writable ($gen)"
  for name in .git/config .codex/config.toml; do
    ws "$W/outer" "$W/outer/inner" -- sh -c "echo pwned >outer/inner/$name"
    fails "... what is there is not ($name, $gen)"
  done
  for dir in outer outer/inner; do
    ws "$W/outer" "$W/outer/inner" -- mkdir $dir/.aws
    fails "... nor made where it is missing ($dir, $gen)"
  done
  # rename(2) itself: mv would copy then, which is no harm.
  ws "$W/outer" "$W/outer/inner" -- python3 -c 'import errno, os
for name in "outer/inner", "outer", "outer/inner/.git":
    try: os.rename(name, name + "x")
    except OSError as e: print(errno.errorcode[e.errno])'
  is "... nor moved, with what leads to it ($gen)" "$out" 'EBUSY
EBUSY
EBUSY'
  is "... all is as before ($gen)" "$(find . | sort)" "$(cat "$T/before")"
  # Repositories that no entry names are found: the older helper leaves them open.
  ws -- sh -c 'echo pwned >outer/inner/.git/config'
  fails "... a repository below a root that is named alone ($gen)"
  is "... it is as before ($gen)" "$(cat outer/inner/.git/config)" before
done

# ---- 34: "/" is writable -------------------------------------------------------------
# In a root of our own: that of the host is not ours to write in any case.
own_root() { # own_root PROFILE CMD...
  own_profile=$1
  shift
  run bwrap --tmpfs / --ro-bind /usr /usr --ro-bind /etc /etc --symlink usr/bin /bin \
    --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/sbin /sbin \
    --dev-bind /dev /dev --bind /proc /proc --bind /sys /sys --dir /tmp \
    --bind "$HOME" "$HOME" --bind "$TEST_TREE" "$TEST_TREE" --bind "$B" "$B" --bind "$W" "$W" \
    --dir /.codex --chdir "$W" -- \
    "$helper" --sandbox-policy-cwd "$W" --permission-profile "$own_profile" -- "$@"
}
own_root "$(profile restricted write=root)" sh -c 'echo x >/in && cat /in'
case $code$err in
125*namespace* | *'bwrap: '*)
  skip 'accept 34: root_metadata_tests' "no root of our own here: $err" ;;
*)
  is 'accept 34: root_metadata_tests: / is writable' "$out$code" x0
  for name in .git .agents .codex .aws; do
    own_root "$(profile restricted write=root)" sh -c "mkdir -p /$name && echo pwned >/$name/config"
    fails "... /$name is not"
    case $err in
    *'Read-only'* | *'Permission denied'*) ok "... because it is held (/$name)" ;;
    *) not_ok "... because it is held (/$name)" "$(told)" ;;
    esac
  done
  own_root "$(profile restricted write=root write=/.codex)" sh -c 'echo granted >/.codex/config && cat /.codex/config'
  is '... unless the policy names it' "$out" granted
  ;;
esac

# ---- 35: several files are denied --------------------------------------------------------
for i in 1 2 3; do
  echo "secret $i" >denied$i
done
entries read=root "write=$W" "deny=$W/denied1" "deny=$W/denied2" "deny=$W/denied3" -- \
  sh -c 'for i in 1 2 3; do cat denied$i || stat -c %s denied$i; done'
is 'accept 35: denied_files_tests: each is denied, and looks empty' "$out" '0
0
0'
entries read=root "write=$W" "deny=$W/denied1" "deny=$W/denied2" "deny=$W/denied3" -- \
  sh -c 'for i in 1 2 3; do echo pwned >denied$i; rm -f denied$i; mv denied$i other; done'
is '... none is changed' "$(cat denied1 denied2 denied3)" 'secret 1
secret 2
secret 3'
entries read=root "write=$W" "deny=$W/denied1" -- cat denied2
is '... one that is not named is read' "$out" 'secret 2'

# ---- 36: the socket of an agent's server ---------------------------------------------------
place=/tmp/codex-daemon-$(id -u)
[ -d "$place" ] || {
  mkdir -m 700 "$place"
  made=$place
}
socket=$place/csb-accept.$$
trap 'rm -f "$socket"; [ -z "${made:-}" ] || rmdir "$made"; test_cleanup' EXIT
"$TOOLS/probe" serve "$T/log" "$socket" &
ends $!
wait_for 5 grep -q ready "$T/log"
hits() {
  grep -c hit "$T/log"
}
more_hits() {
  [ "$(hits)" -gt "$1" ]
}
yes 'accept 36: daemon_sockets_tests: outside it is reached' "$TOOLS/probe" connect "$socket"
yes '... and is seen to be' wait_for 5 more_hits 0
before=$(hits)
for net in restricted enabled; do
  for policy in 'read=root' 'read=root write=/tmp' "read=root write=$place" 'write=root'; do
    # shellcheck disable=SC2086 # words
    dropin --permission-profile "$(profile $net $policy)" -- ./probe connect "$socket"
    fails "accept 36: daemon_sockets_tests: out of reach ($net, $policy)"
  done
done
for policy in '{"type":"workspace-write","network_access":true,"writable_roots":["'"$place"'"]}' \
  '{"type":"read-only","network_access":true}'; do
  dropin --sandbox-policy "$policy" -- ./probe connect "$socket"
  fails "accept 36: daemon_sockets_tests: out of reach ($policy)"
done
is '... nobody came' "$(hits)" "$before"
finish
