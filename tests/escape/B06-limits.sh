#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B6, a limit as a weapon ends the run or changes nothing; never half a cage.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
cd "$W" || exit 1
echo secret >"$T/secret"
weak() { # weak NAME ULIMIT... -- 125 and nothing run, or the whole cage
  name=$1
  shift
  for engine in init bwrap; do
    rm -f "$T/new"
    run bash -c 'ulimit '"$*"' 2>/dev/null; exec "$0" exec -d "$1/secret" --mount-engine "$2" -- \
      sh -c "echo up; cat $1/secret; echo x >$1/new"' "$CSB" "$T" $engine
    if [ -e "$T/new" ]; then
      not_ok "$name ($engine)" 'a file appeared outside the workspace'
    elif [ "$code" = 0 ]; then
      not_ok "$name ($engine)" "$(told)"
    else
      case $out in
      *secret*) not_ok "$name: the secret was read ($engine)" "$(told)" ;;
      *) ok "$name: whole cage or none, status $code ($engine)" ;;
      esac
    fi
  done
}
for n in 3 4 5 6 8 10 12 16 20 32 64; do
  weak "hard nofile $n" "-Hn $n"
  weak "soft nofile $n" "-Sn $n"
done
for n in 0 1 8; do
  weak "file size $n" "-f $n"
done
for n in 1000 2000 4000 8000 16000 64000; do
  weak "address space $n" "-v $n"
done
for n in 0 1 2 3 5; do
  weak "processes $n" "-u $n"
done
for n in 0 8 64; do
  weak "stack $n" "-s $n"
  weak "data $n" "-d $n"
done
weak 'cpu 1' '-t 1'
weak 'memlock 0, core 0, sigpending 0' '-l 0 -c 0 -i 0'
run "$CSB" exec -- echo up
is 'without limits it runs' "$out" up
run bash -c 'ulimit -Sn 64; exec "$0" exec -- sh -c "ulimit -Sn"' "$CSB"
is 'and the command gets its own limits back' "$out" 64
finish
