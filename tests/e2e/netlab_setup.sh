#!/bin/sh
# netlab_setup.sh SCRIPT -- as "root" of fresh namespaces: build what netlab.sh
# describes, then run SCRIPT in it as the ordinary user.
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir /run/netns
ip link set lo up
ip netns add far
ip link add wire type veth peer name wire netns far
ip addr add 44.0.0.1/24 dev wire
ip -6 addr add 2a0a::1/64 dev wire nodad
ip link set wire up
ip route add 10.9.9.0/24 dev wire
ip route add local 44.7.0.0/24 dev lo
ip -6 route add local 2a0b::/64 dev lo
far() {
  ip netns exec far "$@"
}
far ip link set lo up
for a in 44.0.0.2 44.0.0.3 10.9.9.9; do
  far ip addr add $a/24 dev wire
done
far ip -6 addr add 2a0a::2/64 dev wire nodad
far ip link set wire up
far ip route add default via 44.0.0.1
# Ports below 1024 for servers of both machines: of these namespaces alone.
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
far sh -c 'echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start'
cat >"$NETLAB/hosts" <<'HOSTS'
127.0.0.1 localhost
::1 localhost
44.0.0.2 web.test sub.web.test
2a0a::2 web.test six.test
44.0.0.3 other.test
10.9.9.9 priv.test
44.0.0.2 two.test
10.9.9.9 two.test
44.0.0.99 nobody.test
44.0.0.1 self.test
44.7.0.7 routed.test
2a0b::7 routed6.test
HOSTS
mount --bind "$NETLAB/hosts" /etc/hosts
: >"$NETLAB/resolv"
mount --bind "$NETLAB/resolv" "$(readlink -f /etc/resolv.conf)" 2>/dev/null ||
  mount --bind "$NETLAB/resolv" /etc/resolv.conf
: >"$NETLAB/seen"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
  -subj /CN=netlab -addext 'subjectAltName=DNS:web.test,DNS:*.web.test,DNS:other.test,DNS:six.test' \
  -keyout "$NETLAB/key.pem" -out "$NETLAB/ca.pem" 2>/dev/null
mkdir "$NETLAB/www"
# user CMD...: on the other machine, as the ordinary user.
user() {
  # shellcheck disable=SC2086 # two numbers
  set -- ${NETLAB_ID#* } "$@"
  far unshare -U --map-user="${NETLAB_ID% *}" --map-group="$1" sh -c 'shift; exec "$@"' sh "$@"
}
PATH=$PATH:/usr/sbin:/usr/lib/postgresql/17/bin:/usr/lib/postgresql/15/bin
export PATH
case " ${NETLAB_WANT:-} " in
*' sshd '*)
  if command -v sshd >/dev/null; then
    ssh-keygen -q -t ed25519 -N '' -f "$NETLAB/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$NETLAB/key"
    cat >"$NETLAB/sshd_config" <<CONF
Port 22
HostKey $NETLAB/host_key
AuthorizedKeysFile $NETLAB/key.pub
StrictModes no
UsePAM no
PidFile none
CONF
    user "$(command -v sshd)" -D -e -f "$NETLAB/sshd_config" >"$NETLAB/sshd.log" 2>&1 &
    NETLAB_SSHD=yes
    export NETLAB_SSHD
  fi
  ;;
esac
case " ${NETLAB_WANT:-} " in
*' postgres '*)
  if command -v initdb >/dev/null; then
    user initdb -D "$NETLAB/pg" -A trust -U test --no-sync >"$NETLAB/pg.log" 2>&1
    echo 'host all all all trust' >>"$NETLAB/pg/pg_hba.conf"
    user postgres -D "$NETLAB/pg" -h 44.0.0.2,44.0.0.3 -k "$NETLAB" -F >>"$NETLAB/pg.log" 2>&1 &
  fi
  ;;
esac
far python3 "$(dirname "$0")/netlab_server.py" "$NETLAB" >"$NETLAB/server.log" 2>&1 &
n=0
until [ -e "$NETLAB/ready" ]; do
  n=$((n + 1))
  [ $n -lt 500 ] || {
    echo '1..0 # SKIP the servers did not start'
    cat "$NETLAB/server.log" >&2
    exit 1
  }
  sleep 0.02
done
# The first packets on a new wire may be lost, and are sent again a second later.
python3 -c '
import socket
for a in ("44.0.0.2", "44.0.0.3", "10.9.9.9", "2a0a::2"):
    for i in range(200):
        try:
            socket.create_connection((a, 80), 0.1).close()
            break
        except OSError:
            pass'
: >"$NETLAB/seen"
# shellcheck disable=SC2086 # two numbers
set -- "$1" $NETLAB_ID
exec unshare -U --map-user="$2" --map-group="$3" sh "$1"
