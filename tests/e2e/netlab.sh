# shellcheck shell=sh
# netlab.sh -- a test in a network of its own; source it before lib.sh.
#
# The script is started again in user, network, mount and process namespaces of
# its own: a "host" with the address 44.0.0.1 and 2a0a::1, and behind a wire
# another machine that has the others.  No privilege is needed, and no packet
# can leave: there is nothing else.  Everything ends with the script.
#
#   web.test      44.0.0.2, 2a0a::2     a name that is allowed in most tests
#   other.test    44.0.0.3              one that is not
#   priv.test     10.9.9.9              a private address
#   two.test      44.0.0.2 10.9.9.9     a public and a private one
#   nobody.test   44.0.0.99             nobody answers there
#   self.test     44.0.0.1              the host itself
#   routed.test   44.7.0.7              the host too, by a route of its own alone
#   routed6.test  2a0b::7               the same
#
# Servers of the other machine are in netlab_server.py: HTTP on 80 and 8080, TLS
# on 443, files of $LAB/www there; a greeting and an echo on 22, 2222 and 7777.
# With NETLAB_WANT=sshd there is an sshd on 22 for $LAB/key, with =postgres a
# PostgreSQL on 5432, where they are installed.  What was seen is in $LAB/seen, a
# line a connection or request.  $LAB/ca.pem is the authority of certificates.
if [ -z "${NETLAB:-}" ]; then
  # shellcheck disable=SC2016 # for the inner shell
  if ! unshare -Urnmpf --mount-proc --kill-child sh -c 'ip link add wire0 type veth peer name wire1' \
    2>/dev/null; then
    echo '1..0 # SKIP no user namespace with a network of its own here'
    exit 0
  fi
  NETLAB=$(mktemp -d "${TMPDIR:-/tmp}/netlab.XXXXXX") || exit 1
  export NETLAB
  NETLAB_ID="$(id -u) $(id -g)"
  export NETLAB_ID
  unshare -Urnmpf --mount-proc --kill-child sh "$(dirname "$0")/../e2e/netlab_setup.sh" "$0"
  netlab_code=$?
  rm -rf "$NETLAB"
  exit $netlab_code
fi
export LAB="$NETLAB"
