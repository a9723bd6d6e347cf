#!/bin/sh
# Goal of this test: a unix socket of the host is unreachable in every mode,
# full network included, unless it was granted by its path.
# In a network namespace of its own: the sockets bound here are in nobody else's
# table, and no other test's are in this one.
if [ -z "${CSB_OWN_NET:-}" ] && unshare -cn true 2>/dev/null; then
  CSB_OWN_NET=1 exec unshare -cn sh "$0"
fi
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

mkdir "$W/deep" "$T/run"
in_tmp=$(mktemp -d /tmp/csb-test-sock.XXXXXX)
in_var=$(mktemp -d /var/tmp/csb-test-sock.XXXXXX)
in_home=$(mktemp -d "$HOME/csb-s.XXXXXX")
trap 'test_cleanup; rm -rf "$in_tmp" "$in_var" "$in_home"' EXIT
cd "$TEST_DIR" || exit 1
abstract=@csb-test-$$
# Bound by a long way, by a relative name, by another name of the same directory.
"$TOOLS/probe" serve "$T/log" "$in_tmp/s" "$in_var/s" "$in_home/s" ws/s \
  ws/deep/s other/s "$in_home/../${in_home##*/}/dots" "$abstract" &
server=$!
ends $server
wait_for 5 grep -q ready "$T/log"

hits() {
  grep -c hit "$T/log"
}
more_hits() {
  [ "$(hits)" -gt "$1" ]
}
names="$in_tmp/s $in_var/s $in_home/s $in_home/dots $W/s $W/deep/s $T/s $abstract"
for name in $names; do
  before=$(hits)
  short=$name
  case $name in
  "$TEST_DIR"/*) short=${name#"$TEST_DIR"/} ;;
  esac
  yes "outside $short is reachable" "$TOOLS/probe" connect "$short"
  wait_for 5 more_hits "$before"
done

label() {
  case $1 in
  @*) echo 'an abstract one' ;;
  "$W"/*) echo "workspace/${1#"$W"/}" ;;
  "$T"/*) echo 'a directory beside' ;;
  "$in_home"/dots) echo 'the home directory, by another name' ;;
  "$in_home"/*) echo 'the home directory' ;;
  *) dirname "$(dirname "$1")" ;;
  esac
}

before=$(hits)
for options in '' '--net proxy' '--net full' '--sandbox read-only' \
  '--sandbox read-only --net full' '--tmp host --net full' \
  '--tmp host' '-w /tmp' '-w /tmp --net full' '--tmp host -w /tmp' \
  '--mount-engine bwrap' '--mount-engine bwrap --net full'; do
  for name in $names; do
    target=$name
    case $name in
    "$TEST_DIR"/*) target=../${name#"$TEST_DIR"/} ;; # 108 bytes are few
    esac
    # shellcheck disable=SC2086 # options
    csb $options -- ./probe connect "$target"
    fails "unreachable: $(label "$name") (${options:-no option})"
  done
done
for name in "$W/s" "$in_home/s"; do
  target=$name
  case $name in
  "$TEST_DIR"/*) target=../${name#"$TEST_DIR"/} ;;
  esac
  csb --net full -w "$TEST_DIR" -w "$in_home" -- ./probe connect "$target"
  fails "unreachable although its directory is writable: $(label "$name")"
  csb --permission-profile "$(profile enabled write=root)" -- ./probe connect "$target"
  fails "unreachable with everything writable: $(label "$name")"
done
is 'nobody came' "$(hits)" "$before"

# Known limit: a socket that a host process makes while the command runs, below
# a directory that the command sees, cannot be told from the command's own by
# this kernel.  What is there at the start is what this test is about.

# Well-known places: whatever listens there is not reachable.
csb --net full -- sh -c 'for s in /run/docker.sock /var/run/docker.sock \
  /run/dbus/system_bus_socket /run/user/*/bus /run/systemd/private \
  /run/systemd/journal/socket /run/systemd/notify /tmp/.X11-unix/X0 \
  /run/user/*/wayland-0 /dev/log; do
  [ ! -S "$s" ] || echo "$s"; done'
is 'no socket in the well-known places' "$out" ''
run env SSH_AUTH_SOCK="$in_home/s" DBUS_SESSION_BUS_ADDRESS="unix:path=$in_home/s" \
  DOCKER_HOST="unix://$in_home/s" "$CSB" exec -C "$W" --net full -- \
  sh -c './probe connect "$1"' sh "$in_home/s"
fails 'not by being named in the environment'

# Granted by path.
csb --socket "$in_home/s" -- ./probe connect "$in_home/s"
works '--socket grants one'
wait_for 5 test "$(hits)" -gt "$before"
yes 'and it was reached' test "$(hits)" -gt "$before"
csb --socket "$in_home/s" --net full -- ./probe connect "$in_home/s"
abi=$("$CSB" explain | sed -n 's/^landlock *ABI \([0-9]*\),.*/\1/p')
if [ "${abi:-0}" -ge 6 ]; then
  works '--socket with full network'
else
  refused '--socket with full network, where abstract ones cannot be kept away' 125 'cannot scope abstract sockets'
fi
csb --socket "$in_home/s" -- ./probe connect "$in_var/s"
fails '--socket grants only that one'
csb --socket "$in_tmp/s" -- ./probe connect "$in_tmp/s"
works '--socket in /tmp, beside a private /tmp'
csb --socket "$T/not-there" -- echo ran
refused '--socket of what is not there' 125 not-there
echo x >"$T/plain"
csb --socket "$T/plain" -- echo ran
refused '--socket of what is no socket' 125 plain
finish
