#!/bin/sh
# Goal of this test: a unix socket of the host is unreachable however it was
# bound, moved, linked or mounted, and where its file cannot be found, the
# command gets no unix socket at all, and explain says so.
#
# In a network namespace of its own, since every run on the host would be
# refused unix sockets as long as the ones here cannot be found.
if [ -z "${CSB_TEST_INSIDE:-}" ]; then
  if unshare -cnm --keep-caps mount -t tmpfs none /tmp 2>/dev/null; then
    CSB_TEST_INSIDE=1 exec unshare -cnm --keep-caps sh "$0"
  fi
  echo '1..0 # SKIP unshare -cnm --keep-caps and mount do not work here'
  exit 0
fi
. "$(dirname "$0")/../lib.sh"
# What is sought in the home directory is here, whatever else is there.
export HOME="$TEST_DIR"

cat >"$TEST_DIR/serve.py" <<'EOF'
# serve.py LOG OP...: the operations in order, "ready" to LOG, then nothing.
# OP: TYPE=NAME binds; mv=A=B, ln=A=B, rm=A, cd=A, many=DIR=N
import os, resource, signal, socket, sys
TYPES = {'stream': socket.SOCK_STREAM, 'seqpacket': socket.SOCK_SEQPACKET,
         'dgram': socket.SOCK_DGRAM}
kept = []
def bind(kind, name):
    s = socket.socket(socket.AF_UNIX, TYPES[kind])
    s.bind(name)
    if kind != 'dgram':
        s.listen(64)
    kept.append(s)
for op in sys.argv[2:]:
    what, _, rest = os.fsencode(op).partition(b'=')
    what = what.decode()
    if what in TYPES:
        bind(what, rest)
    elif what == 'mv':
        os.rename(*rest.split(b'='))
    elif what == 'ln':
        os.link(*rest.split(b'='))
    elif what == 'rm':
        os.unlink(rest)
    elif what == 'cd':
        os.chdir(rest)
    elif what == 'many':
        where, n = rest.split(b'=')
        for i in range(int(n)):
            bind('stream', where + b'/%d' % i)
with open(sys.argv[1], 'a') as log:
    log.write('ready\n')
while True:
    signal.pause()
EOF
cat >"$W/ask.py" <<'EOF'
# ask.py TYPE NAME: connect, or send where there is no connection.
import errno, os, socket, sys
try:
    s = socket.socket(socket.AF_UNIX, getattr(socket, 'SOCK_' + sys.argv[1].upper()))
    s.connect(os.fsencode(sys.argv[2]))
    s.send(b'x')
    print('reached')
except OSError as e:
    print(errno.errorcode.get(e.errno, e))
    sys.exit(1)
EOF

servers=0
serve() { # serve OP... -- in the background, from $TEST_DIR
  servers=$((servers + 1))
  (cd "$TEST_DIR" && exec python3 "$TEST_DIR/serve.py" "$T/log.$servers" "$@") &
  server=$!
  ends $server
  wait_for 20 grep -q ready "$T/log.$servers"
}
stop() {
  kill $server
  wait $server 2>/dev/null
}

in_w() {
  (cd "$W" && exec "$@")
}
# away NAME TYPE PATH [OPTION...] -- reached outside, not inside.  PATH is seen
# from $W.
away() {
  away_name=$1
  away_type=$2
  away_path=$3
  shift 3
  run in_w python3 ask.py "$away_type" "$away_path"
  is "$away_name: reached outside" "$out" reached
  csb "$@" -- python3 ask.py "$away_type" "$away_path"
  fails "$away_name: not inside"
}
# Where the file was found, other unix sockets work.
usual() {
  csb -- python3 -c 'import socket
a = socket.socket(socket.AF_UNIX)
a.bind("own")
a.listen()
b = socket.socket(socket.AF_UNIX)
b.connect("own")'
  works "$1: sockets of the command work"
  rm -f "$W/own"
}
explained() {
  in_w "$CSB" explain "$@" -- true
}

# ---- names ------------------------------------------------------------------
newline='a
b'
serve "stream=$W/with space" "stream=$W/$newline" "stream=$W/a" \
  "stream=$W/ends
" "stream=ws/@at" "stream=ws/@" 'stream=ws/two  blanks ' \
  "stream=$W/$(printf 'high\377')"
away 'a blank in its name' stream 'with space'
away 'a newline in its name' stream "$newline"
away 'the name before the newline' stream a
away 'a newline at its end' stream 'ends
'
away 'a relative name with @' stream @at
away 'a file named @' stream @
away 'blanks at the end' stream 'two  blanks '
away 'a byte that is no character' stream "$(printf 'high\377')"
away 'the same with full network' stream "$newline" --net full
away 'the same, everything writable' stream "$newline" \
  --permission-profile "$(profile restricted write=root)"
usual 'odd names'
hasnt 'explain: unix sockets work' "$(explained)" 'AF_UNIX'
stop

# A name that is as long as a name can be: 108 bytes, without a NUL.
mkdir "$TEST_DIR/long"
long=$(printf '%0108d' 0 | cut -c6-)
(cd "$TEST_DIR" && exec python3 -c 'import ctypes, os, socket, struct, sys, signal
s = socket.socket(socket.AF_UNIX)
libc = ctypes.CDLL(None, use_errno=True)
name = b"long/" + os.fsencode(sys.argv[1])
addr = struct.pack("=H", 1) + name
assert len(name) == 108 and libc.bind(s.fileno(), addr, len(addr)) == 0
s.listen(8)
open(sys.argv[2], "w").write("ready\n")
signal.pause()' "$long" "$T/log.long") &
ends $!
server=$!
wait_for 20 grep -q ready "$T/log.long"
(cd "$W" && ln -s ../long l)
away '108 bytes, relative' stream "l/$long"
away '108 bytes, read-only' stream "l/$long" --sandbox read-only
stop

# ---- types ------------------------------------------------------------------
serve "seqpacket=$W/seq" "dgram=$W/dgram" "seqpacket=ws/relseq" dgram=ws/reldgram
away seqpacket seqpacket seq
away 'relative seqpacket' seqpacket relseq
away datagram dgram dgram
away 'relative datagram' dgram reldgram
explained --json | python3 -c 'import json, sys
j = json.load(sys.stdin)
masks = [n["path"] for n in j["view"] if n["what"] == "masked"]
print(sorted(m.rsplit("/", 1)[1] for m in masks), j["sockets_masked"], j["unix_sockets_refused"])' \
  >"$T/masks"
is 'datagram sockets are masked too' "$(cat "$T/masks")" \
  "['dgram', 'reldgram', 'relseq', 'seq'] 4 None"
usual types
stop

# ---- moved ------------------------------------------------------------------
mkdir "$W/dir" "$T/there" "$TEST_DIR/deep" "$TEST_DIR/deep/er"
serve "stream=$W/old" "mv=$W/old=$W/new" \
  "stream=$W/tmp.123" "ln=$W/tmp.123=$W/control" "rm=$W/tmp.123" \
  "stream=$W/dir/s" "mv=$W/dir=$W/moved" \
  "stream=$T/out" "mv=$T/out=$W/in" \
  stream=ws/rel "mv=ws/rel=deep/er/rel" cd=/
away 'renamed' stream new
away 'linked and unlinked, as ssh does' stream control
away 'in a renamed directory' stream moved/s
away 'moved into the workspace' stream in
away 'relative, moved, and its server went away' stream ../deep/er/rel
away 'renamed, full network' stream new --net full
usual moved
stop

serve "stream=$W/one" "ln=$W/one=$W/two" "ln=$W/one=$T/three" \
  stream=ws/four ln=ws/four=deep/five
away 'hard-linked, the first name' stream one
away 'hard-linked, the second' stream two
away 'hard-linked, elsewhere' stream ../other/three
away 'hard-linked, relative' stream four
away 'hard-linked, relative, elsewhere' stream ../deep/five
usual hard-linked
stop

# Two sockets, one after the other of the same name.
serve "stream=$W/name" "mv=$W/name=$W/first" "stream=$W/name"
away 'the first of two of a name' stream first
away 'the second of two of a name' stream name
usual 'two of a name'
stop

# ---- other ways to a directory ------------------------------------------------
mkdir "$T/real" "$W/bound" "$TEST_DIR/both" "$TEST_DIR/both/x" "$W/file"
mount --bind "$T/real" "$W/bound"
mount --bind "$TEST_DIR/both" "$TEST_DIR/deep"
: >"$W/mounted"
ln -s "$T/real" "$W/link"
serve "stream=$T/real/s" stream=both/x/t "stream=$T/real/u"
mount --bind "$T/real/u" "$W/mounted"
away 'through a bind mount' stream bound/s
away 'through the directory itself' stream ../other/real/s
away 'through a symlink' stream link/s
away 'through another bind mount' stream ../deep/x/t
away 'bound there, seen here' stream ../both/x/t
away 'mounted as a file' stream mounted
away 'by a grant of the mount' stream ../deep/x/t -w "$TEST_DIR/deep"
away 'by a grant of what was mounted' stream ../both/x/t -w "$TEST_DIR/both"
away 'only the mount in sight' stream bound/s \
  --permission-profile "$(profile restricted read=minimal write=project_roots)"
usual mounts
# The file of a socket is mounted elsewhere, and its name is gone: such a mount
# cannot be covered.
rm "$T/real/u"
away 'mounted as a file, its name gone' stream mounted
has 'explain says so' "$(explained)" 'is the mount of a file that was removed'
stop
umount "$W/mounted" "$W/bound" "$TEST_DIR/deep"

# Bound by a process that has other mounts, or another root.
mkdir "$W/seen" "$W/jail" "$W/jail/in"
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'mkdir -p "$1/mnt" && mount --bind "$2/seen" "$1/mnt" &&
  cd / && exec python3 "$1/serve.py" "$3" "stream=$1/mnt/s" "cd=$1/mnt" stream=r' \
  sh "$TEST_DIR" "$W" "$T/log.ns" &
ends $!
server=$!
wait_for 20 grep -q ready "$T/log.ns"
away 'bound in another mount namespace' stream seen/s
away 'the same, relative' stream seen/r
usual 'another mount namespace'
stop
python3 -c 'import os, signal, socket, sys
os.chroot(sys.argv[1])
os.chdir("/")
s = socket.socket(socket.AF_UNIX)
s.bind("/in/s")
s.listen(8)
r = socket.socket(socket.AF_UNIX)
r.bind("in/r")
r.listen(8)
sys.stdout.write("ready\n")
sys.stdout.flush()
signal.pause()' "$W/jail" >"$T/log.jail" &
ends $!
server=$!
wait_for 20 grep -q ready "$T/log.jail"
away 'bound in another root' stream jail/in/s
away 'the same, relative' stream jail/in/r
usual 'another root'
stop

# ---- a directory that the command could open again -----------------------------
mkdir "$W/shut" "$T/shut"
serve "stream=$W/shut/s" "stream=$T/shut/s"
chmod 0 "$T/shut"
usual 'behind a closed directory that stays closed'
chmod 0 "$W/shut"
csb -- sh -c 'chmod 700 shut; python3 ask.py stream shut/s'
fails 'behind a closed directory of the workspace'
chmod 700 "$W/shut" "$T/shut"
away 'the same, open' stream shut/s
stop
rm -f "$W/shut/s" "$T/shut/s"

# ---- granted ---------------------------------------------------------------------
serve "stream=$T/s" stream=ws/rel "stream=$W/was" "mv=$W/was=$W/is"
csb --socket "$T/s" -- python3 ask.py stream ../other/s
is '--socket grants one' "$out" reached
csb --socket "$W/rel" -- python3 ask.py stream rel
is '--socket grants a relative one' "$out" reached
csb --socket "$W/is" -- python3 ask.py stream is
is '--socket grants a renamed one' "$out" reached
csb --socket "$W/is" -- python3 ask.py stream rel
fails '--socket grants only that one'
csb --socket "$T/s" --permission-profile \
  "$(profile restricted read=root write="$T/s" write=project_roots)" -- python3 ask.py stream ../other/s
is '--socket of what an entry names too' "$out" reached
csb --permission-profile \
  "$(profile restricted read=root write="$T/s" write=project_roots)" -- python3 ask.py stream ../other/s
fails 'an entry alone grants no socket'
stop

# ---- not found ---------------------------------------------------------------------
serve "stream=$W/gone" "rm=$W/gone"
csb -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
fails 'a socket whose file is nowhere: no unix socket'
has 'it is refused' "$err" 'Operation not permitted'
csb --net full -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
fails 'the same with full network'
csb -- python3 -c 'import socket
a, b = socket.socketpair()
a.send(b"x")
print(b.recv(1))
socket.socket().close()'
works 'pairs and the internet family work'
has 'explain says so in a line' "$(explained | grep ^sockets)" \
  "no AF_UNIX socket may be made: the host's socket $W/gone may be in sight"
has 'explain names the filter' "$(explained)" 'isolated-no-unix'
has 'explain names the filter of full network' "$(explained --net full)" 'full-no-unix'
has 'and in JSON' "$(explained --json)" '"unix_sockets_refused": "the host'
csb --socket "$T/s" -- true
refused '--socket of what is not there, still' 125 "$T/s"
serve_gone=$server
serve "stream=$T/s2"
csb --socket "$T/s2" -- true
refused '--socket cannot be kept' 125 'cannot be granted, because'
stop
server=$serve_gone
# Where the view shows nothing of that file system, it does not matter.
csb --permission-profile "$(profile restricted read=minimal)" -C / -- true
stop
usual 'its server has ended'
serve "dgram=$W/gone" "rm=$W/gone"
usual 'a datagram socket whose file is nowhere'
stop

mkdir "$T/hidden"
mount -t tmpfs none "$T/hidden"
serve "stream=$T/hidden/s" "rm=$T/hidden/s"
csb --deny "$T/hidden" -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
works 'a file system that is not in sight'
csb -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
fails 'the same file system in sight'
stop

# ---- many ---------------------------------------------------------------------------
mkdir "$T/many"
# shellcheck disable=SC3045 # dash has it
ulimit -n 8400 2>/dev/null
serve "many=$T/many=1030"
csb -- python3 ask.py stream ../other/many/1029
fails 'more sockets in sight than can be masked'
has 'explain says how many' "$(explained)" 'more than 1024 sockets of the host are in sight'
stop
rm -rf "$T/many"
mkdir "$T/hidden/many"
# shellcheck disable=SC3045 # dash has it
if [ "$(ulimit -n)" -ge 8300 ]; then
  serve "many=$T/hidden/many=8200"
  csb --deny "$T/hidden" -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
  fails 'more names than are kept'
  has 'explain says that' "$(explained --deny "$T/hidden")" \
    'the host has more than 8192 sockets with a name'
  stop
else
  skip 'more names than are kept' 'ulimit -n 8400 is not allowed'
fi
umount "$T/hidden"

# ---- a kernel without unix_diag: names only ---------------------------------------
CSB_REAL=$CSB
cat >"$TEST_DIR/csb" <<EOF
#!/bin/sh
exec "$TOOLS/nodiag" "$CSB_REAL" "\$@"
EOF
chmod 755 "$TEST_DIR/csb"
CSB=$TEST_DIR/csb
yes 'unix_diag is there' python3 -c 'import socket; socket.socket(16, 3, 4)'
no 'and is not, for nodiag' "$TOOLS/nodiag" python3 -c 'import socket; socket.socket(16, 3, 4)'

python3 -c 'import signal, socket, sys
a = socket.socket(socket.AF_UNIX)
a.bind("\0csb-abstract")
a.listen()
b = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
b.bind("\0csb-abstract")
b.listen()
open(sys.argv[1], "w").write("ready\n")
signal.pause()' "$T/log.abstract" &
ends $!
wait_for 20 grep -q ready "$T/log.abstract"
serve "stream=$W/abs" stream=ws/rel3 "seqpacket=$W/with  blanks "
away 'names only: absolute' stream abs
away 'names only: relative' stream rel3
away 'names only: blanks' seqpacket 'with  blanks '
usual 'names only, beside abstract sockets'
stop
rm -f "$W/abs" "$W/rel3"
for name in 'a newline' 'a relative @' 'a file that is nowhere'; do
  case $name in
  *newline) serve "stream=$W/$newline.3" ;;
  *@) serve cd=ws stream=@at3 cd=/ ;;
  *) serve "stream=$W/gone" "rm=$W/gone" ;;
  esac
  csb -- python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
  fails "names only: none for $name"
  has 'explain says why' "$(explained | grep ^sockets)" 'no AF_UNIX socket may be made'
  stop
done
mkdir -p "$T/real" "$W/bound"
rm -f "$T/real/s"
mount --bind "$T/real" "$W/bound"
serve "stream=$T/real/s"
away 'names only: only the mount in sight' stream bound/s \
  --permission-profile "$(profile restricted read=minimal write=project_roots)"
stop
umount "$W/bound"
serve "stream=$W/twin" "mv=$W/twin=$W/twin2" "stream=$W/twin"
csb -- python3 ask.py stream twin2
fails 'names only: two of a name'
stop
finish
