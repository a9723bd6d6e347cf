#!/bin/sh
# Goal of this test: what is readable and what is writable, by mode and option.
# The cases are those of the implementation that this one follows.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

csb -- ls -l /bin
works 'case 05: test_root_read'

csb -- sh -c "echo x >'$T/file'"
fails 'case 06: test_root_write'
no 'case 06: nothing was written' test -e "$T/file"
yes 'case 06: outside it can be' sh -c "echo x >'$T/file'"

csb --sandbox read-only -- sh -c 'echo hello >/dev/null'
works 'case 07: test_dev_null_write'

csb -- sh -c 'for n in null zero full random urandom tty; do
  [ -c /dev/$n ] || echo $n; done'
is 'case 08: bwrap_populates_minimal_dev_nodes' "$out$code" 0
csb -- sh -c 'head -c 4 /dev/zero | od -An -tx1; echo x >/dev/full'
has 'case 08: zero gives zeros' "$out" '00 00 00 00'
fails 'case 08: full is full'
csb -- sh -c 'for n in /dev/sd* /dev/vd* /dev/nvme* /dev/kvm /dev/mem \
  /dev/kmsg /dev/fuse /dev/dri; do [ -e "$n" ] && echo $n; done; true'
is 'no device of the host' "$out" ''

shm=/dev/shm/csb-test.$$
ends
trap 'rm -f "$shm"; test_cleanup' EXIT
csb -- sh -c "echo x >$shm"
no 'the sandbox has a /dev/shm of its own' test -e "$shm"
csb -w /dev/shm -- sh -c "echo granted >$shm"
works 'case 09: bwrap_preserves_writable_dev_shm_bind_mount'
is 'case 09: it is on the host' "$(cat "$shm" 2>&1)" granted

csb -w "$T" -- sh -c "echo x >'$T/root' && cat '$T/root'"
works 'case 10: test_writable_root'
is 'case 10: it is on the host' "$(cat "$T/root")" x

csb --permission-profile "$(profile restricted read=root "write=$W" \
  "write=$T/missing")" -- sh -c "echo x >'$W/in'"
works 'case 11: sandbox_ignores_missing_writable_roots_under_bwrap'
no 'case 11: the missing root was not made' test -e "$T/missing"

csb -- ./probe caps
has 'case 12: test_no_new_privs_is_enabled' "$out" 'nnp 1'
has 'case 13: no effective or permitted capabilities' "$out" 'eff 00 prm 00'
has 'case 13: nor inheritable, bounding, ambient' "$out" 'inh 00 bnd 0 amb 0'

# case 14: capabilities that the caller holds never reach the command.
if unshare -Ur true 2>/dev/null; then
  run unshare -Ur "$TOOLS/probe" caps
  hasnt 'case 14: the caller holds capabilities' "$out" 'eff 00'
  for mode in '--sandbox workspace-write' '--sandbox read-only' '--net full'; do
    # shellcheck disable=SC2086 # two words
    run unshare -Ur "$CSB" exec -C "$W" $mode -- ./probe caps
    if [ "$code" = 125 ] && [ -z "$out" ]; then
      ok "case 14: retained capabilities are refused ($mode)"
    else
      has "case 14: retained capabilities are dropped ($mode)" "$out" \
        'eff 00 prm 00'
    fi
  done
else
  skip 'case 14: capabilities of the caller' 'unshare -Ur does not work here'
fi

# case 20: metadata of a writable root.
for meta in .git/config .codex/config.toml .aws/config; do
  mkdir -p "$W/$(dirname $meta)"
  echo before >"$W/$meta"
  csb -- sh -c 'echo x >sibling'
  works "case 20: a sibling of $meta is written"
  is "case 20: quietly ($meta)" "$err" ''
  csb -- sh -c "echo after >$meta" 2>/dev/null
  fails "case 20: $meta is not"
  is "case 20: $meta is as before" "$(cat "$W/$meta")" before
  csb -- sh -c "rm -rf $(dirname $meta); mv $(dirname $meta) moved"
  yes "case 20: nor removed or renamed ($meta)" test -e "$W/$meta"
done
rm -rf "$W/.git" "$W/.codex" "$W/.aws"

mkdir "$W/decoy"
ln -s decoy "$W/.codex"
csb -- sh -c 'echo x >.codex/config.toml'
no 'case 21: sandbox_blocks_codex_symlink_replacement_attack' \
  test -e "$W/decoy/config.toml"
case $code in
0) not_ok 'case 21: and the write is refused' "$(told)" ;;
*) ok 'case 21: and the write is refused' ;;
esac
rm "$W/.codex"

# Modes.
csb --sandbox read-only -- sh -c 'echo x >in'
fails 'read-only: the workspace is not writable'
csb --sandbox read-only -- sh -c 'echo x >/tmp/in'
fails 'read-only: nor is /tmp'
csb --sandbox workspace-write -- sh -c 'echo x >in && echo x >/tmp/csb-private.$$ && ls /tmp'
works 'workspace-write: the workspace and /tmp are'
no '/tmp is private' test -e /tmp/csb-private.$$
csb --sandbox danger-full-access -- sh -c "echo x >'$T/danger'"
works 'danger-full-access writes anywhere'
csb --sandbox external-sandbox -- sh -c "echo x >'$T/external'"
works 'external-sandbox has no filesystem sandbox'
host=/tmp/csb-host.$$
csb --tmp host -- sh -c "echo x >$host"
works '--tmp host: /tmp is writable'
yes '--tmp host: it is the host'"'"'s' rm "$host"
run "$CSB" exec -C "$W" --tmp private -- sh -c "ls -A /tmp"
is '--tmp private is empty' "$out" ''

# A workspace below /tmp is there although /tmp is private.
in_tmp=$(mktemp -d /tmp/csb-test-ws.XXXXXX)
echo neighbour >"$in_tmp.secret"
run "$CSB" exec -C "$in_tmp" -- sh -c "echo x >in && pwd && ls /tmp"
works 'a workspace below a private /tmp is writable'
hasnt 'and its neighbours stay hidden' "$out" secret
yes 'and it was written on the host' test -e "$in_tmp/in"
run "$CSB" exec -C "$in_tmp" --deny "$in_tmp.secret" -- sh -c "echo up; cat $in_tmp.secret"
is 'what is denied below a private /tmp is denied' "$code $out" '1 up'
rm -rf "$in_tmp" "$in_tmp.secret"

# Options on top.
mkdir -p "$W/ro/rw" "$W/hidden"
echo s >"$W/hidden/secret"
csb --ro ro -- sh -c 'echo x >ro/x'
fails '--ro: a directory of the workspace is read-only'
csb --ro "$W/ro" -w "$W/ro/rw" -- sh -c 'echo x >ro/rw/x'
works '-w re-opens below --ro'
csb --ro "$W/ro" -w "$W/ro/rw" -- sh -c 'echo x >ro/x'
fails 'and --ro holds around it'
csb -- cat hidden/secret
works '--deny: without it the file is readable'
csb --deny "$W/hidden" -- cat hidden/secret
fails '--deny: a directory'
csb --deny "$W/hidden/secret" -- cat hidden/secret
fails '--deny: a file'
csb --deny "$W/hidden/secret" -- sh -c 'echo x >hidden/secret; rm -f hidden/secret;
  mv hidden/secret moved; ln hidden/secret hard; cat moved hard'
is '--deny: holds against writing, removing, renaming, linking' \
  "$(cat "$W/hidden/secret" 2>&1)$out" s
csb --deny "$W/hidden/secret" -- sh -c 'mv hidden away; cat away/secret; mv away hidden'
hasnt '--deny: and below a renamed parent' "$out" s
csb -w "$T/new" -- echo ran
refused '-w of what is not there' 125 new
csb --sandbox read-only -r "$T" -- true
works '-r beside full read changes nothing'

# Several roots, nested, symlinked.
mkdir -p "$T/a/b/c" "$T/d"
ln -s "$T/d" "$W/link"
csb -w "$T/a" -w "$T/a/b/c" -w "$W/link" -- sh -c "
  echo x >'$T/a/1' && echo x >'$T/a/b/2' && echo x >'$T/a/b/c/3' &&
  echo x >link/4 && echo x >'$T/d/5'"
works 'several writable roots, nested and symlinked'
is 'all of them are on the host' "$(cd "$T" && echo a/1 a/b/2 a/b/c/3 d/4 d/5; \
  cat "$T/a/1" "$T/a/b/2" "$T/a/b/c/3" "$T/d/4" "$T/d/5" | tr '\n' ' ')" \
  "a/1 a/b/2 a/b/c/3 d/4 d/5
x x x x x "
ln -s "$T" "$W/way-out"
rm -f "$T/escaped"
csb -- sh -c 'echo x >way-out/escaped'
no 'a symlink in the workspace leads nowhere' test -e "$T/escaped"

# Ownership and modes are the user's own.
csb -- sh -c 'umask 027; echo x >mine; id -u; id -g'
is 'the command is the user' "$out" "$(id -u)
$(id -g)"
is 'its files are the user'"'"'s' "$(stat -c '%u:%g %a' "$W/mine")" \
  "$(id -u):$(id -g) 640"

# Nothing of ours stays on the host.
is 'no stub is left in the workspace' \
  "$(cd "$W" && for n in .git .codex .agents .aws; do [ ! -e $n ] || echo $n; done)" ''
finish
