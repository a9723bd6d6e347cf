#!/bin/sh
# Goal of this test: what the command finds when it starts is what it would
# find without us: stdio, umask, niceness, limits, directory, identity.
. "$(dirname "$0")/../lib.sh"
probe_to "$W"

for mask in 000 022 027 077; do
  run sh -c 'umask $3; exec "$1" exec -C "$2" -- sh -c umask' sh "$CSB" "$W" $mask
  is "umask $mask is kept" "$out" "0$mask"
done
for n in 0 5 19; do
  run nice -n $n "$CSB" exec -C "$W" -- nice
  is "niceness $n is kept" "$out" "$(nice -n $n nice)"
done
# All but the size of a core file: a pipe of the host's core_pattern would run
# outside, and 1 is what the kernel takes as never (core(5)).
csb -- grep -v core /proc/self/limits
is 'limits are the caller'"'"'s' "$out" "$(grep -v core /proc/self/limits)"
run sh -c 'ulimit -n 333; exec "$1" exec -C "$2" -- sh -c "ulimit -n"' sh "$CSB" "$W"
is 'a limit of the caller is kept' "$out" 333
csb --limit nofile=100 -- sh -c 'ulimit -n; ulimit -Hn'
is '--limit nofile' "$out" '100
100'
csb --limit core=0 --limit nofile=64 -- sh -c 'ulimit -c; ulimit -n'
is '--limit twice' "$out" '0
64'
csb --limit as=512M -- sh -c 'ulimit -v'
is '--limit as takes a suffix' "$out" 524288
csb --limit as=300M -- python3 -c 'b = bytearray(600 << 20)'
if have python3; then
  fails '--limit as is felt'
else
  skip '--limit as is felt' 'python3 is not installed'
fi
csb --limit nproc=777 -- grep processes /proc/self/limits
is '--limit nproc' "$(echo "$out" | tr -s ' ')" 'Max processes 777 777 processes '
csb --limit fsize=4096 -- sh -c 'head -c 8192 /dev/zero >big'
fails '--limit fsize is felt'
run sh -c 'ulimit -n 64; exec "$1" exec -C "$2" --limit nofile=128 -- true' sh "$CSB" "$W"
code_is '--limit cannot raise above the hard limit: 125' 125

csb -- sh -c 'id -u; id -g; id -G | tr " " "\n" | grep -cx "$(id -g)"'
is 'the command is the user' "$out" "$(id -u)
$(id -g)
1"
csb -- ./probe caps
is 'no capability, no_new_privs' "$out" \
  'eff 00 prm 00 inh 00 bnd 0 amb 0 nnp 1'
csb --net full -- ./probe caps
is 'also with full network' "$out" 'eff 00 prm 00 inh 00 bnd 0 amb 0 nnp 1'
csb -- sh -c 'ls -l /proc/self/exe >/dev/null; cat /proc/self/status' # below
has 'case 37: the command is filtered' "$out" "Seccomp:	2"

# case 37: PID 1 reaps, and both carry exactly one filter more than the caller.
filters() { # filters -- of the status on stdin; none said = 0
  sed -n 's/^Seccomp_filters:[[:space:]]*//p' | grep . || echo 0
}
before=$(filters </proc/self/status)
csb -- sh -c 'echo $PPID; cat /proc/1/status; echo ====; cat /proc/self/status'
is 'case 37: sandboxed_commands_have_a_seccomp_filtered_namespace_reaper' \
  "$(echo "$out" | head -1)" 1
is 'case 37: PID 1 is filtered' "$(echo "$out" | sed '/^====/,$d' |
  sed -n 's/^Seccomp:[[:space:]]*//p')" 2
is 'case 37: PID 1 has one filter more' \
  "$(echo "$out" | sed '/^====/,$d' | filters)" $((before + 1))
is 'case 37: the command has one filter more' \
  "$(echo "$out" | sed '1,/^====/d' | filters)" $((before + 1))

# case 39: orphans are collected.
csb -- sh -c '(sh -c "exit 0" & echo $! >orphan); read -r o <orphan
  i=0; while [ -e /proc/$o ]; do i=$((i + 1)); [ $i -lt 50 ] || exit 1
  sleep 0.02; done'
works 'case 39: namespace_reaper_collects_orphaned_descendants'
csb -- sh -c 'i=0; while [ $i -lt 300 ]; do (true &) ; i=$((i + 1)); done
  i=0; while [ "$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z ")" != 0 ]; do
  i=$((i + 1)); [ $i -lt 100 ] || exit 1; sleep 0.02; done'
works 'case 39: many of them'

# case 41: with the whole filesystem the devices are still few.
whole='{"type":"managed","network":"restricted","file_system":{"type":"unrestricted"}}'
host_dev=$(stat -c %d:%i /dev)
shm=/dev/shm/csb-test-41.$$
csb --permission-profile "$whole" -- sh -c "echo x >$shm; stat -c %d:%i /dev
  for n in null zero full random urandom tty; do [ -c /dev/\$n ] || echo no \$n; done
  echo x >/dev/null && head -c 1 /dev/urandom | wc -c; ls /dev | wc -l"
is 'case 41: the host'"'"'s /dev/shm is shared' "$(cat $shm 2>&1)" x
rm -f $shm
hasnt 'case 41: managed_proxy_full_filesystem_uses_minimal_dev_nodes' "$out" "$host_dev"
hasnt 'case 41: all nodes are there' "$out" 'no '
has 'case 41: and usable' "$out" '
1
'

# case 42: output is released when the command ends.
start=$(date +%s)
run sh -c 'x=$("$1" exec -C "$2" -- sh -c "sleep 19.8342 & echo done"); echo "$x"' sh "$CSB" "$W"
is 'case 42: managed_proxy_bridges_release_command_output_after_exit' "$out" 'done'
yes 'case 42: at once' test $(($(date +%s) - start)) -lt 10

# case 43: a caller without standard descriptors.
run sh -c '"$1" exec -C "$2" -- sh -c "echo ran >closed" <&- >&-' sh "$CSB" "$W"
works 'case 43: managed_proxy_readiness_survives_closed_standard_descriptors'
is 'case 43: it ran' "$(cat "$W/closed" 2>&1)" ran
rm -f "$W/closed"
run sh -c '"$1" exec -C "$2" -- sh -c "echo ran >closed; ls /proc/self/fd >fds" <&- >&- 2>&-' sh "$CSB" "$W"
is 'case 43: with none of the three' "$(cat "$W/closed" 2>&1)" ran

# Standard streams are the caller's own, not a copy.
run sh -c '"$1" exec -C "$2" -- sh -c "stat -L -c %i /dev/stdout" >"$2/self"' sh "$CSB" "$W"
is 'stdout is the very file' "$(cat "$W/self")" "$(stat -c %i "$W/self")"
printf 'one\ntwo\n' >"$W/lines"
run sh -c '{ "$1" exec -C "$2" -- sh -c "read -r x; echo \$x"; cat; } <"$2/lines"' sh "$CSB" "$W"
has 'stdin is the very file: its offset moves' "$out" one

# The directory, also when its name goes through a symlink.
ln -s ws "$TEST_DIR/alias"
run sh -c 'cd "$2" && exec "$1" exec -- /bin/pwd -P' sh "$CSB" "$TEST_DIR/alias"
is 'a symlinked directory' "$out" "$W"
mkdir "$T/vanished"
run sh -c 'cd "$2" && rmdir "$2" && exec "$1" exec -- echo ran' sh "$CSB" "$T/vanished"
refused 'a vanished directory is 125' 125 ''
long=$W
while [ ${#long} -lt 3000 ]; do
  long=$long/a-rather-long-name-for-one-directory-in-a-long-line-of-them
done
mkdir -p "$long"
run "$CSB" exec -C "$long" -- sh -c 'echo x >in && pwd'
works 'a long path works'

# Names with everything in them.
odd="$W/$(printf 'od d\n\\"$x*[\303\251\377')"
mkdir "$odd"
run "$CSB" exec -C "$odd" -w "$odd" -- sh -c 'echo x >in'
works 'a name with blanks, newline, quotes and raw bytes'
yes 'and it was written there' test -e "$odd/in"

# argv and environment of some size.
many=$(seq 1 20000 | tr '\n' ' ')
# shellcheck disable=SC2086 # many words
csb -- sh -c 'echo $#' sh $many
is 'twenty thousand words' "$out" 20000
big=$(head -c 120000 /dev/zero | tr '\0' x)
run env BIG="$big" "$CSB" exec -C "$W" --env-inherit all -- sh -c 'echo ${#BIG}'
is 'a variable of 120 kB' "$out" 120000

# Terminal tricks of old.
csb -- ./probe tiocsti
hasnt 'TIOCSTI is refused' "$out" 'TIOCSTI: ok'
finish
