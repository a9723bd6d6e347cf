# net.py -- raw words to the doors of --net proxy, from inside.  Bytes are given
# with Python's escapes.  Prints what came back, in short.
import errno
import socket
import struct
import sys

DOOR = ("127.0.0.1", 3128)


def raw(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def door():
    s = socket.create_connection(DOOR, 5)
    s.settimeout(10)
    return s


def read_all(s):
    data = b""
    try:
        while chunk := s.recv(65536):
            data += chunk
    except OSError:
        pass
    return data


def act_http(text, *more):
    """Status and x-proxy-error of each answer; "closed" without one."""
    s = door()
    try:
        for part in (text,) + more:
            s.sendall(raw(part))
    except OSError:
        pass
    s.shutdown(socket.SHUT_WR)
    data = read_all(s)
    out = []
    for line in data.split(b"\r\n"):
        if line.startswith(b"HTTP/1."):
            out.append(line.split()[1].decode())
        elif line.lower().startswith(b"x-proxy-error:"):
            out.append(line.split(b":")[1].strip().decode())
    print(" ".join(out) or "closed")


def act_get(*urls):
    """GET each URL as an absolute form with its own host in Host."""
    for url in urls:
        host = url.split("://", 1)[-1].split("/", 1)[0]
        act_http("GET %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n" % (url, host))


def act_connect(*targets):
    for target in targets:
        act_http("CONNECT %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n" % (target, target))


def act_socks(name, port="7777"):
    """The reply to CONNECT by name, and what the other end says."""
    n = raw(name)
    s = door()
    s.sendall(b"\5\1\0")
    if s.recv(2) != b"\5\0":
        print("closed")
        return
    s.sendall(b"\5\1\0\3" + bytes([len(n)]) + n + struct.pack(">H", int(port)))
    r = s.recv(10)
    print("%02x" % r[1] if len(r) > 1 else "closed")


def act_socks4(address, port="7777"):
    s = door()
    s.sendall(b"\5\1\0")
    s.recv(2)
    s.sendall(b"\5\1\0\1" + socket.inet_aton(address) + struct.pack(">H", int(port)))
    r = s.recv(10)
    print("%02x" % r[1] if len(r) > 1 else "closed")


def act_socks6(address, port="7777"):
    s = door()
    s.sendall(b"\5\1\0")
    s.recv(2)
    s.sendall(b"\5\1\0\4" + socket.inet_pton(socket.AF_INET6, address)
              + struct.pack(">H", int(port)))
    r = s.recv(10)
    print("%02x" % r[1] if len(r) > 1 else "closed")


def act_dial(host, port="7777"):
    try:
        s = socket.create_connection((host, int(port)), 5)
        s.settimeout(5)
        print(s.makefile("rb").readline().decode().strip() or "end")
    except OSError as e:
        print(errno.errorcode.get(e.errno, str(e)))


def act_dns(name, kind="1", server="127.0.0.1"):
    """The code of the answer, and how many records."""
    n = b"".join(bytes([len(p)]) + p for p in raw(name).split(b".")) + b"\0"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(2)
    s.connect((server, 53))
    s.send(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + n + struct.pack(">2H", int(kind), 1))
    try:
        r = s.recv(2000)
        print(r[3] & 15, struct.unpack(">H", r[6:8])[0])
    except OSError as e:
        print("silence" if isinstance(e, TimeoutError) else errno.errorcode.get(e.errno, e))


if __name__ == "__main__":
    globals()["act_" + sys.argv[1]](*sys.argv[2:])
