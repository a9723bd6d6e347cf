#!/bin/sh
# Goal of this test: a start takes no process and no system call more than it
# did.  Counts only, which no busy machine changes; the limits are what was
# counted, and a third.  `make bench` measures time.
. "$(dirname "$0")/../lib.sh"
bench=$B/tests/bench/bench
HOME=$TEST_DIR/home
export HOME
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME
mkdir "$HOME" "$HOME/.ssh"
mkdir -p "$W/.git" "$W/.codex" "$W/src"
: >"$HOME/.netrc"
cd "$W" || exit 1

run "$bench" count ::: probe /bin/true
[ "$code" = 0 ] || skip_all "nothing can be traced here: $err"

# counted OPTION... -- count one start of /bin/true
counted() {
  run "$bench" count ::: csb "$CSB" exec "$@" -- /bin/true
  works "counted: exec $*"
}

# field PROGRAM calls|forks|execs
field() {
  printf '%s\n' "$out" | awk -v p="$1" -v f="$2" '
    $2 == p { for (i = 3; i < NF; i++) if ($(i + 1) ~ "^" f) v = $i }
    END { print v + 0 }'
}

at_most() { # at_most NAME GOT LIMIT
  if [ "$2" -gt 0 ] && [ "$2" -le "$3" ]; then
    ok "$1: at most $3"
  else
    not_ok "$1: at most $3" "got $2
$out"
  fi
}

for engine in init bwrap; do
  counted --mount-engine $engine
  is "engine $engine: four forks (launcher, holder, init, command)" \
    "$(field all forks)" 4
  is "engine $engine: five programs, each started once" "$(field all execs)" 5
  is "engine $engine: bwrap runs once, nothing is tried before" \
    "$(field bwrap execs)" 1
  at_most "engine $engine: calls of the front end" \
    "$(field codex-sandbox calls)" 640
  at_most "engine $engine: calls of the launcher" \
    "$(field codex-sandbox-launch calls)" 110
done
counted --mount-engine init
at_most 'calls of init that lays the mounts' "$(field codex-sandbox-init calls)" 430
counted --mount-engine bwrap
at_most 'calls of init that does not' "$(field codex-sandbox-init calls)" 200
counted --sandbox danger-full-access
is 'without a cage: two forks' "$(field all forks)" 2
is 'without a cage: three programs' "$(field all execs)" 3

# Rules: an open for each place that is not there, little where there is one.
counted
none=$(field codex-sandbox calls)
mkdir -p "$HOME/.config/codex-sandbox"
counted
at_most 'a configuration without files: calls more' \
  $(($(field codex-sandbox calls) - none)) 24
echo 'prefix_rule(["zz"], "forbidden")' >"$HOME/.config/codex-sandbox/default.rules"
counted
at_most 'one rules file: calls more' $(($(field codex-sandbox calls) - none)) 64
rm -r "$HOME/.config"

mkdir "$T/dirs" "$T/files"
(cd "$T/dirs" && seq 200 | xargs mkdir)
(cd "$T/files" && seq 200 | xargs touch)

# ours KIND ENGINE N -- calls of our programs with N mounts more
ours() {
  # shellcheck disable=SC2046 # options
  run "$bench" count ::: csb "$CSB" exec --no-protect all --mount-engine "$2" \
    $(seq -f "-w $T/$1/%.0f" "$3") -- /bin/true
  printf '%s\n' "$out" | awk '$2 ~ /^codex-sandbox/ { n += $3 } END { print n + 0 }'
}

for kind in dirs files; do
  most=22 # three or four are for a rule of Landlock
  for engine in init bwrap; do
    ten=$(ours $kind $engine 10)
    hundred=$(ours $kind $engine 100)
    more=$(ours $kind $engine 200)
    slope=$(((hundred - ten) / 90))
    steep=$(((more - hundred) / 100))
    if [ "$ten" -gt 0 ] && [ "$slope" -gt 0 ] && [ "$slope" -le $most ] &&
      [ "$steep" -le $((slope + 1)) ]; then
      ok "engine $engine, $kind: $slope calls a mount, the 200th like the 10th"
    else
      not_ok "engine $engine, $kind: at most $most calls a mount, and linear" \
        "10: $ten, 100: $hundred, 200: $more"
    fi
  done
done
# Mounts of the host cost the kernel a copy, and none of the programs a call: with
# bwrap binding the host it was one call and more for each.
on_host() { # on_host N -- all calls of a start with N mounts more on the host
  # shellcheck disable=SC2016 # for the inner shell
  run unshare -Urm sh -c 'mount -t tmpfs none "$1" && i=0
    while [ $i -lt "$2" ]; do
      mkdir "$1/$i" && mount --bind "$1/$i" "$1/$i" || exit
      i=$((i + 1))
    done
    shift 2; exec "$@"' sh "$T/host" "$1" "$bench" count ::: csb "$CSB" exec \
    --mount-engine init -- /bin/true
  [ "$code" = 0 ] || echo 0
  field all calls
}
mkdir "$T/host"
few=$(on_host 1 | tail -1)
many=$(on_host 200 | tail -1)
if [ "$few" = 0 ]; then
  skip 'no call for a mount of the host' "unshare -Urm and mounts in it do not do here: $(echo "$err" | head -1)"
elif [ "$many" -gt 0 ] && [ $((many - few)) -lt 100 ]; then
  ok "no call for a mount of the host: $few with 1, $many with 200"
else
  not_ok 'no call for a mount of the host' "1: $few, 200: $many"
fi
finish
