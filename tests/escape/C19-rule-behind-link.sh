#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: C19, rules behind symlinks neither kill the start nor vanish.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
mkdir -p "$T/real" "$T/home"
echo s >"$T/real/f"
ln -s real "$T/link"
ln -s "$T/real" "$T/home/.ssh"
ln -s /nonexistent/x "$T/home/.netrc"
ln -s . "$T/home/.gnupg"
csb -d "$T/link" -- cat "$T/real/f"
if [ "$code" = 125 ]; then ok 'a rule by a link: refused with a reason'; else fails 'a rule by a link holds for what it leads to'; fi
csb -d "$T/link" -- cat "$T/link/f"
if [ "$code" = 125 ]; then ok 'and by the link'; else fails 'and by the link'; fi
run env HOME="$T/home" "$CSB" exec -C "$W" -- sh -c "echo up; cat '$T/real/f' '$T/home/.ssh/f'"
is 'secrets that are links, circles, dangling: it starts, and the secret is denied' "$out" up
ln -s .aws "$T/home/.aws"
run env HOME="$T/home" "$CSB" exec -C "$W" -- echo up
refused 'a secret that is a loop: says which, and what mends it' 125 'take the loop'
rm "$T/home/.aws"
run env HOME="$T/home" "$CSB" exec -C "$W" --allow-secrets -- cat "$T/home/.ssh/f"
is 'with --allow-secrets it is read' "$out" s
finish
