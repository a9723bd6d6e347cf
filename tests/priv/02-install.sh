#!/bin/sh
# Goal of this test: install and uninstall, and the installed program works
# from where it lies.
. "$(dirname "$0")/../lib.sh"
cd "$TEST_TREE" || exit 1
# From a copy: other tests run the programs in $B meanwhile.
cp -a "$B" "$T/build"
run make B="$T/build" install DESTDIR="$T/root"
works 'install into DESTDIR'
is 'the programs' "$(cd "$T/root/usr/local" && find bin libexec -type f | LC_ALL=C sort)" \
  'bin/codex-sandbox
libexec/codex-sandbox/codex-sandbox-init
libexec/codex-sandbox/codex-sandbox-launch
libexec/codex-sandbox/codex-sandbox-supervisor
libexec/codex-sandbox/codex/bwrap'
is 'manual pages and completions' \
  "$(cd "$T/root/usr/local/share" && find man bash-completion fish zsh -type f | sort)" \
  'bash-completion/completions/codex-sandbox
fish/vendor_completions.d/codex-sandbox.fish
man/man1/codex-sandbox.1
man/man5/codex-sandbox.config.5
man/man5/codex-sandbox.rules.5
man/man8/codex-sandbox-init.8
man/man8/codex-sandbox-launch.8
man/man8/codex-sandbox-supervisor.8
zsh/site-functions/_codex-sandbox'
has 'the AppArmor profile, for this place' \
  "$(cat "$T/root/usr/local/share/codex-sandbox/apparmor/codex-sandbox-launch")" \
  'profile codex-sandbox-launch /usr/local/libexec/codex-sandbox/codex-sandbox-launch flags'
is 'the shipped profiles' "$(cd "$T/root/usr/local/share/codex-sandbox/profiles" && ls)" \
  "$(cd packaging/profiles && ls)"
for f in README.md ARCHITECTURE.md SECURITY.md CHANGELOG.md LICENSE docs/*.md; do
  yes "${f##*/} is among the documents" \
    cmp "$f" "$T/root/usr/local/share/doc/codex-sandbox/${f##*/}"
done
is 'nothing is setuid unless asked' "$(find "$T/root" -perm /6000)" ''
# From its place: the tree is laid over /usr/local in a mount namespace.
run unshare -m sh -c 'mount --bind "$1/usr/local" /usr/local && cd "$2" &&
  /usr/local/bin/codex-sandbox exec -- sh -c "echo from-its-place"' \
  sh "$T/root" "$W"
is 'the installed program works' "$out$code" from-its-place0
run unshare -m sh -c 'mount --bind "$1/usr/local" /usr/local && cd "$2" &&
  /usr/local/bin/codex-sandbox explain -- true' sh "$T/root" "$W"
works 'so does explain'
has 'and it says what runs' "$out" 'cage         namespaces'
run unshare -m sh -c 'mount --bind "$1/usr/local" /usr/local && cd "$2" &&
  for name in /usr/local/bin /usr/local/libexec/codex-sandbox/codex; do
    "$name/codex-linux-sandbox" --sandbox-policy-cwd "$2" --sandbox-policy \
      "{\"type\":\"read-only\"}" -- echo by-its-other-name || exit
  done' sh "$T/root" "$W"
is 'by its second name too, in both places' "$out$code" \
  'by-its-other-name
by-its-other-name0'
run make B="$T/build" uninstall DESTDIR="$T/root"
works 'uninstall'
is 'uninstall leaves no file' "$(find "$T/root" ! -type d)" ''
is 'nor a directory of its own' "$(find "$T/root" -name 'codex-sandbox*')" ''
finish
