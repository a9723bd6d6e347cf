# shellcheck shell=sh
# faults.sh -- source it behind lib.sh: sweeps of tests/fault/inject_main.c.
#
#   sweep NAME INJECT-OPTIONS SANDBOX-OPTIONS WHAT=VALUE...
#
# makes one test of a whole sweep and prints its figures.  $W/look looks at the
# cage from inside, as WHAT=VALUE says; $RUNNER goes before the front end.
INJECT=$B/tests/inject_main
[ -x "$INJECT" ] || skip_all "$INJECT is not built (make test-programs)"
cp "$TOOLS/look" "$W/look"
mkdir -p "$W/a/b" "$W/hidden" "$W/kept"
echo secret >"$W/a/b/secret"
echo secret >"$W/hidden/secret"
: >"$W/kept/x"
rules="--deny $W/a/b/secret --deny $W/hidden --ro $W/kept"
files="denied=$W/a/b/secret denied=$W/hidden ro=$W/kept pinned=$W/a"
caged="$files ro=/ empty=/run cage=1"
cd "$W" || exit 1
trap '' HUP # a command has no ignored signal, whoever started us

sweep() {
  sweep_name=$1 sweep_how=$2 sweep_options=$3
  shift 3
  # shellcheck disable=SC2086 # words
  run "$INJECT" $sweep_how "$W/marker" ${RUNNER:-} "${FRONT:-$CSB}" exec -C "$W" $sweep_options -- \
    "$W/look" "$W/marker" "$@"
  works "$sweep_name: $(printf '%s\n' "$out" | tail -1)"
}

# What judges has to see a hole: an init that neither sets this up nor proves
# anything (tests/broken), and calls that lie to one which proves nothing.
controls() {
  FRONT=$B/broken/codex-sandbox
  # shellcheck disable=SC2086 # words
  run "$INJECT" -pq "$W/marker" "$FRONT" exec -C "$W" -e CSB_BREAK=filter,canaries -- \
    "$W/look" "$W/marker" cage=1
  has 'control: a cage without a filter is seen' "$out" 'marker "no filter"'
  # shellcheck disable=SC2086 # words
  run "$INJECT" -qz "$W/marker" "$FRONT" exec -C "$W" -e CSB_BREAK=canaries \
    --mount-engine init $rules -- "$W/look" "$W/marker" $caged net=none
  has 'control: lies open holes when nothing is proved' "$out" 'in a cage with a hole'
  FRONT=
}
