# shellcheck shell=sh
# lib.sh -- what every test script needs; source it first.  TAP on stdout.
#
#   run CMD...            run with no input; sets $out $err $code
#   csb [OPTION...] -- C  `run codex-sandbox exec` in the workspace $W
#   ok NAME / not_ok NAME [WHY] / skip NAME REASON / skip_all REASON
#   is NAME GOT WANT      equal strings
#   has NAME TEXT WORDS   TEXT contains WORDS;  hasnt: does not
#   code_is NAME WANT     $code of the last run
#   works NAME / fails NAME   the last run ended with 0 / not with 0
#   yes NAME CMD...       CMD succeeds outside;  no NAME CMD...: fails
#   finish                print the plan; must be the last line of a script
#
# $W is a fresh workspace, $T a fresh directory beside it that the sandbox has
# not been granted, $TOOLS holds the helper programs of tests/e2e/*.c.

TEST_TREE=$(cd "$(dirname "$0")/../.." && pwd)
: "${B:=build}"
case $B in /*) ;; *) B=$TEST_TREE/$B ;; esac
: "${CSB:=$B/codex-sandbox}"
TOOLS=$B/tests/e2e
export TEST_TREE B CSB TOOLS

# Below the home directory, since the sandbox has its own /tmp.
TEST_BASE=${CSB_TEST_BASE:-$HOME}
if [ ! -w "$TEST_BASE" ]; then
  TEST_BASE=/var/tmp
fi
TEST_DIR=$(mktemp -d "$TEST_BASE/csb-test.XXXXXX") || exit 1
TEST_DIR=$(cd "$TEST_DIR" && pwd -P)
W=$TEST_DIR/ws
T=$TEST_DIR/other
mkdir "$W" "$T"
test_n=0
test_log=$TEST_DIR/log
mkdir "$test_log"
out='' err='' code=0

# Background processes of a test are named here and ended with it.
test_pids=''
ends() { # ends PID...
  for test_pid in "$@"; do
    test_pids="$test_pids $test_pid:$(test_born "$test_pid")"
  done
}
# test_born PID -- when it began; its number is another process's later.
test_born() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

test_cleanup() {
  for test_pid in $test_pids; do
    [ -z "${test_pid#*:}" ] ||
      [ "$(test_born "${test_pid%:*}")" != "${test_pid#*:}" ] ||
      kill -9 "${test_pid%:*}" 2>/dev/null
  done
  chmod -R u+rwX "$TEST_DIR" 2>/dev/null
  rm -rf "$TEST_DIR"
}
trap test_cleanup EXIT
trap 'exit 1' INT TERM HUP

# The machine of the tests has no say in what the tests see.
unset CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED TMPDIR GIT_DIR
unset MAKELEVEL MAKEFLAGS MFLAGS MAKEOVERRIDES # we may run below make
LC_ALL=C
export LC_ALL
umask 022

# probe: copied where the sandbox can see it.
probe_to() {
  cp "$TOOLS/probe" "$1/probe"
}

# profile restricted|enabled ACCESS=WHAT... -- a permission profile; WHAT is an
# absolute path, glob:PATTERN, or the name of a special entry.
profile() {
  test_json='{"type":"managed","network":"'$1'","file_system":{"type":"restricted","entries":['
  shift
  test_sep=''
  for test_e in "$@"; do
    test_what=${test_e#*=}
    case $test_what in
    /*) test_p='{"type":"path","path":"'$test_what'"}' ;;
    glob:*) test_p='{"type":"glob_pattern","pattern":"'${test_what#glob:}'"}' ;;
    *) test_p='{"type":"special","value":{"kind":"'$test_what'"}}' ;;
    esac
    test_json=$test_json$test_sep'{"path":'$test_p',"access":"'${test_e%%=*}'"}'
    test_sep=,
  done
  printf '%s]}}' "$test_json"
}

# descendants PID -- every process below PID, one a line.
descendants() {
  for test_child in $(pgrep -P "$1"); do
    echo "$test_child"
    descendants "$test_child"
  done
}

# all_gone PID... -- none of them runs any more (a zombie does not run).
all_gone() {
  for test_pid in "$@"; do
    case $(ps -o stat= -p "$test_pid" 2>/dev/null) in
    '' | Z*) ;;
    *) return 1 ;;
    esac
  done
}

# ports: free TCP ports of the host's loopback.
free_port() {
  python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

run() {
  "$@" >"$test_log/out" 2>"$test_log/err" </dev/null
  code=$?
  out=$(cat "$test_log/out")
  err=$(cat "$test_log/err")
  return 0
}

csb() {
  run "$CSB" exec -C "$W" "$@"
}

note() {
  printf '%s\n' "$*" | cut -c1-300 | head -40 | sed 's/^/# /'
}

ok() {
  test_n=$((test_n + 1))
  printf 'ok %d - %s\n' "$test_n" "$1"
}

not_ok() {
  test_n=$((test_n + 1))
  printf 'not ok %d - %s\n' "$test_n" "$1"
  [ -z "${2:-}" ] || note "$2"
}

skip() {
  test_n=$((test_n + 1))
  printf 'ok %d - %s # SKIP %s\n' "$test_n" "$1" "$2"
}

skip_all() {
  printf '1..0 # SKIP %s\n' "$1"
  exit 0
}

finish() {
  printf '1..%d\n' "$test_n"
  exit 0
}

told() {
  printf 'status %s\nstdout: %s\nstderr: %s\n' "$code" "$out" "$err"
}

is() {
  if [ "$2" = "$3" ]; then
    ok "$1"
  else
    not_ok "$1" "got:  $2
want: $3
$(told)"
  fi
}

has() {
  case $2 in
  *"$3"*) ok "$1" ;;
  *) not_ok "$1" "no \"$3\" in: $2
$(told)" ;;
  esac
}

hasnt() {
  case $2 in
  *"$3"*) not_ok "$1" "\"$3\" in: $2" ;;
  *) ok "$1" ;;
  esac
}

code_is() {
  if [ "$code" = "$2" ]; then
    ok "$1"
  else
    not_ok "$1" "want status $2
$(told)"
  fi
}

works() {
  code_is "$1" 0
}

# Did the command itself run and fail?  A broken set-up (125), a usage error
# (2 and a line of ours; dash ends with 2 too) or a time-out is no refusal.
fails() {
  case "$code $err" in
  0\ * | 124\ * | 125\ * | 2\ codex-sandbox*) not_ok "$1" "want a failure of the command
$(told)" ;;
  *) ok "$1" ;;
  esac
}

# One of ours: status 125, one line, nothing of the command ran.
refused() { # refused NAME STATUS WORDS
  if [ "$code" != "$2" ]; then
    not_ok "$1" "want status $2
$(told)"
  elif [ -n "$out" ]; then
    not_ok "$1" "the command printed something
$(told)"
  else
    case $err in
    *"$3"*) ok "$1" ;;
    *) not_ok "$1" "no \"$3\" in the message
$(told)" ;;
    esac
  fi
}

yes() {
  test_name=$1
  shift
  if "$@" >/dev/null 2>&1; then
    ok "$test_name"
  else
    not_ok "$test_name" "failed: $*"
  fi
}

no() {
  test_name=$1
  shift
  if "$@" >/dev/null 2>&1; then
    not_ok "$test_name" "succeeded: $*"
  else
    ok "$test_name"
  fi
}

# wait_for SECONDS CMD... -- poll until CMD succeeds; fails after SECONDS.
wait_for() {
  test_left=$(($1 * 50))
  shift
  until "$@" >/dev/null 2>&1; do
    test_left=$((test_left - 1))
    [ "$test_left" -gt 0 ] || return 1
    sleep 0.02
  done
}

# gone SECONDS MARK -- no process has MARK in its command line any more.
gone() {
  test_left=$(($1 * 50))
  while pgrep -u "$(id -u)" -f "$2" >/dev/null 2>&1; do
    test_left=$((test_left - 1))
    [ "$test_left" -gt 0 ] || return 1
    sleep 0.02
  done
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# same NAME [OPTION...] -- CMD...: run CMD outside and inside, each in a fresh
# copy of $SEED as its workspace, and compare status, output and the files it
# leaves.  $MASK is a sed script for what may differ (times, paths, pids).
same() {
  test_name=$1
  shift
  test_opts=''
  while [ "$1" != -- ]; do
    test_opts="$test_opts $1"
    shift
  done
  shift
  for test_side in outside inside; do
    chmod -R u+rwX "$TEST_DIR/same" 2>/dev/null
    rm -rf "$TEST_DIR/same"
    cp -R "${SEED:-$W}" "$TEST_DIR/same"
    case $test_side in
    outside) (cd "$TEST_DIR/same" && run "$@"; echo "$code" >"$test_log/code") ;;
    inside)
      # shellcheck disable=SC2086 # options
      (cd "$TEST_DIR/same" && run "$CSB" exec $test_opts -- "$@"
        echo "$code" >"$test_log/code")
      ;;
    esac
    {
      echo "status $(cat "$test_log/code")"
      sed "${MASK:-}" "$test_log/out"
      echo '-- stderr'
      sed "${MASK:-}" "$test_log/err"
      echo '-- files'
      (cd "$TEST_DIR/same" && find . -name .git -prune -o -type f -print |
        grep -vE "${SAME_SKIP:-^$}" | sort)
    } >"$test_log/$test_side"
  done
  if cmp -s "$test_log/outside" "$test_log/inside"; then
    ok "$test_name"
  else
    not_ok "$test_name" "$(diff "$test_log/outside" "$test_log/inside" | head -40)"
  fi
}
