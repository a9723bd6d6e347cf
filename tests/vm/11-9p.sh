#!/bin/sh
# Goal of this test: a workspace that the host of a virtual machine keeps (9p, as in
# WSL) is as good a workspace, with and without what the client may remember, and it
# is said that it is one (threats G8, G9).
append=
share=yes
. "$(dirname "$0")/vm.sh"
N=/home/nine
mkdir $N
# broken WORDS -- CMD: with the mounts of init broken, what Landlock alone keeps
broken() {
  words=$1
  shift
  run user "$B/broken/codex-sandbox" exec --mount-engine init -C "$N" -e "CSB_BREAK=$words" "$@"
}
for cache in none loose; do
  mount -t 9p -o trans=virtio,version=9p2000.L,cache=$cache share $N || not_ok "9p, cache=$cache: mounted"
  chown 1000:1000 $N
  run user "$CSB" explain -C $N -- true
  has "$cache: explain names it" "$out" "elsewhere    $N is on 9p: "
  run user "$CSB" explain -C "$W" -- true
  hasnt "$cache: and no other" "$out" elsewhere
  user mkdir -p $N/.git $N/sub
  user sh -c "echo before >$N/.git/config"
  for engine in init bwrap; do
    for landlock in yes no; do
      cage() {
        case $landlock in
        yes) run user "$CSB" exec --mount-engine $engine -C $N "$@" ;;
        no) run user "$B/tests/e2e/without" landlock_create_ruleset "$CSB" exec --mount-engine $engine -C $N "$@" ;;
        esac
      }
      name="$cache, $engine, Landlock $landlock"
      cage -- sh -c 'echo x >sub/written && mkdir sub/new && mv sub/written sub/new && cat sub/new/written && rm -r sub/new'
      is "$name: it is written" "$out$code" x0
      for act in 'echo pwned >.git/config' 'mv .git x' 'mkdir .codex'; do
        cage -- sh -c "$act"
        fails "$name: refused: $act"
      done
      cage --deny sub -- ls sub
      fails "$name: denied is denied"
      cage -- sh -c "echo x >'$W/x'"
      fails "$name: nothing outside is written"
    done
  done
  is "$cache: it is as before" "$(cd $N && find . -mindepth 1 | sort | tr '\n' ' ')$(cat $N/.git/config)" './.git ./.git/config ./sub before'
  # Another place of the same file system, which no rule names.
  user mkdir -p $N/other $N/ws
  user sh -c "echo old >$N/other/file"
  N=$N/ws # a workspace below the mount: Landlock has to know its inode again
  run user "$CSB" exec -C $N -- sh -c 'mkdir -p a/b && echo x >a/b/c && cat a/b/c && rm -r a'
  is "$cache: a directory further down is written" "$out$code" x0
  broken "writable:/,canaries,landlock" -- sh -c 'echo new >../other/file'
  is "$cache: without mounts and Landlock it is written" "$code$(cat $N/../other/file)" 0new
  broken "writable:/,canaries" -- sh -c 'echo newer >../other/file'
  is "$cache: without mounts Landlock refuses it" "$(cat $N/../other/file)" new
  N=${N%/ws}
  rm -r $N/other $N/ws $N/.git $N/sub
  umount $N
done
finish
