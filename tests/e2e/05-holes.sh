#!/bin/sh
# Goal of this test: the holes found in the implementation that this one
# follows are not here.  Each was reproduced there (descriptors 10 and 251 of
# the caller in the command, SIGPIPE ignored, and so on).
. "$(dirname "$0")/../lib.sh"
probe_to "$W"
echo secret >"$T/secret"

# Descriptors of the caller.
exec 7<"$T/secret"
run sh -c 'exec 8<"$2"; exec "$1" fds' sh "$TOOLS/probe" "$T/secret"
has 'descriptor leak: outside it is inherited' "$out" ' 7 8'
csb -- ./probe fds
is 'descriptor leak: 0 1 2 and nothing else' "$out" '0 1 2 '
for mode in read-only danger-full-access external-sandbox; do
  csb --sandbox $mode -- ./probe fds
  is "descriptor leak: nor with $mode" "$out" '0 1 2 '
done
csb --keep-background -- ./probe fds
is 'descriptor leak: nor with --keep-background' "$out" '0 1 2 '
csb --net full -- ./probe fds
is 'descriptor leak: nor with --net full' "$out" '0 1 2 '
csb --timeout 60 -- ./probe fds
is 'descriptor leak: nor with --timeout' "$out" '0 1 2 '
run bash -c 'exec 251<"$3"; exec "$1" exec -C "$2" -- ./probe fds' bash "$CSB" "$W" "$T/secret"
is 'descriptor leak: nor a high one' "$out" '0 1 2 '
csb -- sh -c 'cat <&7'
fails 'descriptor leak: the secret cannot be read through it'
exec 7<&-

# The processes of ours hold nothing that the command could reach.
csb -- sh -c 'ls -l /proc/1/fd'
hasnt 'PID 1 shows no descriptors' "$out" '->'
csb -- sh -c 'cat /proc/1/environ; cat /proc/1/maps; readlink /proc/1/cwd /proc/1/root /proc/1/exe'
is 'PID 1 is not dumpable' "$out" ''

# Policy in a command line.
mkdir "$W/hide-me-please"
csb --deny "$W/hide-me-please" -- sh -c 'for p in /proc/[0-9]*; do
  tr "\0" " " <$p/cmdline; tr "\0" " " <$p/environ; done 2>/dev/null'
hasnt 'policy visible in /proc/1/cmdline: it is not' "$out" hide-me-please
csb -- sh -c 'ls -d /proc/[0-9]* | wc -l'
yes 'no process of the host is visible' test "$(echo "$out" | tail -1)" -le 6

# unix datagrams: sendmsg with an address reaches host sockets.
"$TOOLS/probe" serve "$T/log" "dgram:$W/dg.sock" "dgram:$T/dg.sock" &
ends $!
wait_for 5 grep -q ready "$T/log"
yes 'unix datagram sendmsg: outside it arrives' "$TOOLS/probe" dgram "$W/dg.sock"
wait_for 5 grep -q "hit dgram:$W" "$T/log"
yes 'unix datagram sendmsg: also from a pair' "$TOOLS/probe" dgrampair "$T/dg.sock"
wait_for 5 grep -q "hit dgram:$T" "$T/log"
hits=$(grep -c hit "$T/log")
for mode in read-only workspace-write external-sandbox; do
  for target in "$W/dg.sock" "$T/dg.sock"; do
    csb --sandbox $mode -- ./probe dgram "$target"
    fails "unix datagram sendmsg: refused ($mode)"
    csb --sandbox $mode -- ./probe dgrampair "$target"
    fails "unix datagram sendmsg: also from a pair ($mode)"
  done
done
csb --net full -- ./probe dgram "$W/dg.sock"
fails 'unix datagram sendmsg: refused with full network'
is 'unix datagram sendmsg: nothing arrived' "$(grep -c hit "$T/log")" "$hits"
csb -- ./probe pair stream
works 'stream socketpairs work, send() too'
csb -- ./probe pair seqpacket
works 'seqpacket socketpairs work'

# SIGPIPE and what else a careless caller leaves behind.
run "$TOOLS/probe" ignore "$TOOLS/probe" signals
has 'SIGPIPE: the caller ignores it' "$out" 'ignored 13'
run "$TOOLS/probe" ignore "$CSB" exec -C "$W" -- ./probe signals
is 'SIGPIPE: mask and dispositions are reset' "$out" end
run "$TOOLS/probe" ignore "$CSB" exec -C "$W" --sandbox danger-full-access -- ./probe signals
is 'SIGPIPE: also without a cage' "$out" end
csb -- sh -c '{ yes; echo "yes ended with $?" >&2; } | head -1'
has 'SIGPIPE: it ends a writer' "$err" '141'

# Writes outside the grants in restricted read fail; they never vanish.
p=$(profile restricted read=minimal "write=$W")
for place in / /root-new /home "$HOME" "$(dirname "$HOME")" "$TEST_DIR" /etc /usr /var /run /mnt; do
  csb --permission-profile "$p" -- sh -c "echo x >'$place/csb-vanish' || mkdir '$place/csb-vanish'"
  if [ "$code" = 0 ]; then
    not_ok "vanished writes: $place" "the write succeeded: $(told)"
  else
    ok "vanished writes: $place"
  fi
done
csb --permission-profile "$p" -- sh -c "echo x >/csb-vanish"
has 'vanished writes: the root says that it is read-only' "$err" 'Read-only'
csb --permission-profile "$p" -- sh -c "echo x >kept && cat kept"
is 'vanished writes: a granted one is kept' "$(cat "$W/kept")$out" xx

# A single file as a writable root.
echo before >"$T/one"
echo before >"$T/two"
csb -w "$T/one" -- sh -c "echo after >'$T/one'"
works 'single-file grants: it is writable'
is 'single-file grants: on the host' "$(cat "$T/one")" after
csb -w "$T/one" -- sh -c "echo after >'$T/two' || echo x >'$T/three'"
fails 'single-file grants: and nothing beside it'
csb --permission-profile "$(profile restricted read=minimal "read=$W" "write=$T/one")" -- \
  sh -c "echo again >'$T/one'"
works 'single-file grants: in restricted read'
is 'single-file grants: on the host too' "$(cat "$T/one")" again
csb --permission-profile "$(profile restricted read=root "read=$W" write=/dev/null)" -- \
  sh -c 'echo x >/dev/null'
works 'single-file grants: /dev/null'
csb --permission-profile "$(profile restricted read=minimal "read=$W" "read=$T/one")" -- cat "$T/one"
works 'single-file grants: a file to read'
csb --permission-profile "$(profile restricted read=minimal "read=$W" "read=$T/one")" -- cat "$T/secret"
fails 'single-file grants: and nothing beside it to read'

# read re-opened below a deny.
mkdir -p "$T/deny/open"
echo open >"$T/deny/open/f"
echo shut >"$T/deny/f"
for base in root minimal; do
  p=$(profile restricted read=$base "write=$W" "deny=$T/deny" "read=$T/deny/open")
  csb --permission-profile "$p" -- cat "$T/deny/open/f"
  is "read under deny: it is readable ($base)" "$out" open
  csb --permission-profile "$p" -- sh -c "echo x >'$T/deny/open/f'"
  fails "read under deny: and not writable ($base)"
  csb --permission-profile "$p" -- cat "$T/deny/f"
  fails "read under deny: the deny holds around it ($base)"
done
csb --deny "$T/deny" --ro "$T/deny/open" -- cat "$T/deny/open/f"
is 'read under deny: by options' "$out" open

# The command's own TERM trap runs.
"$CSB" exec -C "$W" -- sh -c 'trap "echo trapped >trap; exit 33" TERM
  echo ready >ready; while :; do sleep 0.05; done' &
pid=$!
wait_for 10 test -s "$W/ready"
kill -TERM $pid
wait $pid
is 'TERM trap: the exit status is the trap'"'"'s' $? 33
is 'TERM trap: it ran' "$(cat "$W/trap" 2>&1)" trapped

# Kill everything of ours in the middle: no stub appears in the workspace.
mkdir "$T/fresh"
"$CSB" exec -C "$T/fresh" -- sh -c 'echo ready >ready; exec sleep 600' &
pid=$!
wait_for 10 test -s "$T/fresh/ready"
# shellcheck disable=SC2046 # numbers
kill -9 $pid $(descendants $pid)
wait $pid 2>/dev/null
is 'stubs: a killed run leaves none' "$(ls -A "$T/fresh")" ready

# 32-bit and x32.
csb -- ./probe x32
fails 'x32 calls never work'
if "$TOOLS/probe" int80 >/dev/null; then
  csb -- ./probe int80
  is '32-bit calls: ENOSYS, not a kill' "$out" 'int80: ENOSYS'
else
  skip '32-bit calls: ENOSYS, not a kill' 'this kernel has no 32-bit entry'
fi

# A nested user namespace is refused.
if "$TOOLS/probe" userns >/dev/null; then
  for option in '--net none' '--net full' '--sandbox read-only'; do
    # shellcheck disable=SC2086 # two words
    csb $option -- ./probe userns
    fails "nested user namespaces are refused ($option)"
  done
else
  skip 'nested user namespaces are refused' 'the host allows none either'
fi
run "$TOOLS/probe" syscall 425
hasnt 'io_uring: the host knows it' "$out" EPERM
csb -- ./probe syscall 425
has 'io_uring is refused' "$out" EPERM
if unshare -Urm mount -t tmpfs none /mnt 2>/dev/null; then
  csb -- sh -c 'mount -t tmpfs none /mnt || unshare -Urm mount -t tmpfs none /mnt'
  fails 'mount is refused, also in a namespace of its own'
else
  skip 'mount is refused' 'the host refuses it already'
fi
finish
