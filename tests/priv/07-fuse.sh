#!/bin/sh
# Goal of this test: a workspace that a program keeps (FUSE) is as good a workspace,
# and it is said that it is one (threats G9).  Root mounts it, in a mount namespace of
# the test, since the device may be root's alone; an ordinary user works in it.
if [ "$(id -u)" = 0 ] && [ -z "${CSB_TEST_INSIDE:-}" ]; then
  CSB_TEST_INSIDE=1 exec unshare -m --propagation private sh "$0"
fi
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
have bindfs || skip_all 'bindfs is not installed'
[ -e /dev/fuse ] || skip_all 'this kernel has no FUSE'
U=54321
P=$TEST_DIR/programs
mkdir "$P" "$T/disk" "$T/home"
cp "$B/codex-sandbox" "$B/codex-sandbox-init" "$B/codex-sandbox-launch" "$P"
chmod 711 "$TEST_DIR" "$P"
chmod 755 "$P"/* "$W" "$T"
chown $U:$U "$W" "$T/disk" "$T/home"
as() {
  run setpriv --reuid $U --regid $U --clear-groups -- env HOME="$T/home" "$@"
}
bindfs -f -o allow_other,fsname=csb-test "$T/disk" "$W" >"$T/bindfs" 2>&1 &
ends $!
wait_for 10 sh -c "[ \"\$(stat -f -c %T '$W')\" = fuseblk ] || [ \"\$(stat -f -c %T '$W')\" = fuse ]" || {
  skip_all "bindfs does not mount here: $(head -1 "$T/bindfs")"
}

# ---- it is said --------------------------------------------------------------------
as "$P/codex-sandbox" explain -C "$W"
has 'explain names it' "$out" "elsewhere    $W is on fuse: a program keeps these files"
as "$P/codex-sandbox" explain -C "$T/home"
hasnt 'which it does of no other' "$out" elsewhere
as "$P/codex-sandbox" explain -C "$W" --json
has 'explain --json too' "$(echo "$out" | tr -d ' \n')" '"elsewhere":[{"path":"'"$W"'","type":"fuse"}]'
as sh -c 'cd "$1" && exec "$2" doctor' sh "$W" "$P/codex-sandbox"
has 'doctor notes it' "$out" 'note  directory        this one is on fuse: a program keeps these files'
as sh -c 'cd "$1" && exec "$2" doctor' sh "$T/home" "$P/codex-sandbox"
has 'doctor notes no other' "$out" 'ok    directory        kept by this machine'
as "$P/codex-sandbox" exec -C "$W" --result "$T/home/result" -- true
has 'and the result' "$(cat "$T/home/result")" '"elsewhere":[{"path":"'"$W"'","type":"fuse"}]'

# ---- it holds ------------------------------------------------------------------------
setpriv --reuid $U --regid $U --clear-groups sh -c 'mkdir "$1/.git" "$1/sub" && echo before >"$1/.git/config"' sh "$W"
for engine in init bwrap; do
  cage() {
    as "$P/codex-sandbox" exec --mount-engine $engine -C "$W" "$@"
  }
  cage -- sh -c 'echo x >sub/written && cat sub/written'
  is "$engine: it is written" "$out$code" x0
  is "$engine: on the disk" "$(cat "$T/disk/sub/written")" x
  rm "$W/sub/written" # behind its back the program would not know
  for act in 'echo pwned >.git/config' 'mv .git x' 'mkdir .codex' 'mkdir .aws'; do
    cage -- sh -c "$act"
    fails "$engine: refused: $act"
  done
  is "$engine: it is as before" "$(cd "$T/disk" && find . | sort | tr '\n' ' ')$(cat "$T/disk/.git/config")" \
    '. ./.git ./.git/config ./sub before'
  cage --deny sub -- ls sub
  fails "$engine: denied is denied"
  cage --ro sub -- sh -c 'echo x >sub/x'
  fails "$engine: read-only is read-only"
  cage -- sh -c "echo x >'$T/home/x'"
  fails "$engine: and nothing outside is written"
done
case $("$P/codex-sandbox" explain -C "$T/home") in
*'landlock     ABI '[6-9]*)
  as "$P/codex-sandbox" exec --backend landlock --sandbox read-only --proc host --no-protect all -w "$W" -C "$W" -- \
    sh -c "echo x >file && rm file && ! echo x >'$T/home/x'"
  works 'Landlock alone holds on it as well'
  ;;
*) skip 'Landlock alone holds on it as well' 'this kernel has no Landlock of ABI 6' ;;
esac
finish
