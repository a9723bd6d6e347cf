#!/bin/sh
# Goal of this test: F12, while a command runs, with a network by name too, nothing of
# ours can be connected to by a path, an abstract name or a port of the host.
# shellcheck disable=SC2016 # text for the cage
if [ -z "${CSB_OWN_NET:-}" ] && unshare -cn true 2>/dev/null; then
  CSB_OWN_NET=1 exec unshare -cn sh "$0" # the tables of a namespace of our own
fi
. "$(dirname "$0")/../lib.sh"
[ -n "${CSB_OWN_NET:-}" ] || skip_all 'no network namespace of its own here'
# names -- unix sockets that have a name, and ports that are listened at
names() {
  awk 'FNR > 1 && NF > 7 { print $8 }' /proc/net/unix | sort
  awk 'FNR > 1 && $4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6
  awk 'FNR > 1 { print $2 }' /proc/net/udp /proc/net/udp6
}
files() { # -- sockets and pipes that have a path in the places of ours
  find "$HOME" /tmp /var/tmp "${XDG_RUNTIME_DIR:-/nowhere}" -xdev -user "$(id -un)" \
    \( -type s -o -type p \) -newer "$T/begin" 2>/dev/null
}
: >"$T/begin"
is 'at first there is none' "$(names)" ''
for net in none proxy; do
  rm -f "$W/go" "$W/up"
  "$CSB" exec --guard journal -C "$W" --net $net -- sh -c ': >up; until test -e go; do sleep 0.05; done' &
  front=$!
  ends $front
  wait_for 10 test -e "$W/up"
  [ $net = none ] || yes 'the supervisor is there' pgrep -P $front -f codex-sandbox-supervisor
  is "--net $net: no name and no port" "$(names)" ''
  is "--net $net: and no file" "$(files)" ''
  : >"$W/go"
  wait $front
  is "--net $net: it ended well" $? 0
done
# That a name would be seen.
mkfifo "$T/fifo"
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
open(sys.argv[2], "w").close(); open(sys.argv[3]).read()' "$T/named" "$T/bound" "$T/fifo" &
ends $!
wait_for 10 test -e "$T/bound"
has 'a socket with a path would be seen' "$(names)" "$T/named"
has 'its file too' "$(files)" "$T/named"
finish
