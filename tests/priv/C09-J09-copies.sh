#!/bin/sh
# Goal of this test: C9, J9: a privileged launcher is the one that is installed:
# not a copy, not a hard link, not one of before an upgrade.
. "$(dirname "$0")/setuid.sh"
installed world
# with LAUNCHER -- the front end's words for another launcher
with() {
  rm -f "$P/parent/codex-sandbox-launch"
  ln -s "$1" "$P/parent/codex-sandbox-launch"
  run forbidden "$P/parent/codex-sandbox" exec -C "$W" -- echo ran
}
with "$LAUNCH"
is 'the installed one works, by a symlink too' "$out" ran
mkdir "$LIBEXEC/kept"
ln "$LAUNCH" "$LIBEXEC/kept/link"
for f in "$LIBEXEC/kept/link" "$LAUNCH"; do
  with "$f"
  refused "with a second name: ${f##*/}" 125 'another copy or name of it has a privilege'
done
installed world
is 'an upgrade takes the bit from the old name' "$(stat -c %a "$LIBEXEC/kept/link")" 755
with "$LAUNCH"
is 'and the new file works' "$out" ran
chmod 4755 "$LIBEXEC/kept/link"
with "$LIBEXEC/kept/link"
refused 'one of before the upgrade that kept the bit' 125 'another copy or name of it has a privilege'
rm "$LIBEXEC/kept/link"
cp "$LAUNCH" "$LIBEXEC/kept/copy"
chmod 4755 "$LIBEXEC/kept/copy"
with "$LIBEXEC/kept/copy"
refused 'a privileged copy' 125 'another copy or name of it has a privilege'
chmod 0755 "$LIBEXEC/kept/copy"
with "$LIBEXEC/kept/copy"
refused 'a copy without the bit has none' 125 'making a user namespace: not permitted'
rm -f "$P/parent/codex-sandbox-launch"
cp "$LIBEXEC/kept/copy" "$P/parent/codex-sandbox-launch"
run plain "$P/parent/codex-sandbox" exec -C "$W" -- echo ran
is 'where no privilege is needed it works' "$out" ran
# A caller cannot make these himself.
no 'an ordinary user cannot link it' plain ln "$LAUNCH" "$W/link"
finish
