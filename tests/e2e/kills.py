# SPDX-License-Identifier: Apache-2.0
# kills.py COUNT SEED WHAT COMMAND... -- start COMMAND (codex-sandbox exec ...)
# COUNT times and kill one of its processes with SIGKILL at a random moment:
# the front end, bwrap (or the launcher, before it became bwrap), or init.
# WHAT is a word of them or "any".  Prints how many of each were hit, and fails
# when a process of a run is still there ten seconds later.
import ctypes, os, random, signal, subprocess, sys, time

count, seed, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
command = sys.argv[4:]
random.seed(seed)
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans are ours

def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(word) for word in f.read().split()]
    except (OSError, ValueError):
        return []

def chain(pid):
    """front end, bwrap, init -- as far as they exist now"""
    out = [pid]
    while len(out) < 3:
        below = children(out[-1])
        if not below:
            break
        out.append(below[-1])
    return out

def kind(pid):
    try:
        with open("/proc/%d/comm" % pid) as f:
            return f.read().strip()
    except OSError:
        return "gone"

roles = ["front end", "bwrap", "init"]
hit = dict.fromkeys(roles, 0)
missed = stuck = 0
# How long a run takes here, so that moments are spread over all of it.
span = 0.0
for _ in range(3):
    begin = time.monotonic()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    span = max(span, time.monotonic() - begin)
for i in range(count):
    run = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + random.uniform(0, span)
    wanted = roles.index(what) if what != "any" else random.randrange(3)
    while time.monotonic() < until and run.poll() is None:
        time.sleep(0.0002)  # the moment is the matter of this test
    while run.poll() is None:
        found = chain(run.pid)
        if len(found) > wanted:
            try:
                fd = os.pidfd_open(found[wanted])
                if run.poll() is None and chain(run.pid)[wanted:wanted + 1] == [found[wanted]]:
                    signal.pidfd_send_signal(fd, signal.SIGKILL)
                    hit[roles[wanted]] += 1
                    os.close(fd)
                    break
                os.close(fd)
            except OSError:
                pass
    else:
        missed += 1
    run.wait()
    # Everything below it ends with it: the kernel hands orphans to us.
    begin = time.monotonic()
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] != 0:
                continue
        except ChildProcessError:
            break
        time.sleep(0.0002)
        waited = time.monotonic() - begin
        # A bwrap whose parent dies before it has said go waits for ever; it is
        # before all of its work.  What is left of another kind is an error.
        if waited > 1:
            for pid in children(os.getpid()):
                if kind(pid) == "bwrap":
                    os.kill(pid, signal.SIGKILL)
                    stuck += 1
        if waited > 10:
            print("run %d: left after ten seconds: %s" %
                  (i, [kind(pid) for pid in children(os.getpid())]))
            sys.exit(1)
print("%d killed: %s; %d were over before; %d bwraps waited for their parent" %
      (count - missed, ", ".join("%s %d" % (r, hit[r]) for r in roles), missed, stuck))
