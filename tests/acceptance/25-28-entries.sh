#!/bin/sh
# Goal of this test: cases 25 to 28 of the older helper's own tests, by its name and
# its command line: the deepest entry of a policy decides. Only the second generation
# can say these policies.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dropin.sh"

mkdir blocked
echo secret >blocked/secret
entries read=minimal "write=$W" "deny=$W/blocked" -- sh -c 'echo pwned >blocked/secret'
fails 'accept 25: sandbox_blocks_explicit_split_policy_carveouts_under_bwrap'
has '... because it is denied' "$err" 'denied'
is '... the file is as before' "$(cat blocked/secret)" secret
entries read=minimal "write=$W" -- sh -c 'echo theirs >blocked/secret'
is '... which without the entry it is not' "$code$(cat blocked/secret)" 0theirs

# ---- 26: the place where the older helper kept its notes is denied -----------------
secret=$(mktemp /tmp/csb-accept.XXXXXX)
trap 'rm -f "$secret"; test_cleanup' EXIT
echo secret >"$secret"
mkdir "$T/tmp"
echo secret >"$T/tmp/secret"
for base in root minimal; do
  entries "read=$base" "write=$W" deny=slash_tmp -- sh -c 'echo up; cat "$1"; echo pwned >"$1"' sh "$secret"
  is "accept 26: sandbox_starts_with_denied_tmp_without_exposing_registry (/tmp, $base)" "$out$code" up2
  is "... the secret is as before (/tmp, $base)" "$(cat "$secret")" secret
  entries "read=$base" "write=$W" deny=slash_tmp -- ls /tmp
  fails "... no list of it (/tmp, $base)"
  TMPDIR=$T/tmp entries "read=$base" "write=$W" deny=tmpdir -- \
    sh -c 'echo up; cat "$1"; echo pwned >"$1"; ls "$TMPDIR"' sh "$T/tmp/secret"
  is "accept 26: the same for \$TMPDIR ($base)" "$out" up
  is "... the secret is as before (\$TMPDIR, $base)" "$(ls "$T/tmp") $(cat "$T/tmp/secret")" 'secret secret'
done
TMPDIR=$T/tmp entries read=root "write=$W" -- cat "$T/tmp/secret"
is '... which without the entry is read' "$out" secret

mkdir -p b/allowed
echo secret >b/secret
entries read=minimal "write=$W" "deny=$W/b" "write=$W/b/allowed" -- sh -c 'echo x >b/allowed/note'
works 'accept 27: sandbox_reenables_writable_subpaths_under_unreadable_parents'
is '... on the host' "$(cat b/allowed/note 2>&1)" x
entries read=minimal "write=$W" "deny=$W/b" "write=$W/b/allowed" -- cat b/secret
fails '... its siblings stay hidden'

echo secret >"$T/secret"
entries read=root "deny=$T" -- cat "$T/secret"
fails 'accept 28: sandbox_blocks_root_read_carveouts_under_bwrap'
is '... nothing was printed' "$out" ''
entries read=root -- cat "$T/secret"
is '... without the entry it is read' "$out" secret
finish
