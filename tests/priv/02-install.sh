#!/bin/sh
# Goal of this test: install and uninstall, and the installed program works
# from where it lies.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
run make B="$B" install DESTDIR="$T/root" prefix=/usr
works 'install into DESTDIR'
is 'what it brings' "$(cd "$T/root" && find . -type f -o -type l | grep -v /man/ | sort)" \
  './usr/bin/codex-sandbox
./usr/libexec/codex-sandbox/codex-sandbox-init
./usr/libexec/codex-sandbox/codex-sandbox-launch'
is 'nothing is setuid unless asked' "$(find "$T/root" -perm /6000)" ''
run make B="$B" uninstall DESTDIR="$T/root" prefix=/usr
works 'uninstall'
is 'uninstall leaves no file' "$(find "$T/root" -type f)" ''
finish
