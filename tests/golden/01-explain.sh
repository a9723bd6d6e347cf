#!/bin/sh
# Goal of this test: for known policies, explain prints what it printed before,
# for people and as the arguments of bwrap.  UPDATE=1 writes it anew.
# One place on every host: what is printed is sorted by path.
#
# With a /tmp of its own: a .git that somebody left in the host's would be
# printed.  Not where the programs or this tree lie in /tmp.
case $(cd "$(dirname "$0")" && pwd -P):${B:-} in
/tmp/* | *:/tmp/*) ;;
*)
  if [ -z "${CSB_TEST_INSIDE:-}" ] &&
    unshare -cm --keep-caps mount -t tmpfs none /tmp 2>/dev/null; then
    CSB_TEST_INSIDE=1 exec unshare -cm --keep-caps sh -c 'mount -t tmpfs -o mode=1777 none /tmp && exec sh "$1"' sh "$0"
  fi
  ;;
esac
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
golden=$TEST_TREE/tests/golden

# In a network namespace of its own no socket of this host is in sight, so
# that every host prints the same.
unshare -cn true 2>/dev/null || skip_all 'unshare -cn does not work here'

# Directories of ours are masked where they exist.
mkdir -m 700 "/var/tmp/codex-sandbox-$(id -u)" "/tmp/codex-sandbox-$(id -u)" \
  2>/dev/null

. "$golden/tree.sh"

# explain FLAG OPTIONS -- with the environment of nobody in particular, and the
# engine that every kernel has
explain() {
  # shellcheck disable=SC2086 # options
  (set -f && cd "$W" && umask 022 && env -i HOME=/home/u PATH=/usr/bin:/bin USER=u LANG=C \
    SECRET_KEY=s unshare -cn "$CSB" explain --mount-engine bwrap $1 $2 -- \
    make check) 2>&1
}

# What differs between hosts, kernels and runs, and says nothing of the policy:
# names of directories, widths of columns, numbers of descriptors.
steady() {
  sed -E "s#$TEST_DIR#DIR#g; s#codex-sandbox-$(id -u)#codex-sandbox-UID#; s/([^ ]) +/\1 /g; s/[0-9]+ instructions/N instructions/
    s/^(filter full)[-a-z]*/\1/; s/^(landlock ).*/\1N/; s/^(digest|instance) [0-9a-f]{64}$/\1 HEX/" | awk '
    number { print "N"; number = 0; next }
    { print; number = /^--(userns|.*-fd|ro-bind-data|block-fd)$/ }'
}

while read -r name options; do
  case $name in '' | '#'*) continue ;; esac
  options=$(printf '%s' "$options" | sed "s#DIR#$TEST_DIR#g")
  {
    explain '' "$options"
    echo "-- bwrap"
    explain --argv "$options"
  } | steady >"$T/got"
  if [ -n "${UPDATE:-}" ]; then
    cp "$T/got" "$golden/$name.txt"
  fi
  if [ -s "$T/got" ] && cmp -s "$T/got" "$golden/$name.txt"; then
    ok "$name"
  else
    not_ok "$name" "$(diff "$golden/$name.txt" "$T/got")"
  fi
done <"$golden/cases"
finish
