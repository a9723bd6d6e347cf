"""net_faults.py ACT PORT ... -- clients and the server of 85-net-faults.sh.

Figures are printed as words for the test; times are of CLOCK_MONOTONIC, which is
the same inside and outside.
"""
import asyncio
import os
import resource
import selectors
import socket
import statistics
import struct
import sys
import threading
import time

PROXY = ("127.0.0.1", 3128)


def many_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def act_server(port):
    """Greets with a byte, then echoes; who says "deaf" is never read again."""
    many_descriptors()

    async def talk(reader, writer):
        try:
            writer.write(b"!")
            while data := await reader.read(65536):
                if data.startswith(b"deaf"):
                    await asyncio.Event().wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async def run():
        server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=4096)
        await server.serve_forever()

    asyncio.run(run())


def tunnel(port):
    s = socket.create_connection(PROXY, 10)
    s.sendall(b"CONNECT localhost:%d HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % (port, port))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += s.recv(1)
    assert b" 200 " in head, head
    return s


def direct(port):
    return socket.create_connection(("127.0.0.1", port), 10)


def act_hold(port, halves="0"):
    """Fifty connections that wait, two that send to who does not read, and some
    that have said nothing or half: what ends, and when; then what new ones get."""
    held = [(tunnel if i % 2 else direct)(port) for i in range(52)]
    for s in held:
        assert s.recv(1) == b"!"
        s.settimeout(30)
    ends = []

    def wait(s, act):
        try:
            while act(s):
                pass
            word = "end"
        except TimeoutError:
            word = "hangs"
        except OSError:
            word = "error"
        ends.append((time.monotonic(), word))

    def pour(s):
        s.sendall(b"x" * 65536)
        return True

    threads = [threading.Thread(target=wait, args=(s, lambda s: s.recv(1)))
               for s in held[:50]]
    for s in held[50:]:
        s.sendall(b"deaf")
        threads.append(threading.Thread(target=wait, args=(s, pour)))
    half = [socket.create_connection(PROXY, 10) for i in range(int(halves))]
    for i, s in enumerate(half):
        s.settimeout(30)
        s.sendall(b"GET http://a"[:12 * (i % 2)])
        threads.append(threading.Thread(target=wait, args=(s, lambda s: s.recv(1))))
    for t in threads:
        t.start()
    print("ready", flush=True)
    for t in threads:
        t.join()
    print("last", max(t for t, w in ends))
    print("ended", sum(w != "hangs" for t, w in ends), "of", len(threads), flush=True)
    # When who died is gone: what the next ones get.
    sys.stdin.readline()
    begin = time.monotonic()
    new = []
    for connect in tunnel, direct:
        try:
            new.append(repr(connect(port).recv(1)))
        except OSError as e:
            new.append(type(e).__name__)
        except AssertionError as e:
            new.append(str(e).split()[1])
    try:
        socket.getaddrinfo("good.test", 80)
        new.append("name")
    except socket.gaierror:
        new.append("noname")
    print("new", *new, "quick" if time.monotonic() - begin < 5 else "slow")


def act_crowd(port, n):
    """n connections at a time: how many are served at first, and in the end."""
    many_descriptors()
    wanted, served, first = int(n), 0, None
    sel = selectors.DefaultSelector()
    begin = time.monotonic()
    for i in range(wanted):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", int(port)))
        sel.register(s, selectors.EVENT_READ)
    print("ready", flush=True)
    held = []
    while served < wanted:
        ready = sel.select(1)
        # Nobody more is served while those that were stay.
        if not ready and held:
            first = first or served
            for s in held:
                s.close()
            held = []
        elif not ready and time.monotonic() - begin > 60:
            break
        for key, _ in ready:
            s = key.fileobj
            try:
                if s.recv(1) != b"!":
                    break
            except OSError:
                sel.unregister(s)
                continue
            sel.unregister(s)
            held.append(s)
            served += 1
    print("served", served, "at first", first or served, "seconds %.1f" % (time.monotonic() - begin))


def times(port, n):
    out = []
    for i in range(n):
        begin = time.monotonic()
        s = (tunnel if i % 2 else direct)(port)
        s.sendall(b"ping")
        got = b""
        while len(got) < 5:
            got += s.recv(5)
        s.close()
        out.append((time.monotonic() - begin) * 1000)
    return statistics.median(out), max(out)


def act_noise(port):
    """A flood of questions and slow heads beside one who works."""
    quiet = times(port, 200)

    # ---- two hundred heads, a byte every half second
    drip, closed, words = [], [], []
    began = time.monotonic()
    for i in range(200):
        s = socket.create_connection(PROXY, 10)
        s.sendall(b"GET http://a.test/")
        drip.append(s)

    def dripper():
        sel = selectors.DefaultSelector()
        for s in drip:
            sel.register(s, selectors.EVENT_READ)
        while len(closed) < len(drip) and time.monotonic() - began < 60:
            for key, _ in sel.select(0.5):
                sel.unregister(key.fileobj)
                closed.append(time.monotonic() - began)
                try:
                    words.append(key.fileobj.recv(99).split(b" ")[1].decode())
                except (OSError, IndexError):
                    words.append("closed")
            for s in drip:
                try:
                    s.send(b"x")
                except OSError:
                    pass

    slow = threading.Thread(target=dripper)
    slow.start()
    with_drips = times(port, 200)
    print("drips: median %.2f ms max %.0f ms beside %.2f and %.0f" % (with_drips + quiet))

    # ---- questions as fast as another process can, twenty thousand at least
    ready, begin_flood = os.pipe()
    until, enough = os.pipe()
    os.set_blocking(until, False)
    pid = os.fork()
    if pid == 0:
        os.close(enough)
        ended = False
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        u.connect(("127.0.0.1", 53))
        os.write(begin_flood, b"x")
        for i in range(400000):
            if i >= 20000 and i % 100 == 0:
                try:
                    ended = os.read(until, 1) == b""
                except BlockingIOError:
                    pass
            if ended:
                break
            q = struct.pack(">6H", i & 65535, 0x100, 1, 0, 0, 0)
            try:
                u.send(q + b"\6%06d\4test\0\0\1\0\1" % i)
            except OSError:
                pass
        os._exit(0)
    os.read(ready, 1)
    with_flood = times(port, 1000)
    os.close(enough)
    os.waitpid(pid, 0)
    print("flood: median %.2f ms max %.0f ms beside %.2f and %.0f" % (with_flood + quiet))
    begin = time.monotonic()
    while time.monotonic() - begin < 20:
        try:
            socket.getaddrinfo("good.test", 80)
            break
        except OSError:
            pass
    print("name again after %.1f s" % (time.monotonic() - begin),
          "yes" if time.monotonic() - begin < 20 else "no")
    slow.join()
    print("heads closed", len(closed), "first %.1f last %.1f s" % (closed[0], closed[-1]),
          *sorted(set(words)))


if __name__ == "__main__":
    act, port = sys.argv[1], int(sys.argv[2])
    globals()["act_" + act](port, *sys.argv[3:])
