#!/bin/sh
# Goal of this test: what stands between command and host where there are no
# namespaces (--backend landlock): the user's other processes (D4, F11), shared memory
# (F10), sockets (F1, F4-F6, F8), what a descriptor gives (B1, C5, C6, C21), and the
# kernel (D8, D20, D23, E1).  Each line of attack.py begins with its row.
. "$(dirname "$0")/../lib.sh"
run "$CSB" explain
abi=$(printf '%s\n' "$out" | sed -n 's/^landlock *ABI \([0-9]*\),.*/\1/p')
[ "${abi:-0}" -ge 6 ] || skip_all 'this kernel has no Landlock of ABI 6'
have python3 || skip_all 'python3 is not installed'
export HOME="$TEST_DIR/home"
mkdir "$HOME" "$T/dir"
echo old >"$T/file"
ll() {
  csb --backend landlock --sandbox read-only --proc host --no-protect all -w "$W" "$@"
}
sleep 1000 &
victim=$!
ends $victim
cat >"$W/attack.py" <<'EOP'
# One line an attempt: its name and what came of it.
import ctypes, fcntl, os, resource, signal, socket, struct, sys
victim = int(sys.argv[1])
outside = sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    if libc[name](*args) < 0:
        raise OSError(ctypes.get_errno(), 'x')
def act(name, f):
    if sys.argv[3:] and name not in sys.argv[3:]:
        return
    try:
        f()
        print(name, 'DONE')
    except OSError as e:
        print(name, 'refused')
    except Exception as e:
        print(name, repr(e))
act('F11 kill', lambda: os.kill(victim, signal.SIGCONT))
act('F11 pidfd', lambda: signal.pidfd_send_signal(os.pidfd_open(victim), signal.SIGCONT))
act('D4 ptrace', lambda: call('ptrace', 16, victim, 0, 0))
act('D4 seize', lambda: call('ptrace', 0x4206, victim, 0, 0))
act('D4 memory', lambda: open('/proc/%d/mem' % victim, 'rb'))
act('D4 environment', lambda: open('/proc/%d/environ' % victim, 'rb').read())
act('D4 descriptors', lambda: os.readlink('/proc/%d/fd/0' % victim))
act('D4 its cwd', lambda: os.readlink('/proc/%d/cwd' % victim))
act('D4 its root', lambda: os.open('/proc/%d/root' % victim, os.O_PATH))
act('D4 oom', lambda: open('/proc/%d/oom_score_adj' % victim, 'w').write('1000'))
act('D4 limits', lambda: resource.prlimit(victim, resource.RLIMIT_CPU, (0, 0)))
act('D4 priority', lambda: os.setpriority(os.PRIO_PROCESS, victim, 19))
act('D4 priority of the user', lambda: os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_PROCESS, 0)))
def by_io():
    a, b = os.pipe()
    fcntl.fcntl(a, fcntl.F_SETOWN, victim)
    fcntl.fcntl(a, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(b, b'x')
    os.read(a, 1)
    os.kill(victim, 0)  # it is refused anyway; the test looks whether it lives
act('F11 signal by a pipe', by_io)
act('D4 scheduler', lambda: os.sched_setscheduler(victim, os.SCHED_IDLE, os.sched_param(0)))
act('F10 shared memory', lambda: call('shmget', 0x1234, 4096, 0o1600))
act('F10 queue', lambda: call('msgget', 0x1234, 0o1600))
act('F8 inet', lambda: socket.socket(socket.AF_INET))
act('F8 udp', lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
act('F8 raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
act('F8 netlink', lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
act('F1 unix connect', lambda: socket.socket(socket.AF_UNIX).connect(outside + '/sock'))
act('F4 unix abstract', lambda: socket.socket(socket.AF_UNIX).connect('\0x'))
act('F5 unix datagram', lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
act('F6 pair to a path', lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
act('C6 cut', lambda: os.truncate(outside + '/file', 0))
act('C6 cut by open', lambda: os.open(outside + '/file', os.O_RDONLY | os.O_TRUNC))
fd = os.open(outside + '/file', os.O_RDONLY)
act('B1 fchmod', lambda: os.fchmod(fd, 0o777))
act('B1 futimens', lambda: os.utime(fd, (1, 1)))
act('B1 fchown', lambda: os.fchown(fd, os.getuid(), os.getgid()))
act('B1 fsetxattr', lambda: os.setxattr(fd, 'user.x', b'1'))
act('B1 attributes', lambda: fcntl.ioctl(fd, 0x40086602, struct.pack('l', 0x40)))
act('B1 a call of whatever file system', lambda: fcntl.ioctl(fd, 2, bytearray(4)))
act('C21 by descriptor again', lambda: os.open('/proc/self/fd/%d' % fd, os.O_RDWR))
act('C6 clone to outside', lambda: os.open(outside, os.O_TMPFILE | os.O_RDWR))
act('C21 handle', lambda: os.link('/proc/self/fd/%d' % fd, 'mine', follow_symlinks=True))
act('C5 link by descriptor', lambda: call('linkat', fd, b'', -100, b'mine2', 0x1000))
act('C21 link by /proc', lambda: call('linkat', -100, b'/proc/self/fd/%d' % fd, -100, b'mine3', 0x400))
act('C6 swap', lambda: call('renameat2', -100, b'own2', -100, os.fsencode(outside) + b'/file', 2))
os.uname().machine == 'x86_64' and act('D4 robust list', lambda: call('syscall', 274, victim, ctypes.byref(ctypes.c_void_p()), ctypes.byref(ctypes.c_size_t())))
d = os.open(outside, os.O_PATH)
act('C6 relative', lambda: os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd=d))
act('C6 rename at', lambda: os.rename('file', 'x', src_dir_fd=d, dst_dir_fd=d))
act('D8 mount', lambda: call('mount', b'none', b'/tmp', b'tmpfs', 0, 0))
act('D8 namespace', lambda: call('unshare', 0x10000000))
act('D8 chroot', lambda: os.chroot('.'))
act('D23 ring', lambda: call('syscall', 425, 1, 0))
act('D20 sysctl', lambda: open('/proc/sys/kernel/core_pattern', 'w'))
act('E1 terminal', lambda: open('/dev/pts/ptmx', 'r+b'))
os.write(1, b'')
act('own child', lambda: os.kill(os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '100'), 9))
act('own pair', lambda: socket.socketpair())
act('own file', lambda: open('own', 'w'))
act('own descriptor', lambda: (os.set_inheritable(fd, True), fcntl.ioctl(fd, 0x541b, bytearray(4))))
EOP
(cd "$T" && exec python3 -c 'import signal, socket
s = socket.socket(socket.AF_UNIX)
s.bind("sock")
s.listen()
signal.pause()') &
ends $!
wait_for 10 test -S "$T/sock"
ll -- python3 attack.py "$victim" "$T"
works 'the attacks ran'
is 'nothing but what is its own' "$(printf '%s\n' "$out" | grep -v refused)" 'own child DONE
own pair DONE
own file DONE
own descriptor DONE'
yes 'all were tried' test "$(printf '%s\n' "$out" | wc -l)" -ge "$(grep -c '^act(' "$W/attack.py")"
run python3 "$W/attack.py" "$victim" "$T" 'F11 kill' 'B1 fchmod' 'D4 environment' 'B1 a call of whatever file system'
has 'outside: calls of file systems' "$out" 'B1 a call of whatever file system DONE'
has 'outside the same would be done' "$out" 'F11 kill DONE'
has 'outside: files too' "$out" 'B1 fchmod DONE'
yes 'F11: the victim lives' kill -0 "$victim"
finish
