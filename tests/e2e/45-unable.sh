#!/bin/sh
# Goal of this test: where a host refuses the mount calls or an overlay, the
# command runs all the same, once, by weaker means, and what is protected stays
# so; where a means was asked for by name, the run is refused.
. "$(dirname "$0")/../lib.sh"
XDG_STATE_HOME=$TEST_DIR/state
mkdir -m 700 "$XDG_STATE_HOME"
export XDG_STATE_HOME
"$CSB" exec -C "$W" --mount-engine init -- true 2>/dev/null ||
  skip_all 'init cannot lay mounts here'
try='echo ran >>ran; mkdir .git .codex 2>/dev/null; cat ran; ls -d .git .codex'
ran='ran
.codex
.git'

# Every call, missing and refused.
for call in open_tree move_mount fsopen fsconfig fsmount mount_setattr; do
  for how in "$call" "$call!"; do
    run "$TOOLS/without" "$how" "$CSB" exec -C "$W" -- sh -c "$try"
    is "without $how: the command runs once, names are kept" "$code $out" "0 $ran"
    is "without $how: nothing is left" "$(ls -A "$W")" ran
    rm -f "$W/ran"
    run "$TOOLS/without" "$how" "$CSB" exec -C "$W" --mount-engine init -- echo ran
    refused "without $how: init by name" 125 'this host refuses the mount calls'
  done
done
run "$TOOLS/without" 'fsopen!' "$CSB" exec -C "$W" --guard overlay -- echo ran
refused 'without fsopen!: an overlay by name' 125 'cannot be laid as an overlay'
ln -s "$T" "$W/.codex"
run "$TOOLS/without" 'fsopen!' "$CSB" exec -C "$W" -- echo ran
refused 'without fsopen!: a protected symlink, which only init holds' 125 'symlink'
rm "$W/.codex"
run "$TOOLS/without" 'fsopen!' "$CSB" exec -C "$W" --timeout 5s -- sh -c 'exit 7'
code_is 'without fsopen!: the exit status' 7
run sh -c 'echo in | "$1" fsopen! "$2" exec -C "$3" -- cat' sh "$TOOLS/without" "$CSB" "$W"
is 'without fsopen!: standard input' "$out" in

# An overlay cannot be the upper layer of another.
apart='unshare -cm --keep-caps --'
# shellcheck disable=SC2086 # words
if have setpriv && $apart sh -c 'cd "$1" && mkdir l u w m && mount -t overlay overlay \
  -o lowerdir=l,upperdir=u,workdir=w,userxattr m' sh "$T" 2>/dev/null; then
  # on_overlay CMD... -- in an overlay at $T/m, where our own place is as well
  on_overlay() {
    # shellcheck disable=SC2086,SC2016 # words, of the other shell
    run $apart sh -c 'cd "$1" && shift && rm -rf w && mkdir w && mount -t overlay overlay \
      -o lowerdir=l,upperdir=u,workdir=w,userxattr m && mkdir -p m/ws &&
      mkdir -m 700 -p m/state && export XDG_STATE_HOME="$PWD/m/state" || exit 99
      exec setpriv --ambient-caps -all --inh-caps -all -- "$@"' sh "$T" "$@"
  }
  on_overlay "$CSB" exec -C "$T/m/ws" -- sh -c "$try"
  is 'an overlay is refused: the command runs once, names are kept' "$code $out" "0 $ran"
  is 'an overlay is refused: nothing is left' "$(ls -A "$T/u/ws")" ran
  on_overlay "$CSB" exec -C "$T/m/ws" --guard overlay -- echo ran
  refused 'an overlay is refused: by name' 125 'cannot be laid as an overlay'
  on_overlay "$TOOLS/without" 'openat2' "$CSB" exec -C "$T/m/ws" -- sh -c 'cat ran'
  is 'an overlay is refused, and no openat2' "$code $out" '0 ran'
else
  skip 'an overlay is refused' 'no overlay of our own can be mounted here'
fi
finish
