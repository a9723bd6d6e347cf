#!/bin/sh
# Goal of this test: init sees when bwrap makes less than it was told to, also
# for an ordinary uid, behind a plain and a setuid launcher.
# (tests/e2e/41-canaries.sh does the same as root of a user namespace.)
. "$(dirname "$0")/setuid.sh"
bwrap=/usr/bin/bwrap
[ -f $bwrap ] || skip_all "bwrap is not at $bwrap"
cp "$B/broken/codex-sandbox" "$CSB"
cp "$B/broken/codex-sandbox-init" "$LIBEXEC"
cp "$TOOLS/odd_bwrap" $bwrap "$P"
up='ip link set lo up'
# odd WORDS [OPTION...] -- as uid $U, with another bwrap in place
odd() {
  words=$1
  shift
  # shellcheck disable=SC2016 # for the inner shell
  run unshare -mn sh -c 'eval "$1"; mount --bind "$2/odd_bwrap" "$3" && shift 3 && exec "$@"' \
    sh "$prepare" "$P" $bwrap $as "$CSB" exec -C "$W" -e "CSB_BREAK=$words" \
    -e "CSB_BWRAP=$P/bwrap" "$@" -- sh -c 'echo ran'
}
for host in plain setuid; do
  case $host in
  plain) as="setpriv --reuid $U --regid $U --clear-groups --" ;;
  setuid)
    as="$P/forbid $U"
    chmod 4755 "$LAUNCH"
    ;;
  esac
  prepare=$up
  odd ''
  is "$host: the other bwrap works when it builds all" "$out" ran
  prepare="$up; ip route add local 192.0.2.0/24 dev lo"
  # bwrap makes it where it lays the mounts, else the launcher, and init joins.
  for engine in bwrap init; do
    odd no:--unshare-net,net --mount-engine $engine
    refused "$host, $engine: no network namespace" 125 'private network does not hold: route to 192.0.2.1'
  done
  odd ''
  is "$host: with it, the same host's routes do no harm" "$out" ran
  prepare=$up
  for attempt in 'have a parent' 'signal everybody' 'ptrace the parent'; do
    odd "no:--unshare-pid,no:--as-pid-1,only:$attempt" --mount-engine bwrap
    refused "$host: no pid namespace: $attempt" 125 "process namespace does not hold: $attempt"
  done
  odd no:--cap-drop,add:--cap-add+ALL
  refused "$host: capabilities not dropped" 125 'capabilities'
  odd no:--cap-drop,add:--cap-add+ALL,caps
  refused "$host: nor looked at" 125 'capabilities does not hold: have one'
  odd rw:/ --mount-engine bwrap
  refused "$host: base writable" 125 'read-only path does not hold: write /'
  odd unmount:/proc --mount-engine bwrap
  refused "$host: the host's /proc" 125 'own /proc does not hold'
  odd filter
  refused "$host: no filter" 125 'does not hold'
done
finish
