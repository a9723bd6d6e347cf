#!/bin/sh
# Goal of this test: Landlock is a second layer behind the mounts (where those
# are broken on purpose it still refuses the write), and no program notices it.
. "$(dirname "$0")/../lib.sh"
run "$CSB" explain
case $out in
*'landlock     ABI 1,'* | *'landlock     not in'*)
  skip_all 'this kernel has no Landlock of ABI 2' ;;
esac
has 'explain names its version and what it covers' "$out" ', second layer: files, as the mounts'
abi=$(printf '%s\n' "$out" | sed -n 's/^landlock *ABI \([0-9]*\),.*/\1/p')
if [ "$abi" -ge 6 ]; then
  hasnt 'and leaves nothing out' "$out" '; not:'
else
  has 'and what it cannot' "$out" '; not:'
fi
run "$CSB" explain --sandbox danger-full-access
hasnt 'without a cage there is none' "$out" 'landlock  '
if have python3; then
  run "$CSB" explain --json
  has 'explain --json says so' "$out" "\"landlock\": $abi"
fi

# --- broken mounts ------------------------------------------------------------
X=$B/broken/codex-sandbox
[ -x "$X" ] || skip_all "$X is not built (make test-programs)"
# broken WORDS [OPTION...] -- TEXT
broken() {
  words=$1
  shift
  run "$X" exec -C "$W" -e "CSB_BREAK=$words" "$@"
}
echo old >"$T/file"
run "$CSB" exec -C "$W" --mount-engine init -- true
if [ "$code" = 0 ]; then
  broken writable:/,canaries,landlock --mount-engine init -- sh -c "echo new >'$T/file'"
  works 'with writable mounts and no Landlock a file outside is written'
  is 'it was' "$(cat "$T/file")" new
  for act in "echo newer >'$T/file'" "rm '$T/file'" "mkdir '$T/dir'" "ln -s x '$T/link'" \
    "mv '$T/file' '$W/file'" "mv '$T/file' '$T/other'" "mkfifo '$T/fifo'" "ln '$T/file' '$T/hard'"; do
    broken writable:/,canaries --mount-engine init -- sh -c "$act"
    fails "writable mounts: Landlock refuses: ${act%% *}"
  done
  is 'nothing happened outside' "$(ls "$T") $(cat "$T/file")" 'file new'
  if [ "$abi" -ge 3 ]; then
    have python3 && broken writable:/,canaries --mount-engine init -- \
      python3 -c "import os; os.truncate('$T/file', 0)"
    fails 'writable mounts: Landlock refuses to cut a file'
  fi
  broken writable:/,canaries --mount-engine init -- sh -c 'echo new >file && mv file other && rm other'
  works 'and the workspace is written as ever'
  # In a view that does not show everything, reading is refused too.
  view=$(profile restricted read=minimal "write=$W")
  broken "canaries" --mount-engine init -p "$view" -- cat "$T/file"
  fails 'what is not in the view is not there'
else
  skip 'broken mounts' 'this host has no mount calls by descriptor'
fi

# --- the caller's descriptors ---------------------------------------------------
echo one >"$T/in"
echo one >"$W/in"
as_stdin() { # as_stdin FILE PROGRAM [OPTION...] -- write to it by its descriptor
  file=$1 program=$2
  shift 2
  # shellcheck disable=SC2016 # for the inner shell
  run sh -c 'f=$1; shift; exec "$@" <"$f"' sh "$file" "$program" exec -C "$W" "$@" -- \
    sh -c 'echo two >/proc/self/fd/0'
}
as_stdin "$T/in" "$CSB"
fails 'a file given to be read is not written by way of /proc'
is 'it is what it was' "$(cat "$T/in")" one
as_stdin "$W/in" "$CSB" --guard journal
works 'one of the workspace is'
as_stdin "$T/in" "$X" -e CSB_BREAK=landlock,canaries
works 'and without Landlock the first would have been'
is 'it was written' "$(cat "$T/in")" two
: >"$T/out"
run sh -c '"$1" exec -C "$2" -- sh -c "echo err >/dev/stderr && echo two >/proc/self/fd/1" >"$3/out" 2>"$3/err"' \
  sh "$CSB" "$W" "$T"
works 'what was given to be written is opened anew by its name'
is 'both were written' "$(cat "$T/out" "$T/err")" 'two
err'

# --- what programs do -----------------------------------------------------------
cat >"$W/acts.py" <<'EOP'
# Acts that Landlock is asked about, one line each: its name and what came of it.
import ctypes, os, pty, socket, tempfile
libc = ctypes.CDLL(None, use_errno=True)
def act(name, f):
    try:
        print(name, f())
    except OSError as e:
        print(name, e.strerror)
def spawn(path):
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(path, ['sh', '-c', 'exit 7'])
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
def memfd():
    fd = os.memfd_create('x', 0)
    os.write(fd, open('/bin/sh', 'rb').read())
    return spawn('/proc/self/fd/%d' % fd)
def tmpfile():
    fd = os.open('.', os.O_TMPFILE | os.O_RDWR)
    at = b'/proc/self/fd/%d' % fd
    if libc.linkat(-100, at, -100, b'linked', 0x400) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return os.path.exists('linked')
def write(path, text='1', mode='w'):
    with open(path, mode) as f:
        f.write(text)
    return 'written'
def copy_and_run():
    with open('run', 'wb') as f:
        f.write(open('/bin/sh', 'rb').read())
    os.chmod('run', 0o755)
    return spawn('./run')
def exchange():
    if libc.renameat2(-100, b'a/one', -100, b'b/two', 2) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 'exchanged'
def bind():
    s = socket.socket(socket.AF_UNIX)
    s.bind('sock')
    s.listen(1)
    c = socket.socket(socket.AF_UNIX)
    c.connect('sock')
    return 'connected'
def terminal():
    m, s = pty.openpty()
    pty.tty.setraw(s)
    return os.isatty(s) and os.ttyname(s).startswith('/dev/pts/')
def lost():
    os.makedirs('gone')
    os.chdir('gone')
    os.rmdir('../gone')
    act('in a removed directory', lambda: open('x', 'w'))
    act('above it', lambda: os.listdir('..')[:0])
    os.chdir(here)
    return 'back'
here = os.getcwd()
os.makedirs('a/deep'); os.makedirs('b')
act('write', lambda: write('a/one'))
act('rename between directories', lambda: (write('a/x'), os.rename('a/x', 'b/x')))
act('rename of a directory', lambda: os.rename('a/deep', 'b/deep'))
act('link between directories', lambda: os.link('a/one', 'b/two'))
act('exchange', exchange)
act('over an existing one', lambda: (write('a/y'), os.replace('a/y', 'b/two')))
act('symlink', lambda: os.symlink('one', 'a/link'))
act('fifo', lambda: os.mkfifo('fifo'))
act('cut', lambda: os.truncate('a/one', 0))
act('cut by open', lambda: os.close(os.open('a/one', os.O_RDONLY | os.O_TRUNC)))
act('temporary file', lambda: tempfile.TemporaryFile(dir='.').write(b'x'))
act('temporary file, linked', tmpfile)
act('private tmp', lambda: write('/tmp/x'))
act('shared memory', lambda: write('/dev/shm/x'))
act('null', lambda: write('/dev/null'))
act('random', lambda: len(open('/dev/urandom', 'rb').read(8)))
act('oom score', lambda: write('/proc/self/oom_score_adj', '900'))
act('comm', lambda: write('/proc/self/comm', 'acts'))
act('run a copy', copy_and_run)
act('run from memory', memfd)
act('socket', bind)
act('abstract socket', lambda: socket.socket(socket.AF_UNIX).bind('\0x'))
act('terminal', terminal)
act('outside', lambda: write('/usr/x'))
act('etc', lambda: write('/etc/hostname', '', 'a'))
lost()
act('remove', lambda: [os.unlink('fifo'), os.rmdir('b/deep')])
act('kill of a child', lambda: spawn('/bin/sh'))
EOP
if have python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
  acts() { # acts PROGRAM [OPTION...]
    program=$1
    shift
    rm -rf "$W/a" "$W/b" "$W/linked" "$W/run" "$W/sock" "$W/fifo" "$W/gone"
    run "$program" exec -C "$W" "$@" -- python3 acts.py
  }
  for options in '--mount-engine init' '--mount-engine bwrap' '--guard journal' '--net full' \
    '--tmp host' "-r $T" "-d $T"; do
    # shellcheck disable=SC2086 # options
    acts "$X" -e CSB_BREAK=landlock,canaries $options
    without=$out
    # shellcheck disable=SC2086 # options
    acts "$CSB" $options
    works "programs work ($options)"
    is "as without Landlock ($options)" "$out" "$without"
  done
  # A wrong option above would make both sides equal and empty.
  acts "$CSB"
  has 'and they do' "$out" 'rename between directories'
  has 'a copy runs' "$out" 'run a copy 7'
  has 'memory runs' "$out" 'run from memory 7'
  has 'read-only stays the answer' "$out" 'outside Read-only file system'
else
  skip 'acts of programs' 'python3 of 3.9 or later is not installed'
fi
finish
