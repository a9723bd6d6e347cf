# SPDX-License-Identifier: Apache-2.0
# terminal.py -- drive a program at a terminal: python3 terminal.py SCRIPT -- CMD...
#
# SCRIPT holds one step a line:
#   send TEXT      write TEXT (escapes as in Python); "\x03" is Ctrl-C
#   expect TEXT    read until TEXT appears in what came since the last expect
#   size ROWS COLS change the window size
#   signal NAME    send a signal to the program
#   stopped        wait until the program is stopped, as a shell would see it
#   foreground     take the terminal back, as a shell does after a stop
#   continue       give the terminal to the program and continue it
#   exit CODE      expect the end of the program and its status
# Prints what happened; ends with 0 when every step came true.  Ten seconds a
# step at most.
import codecs, fcntl, os, pty, select, signal, struct, sys, termios, time

def main():
    split = sys.argv.index("--")
    steps = [l.rstrip("\n") for l in open(sys.argv[1]) if l.strip()]
    command = sys.argv[split + 1:]
    # A session leader of our own holds the terminal, as a shell does.
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    keeper = os.fork()
    if keeper:
        os.close(slave)
        return drive(master, keeper, steps)
    os.close(master)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    sys.exit(shell(slave, command))

def shell(tty, command):
    """Run command as a job in the foreground; obey one-letter orders."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(tty, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        for fd in (0, 1, 2):
            os.dup2(tty, fd)
        if tty > 2:
            os.close(tty)
        os.execvp(command[0], command)
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            os.tcsetpgrp(tty, os.getpgrp())
            os.write(tty, b"\n[job stopped %d]\n" % os.WSTOPSIG(status))
            # "fg" as one line from the terminal brings it back
            line = b""
            while not line.endswith(b"\n"):
                line += os.read(tty, 1)
            os.tcsetpgrp(tty, pid)
            os.killpg(pid, signal.SIGCONT)
            continue
        code = os.waitstatus_to_exitcode(status)
        mode = termios.tcgetattr(tty)[3]
        cooked = bool(mode & termios.ECHO) and bool(mode & termios.ICANON)
        os.write(tty, b"\n[job ended %d%s]\n" % (
            code, b" terminal sane" if cooked else b" terminal RAW"))
        return 0

def drive(master, keeper, steps):
    seen = b""
    def read_until(text, limit=10.0):
        nonlocal seen
        end = time.monotonic() + limit
        while text not in seen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([master], [], [], left)[0]:
                return False
            try:
                data = os.read(master, 65536)
            except OSError:
                return text in seen
            if not data:
                return text in seen
            seen += data
        seen = seen[seen.index(text) + len(text):]
        return True
    good = True
    for step in steps:
        word, _, rest = step.partition(" ")
        text = codecs.decode(rest, "unicode_escape").encode("latin-1")
        before = seen
        if word == "send":
            os.write(master, text)
            continue
        if word == "size":
            rows, cols = map(int, rest.split())
            fcntl.ioctl(master, termios.TIOCSWINSZ,
                        struct.pack("HHHH", rows, cols, 0, 0))
            continue
        if word == "expect":
            done = read_until(text)
        elif word == "stopped":
            done = read_until(b"[job stopped 20]")
        elif word == "exit":
            done = read_until(b"[job ended %s terminal sane]" % rest.encode())
        elif word == "hangup":
            os.close(master)
            _, _ = os.waitpid(keeper, 0)
            return 0
        else:
            print("terminal.py: unknown step", step)
            done = False
        if not done:
            print("FAILED: %s" % step)
            print("seen: %r" % (before + seen)[-1500:])
            good = False
            break
        print("done: %s" % step)
    try:
        os.kill(keeper, signal.SIGKILL)
    except OSError:
        pass
    return 0 if good else 1

sys.exit(main())
