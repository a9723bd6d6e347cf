#!/bin/sh
# shellcheck disable=SC2034 # act: one head for all of them
# Goal of this test: B1, B3, B11, no descriptor of anybody reaches the command, and none leads out.
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/act.py" "$W/act"
act="python3 ./act"
probe_to "$W"
echo secret >"$T/secret"
cat >"$T/inherit.py" <<'PY'
import os, socket, sys
fds = [os.open(p, os.O_RDONLY | os.O_DIRECTORY) for p in ("/", "/proc", "/sys", "/etc", sys.argv[1])]
a, b = socket.socketpair()
fds += [a.fileno(), b.fileno(), os.open(sys.argv[1] + "/secret", os.O_RDWR)]
for i in range(20, 220):
    os.dup2(fds[i % len(fds)], i, inheritable=True)
for fd in fds:
    os.set_inheritable(fd, True)
os.execvp(sys.argv[2], sys.argv[2:])
PY
run python3 "$T/inherit.py" "$T" sh -c 'ls /proc/self/fd | wc -l'
yes 'outside 200 descriptors are inherited' test "$out" -gt 200
run python3 "$T/inherit.py" "$T" sh -c 'cat /proc/self/fd/27'
for engine in init bwrap; do
  run python3 "$T/inherit.py" "$T" "$CSB" exec -C "$W" --mount-engine $engine -- ./probe fds
  is "the command has 0 1 2 ($engine)" "$out" '0 1 2 '
  run python3 "$T/inherit.py" "$T" "$CSB" exec -C "$W" --mount-engine $engine -- \
    sh -c 'for p in /proc/[0-9]*; do ls -l $p/fd 2>/dev/null; done | grep -c "secret\|memfd"'
  is "no process inside shows one, nor a sealed file of ours ($engine)" "$out" 0
done
# cwd=/proc/self/fd/N: a directory descriptor of the host as working directory.
for n in 20 27 7; do
  run python3 "$T/inherit.py" "$T" "$CSB" exec -C "$W" --chdir "/proc/self/fd/$n" -- sh -c 'pwd -P; cat ../../../etc/passwd'
  if [ "$code" = 0 ]; then not_ok "--chdir /proc/self/fd/$n" "$(told)"; else ok "--chdir /proc/self/fd/$n is refused"; fi
  csb -- sh -c "cd /proc/self/fd/$n"
  fails "and inside there is no /proc/self/fd/$n"
done
csb -- sh -c 'cd /proc/1/cwd || cd /proc/1/root'
fails 'nor a way by the directories of PID 1'
csb -- sh -c 'pwd -P; readlink /proc/self/cwd'
is 'the working directory has a name' "$out" "$W
$W"
# A socket as stdin is the caller's to give; it is the only one.
cat >"$T/stdin.py" <<'PY'
import socket, subprocess, sys
a, b = socket.socketpair()
p = subprocess.run(sys.argv[1:], stdin=a, capture_output=True)
sys.stdout.buffer.write(p.stdout)
PY
run python3 "$T/stdin.py" "$CSB" exec -C "$W" -- sh -c './probe fds; readlink /proc/self/fd/0'
has 'stdin may be a socket, and nothing more' "$out" '0 1 2 
socket:'
finish
