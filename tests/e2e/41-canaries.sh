#!/bin/sh
# Goal of this test: every property that init proves before the command starts
# is seen to be broken when it is: the run ends with 125, names the property, and
# the command does not start.  The cage is broken on purpose, by an init of
# another build (netns/broken.h) or by a bwrap that builds less than it was told.
. "$(dirname "$0")/../lib.sh"
X=$B/broken/codex-sandbox
[ -x "$X" ] || skip_all "$X is not built (make test-programs)"
mkdir -p "$W/a/b" "$W/hidden" "$W/kept"
: >"$W/a/b/secret"
: >"$W/hidden/x"
: >"$W/kept/x"
: >"$W/one"

# broken WORDS [OPTION...] -- run the command in a cage without these
broken() {
  words=$1
  shift
  run "$X" exec -C "$W" -e "CSB_BREAK=$words" "$@" -- sh -c 'echo ran; echo x >ran'
}
# sees NAME PROPERTY [WORDS] -- the last run was stopped by this canary
sees() {
  refused "$1" 125 "$2"
  no "$1: nothing ran" test -e "$W/ran"
  rm -f "$W/ran"
}
# A property that this kernel holds by itself cannot be broken here.
sees_or() { # sees_or NAME PROPERTY REASON
  if [ "$code $out" = '0 ran' ]; then
    rm -f "$W/ran"
    skip "$1" "$3"
  else
    sees "$1" "$2"
  fi
}

# The build itself.
broken ''
works 'the other build makes a cage that holds when nothing is broken'
is 'and runs the command' "$(cat "$W/ran" 2>&1)" x
rm -f "$W/ran"
yes 'the other build holds the switch' grep -aq CSB_BREAK "$B/broken/codex-sandbox-init"
no 'the installed build holds no trace of it' grep -aqE 'CSB_BREAK|caps-given-back|only:' "$B/codex-sandbox-init"
if have nm; then
  run nm "$B/codex-sandbox-init"
  has 'its symbols can be read' "$out" canary_prove
  hasnt 'none of them is of tests/broken' "$out" broken
else
  skip 'symbols of the installed build' 'no nm'
fi
csb -e CSB_BREAK=filter,scope,caps,canaries -- true
works 'the installed build does not listen to CSB_BREAK'

# --- steps of init ------------------------------------------------------------
broken caps
sees 'capabilities not looked at' 'capabilities does not hold: have one'
broken caps-given-back --mount-engine init
sees 'lent capabilities kept' 'capabilities: the sandbox retained some'
broken bounding --mount-engine init
sees 'bounding set kept' 'capabilities: the bounding set is not empty'
broken dumpable
sees 'init dumpable' 'init does not hold: read its memory'
broken dumpable --sandbox external-sandbox
sees 'init dumpable, in place' 'init does not hold: read its memory'
if grep -q 'NoNewPrivs:.0' /proc/self/status; then
  broken nnp,filter --sandbox external-sandbox
  sees 'no_new_privs not set' 'no_new_privs does not hold'
else
  skip 'no_new_privs not set' 'the tests themselves run with it'
fi
run "$CSB" explain --net full
case $out in
*'no AF_UNIX'*) skip 'Landlock scope not set' 'this kernel has none' ;;
*)
  broken scope --net full
  sees_or 'Landlock scope not set' 'abstract sockets does not hold: connect to one outside' \
    'this kernel cannot scope abstract sockets'
  ;;
esac

case $("$CSB" explain) in
*'landlock     ABI'*)
  for engine in init bwrap; do
    broken landlock --mount-engine $engine
    sees "Landlock not loaded, engine $engine" 'Landlock does not hold: make a block device in /dev'
  done
  run "$CSB" exec -C "$W" --prove -- true
  has 'Landlock is proved' "$err" 'proved: Landlock: make a block device in /dev: access denied'
  ;;
*) skip 'Landlock not loaded' 'this kernel has none of ABI 2' ;;
esac

# --- the filter, attempt by attempt -------------------------------------------
broken filter
sees 'no filter' 'does not hold'
same_here='this kernel refuses it without a filter too'
while IFS='|' read -r attempt property options; do
  # shellcheck disable=SC2086 # words
  broken "filter,only:$attempt" $options
  case $attempt in
  io_uring_setup | bpf | clone3 | x32* | i386*)
    sees_or "no filter: $attempt" "$property does not hold: $attempt" "$same_here" ;;
  *) sees "no filter: $attempt" "$property does not hold: $attempt" ;;
  esac
  # shellcheck disable=SC2086 # words
  broken "only:$attempt" $options
  works "with the filter: $attempt"
  rm -f "$W/ran"
done <<EOL
make a nested one|user namespace
TIOCSTI|terminal
TIOCLINUX|terminal
io_uring_setup|kernel surface
keyctl|kernel surface
bpf|kernel surface
clone3|kernel surface
AF_VSOCK|sockets
AF_UNIX datagram|sockets
AF_UNIX datagram pair|sockets
ptrace|debugging|--sandbox external-sandbox
$(case $(uname -m) in x86_64) printf 'x32 getpid|foreign ABI\ni386 getpid|foreign ABI\n' ;; esac)
EOL

# --- the plan's mounts, laid by init ------------------------------------------
mounts() { # mounts NAME WORDS PROPERTY [OPTION...]
  name=$1 words=$2 property=$3
  shift 3
  broken "$words" --mount-engine init "$@"
  sees "init: $name" "$property"
  broken '' --mount-engine init "$@"
  works "init: $name: unbroken it works"
  rm -f "$W/ran"
}
if "$CSB" exec -C "$W" --mount-engine init -- true 2>/dev/null; then
  mounts 'base writable' writable:/ 'read-only path does not hold: write /'
  mounts 'a read-only directory not bound' "drop:$W/kept" \
    "read-only path does not hold: write $W/kept" --ro "$W/kept"
  mounts 'a read-only directory bound writable' "writable:$W/kept" \
    "read-only path does not hold: write $W/kept" --ro "$W/kept"
  mounts 'a read-only file not bound' "drop:$W/one" \
    "read-only path does not hold: write $W/one" --ro "$W/one"
  mounts 'a denied directory not masked' "drop:$W/hidden" \
    "denied path does not hold: read $W/hidden" --deny "$W/hidden"
  mounts 'a denied file not masked' "drop:$W/a/b/secret" \
    "denied path does not hold: read $W/a/b/secret" --deny "$W/a/b/secret"
  mounts 'a mask that can be read' "readable:$W/hidden" \
    "denied path does not hold: read $W/hidden" --deny "$W/hidden"
  mounts 'a mask of a file that can be read' "readable:$W/a/b/secret" \
    "denied path does not hold: read $W/a/b/secret" --deny "$W/a/b/secret"
  mounts 'a parent not pinned' "drop:$W/a" \
    "pinned directory does not hold: move $W/a" --deny "$W/a/b/secret"
  mounts 'own /proc not mounted' drop:/proc 'own /proc does not hold'
  if [ -n "$(ls -A /run)" ]; then
    mounts 'sockets of /run not hidden' drop:/run 'empty directory does not hold'
  else
    skip 'sockets of /run not hidden' '/run is empty here'
  fi
  mounts 'an empty directory left writable' writable:/run 'read-only path does not hold: write /run'
  : >"/tmp/csb-canary-$$"
  mounts 'own /tmp not mounted' drop:/tmp 'private directory does not hold'
  rm -f "/tmp/csb-canary-$$"
  # Names that are not there yet, and links.
  mounts 'a missing protected name not guarded' "drop:$W/.codex" "protected name does not hold: write $W/.codex"
  ln -s one "$W/CLAUDE.md"
  mounts 'a protected symlink not pinned' "drop:$W/CLAUDE.md" \
    "pinned symlink does not hold: move $W/CLAUDE.md" --protect claude
  rm "$W/CLAUDE.md"
  mounts 'a missing protected file not guarded' "drop:$W/CLAUDE.md" \
    "protected name does not hold: write $W/CLAUDE.md" --protect claude
  mkdir "$W/.codex"
  mounts 'a protected name writable' "writable:$W/.codex" "read-only path does not hold: write $W/.codex"
  rmdir "$W/.codex"
else
  skip 'mounts of init' 'this host has no mount calls by descriptor'
fi

# --- what bwrap makes: another in its place ------------------------------------
bwrap=$(sed -n 's/^CONFIGURED := .*|//p' "$B/config.mk" 2>/dev/null)
: "${bwrap:=/usr/bin/bwrap}"
cp "$bwrap" "$T/bwrap"
cp "$TOOLS/odd_bwrap" "$T/odd"
# odd PREPARE WORDS [OPTION...] -- as the root of a user namespace that owns the file
odd() {
  prepare=$1 words=$2
  shift 2
  # shellcheck disable=SC2016 # for the inner shell
  run unshare -Urmn sh -c 'eval "$1"; mount --bind "$2/odd" "$3" && shift 3 && exec "$@"' sh \
    "$prepare" "$T" "$bwrap" "$X" exec -C "$W" -e "CSB_BREAK=$words" \
    -e "CSB_BWRAP=$T/bwrap" "$@" -- sh -c 'echo ran; echo x >ran'
}
up='ip link set lo up'
odd "$up" ''
if [ "$code $out" != '0 ran' ]; then
  skip 'another bwrap in its place' "unshare -Urmn and mount --bind do not do here: $(echo "$err" | head -1)"
else
  ok 'another bwrap in its place works when it builds all'
  rm -f "$W/ran"
  # bwrap makes it where it lays the mounts; else the launcher, and init joins.
  for engine in bwrap init; do
    no_net=no:--unshare-net,net
    odd "$up; ip route add local 192.0.2.0/24 dev lo" $no_net --mount-engine $engine
    sees "$engine: no network namespace" 'private network does not hold: route to 192.0.2.1'
    odd "$up; ip -6 route add local 2001:db8::/32 dev lo" $no_net --mount-engine $engine
    if [ "$code" = 0 ]; then
      skip "$engine: no network namespace, IPv6" 'no IPv6 here'
      rm -f "$W/ran"
    else
      sees "$engine: no network namespace, IPv6" 'private network does not hold: route to 2001:db8::1'
    fi
    odd : $no_net --mount-engine $engine
    sees "$engine: a network without lo" 'private network: its loopback interface is down'
  done
  no_pids=no:--unshare-pid,no:--as-pid-1
  for attempt in 'have a parent' 'signal everybody' 'ptrace the parent'; do
    odd "$up" "$no_pids,only:$attempt" --mount-engine bwrap
    sees "no pid namespace: $attempt" "process namespace does not hold: $attempt"
  done
  odd "$up" "$no_pids,only:find another process in" --mount-engine bwrap
  sees 'no pid namespace: /proc' 'own /proc does not hold'
  all=no:--cap-drop,add:--cap-add+ALL
  odd "$up" $all --mount-engine bwrap
  sees 'capabilities not dropped' 'capabilities: the bounding set is not empty'
  odd "$up" "$all,caps"
  sees 'capabilities neither dropped nor looked at' 'capabilities does not hold: have one'
  odd "$up" "$all,caps,filter,landlock,only:mount a tmpfs"
  sees 'neither capabilities dropped nor a filter: mount' 'mount does not hold: mount a tmpfs'
  odd "$up" "$all,caps,filter,only:AF_PACKET"
  sees 'neither capabilities dropped nor a filter: AF_PACKET' 'sockets does not hold: AF_PACKET'

  bwraps() { # bwraps NAME WORDS PROPERTY [OPTION...]
    name=$1 words=$2 property=$3
    shift 3
    odd "$up" "$words" --mount-engine bwrap "$@"
    sees "bwrap: $name" "$property"
  }
  bwraps 'base writable' rw:/ 'read-only path does not hold: write /'
  bwraps 'base writable, restricted read' no:--remount-ro 'does not hold: write' \
    -p "$(profile restricted read=minimal "write=$W")"
  bwraps 'own /proc not mounted' unmount:/proc 'own /proc does not hold'
  [ ! -e /dev/kmsg ] ||
    bwraps 'own /dev not mounted' unmount:/dev 'minimal /dev does not hold'
  [ -z "$(ls -A /run)" ] ||
    bwraps 'sockets of /run not hidden' unmount:/run 'empty directory does not hold'
  bwraps 'an empty directory left writable' rw:/run 'read-only path does not hold: write /run'
  bwraps 'a read-only file not bound' "unmount:$W/one" \
    "read-only path does not hold: write $W/one" --ro "$W/one"
  bwraps 'a read-only directory bound writable' "rw:$W/kept" \
    "read-only path does not hold: write $W/kept" --ro "$W/kept"
  bwraps 'a denied directory not masked' "unmount:$W/hidden" \
    "denied path does not hold: read $W/hidden" --deny "$W/hidden"
  bwraps 'a mask left writable' "rw:$W/hidden" \
    "read-only path does not hold: write $W/hidden" --deny "$W/hidden"
  bwraps 'a denied file not masked' "unmount:$W/a/b/secret" \
    "denied path does not hold: read $W/a/b/secret" --deny "$W/a/b/secret"
  bwraps 'a mask of a file left writable' "rw:$W/a/b/secret" \
    "read-only path does not hold: write $W/a/b/secret" --deny "$W/a/b/secret"
  bwraps 'a missing protected name not guarded' "unmount:$W/.codex" \
    "protected name does not hold: write $W/.codex"
  bwraps 'a parent not pinned' "unmount:$W/a" \
    "pinned directory does not hold: move $W/a" --deny "$W/a/b/secret"
fi
is 'nothing is left in the workspace' "$(ls -A "$W" | tr '\n' ' ')" 'a hidden kept one '

# --- the report -----------------------------------------------------------------
for engine in init bwrap; do
  csb --prove --mount-engine $engine --deny "$W/hidden" --ro "$W/one" --deny "$W/a/b/secret" -- true
  works "--prove: the command runs ($engine)"
  is "--prove: every line is PROPERTY: ATTEMPT: ERRNO ($engine)" \
    "$(printf '%s\n' "$err" | grep -vE '^proved: [^:]+: .+: [a-z][^:]+$')" ''
  is "--prove: each once ($engine)" "$(printf '%s\n' "$err" | sort | uniq -d)" ''
  printf '%s\n' "$err" >"$T/$engine"
  while read -r line; do
    yes "--prove: $line ($engine)" grep -qxF "proved: $line" "$T/$engine"
  done <<EOL
process namespace: have a parent: no such process
process namespace: signal everybody: no such process
process namespace: ptrace the parent: no such process
capabilities: have one: not permitted
no_new_privs: gain by exec: not permitted
init: read its memory: not permitted
private network: route to 192.0.2.1: no route
mount: mount a tmpfs: not permitted
user namespace: make a nested one: not permitted
terminal: TIOCSTI: not permitted
sockets: AF_UNIX datagram: not permitted
read-only path: write /: read-only file system
denied path: read $W/hidden: access denied
read-only path: write $W/one: read-only file system
own /proc: find another process in /proc: no such file or directory
pinned directory: move $W/a: it is a mount point
EOL
done
yes '--prove: both engines prove the same' cmp "$T/init" "$T/bwrap"
csb --prove --sandbox external-sandbox -- true
has '--prove: in place too' "$err" 'proved: debugging: ptrace: not permitted'
csb --prove --sandbox danger-full-access -- true
is '--prove: without a cage nothing is claimed' "$(printf '%s\n' "$err" | grep -v '^proved: init:')" ''
csb -- true
is 'without --prove nothing is said' "$err" ''

# --- what it costs ---------------------------------------------------------------
pairs=100
for _ in 1 2 3; do
  # shellcheck disable=SC2046 # three numbers
  set -- $("$TOOLS/paired" $pairs "$X" exec -C "$W" -e CSB_BREAK=- -- true :: \
    "$X" exec -C "$W" -e CSB_BREAK=canaries -- true)
  [ $# = 3 ] && [ "$3" -ge 500 ] || break
done
echo "# start with canaries ${1:-?} us, without ${2:-?} us, canaries ${3:-?} us of processor time ($pairs pairs, medians)"
yes "the canaries cost less than 500 us: ${3:-?}" test "${3:-9999}" -lt 500
finish
