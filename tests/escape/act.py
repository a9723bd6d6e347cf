# act.py -- one hostile act, named by the first argument; prints "ok" or the
# name of the errno, and ends with 0 or 1.  Copied into the workspace, so that
# the same act is tried inside and outside.
import ctypes
import errno
import fcntl
import os
import platform
import signal
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ARM = platform.machine() == "aarch64"
NR = {  # x86-64, arm64; from 424 on all machines agree
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "perf_event_open": (298, 241), "bpf": (321, 280), "setns": (308, 268),
    "userfaultfd": (323, 282), "process_vm_readv": (310, 270),
    "kexec_load": (246, 104), "init_module": (175, 105),
    "delete_module": (176, 106), "finit_module": (313, 273),
    "pivot_root": (155, 41), "unshare": (272, 97), "ptrace": (101, 117),
    "open_by_handle_at": (304, 265), "mount": (165, 40), "umount2": (166, 39),
    "personality": (135, 92), "chroot": (161, 51), "swapon": (167, 224),
    "io_uring_setup": (425, 425), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "clone3": (435, 435),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "mount_setattr": (442, 442), "quotactl_fd": (443, 443),
    "new": (900, 900),
}


def said(rc):
    print("ok" if rc >= 0 else errno.errorcode[ctypes.get_errno()])
    sys.exit(0 if rc >= 0 else 1)


def call(name, *args):
    args = [a if isinstance(a, (bytes, ctypes.Array, ctypes.Structure))
            else ctypes.c_long(a) for a in args]
    return libc.syscall(ctypes.c_long(NR[name][ARM]), *args)


def act_call(name, *args):
    """call NAME NUMBER... -- any system call, numbers only."""
    said(call(name, *[int(a, 0) for a in args]))


def act_mount():
    said(call("mount", b"none", b"/mnt", b"tmpfs", 0, 0))


def act_remount(place):
    """Make a bind mount writable again: MS_REMOUNT|MS_BIND."""
    said(call("mount", b"none", place.encode(), b"", 32 | 4096, 0))


def act_umount(place):
    said(call("umount2", place.encode(), 2))


def act_chroot(place):
    said(call("chroot", place.encode()))


def act_clone3():
    """A new user namespace, with the flags where no filter can read them."""
    args = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    pid = call("clone3", args, 64)
    if pid == 0:
        os._exit(0)
    said(pid)


def act_setns(path):
    said(call("setns", os.open(path, os.O_RDONLY), 0))


def act_attach(pid):
    """PTRACE_SEIZE, and let go again."""
    said(call("ptrace", 0x4206, int(pid), 0, 0))


def act_readmem(pid):
    here = ctypes.create_string_buffer(8)
    iov = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    far = (ctypes.c_size_t * 2)(0x400000, 8)
    rc = call("process_vm_readv", int(pid), iov, 1, far, 1, 0)
    if rc < 0 and ctypes.get_errno() == errno.EFAULT:
        rc = 0  # permitted, and nothing there
    said(rc)


def act_getfd(pid):
    fd = os.pidfd_open(int(pid))
    said(call("pidfd_getfd", fd, 0, 0))


def act_signal(pid):
    try:
        os.kill(int(pid), 0)
    except OSError as e:
        ctypes.set_errno(e.errno)
        said(-1)
    said(0)


def act_ioctl(number):
    """ioctl NUMBER on the terminal, all 64 bits of it as given."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        fd = 0
    byte = ctypes.create_string_buffer(b"\x03\x00")
    nr = 29 if ARM else 16
    said(libc.syscall(ctypes.c_long(nr), ctypes.c_long(fd),
                      ctypes.c_ulong(int(number, 0)), byte))


def act_mknod(path):
    """A device node: the host's null."""
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
    except OSError as e:
        ctypes.set_errno(e.errno)
        said(-1)
    said(0)


def act_suid(path):
    """Write a file and set its setuid bit, then see whether it is there."""
    open(path, "w").close()
    os.chmod(path, 0o4755)
    said(0)


def act_keys():
    said(call("add_key", b"user", b"csb-escape", b"x", 1,
              ctypes.c_long(-2 & 0xffffffff).value - (1 << 32)))


def act_handle(place):
    """A file by its handle, past every mount: the shocker of containers."""
    handle = ctypes.create_string_buffer(128)
    struct.pack_into("Ii", handle, 0, 8, 1)
    struct.pack_into("Q", handle, 8, 2)
    fd = os.open(place, os.O_RDONLY)
    rc = call("open_by_handle_at", fd, handle, os.O_RDONLY)
    if rc < 0 and ctypes.get_errno() in (errno.ESTALE, errno.EINVAL):
        rc = 0
    said(rc)


def act_caps():
    with open("/proc/self/status") as f:
        print(" ".join(l.split()[1] for l in f if l.startswith("Cap")))


def act_swap(first, second, stop):
    """Exchange two names until a third exists: RENAME_EXCHANGE in a loop."""
    nr = 276 if ARM else 316
    a, b = first.encode(), second.encode()
    n = 0
    while not os.path.lexists(stop):
        libc.syscall(ctypes.c_long(nr), ctypes.c_long(-100), a,
                     ctypes.c_long(-100), b, ctypes.c_long(2))
        n += 1
    print(n)


def act_dup(low, high, *command):
    """Inherit many descriptors: LOW..HIGH are copies of 0."""
    for fd in range(int(low), int(high)):
        os.dup2(0, fd, inheritable=True)
    os.execvp(command[0], command)


def act_argv(program, *argv):
    """Start PROGRAM with exactly these arguments, none included."""
    array = (ctypes.c_char_p * (len(argv) + 1))(*[a.encode() for a in argv])
    empty = (ctypes.c_char_p * 1)()
    said(libc.execve(program.encode(), array, empty))


def act_noargv(program):
    """argv and envp NULL."""
    said(libc.execve(program.encode(), None, None))


def act_closed(fds, *command):
    """Close the descriptors of the list, then run COMMAND."""
    for fd in fds.split(","):
        os.close(int(fd))
    os.execvp(command[0], command)


def act_odd(*command):
    """Odd state to inherit: personality, umask, nice, timers, oom, pdeathsig."""
    call("personality", 0x0040000)  # ADDR_NO_RANDOMIZE
    os.umask(0o777)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    os.execvp(command[0], command)


globals()["act_" + sys.argv[1]](*sys.argv[2:])
