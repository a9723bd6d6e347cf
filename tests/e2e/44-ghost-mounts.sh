#!/bin/sh
# shellcheck disable=SC2010,SC2115 # names of our own making
# Goal of this test: names that are missing stay missing wherever the writable
# directory lies: on a mount of its own, as the root of a mount, above another
# mount, at home, inside another writable directory, and as "/".
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'
XDG_STATE_HOME=$TEST_DIR/state
mkdir -m 700 "$XDG_STATE_HOME"
export XDG_STATE_HOME
names='.git .agents .codex .aws'
# In a namespace of our own with mounts of our own, as the same user.
apart='unshare -cm --keep-caps --'
# shellcheck disable=SC2086 # words
$apart true 2>/dev/null || apart=

# try_all: no name can be made in the present directory, a neighbour can
cat >"$T/try_all" <<'SH'
for n in .git .agents .codex .aws; do
  mkdir $n 2>/dev/null && echo "made $n"
  touch $n/x 2>/dev/null && echo "made $n/x"
done
mkdir .gitx && rmdir .gitx && echo tried
SH
# tries NAME CMD... -- CMD is tried with the words above as its command
tries() {
  test_name=$1
  shift
  run "$@" -- sh "$T/try_all"
  is "$test_name" "$code $out" '0 tried'
}
# in_mounts WORDS -- set up by these words, then "exec" and more in the file do
in_mounts() {
  # shellcheck disable=SC2086 # words
  run $apart sh -c "$1"' || exit 99
    shift
    exec setpriv --ambient-caps -all --inh-caps -all -- "$@"' sh "$@"
}

if [ -n "$apart" ] && have setpriv; then
  while IFS='|' read -r name means setup; do
    # shellcheck disable=SC2016 # of the other shell
    setup='cd "$W" && mkdir -p m && '$setup
    export W T CSB
    in_mounts "$setup" "$CSB" explain -C "$W/m" --json
    has "$name: $means" "$out" '"means": "'"$means"'"'
    in_mounts "$setup" "$CSB" exec -C "$W/m" -r "$T" -- sh "$T/try_all"
    is "$name: nothing can be made" "$code $out" '0 tried'
    # shellcheck disable=SC2016 # of the other shell
    in_mounts "$setup" sh -c '"$CSB" exec -C "$W/m" -r "$T" -- sh "$T/try_all" >/dev/null; ls -A "$W/m"'
    is "$name: nothing is left" "$out" "$(echo "$name" | sed -n 's/.*(\(.*\))/\1/p')"
    rm -rf "$W/m"
  done <<'EOM'
a tmpfs of its own|placeholders|mount -t tmpfs tmpfs m
the root of a bind mount|placeholders|mount --bind m m
above another mount (sub)|placeholders|mkdir -p m/sub && mount -t tmpfs tmpfs m/sub
a directory of the mount with our own place|overlay|true
EOM
  # A tmpfs that holds the workspace and our own place: Linux 6.6 has the
  # attributes there, an older one does without.
  # shellcheck disable=SC2016 # of the other shell
  setup='mkdir -p "$W/m" && mount -t tmpfs tmpfs "$W/m" && mkdir -m 700 "$W/m/state" &&
    mkdir "$W/m/ws" && export XDG_STATE_HOME="$W/m/state"'
  in_mounts "$setup" "$CSB" exec -C "$W/m/ws" -r "$T" -- sh "$T/try_all"
  is 'workspace and our place on one tmpfs' "$code $out" '0 tried'
  # What the host's mount forbids stays forbidden over it.
  # shellcheck disable=SC2016 # of the other shell
  setup='mkdir -p "$W/m" && mount --bind "$W/m" "$W/m" && mount -o remount,bind,noexec "$W/m" &&
    mkdir -p "$W/m/ws" && mkdir -m 700 -p "$W/m/state" && export XDG_STATE_HOME="$W/m/state"'
  printf '#!/bin/sh\necho ran\n' >"$T/script"
  chmod 755 "$T/script"
  # shellcheck disable=SC2016 # of the other shell
  in_mounts "$setup" "$CSB" exec -C "$W/m/ws" -r "$T" --guard overlay -- \
    sh -c 'cp "$1" script; sh script; ./script' sh "$T/script"
  fails 'noexec of the host: nothing is executed'
  is 'noexec of the host: it is read' "$out" ran
  rm -rf "$W/m"
  # A read-only mount needs no guard.
  # shellcheck disable=SC2016 # of the other shell
  in_mounts 'mkdir -p "$W/m" && mount --bind "$W/m" "$W/m" && mount -o remount,bind,ro "$W/m"' \
    "$CSB" exec -C "$W/m" -r "$T" -- sh -c 'mkdir .git || mkdir x || echo refused'
  is 'a workspace on a read-only mount' "$code $out" '0 refused'
  rm -rf "$W/m"
else
  skip 'mounts of our own' 'unshare -cm --keep-caps, or setpriv, does not work here'
fi

# HOME is the workspace: our own place is not made in it.
mkdir "$W/home"
unset XDG_STATE_HOME
run env HOME="$W/home" "$CSB" exec -C "$W/home" -r "$T" -- sh "$T/try_all"
is 'HOME as the workspace' "$code $out" '0 tried'
is 'HOME as the workspace: nothing is left in it' "$(ls -A "$W/home")" ''
mkdir -p "$W/home/.local/state"
run env HOME="$W/home" "$CSB" exec -C "$W/home" -r "$T" -- sh "$T/try_all"
is 'HOME with ~/.local/state as the workspace' "$code $out" '0 tried'
is 'and nothing is made there' "$(ls -A "$W/home/.local/state")" ''
run env HOME="$W/home" "$CSB" exec -C "$T" -- true
works 'with HOME elsewhere'
is 'our own place is there' "$(ls -A "$W/home/.local/state")" codex-sandbox
is 'and its mode' "$(stat -c %a "$W/home/.local/state/codex-sandbox")" 700
run env HOME="$W/home" "$CSB" exec -C "$W/home" -r "$T" -- sh -c '
  ls ~/.local/state/codex-sandbox || mv ~/.local/state/codex-sandbox x ||
  mv ~/.local x || rmdir ~/.local/state/codex-sandbox'
fails 'HOME as the workspace later: it is neither seen nor moved'
is 'it is still there' "$(ls -A "$W/home/.local/state")" codex-sandbox
XDG_STATE_HOME=$TEST_DIR/state
export XDG_STATE_HOME
rm -rf "$W/home"

# Writable directories in writable directories, and in read-only ones there.
mkdir -p "$W/a/b/c" "$W/ro/rw"
for options in '--guard overlay' '--guard journal' '--mount-engine bwrap'; do
  for dir in a a/b/c ro/rw; do
    # shellcheck disable=SC2086 # options
    tries "nested ($options): $dir" "$CSB" exec -C "$W" --chdir "$dir" $options -r "$T" \
      -w "$W/a" -w "$W/a/b/c" --ro "$W/ro" -w "$W/ro/rw"
  done
  # shellcheck disable=SC2086 # options
  run "$CSB" exec -C "$W" $options -w "$W/a/b/c" -- python3 -c '
import os
for d in "a/b/c", "a/b", "a":
    try:
        os.rename(d, "moved")
        print("moved", d)
    except OSError:
        pass
os.mkdir("a/b/d")
os.rename("a/b/d", "a/b/e")
os.rmdir("a/b/e")'
  is "nested ($options): none can be moved away" "$code $out" '0 '
  is "nested ($options): nothing is left" "$(find "$W" | sort | sed "s#$W##" | tr '\n' ' ')" \
    ' /a /a/b /a/b/c /ro /ro/rw '
done
# What an overlay leaves on new directories does not hinder the next one.
csb --guard overlay -- sh -c 'mkdir new && mkdir new/deep && mv new newer'
works 'directories made in an overlay'
tries 'are writable roots later' "$CSB" exec -C "$W" --chdir newer --guard overlay -r "$T" -w "$W/newer"
tries 'and workspaces' "$CSB" exec -C "$W/newer/deep" --guard overlay -r "$T"
rm -rf "$W/newer"

# case "/": a container-like root that belongs to uid 0, all of it writable.
root='{"type":"managed","network":"restricted","file_system":{"type":"restricted",
  "entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"write"}]}}'
if have bwrap; then
  mkdir -p "$T/root/tmp" "$T/root/var/tmp" "$T/root/root" "$T/root/csb" "$T/root/ws"
  chmod 1777 "$T/root/tmp" "$T/root/var/tmp"
  for dir in bin sbin lib lib64 lib32 etc; do
    if [ -L /$dir ]; then ln -s "$(readlink /$dir)" "$T/root/$dir"; fi
  done
  container() {
    run bwrap --unshare-user --uid 0 --gid 0 --unshare-pid --bind "$T/root" / --ro-bind /usr /usr \
      --ro-bind /etc /etc --ro-bind "$B" /csb --proc /proc --dev /dev \
      --setenv HOME /root --unsetenv XDG_STATE_HOME --chdir /ws --cap-add ALL -- "$@"
  }
  container true
  if [ "$code" = 0 ]; then
    container /csb/codex-sandbox exec -p "$root" -- sh -c 'id -u; cd / && . /ws/try'
    cp "$T/try_all" "$T/root/ws/try"
    find "$T/root" | sort >"$T/root.before"
    container /csb/codex-sandbox exec -p "$root" -- sh -c 'id -u; cd / && . /ws/try'
    is '"/" writable as uid 0' "$code $out" '0 0
tried'
    container /csb/codex-sandbox explain -p "$root"
    has '"/" writable: by placeholders' "$out" 'placeholders in / (it is the root directory)'
    container /csb/codex-sandbox exec -p "$root" -- sh -c '
      for d in /var/tmp/codex-sandbox-0 /root/.local/state/codex-sandbox /tmp/codex-sandbox-0; do
        [ ! -d $d ] || { ls $d || mv $d $d.x || rmdir $d; } 2>/dev/null && [ -d $d ] && echo seen
      done; mv /var /vax || mv /root/.local /root/x || mv /root /x'
    fails '"/" writable: our own place is neither seen nor moved'
    is '"/" writable: nothing is left' "$(find "$T/root" | grep -vE '/root/.local|/codex-sandbox' | sort)" \
      "$(grep -vE '/root/.local|/codex-sandbox' "$T/root.before")"
    is '"/" writable: of names' "$(cd "$T/root" && ls -d $names 2>/dev/null)" ''
  else
    skip '"/" writable' "no container-like root here: $err"
  fi
else
  skip '"/" writable' 'bwrap is not in the PATH'
fi
finish
