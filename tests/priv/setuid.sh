# shellcheck shell=sh
# setuid.sh -- source it first: what is built, really installed, in a mount
# namespace of the test's own, for an ordinary uid on a host that forbids him
# user namespaces.
#
#   installed no|yes|world     make install SETUID=...; what was there is replaced
#   plain CMD...               CMD as uid $U
#   forbidden CMD...           the same, and he may make no user namespace
#   cage plain|forbidden CMD   `run codex-sandbox exec` as that
#   $LAUNCH $CSB $P $W         the installed launcher and front end; helper programs;
#                              his workspace
if [ "$(id -u)" = 0 ] && [ -z "${CSB_TEST_INSIDE:-}" ]; then
  CSB_TEST_INSIDE=1 exec unshare -m sh "$0"
fi
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
case $(findmnt -no OPTIONS -T "$TEST_DIR") in
*nosuid*) skip_all "$TEST_DIR is mounted nosuid" ;;
esac
U=54321
P=$TEST_DIR/programs
LIBEXEC=/usr/local/libexec/codex-sandbox
LAUNCH=$LIBEXEC/codex-sandbox-launch
mkdir "$P" "$TEST_DIR/root"
cp "$TOOLS/forbid" "$TOOLS/probe" "$TOOLS/hostile" "$P"
probe_to "$W"
chmod 711 "$TEST_DIR" "$P"
chmod 755 "$P"/* "$W"
chown -R $U:$U "$W"
export HOME="$W"

installed() { # -o all: it is built, and other tests run what is in $B meanwhile
  mkdir -p "$TEST_DIR/root/usr/local"
  run make -s -C "$TEST_TREE" -o all B="$B" install DESTDIR="$TEST_DIR/root" SETUID="$1"
}

# The group that the package makes.
sed '/^codex-sandbox:/d' /etc/group >"$TEST_DIR/group"
echo 'codex-sandbox:x:54330:' >>"$TEST_DIR/group"
chmod 644 "$TEST_DIR/group"
mount --bind "$TEST_DIR/group" /etc/group
# shellcheck disable=SC2034 # for the tests
G=54330
installed no
mount --bind "$TEST_DIR/root/usr/local" /usr/local
CSB=/usr/local/bin/codex-sandbox

plain() { setpriv --reuid $U --regid $U --clear-groups -- "$@"; }
forbidden() { "$P/forbid" $U "$@"; }
cage() {
  cage_host=$1
  shift
  run "$cage_host" "$CSB" exec -C "$W" -- "$@"
}
none='eff 00 prm 00 inh 00 bnd 0 amb 0 nnp 1'

# hostile NAME WANT WORD... -- another parent of the launcher than the front end:
# tests/e2e/hostile.c with these words.  WANT: `cage`, or words of a refusal.
mkdir "$P/parent"
cp "$B/codex-sandbox" "$B/codex-sandbox-init" "$P/parent"
hostile() {
  hostile_name=$1 hostile_want=$2
  shift 2
  rm -f "$P/parent/codex-sandbox-launch"
  # In the last line, since a shell cannot pass everything on.
  printf '#!/bin/sh\ncd "%s" || exit\nexec "%s/hostile" %s -- %s\n' "$W" "$P" "$*" "$LAUNCH" \
    >"$P/parent/codex-sandbox-launch"
  chmod 755 "$P/parent/codex-sandbox-launch"
  run forbidden "$P/parent/codex-sandbox" exec -C "$W" -- ./probe caps
  case $hostile_want in
  cage) is "$hostile_name" "$code $out$err" "0 $none" ;;
  *)
    refused "$hostile_name: refused" 125 "$hostile_want"
    is "$hostile_name: in one line" "$(echo "$err" | grep -c '^codex-sandbox.*; ')/$(echo "$err" | wc -l)" 1/1
    ;;
  esac
}
