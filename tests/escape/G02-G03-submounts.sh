#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: G2, G3, read-only holds in every mount below, and locked flags are kept.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
unshare -Urm true 2>/dev/null || skip_all 'no user namespace to mount in'
mkdir -p "$T/a" "$W/s" "$W/.git/sub"
cat >"$T/go" <<'SH'
mount -t tmpfs none "$3/a" && mkdir -p "$3/a/b" "$3/a/deny" && mount -t tmpfs none "$3/a/b"
mount -t tmpfs -o nodev,noexec,nosuid none "$2/s"
mount -t tmpfs none "$2/.git/sub"
echo s >"$3/a/deny/f"; mount -t tmpfs none "$3/a/deny"; echo secret >"$3/a/deny/f"
echo x >"$3/a/b/outside" && echo outside ok
"$1" exec -C "$2" --mount-engine "$4" -d "$3/a/deny" -- sh -c '
  for d in "$1/a" "$1/a/b" .git .git/sub; do echo x >"$d/f" && echo "WROTE $d"; done
  cat "$1/a/deny/f"
  cp /bin/true s/t && s/t && echo EXEC
  echo x >s/f && echo wrote s' sh "$3"
SH
for engine in init bwrap; do
  run unshare -Urm sh "$T/go" "$CSB" "$W" "$T" $engine
  has "outside the submounts are written ($engine)" "$out" 'outside ok'
  hasnt "inside nothing read-only is, however deep ($engine)" "$out" WROTE
  hasnt "a mount below a denied place stays denied ($engine)" "$out" secret
  if [ "$code" = 125 ]; then
    not_ok "it runs ($engine)" "$(told)"
  else
    has "a writable one with noexec is written ($engine)" "$out" 'wrote s'
    hasnt "and noexec stays ($engine)" "$out" EXEC
  fi
done
finish
