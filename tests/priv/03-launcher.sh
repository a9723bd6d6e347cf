#!/bin/sh
# Goal of this test: a setuid (or file capability) launcher makes one user
# namespace of the caller's own ids on a host that forbids them, keeps nothing,
# and is not shaken by what a hostile caller leaves behind.  The command is run
# as an ordinary uid; `forbid` stands in for the host.
CSB_TEST_BASE=/var/tmp
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root'
case $(findmnt -no OPTIONS -T "$TEST_DIR") in
*nosuid*) skip_all "$TEST_DIR is mounted nosuid" ;;
esac
U=54321
P=$TEST_DIR/programs
mkdir "$P"
cp "$B/codex-sandbox" "$B/codex-sandbox-init" "$B/codex-sandbox-launch" "$P"
cp "$P/codex-sandbox-launch" "$P/original"
cp "$TOOLS/forbid" "$TOOLS/probe" "$P"
probe_to "$W"
chmod 711 "$TEST_DIR" "$P"
chmod 755 "$P"/* "$W"
chown -R $U:$U "$W"
export HOME="$W"
plain() { setpriv --reuid $U --regid $U --clear-groups -- "$@"; }
forbidden() { "$P/forbid" $U "$@"; }
cage() { run "$1" "$P/codex-sandbox" exec -C "$W" -- "$2" "$3" "$4"; }
launcher() { # launcher MODE -- a fresh copy with this mode
  rm -f "$P/codex-sandbox-launch"
  cp "$P/original" "$P/codex-sandbox-launch"
  chown 0:0 "$P/codex-sandbox-launch"
  chmod "$1" "$P/codex-sandbox-launch"
}
none='eff 00 prm 00 inh 00 bnd 0 amb 0 nnp 1'

# The stand-in itself.
yes 'outside this uid may make a user namespace' plain unshare -U true
no 'under the stand-in it may not' forbidden unshare -U true
yes 'under the stand-in all else works' forbidden sh -c 'sleep 0 & wait $!'

launcher 0755
cage plain ./probe caps
is 'plain launcher, free host' "$out" "$none"
cage forbidden ./probe caps
refused 'plain launcher, forbidding host: refused' 125 'user namespace'

launcher 4755
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

# No process of the chain is anything but the caller, nor holds a capability
# outside the sandbox's own user namespace.
"$P/forbid" $U "$P/codex-sandbox" exec -C "$W" -- sh -c ': >up; sleep 600' &
pid=$!
ends $pid
wait_for 10 test -e "$W/up"
ids='' caps='' outer=$(readlink /proc/self/ns/user)
for p in $pid $(descendants $pid); do
  ids=$ids$(awk '/^[UG]id:/ { for (i = 2; i <= 5; i++) if ($i != '$U') print }' /proc/"$p"/status)
  [ "$(readlink /proc/"$p"/ns/user)" != "$outer" ] ||
    caps=$caps$(awk '/^Cap(Inh|Prm|Eff|Amb)/ && $2 !~ /^0*$/' /proc/"$p"/status)
done
is 'setuid: every process of the chain is the caller' "$ids" ''
is 'setuid: none holds a capability outside' "$caps" ''
yes 'setuid: the chain is there' test "$(descendants $pid | wc -l)" -ge 3
kill $pid
wait $pid 2>/dev/null

if have setcap && launcher 0755 && setcap cap_sys_admin+p "$P/codex-sandbox-launch" 2>/dev/null; then
  cage forbidden ./probe caps
  is 'file capability instead of setuid' "$out" "$none"
else
  skip 'file capability instead of setuid' 'no setcap, or not on this file system'
fi
launcher 0755
run "$P/forbid" 0 "$P/codex-sandbox" exec -C "$W" -- ./probe caps
is 'uid 0 as caller, forbidding host' "$out" "$none"

# By hand: one line, nothing done.
launcher 4755
run plain "$P/codex-sandbox-launch"
refused 'without a plan it says what to run' 125 'codex-sandbox exec -- COMMAND'
run plain sh -c 'exec "$0" 3</dev/null' "$P/codex-sandbox-launch"
refused 'a file is no plan' 125 'not sealed memory'
run plain "$P/codex-sandbox-launch" --unknown
refused 'an argument is refused' 2 'usage: [--version]'
run plain "$P/codex-sandbox-launch" --version
has '--version' "$out" 'codex-sandbox-launch '

# Another file where bwrap was compiled in, in a mount namespace of its own.
launcher 0755
bwrap=/usr/bin/bwrap
odd_bwrap() { # odd_bwrap MODE OWNER -- a copy of bwrap like that in its place
  cp $bwrap "$P/bwrap"
  chown "$2" "$P/bwrap"
  chmod "$1" "$P/bwrap"
  # shellcheck disable=SC2016 # for the inner shell
  run unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
    "$P/bwrap" $bwrap "$P/forbid" 0 "$P/codex-sandbox" exec -C "$W" -- echo works
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

# A wrapper in the launcher's place, so that what it inherits is hostile.
hostile() { # hostile NAME SHELL-CODE
  launcher 4755
  mv "$P/codex-sandbox-launch" "$P/real"
  printf '#!/bin/sh\n%s\nexec "%s/real"\n' "$2" "$P" >"$P/codex-sandbox-launch"
  chmod 755 "$P/codex-sandbox-launch"
  cage forbidden ./probe caps
  is "hostile: $1" "$out" "$none"
}
hostile 'nothing' ':'
hostile 'soft limit on files 40' 'ulimit -S -n 40'
hostile 'soft limit on file size 0' 'ulimit -S -f 0'
hostile 'soft limit on memory 40 MB' 'ulimit -S -v 40000'
hostile 'soft limit on the stack 256 kB' 'ulimit -S -s 256'
hostile 'soft limit on processor time 1 s' 'ulimit -S -t 1'
hostile 'SIGCHLD and others ignored' "trap '' CHLD PIPE TERM INT HUP USR1"
hostile 'umask 0777' 'umask 0777'
hostile 'a deleted directory' 'mkdir -p "$HOME/gone"; cd "$HOME/gone"; rmdir "$HOME/gone"'
hostile 'standard descriptors closed' 'exec 0<&- 1>&-'
hostile 'environment of the loader' 'export LD_PRELOAD=/nowhere.so LD_AUDIT=x GCONV_PATH=. GLIBC_TUNABLES=glibc.malloc.check=3 LOCPATH=. TZ=/etc/passwd'
finish
