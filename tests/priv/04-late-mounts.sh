#!/bin/sh
# Goal of this test: what the host mounts after the start does not appear inside
# (threats G4).
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
mkdir "$T/place"
for engine in init bwrap; do
  rm -f "$W/go" "$W/late"
cat >"$T/host" <<'EOF'
mount --make-rshared / || exit 9
"$CSB" exec --mount-engine $engine --guard journal -C "$W" -- sh -c 'touch go; until [ -e late ]; do sleep 0.05; done; ls "$1"' sh "$T/place" >"$T/inside" &
until [ -e "$W/go" ]; do sleep 0.05; done
mount -t tmpfs none "$T/place" && touch "$T/place/late-mount" && ls "$T/place"
touch "$W/late"
wait $!
echo $? >"$T/status"
EOF
export W T engine
run unshare -m sh "$T/host"
is "$engine: outside the late mount is there" "$out" late-mount
is "$engine: the command ran" "$(cat "$T/status")" 0
is "$engine: inside it is not" "$(cat "$T/inside")" ''
done
finish
