#!/bin/sh
# Goal of this test: install and uninstall, and the installed program works
# from where it lies.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
# From a copy: other tests run the programs in $B meanwhile.
cp -a "$B" "$T/build"
run make B="$T/build" install DESTDIR="$T/root"
works 'install into DESTDIR'
is 'what it brings' "$(cd "$T/root" && find . -type f -o -type l | grep -v /man/ | sort)" \
  './usr/local/bin/codex-sandbox
./usr/local/libexec/codex-sandbox/codex-sandbox-init
./usr/local/libexec/codex-sandbox/codex-sandbox-launch'
is 'nothing is setuid unless asked' "$(find "$T/root" -perm /6000)" ''
# From its place: the tree is laid over /usr/local in a mount namespace.
run unshare -m sh -c 'mount --bind "$1/usr/local" /usr/local && cd "$2" &&
  /usr/local/bin/codex-sandbox exec -- sh -c "echo from-its-place"' \
  sh "$T/root" "$W"
is 'the installed program works' "$out$code" from-its-place0
run make B="$T/build" uninstall DESTDIR="$T/root"
works 'uninstall'
is 'uninstall leaves no file' "$(find "$T/root" -type f)" ''
finish
