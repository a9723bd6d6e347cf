#!/bin/sh
# Goal of this test: without namespaces, Landlock in place keeps what it says it
# keeps, refuses by name what it cannot keep, and is never used in silence.
. "$(dirname "$0")/../lib.sh"
run "$CSB" explain
abi=$(printf '%s\n' "$out" | sed -n 's/^landlock *ABI \([0-9]*\),.*/\1/p')
if [ "${abi:-0}" -lt 6 ]; then
  csb --backend landlock -- true
  refused 'an old kernel is refused' 125 '--backend landlock: this kernel'
  finish
fi
export HOME="$TEST_DIR/home"
mkdir "$HOME" "$T/dir"
echo old >"$T/file"

# ll [OPTION...] -- CMD: the least that it can keep, with the workspace writable
least="--backend landlock --sandbox read-only --proc host --no-protect all -w $W"
ll() {
  # shellcheck disable=SC2086 # words
  csb $least "$@"
}

# --- what cannot be kept is refused, and the same without it works --------------
ll -- true
works 'the least works'
refuses() { # refuses WORDS NAME [OPTION...]
  words=$1 name=$2
  shift 2
  csb --backend landlock "$@" -- sh -c 'echo ran'
  refused "refused: $name" 125 "$words"
  case $err in
  *'; '*) ok "it says what mends it: $name" ;;
  *) not_ok "it says what mends it: $name" "$err" ;;
  esac
}
# shellcheck disable=SC2086 # words
{
  only="--sandbox read-only --proc host --no-protect all"
  refuses "/proc: is to be the sandbox's own" 'a /proc of its own' --sandbox read-only
  refuses '/tmp: is to be private and empty' 'a private /tmp' --proc host --no-protect all --tmp private
  refuses "$W/.agents: is to stay missing" 'a protected name that is missing' \
    --sandbox read-only --proc host -w "$W"
  mkdir "$W/.git" "$W/kept"
  refuses "$W/.git: is to be read-only inside a writable directory" 'a protected name that is there' \
    $only --protect git -w "$W"
  rmdir "$W/.git"
  refuses "$W/kept: is to be read-only inside a writable directory" 'read-only inside writable' \
    $only -w "$W" --ro "$W/kept"
  refuses "$W/kept: is to be denied inside what is granted" 'denied inside writable' \
    $only -w "$W" --deny "$W/kept"
  refuses "$T/file: is to be denied inside what is granted" 'denied inside readable' \
    $only --deny "$T/file"
  mkdir "$HOME/.ssh"
  : >"$HOME/.ssh/id_rsa"
  refuses "is to be denied inside what is granted, which Landlock alone cannot do (secret)" \
    'a secret' $only -w "$W"
  csb --backend landlock $only -w "$W" --allow-secrets -- true
  works 'and works when it may be read'
  csb --backend landlock $only -w "$W" -r "$T" -- true
  works 'or when only some things are read'
  rm -rf "$HOME/.ssh"
  refuses '--net: no socket of any kind' "the host's network" $only --net full
  refuses 'no socket of any kind' 'a granted socket' $only --socket /run/x
  class=
  for name in fuse kvm dri; do
    [ ! -e "/dev/$name" ] || class=$name
  done
  if [ -n "$class" ]; then
    refuses '--device: the calls of a device cannot be told' 'the calls of a device' $only --device $class
    csb --backend landlock-loose $only --device $class -- true
    works 'and works loosely'
  else
    skip 'refused: the calls of a device' 'none of /dev/fuse, /dev/kvm, /dev/dri is here'
  fi
  refuses '/: everything is to be writable' 'everything writable' \
    -p '{"type":"managed","network":"restricted","file_system":{"type":"unrestricted"}}' --proc host
  if have python3; then
    (cd "$W" && exec python3 -c 'import signal, socket
s = socket.socket(socket.AF_UNIX)
s.bind("host-socket")
s.listen()
signal.pause()') &
    ends $!
    wait_for 10 test -S "$W/host-socket"
    refuses "$W/host-socket: is of the host and is to be kept" 'a host socket in the workspace' $only -w "$W"
    rm -f "$W/host-socket"
  fi
}
csb --backend nonsense -- true
refused 'another word' 2 'nonsense: is none of namespaces'
csb --backend landlock --sandbox danger-full-access -- true
works 'where nothing is sandboxed there is nothing to choose'

# --- it is said -------------------------------------------------------------------
# shellcheck disable=SC2086 # words
run "$CSB" explain -C "$W" $least
has 'explain: the cage' "$out" 'cage         Landlock and filter, no namespaces'
has 'explain: weaker, and how' "$out" 'weaker       names, sizes and times of all files are visible'
ll --prove -- true
has 'proved: files' "$err" 'proved: Landlock: make a file in /: access denied'
has 'proved: processes' "$err" 'proved: other processes: signal the parent: not permitted'
ll --result "$T/result" -- true
has 'the result says which cage' "$(cat "$T/result")" '"cage":"landlock"'
X=$B/broken/codex-sandbox
if [ -x "$X" ]; then
  # shellcheck disable=SC2086 # words
  run "$X" exec -C "$W" -e CSB_BREAK=landlock $least -- sh -c 'echo ran'
  refused 'without it the canaries end the run' 125 'does not hold'
  # shellcheck disable=SC2086 # words
  run "$X" exec -C "$W" -e CSB_BREAK=filter $least -- sh -c 'echo ran'
  refused 'and without its filter' 125 'does not hold'
fi

# --- files ------------------------------------------------------------------------
ll -- sh -c 'echo new >file && mkdir -p a/b && mv file a/b && ln a/b/file hard && ln -s x soft && mkfifo p && rm -r a'
works 'the workspace is written'
for act in "echo new >'$T/file'" "echo new >>'$T/file'" ": >'$T/new'" "rm '$T/file'" "mkdir '$T/new'" \
  "rmdir '$T/dir'" "mv '$T/file' ." "mv '$T/file' '$T/other'" "ln '$T/file' ." "ln -s x '$T/link'" \
  "chmod 777 '$T/file'" "touch '$T/file'" "chmod 777 ." "ln -s '$T/file' out && echo new >out"; do
  ll -- sh -c "$act"
  fails "refused: $(printf '%s' "$act" | sed "s#$T#OUTSIDE#g")"
done
is 'nothing happened outside' "$(find "$T" -mindepth 1 ! -name result | sort | xargs stat -c %A:%n | sed "s#$T#O#") $(cat "$T/file")" \
  'drwxr-xr-x:O/dir
-rw-r--r--:O/file old'
ll -- sh -c 'echo new >/dev/null && head -c 8 /dev/urandom | wc -c'
is 'the nodes of /dev that matter' "$out" 8
[ ! -e /dev/shm ] || {
  ll -- sh -c ': >/dev/shm/csb-test'
  fails 'no shared memory of the host'
}
ll -- sh -c 'exec 3<>/dev/ptmx'
fails 'no terminals of the host'
csb --backend landlock --sandbox read-only --proc none --no-protect all -w "$W" -r /etc -- \
  sh -c 'cat /etc/passwd >/dev/null && ls && ! cat "$1" && ! ls "$2" && ! cat /proc/1/status && echo only' sh "$T/file" "$T"
has 'only what is named is read' "$out" only
for bad in 'a/../../other/file' "$T/file"; do
  ln -sf "$T/file" "$W/l"
  csb --backend landlock --sandbox read-only --proc none --no-protect all -w "$W" -r /etc -- cat "$bad" l
  fails "no way round to what is not ($(basename "$bad"))"
done
csb --backend landlock-loose --sandbox read-only --proc host --no-protect all -w "$W" -- \
  sh -c 'cp /bin/true t && chmod 755 t && ./t && touch -d 2000-01-01 t'
works 'loose: modes and times change'
run "$CSB" explain --backend landlock-loose --sandbox read-only --proc host
has 'loose: it says how far' "$out" 'of ALL files of the user can be changed'
if have gcc; then
  printf 'int main(void) { return 7; }\n' >"$W/c.c"
  csb --backend landlock-loose --sandbox read-only --proc host --no-protect all -w "$W" -e "TMPDIR=$W" -- \
    sh -c 'gcc -o c c.c && ./c'
  code_is 'loose: a compiler works' 7
else
  skip 'loose: a compiler works' 'no gcc'
fi

# --- the contract --------------------------------------------------------------------
ll -- sh -c 'exit 3'
code_is 'an exit status' 3
ll -- sh -c 'kill -9 $$'
code_is 'a signal' 137
ll --timeout 200ms -- sh -c 'trap "" TERM; (sleep 1000 & echo $! >bg); sleep 1000'
code_is 'a time limit' 124
bg=$(cat "$W/bg")
wait_for 10 all_gone "$bg"
yes 'nobody is left behind' all_gone "$bg"
# Init has the command's uid and is in its own domain of Landlock.
for sig in STOP KILL 0; do
  ll --timeout 30s -- sh -c "kill -$sig \$PPID; echo \$?"
  is "init is not signalled by the command: $sig" "$code $out" '0 1'
  has "by the kernel: $sig" "$err" 'not permitted'
done
ll -- sh -c 'sleep 1000 & kill $! && wait $!; echo $?'
is 'its own children are' "$out" 143
csb --backend landlock --sandbox read-only --proc none --no-protect all -w "$W" --timeout 200ms --grace 100ms -- \
  sh -c 'trap "" TERM; (trap "" TERM; sleep 1000 & echo $! >bg; wait) & wait'
code_is 'a time limit, without /proc' 124
bg=$(cat "$W/bg")
wait_for 10 all_gone "$bg"
yes 'nobody is left behind without /proc' all_gone "$bg"
if have python3; then
  # shellcheck disable=SC2086 # words
  run python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$CSB" exec -C "$W" $least -- sh -c 'tty; echo >"$(tty)" && stty size >/dev/null && echo terminal'
  has 'a terminal of its own, by its name too' "$out" terminal
fi

# --- auto ----------------------------------------------------------------------------
# shellcheck disable=SC2086 # words
{
  run "$CSB" explain -C "$W" ${least#--backend landlock} --backend auto
  has 'auto: namespaces where they work' "$out" 'cage         namespaces'
  csb ${least#--backend landlock} --backend auto -- true
  works 'and it runs'
  is 'and nothing is said' "$err" ''
  bwrap=$(sed -n 's/^CONFIGURED := .*|//p' "$B/config.mk" 2>/dev/null)
  no_spaces="${bwrap:-bwrap} --dev-bind / / --unshare-user --disable-userns"
  if $no_spaces true 2>/dev/null; then
    run $no_spaces "$CSB" exec -C "$W" ${least#--backend landlock} --backend auto -- echo ran
    works 'auto: Landlock where they do not'
    has 'and it is said' "$err" 'note: user namespaces are refused, so Landlock is the cage'
    run $no_spaces "$CSB" exec -C "$W" --backend auto -- echo ran
    refused 'auto: what it cannot keep is refused' 125 'which Landlock alone cannot do'
    add=$(printf '%s\n' "$err" | sed -n 's/.*; add \(.*\) to do without, .*/\1/p')
    run $no_spaces "$CSB" exec -C "$W" --backend auto $add -- sh -c 'echo x >made && cat made'
    is "auto: with what the message says it runs ($add)" "$out" x
    run $no_spaces "$CSB" exec -C "$W" ${least#--backend landlock} -- echo ran
    refused 'without auto or its name it is not used' 125 'namespace'
  else
    skip 'auto without namespaces' "$no_spaces does not work here"
  fi
}
finish
