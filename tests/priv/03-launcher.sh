#!/bin/sh
# Goal of this test: a setuid (or file capability) launcher makes one user
# namespace of the caller's own ids on a host that forbids them, keeps nothing,
# and is not shaken by what a hostile caller leaves behind.  The command is run
# as an ordinary uid; `forbid` stands in for the host.
. "$(dirname "$0")/setuid.sh"
# The stand-in itself.
yes 'outside this uid may make a user namespace' plain unshare -U true
no 'under the stand-in it may not' forbidden unshare -U true
yes 'under the stand-in all else works' forbidden sh -c 'sleep 0 & wait $!'

cage plain ./probe caps
is 'plain launcher, free host' "$out" "$none"
cage forbidden ./probe caps
refused 'plain launcher, forbidding host: refused' 125 'user namespace'

installed world
for host in plain forbidden; do
  cage $host ./probe caps
  is "setuid, $host: no capability inside" "$out" "$none"
  cage $host sh -c 'echo $(id -u) $(id -g) $(cat /proc/self/uid_map /proc/self/gid_map)'
  is "setuid, $host: the caller's ids and no other" "$out" \
    "$U $U $U $U 1 $U $U 1"
  cage $host sh -c 'exit 41'
  code_is "setuid, $host: exit status" 41
  cage $host unshare -U true
  fails "setuid, $host: no user namespace inside"
done

installed no
if have setcap && setcap cap_sys_admin+p "$LAUNCH" 2>/dev/null; then
  cage forbidden ./probe caps
  is 'file capability instead of setuid' "$out" "$none"
else
  skip 'file capability instead of setuid' 'no setcap, or not on this file system'
fi
installed no
run "$P/forbid" 0 "$CSB" exec -C "$W" -- ./probe caps
is 'uid 0 as caller, forbidding host' "$out" "$none"

# By hand: one line, nothing done.
installed world
run plain "$LAUNCH"
refused 'without a plan it says what to run' 125 'codex-sandbox exec -- COMMAND'
run plain sh -c 'exec "$0" 3</dev/null' "$LAUNCH"
refused 'a file is no plan' 125 'not sealed memory'
run plain "$LAUNCH" --unknown
refused 'an argument is refused' 2 'usage: [--version]'
run plain "$LAUNCH" --version
has '--version' "$out" 'codex-sandbox-launch '

# Another file where bwrap was compiled in, in a mount namespace of its own.
installed no
bwrap=/usr/bin/bwrap
odd_bwrap() { # odd_bwrap MODE OWNER -- a copy of bwrap like that in its place
  cp $bwrap "$P/bwrap"
  chown "$2" "$P/bwrap"
  chmod "$1" "$P/bwrap"
  # shellcheck disable=SC2016 # for the inner shell
  run unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
    "$P/bwrap" $bwrap "$P/forbid" 0 "$CSB" exec -C "$W" -- echo works
}
if [ -f $bwrap ]; then
  odd_bwrap 0755 0
  is "a copy of bwrap in its place works" "$out" works
  odd_bwrap 4755 0
  refused 'a setuid bwrap is refused' 125 'CVE-2026-41163'
  odd_bwrap 0775 0
  refused 'a bwrap that others may write is refused' 125 'others may write it'
  odd_bwrap 0755 $U
  refused 'a bwrap of somebody else is refused' 125 'does not belong to root'
else
  skip 'odd files as bwrap' "bwrap is not at $bwrap"
fi

finish
