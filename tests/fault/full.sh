#!/bin/sh
# Goal of this test: as 01-quick.sh, with every call and every error, and with
# calls that report success and do nothing.  Run by `make fault`.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/faults.sh"
[ "$(id -u)" != 0 ] || skip_all 'for an ordinary user; root: tests/priv/05-faults.sh'
restricted=$(profile restricted read=minimal "write=$W" "deny=$W/hidden" "read=$W/kept")
full=$(profile enabled read=root "write=$W" "deny=$W/hidden" "read=$W/kept")
# shellcheck disable=SC2086 # words
for how in '' -z; do
  lie=${how:+, calls lie}
  for engine in init bwrap; do
    e="--mount-engine $engine"
    sweep "mounts by $engine$lie" "$how" "$e $rules" $caged net=none
    sweep "mounts by $engine, restricted read$lie" "$how" "$e -p $restricted" \
      "denied=$W/hidden" "ro=$W/kept" ro=/ absent=/var cage=1 net=none
    sweep "mounts by $engine, the host's network$lie" "$how" "$e -p $full" \
      "denied=$W/hidden" "ro=$W/kept" ro=/ cage=1
    sweep "mounts by $engine, a terminal$lie" "$how -t" "$e --tty $rules" $caged net=none
  done
  sweep "in place$lie" "$how" '--sandbox external-sandbox'
done
controls
finish
