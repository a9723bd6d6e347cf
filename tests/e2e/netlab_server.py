"""netlab_server.py DIR -- the servers of netlab.sh, in one process."""
import http.server
import os
import socket
import ssl
import sys
import threading

lab = sys.argv[1]


def seen(*words):
    line = " ".join(str(w) for w in words) + "\n"
    fd = os.open(lab + "/seen", os.O_WRONLY | os.O_APPEND)
    os.write(fd, line.encode())
    os.close(fd)


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        kind = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        seen(kind, self.command, self.headers.get("Host"), self.path, len(body))
        text = b"hello from %s\n" % (self.headers.get("Host") or "?").encode()
        if self.path.startswith("/big"):
            text = b"x" * (4 << 20)
        file = lab + "/www" + os.path.normpath(self.path)
        if os.path.isfile(file):
            with open(file, "rb") as f:
                text = f.read()
        self.send_response(404 if self.path.startswith("/apt/") and
                           not os.path.isfile(file) else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = do_OPTIONS = do_DELETE = answer

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    address_family = socket.AF_INET6
    context = None

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def finish_request(self, request, client_address):
        if self.context:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


def web(port, tls):
    server = Server(("::", port), Web)
    if tls:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(lab + "/ca.pem", lab + "/key.pem")
    threading.Thread(target=server.serve_forever, daemon=True).start()


def talk(conn, port):
    """A greeting, then an echo; at the end of input the number of bytes."""
    total = 0
    with conn:
        try:
            conn.sendall(b"hello on %d\n" % port)
            while data := conn.recv(65536):
                total += len(data)
                conn.sendall(data)
            conn.sendall(b"got %d\n" % total)
        except OSError:
            pass
    seen("tcp", port, total)


def echo(port):
    listener = socket.create_server(("::", port), family=socket.AF_INET6,
                                    dualstack_ipv6=True, backlog=512)

    def loop():
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=talk, args=(conn, port), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def udp(port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("::", port))

    def loop():
        while True:
            data, peer = sock.recvfrom(65536)
            seen("udp", port, len(data))
            sock.sendto(b"udp " + data, peer)

    threading.Thread(target=loop, daemon=True).start()


for p in (80, 8080):
    web(p, False)
web(443, True)
for p in (2222, 7777) if os.environ.get("NETLAB_SSHD") else (22, 2222, 7777):
    echo(p)
udp(7777)
open(lab + "/ready", "w").close()
threading.Event().wait()
