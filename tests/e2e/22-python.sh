#!/bin/sh
# Goal of this test: python's unittest with asyncio and a loopback server gives
# the same result as outside.
. "$(dirname "$0")/../lib.sh"
have python3 || skip_all 'python3 is not installed'

mkdir "$T/suite"
cat >"$T/suite/test_work.py" <<'EOF'
import asyncio, concurrent.futures, http.server, json, os, signal, socket
import sqlite3, subprocess, sys, tempfile, threading, unittest, urllib.request

class Server(unittest.TestCase):
    def test_http(self):
        class H(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200); self.end_headers(); self.wfile.write(b"x" * 100000)
            def log_message(self, *a): pass
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), H) as s:
            threading.Thread(target=s.serve_forever, daemon=True).start()
            for _ in range(5):
                with urllib.request.urlopen("http://127.0.0.1:%d/" % s.server_port) as r:
                    self.assertEqual(len(r.read()), 100000)
            s.shutdown()

class Async(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().slow_callback_duration = 60  # how long it took is not compared
    async def test_server(self):
        async def echo(r, w):
            w.write((await r.readline()).upper()); await w.drain(); w.close()
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        r, w = await asyncio.open_connection(*server.sockets[0].getsockname())
        w.write(b"hello\n")
        self.assertEqual(await r.readline(), b"HELLO\n")
        w.close(); server.close()
    async def test_subprocess(self):
        p = await asyncio.create_subprocess_shell("echo out; echo err >&2; exit 3",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        self.assertEqual(await p.communicate(), (b"out\n", b"err\n"))
        self.assertEqual(p.returncode, 3)
    async def test_signal(self):
        got = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, got.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        await asyncio.wait_for(got.wait(), 5)
    async def test_unix(self):
        async def hello(r, w):
            w.write(b"u"); await w.drain(); w.close()
        server = await asyncio.start_unix_server(hello, "s.sock")
        r, w = await asyncio.open_unix_connection("s.sock")
        self.assertEqual(await r.read(), b"u")
        w.close(); server.close(); os.unlink("s.sock")

class Rest(unittest.TestCase):
    def test_processes(self):
        with concurrent.futures.ProcessPoolExecutor(2) as p:
            self.assertEqual(list(p.map(abs, range(-4, 0))), [4, 3, 2, 1])
    def test_subprocess(self):
        r = subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True)
        self.assertEqual(r.stdout, b"2\n")
    def test_sqlite(self):
        d = sqlite3.connect("data.db"); d.execute("create table t (x)")
        d.execute("insert into t values (7)"); d.commit()
        self.assertEqual(d.execute("select x from t").fetchall(), [(7,)]); d.close()
        os.unlink("data.db")
    def test_temp(self):
        with tempfile.TemporaryDirectory() as d, open(d + "/x", "w") as f: f.write("x")
        with tempfile.TemporaryFile() as f: f.write(b"x")
    def test_shared_memory(self):
        from multiprocessing import shared_memory
        m = shared_memory.SharedMemory(create=True, size=16); m.close(); m.unlink()
    def test_semaphore(self):
        import multiprocessing
        with multiprocessing.Lock(): pass
    def test_names(self):
        self.assertTrue(socket.getaddrinfo("localhost", 80))
        self.assertTrue(os.path.expanduser("~"))
        import getpass; getpass.getuser()
        socket.gethostname()
    @unittest.skip("to show that a skip stays one")
    def test_skipped(self): pass
EOF
cp -R "$T/suite" "$T/failing"
printf 'import unittest\nclass F(unittest.TestCase):\n    def test_f(self): self.assertEqual(1, 2)\n' >"$T/failing/test_fail.py"

MASK='s/ in [0-9.]*s$//'
SAME_SKIP='__pycache__'
SEED=$T/suite
same 'python3 -m unittest' -- python3 -m unittest -v
SEED=$T/failing
same 'a failing test stays one' -- python3 -m unittest test_fail
SEED=$T/suite
same 'an exception is told the same way' -- python3 -c 'import test_work; raise SystemExit(9)'
same 'KeyboardInterrupt is 130' -- sh -c 'python3 -c "import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)" 2>/dev/null; echo $?'
same 'venv' -- sh -c 'python3 -m venv --without-pip v && v/bin/python -c "import sys; print(sys.prefix != sys.base_prefix)"; rm -rf v'
finish
