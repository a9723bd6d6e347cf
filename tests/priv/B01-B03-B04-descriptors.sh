#!/bin/sh
# Goal of this test: B1, B3, B4: what a caller leaves open, closed or as its
# directory gets nobody anywhere through a privileged launcher.
. "$(dirname "$0")/setuid.sh"
installed world
fds() { # fds NAME WORD... -- and then none of them is left inside
  fds_name=$1
  shift
  hostile "$fds_name" cage "$@"
  run forbidden "$P/parent/codex-sandbox" exec -C "$W" -- ./probe fds
  is "$fds_name: none is left inside" "$out" '0 1 2 '
}
fds 'none' umask=022
fds '300 of them: directories, sockets, devices' fds=300
fds '900 of them' soft=nofile:1024 fds=900
for set in 0 1 2 01 02 12 012; do
  hostile "closed: $set" cage closed=$set
done
# Those are open on /dev/null then, and on no file that was opened since.
run plain sh -c '"$1" closed=12 -- "$2" --version' sh "$P/hostile" "$LAUNCH"
code_is 'with standard output closed, the version goes nowhere' 0
hostile 'the directory does not exist any more' cage cwd=gone
hostile 'the directory is /proc/self/fd' cage cwd=fd
hostile 'the directory is /proc/self/fd, with descriptors' cage fds=200 cwd=fd
finish
