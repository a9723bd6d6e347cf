#!/bin/sh
# Goal of this test: I18 and I23, servers that are allowed and hostile: one that
# speaks in our name, and bytes out of band.
# shellcheck disable=SC2016 # text for the cage
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"

cat >"$T/server.py" <<'PY'
import socket, sys, threading

ROLE = {
    9002: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20
          + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    9003: b"HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\nX-Other: 1\r\n"
          + b"Content-Length: 2\r\n\r\nno",
}


def talk(c, words):
    try:
        while not c.recv(65536).endswith(b"\r\n\r\n"):
            pass
        c.sendall(words)
        while c.recv(65536):
            pass
    except OSError:
        pass


def serve(port, words):
    l = socket.create_server(("127.0.0.1", port), backlog=1000)
    while True:
        threading.Thread(target=talk, args=(l.accept()[0], words), daemon=True).start()


for role in ROLE.items():
    threading.Thread(target=serve, args=role, daemon=True).start()
l = socket.create_server(("127.0.0.1", 9004))
open(sys.argv[1] + "/listening", "w").close()
while True:  # what comes, as it comes, and then a byte out of band among others
    c = l.accept()[0]
    c.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    data = b""
    while not data.endswith(b"\n"):
        data += c.recv(99)
    c.sendall(data + b"ab")
    c.send(b"!", socket.MSG_OOB)
    c.sendall(b"cd\n")
    c.close()
PY
python3 "$T/server.py" "$T" &
ends $!
wait_for 10 test -e "$T/listening"
loopback='--host-loopback 9002 --host-loopback 9003 --host-loopback 9004'
# get PORT: the answer, to who reads.
get() {
  # shellcheck disable=SC2086 # options
  csb --net proxy $loopback -- python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", 3128)); s.settimeout(20)
s.sendall(b"GET http://localhost:%s/ HTTP/1.1\r\nHost: localhost:%s\r\n\r\n" % (2 * (sys.argv[1].encode(),)))
data = b""
while part := s.recv(65536): data += part
print(data.decode().replace("\r", ""))' "$1"
}
get 9002
is 'I18: twenty early answers' "$(echo "$out" | grep -c '^HTTP/1.1 103') $(echo "$out" | tail -1)" '20 ok'

get 9003
has 'I23: an answer of a server' "$out" 'X-Other: 1'
hasnt 'I23: which says it is ours' "$(echo "$out" | tr '[:upper:]' '[:lower:]')" x-proxy-error
csb --net proxy --allow-domain web.test -- python3 -c 'import socket
s = socket.create_connection(("127.0.0.1", 3128)); s.settimeout(20)
s.sendall(b"GET http://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n")
print(s.recv(9999).decode())'
has 'I23: which one of ours says' "$out" 'x-proxy-error: blocked-by-allowlist'

# Out of band, as telnet and ftp send it, in both directions and at both doors.
for way in proxy forward; do
  # shellcheck disable=SC2086 # options
  csb --net proxy $loopback -- python3 -c 'import socket, sys
if sys.argv[1] == "forward":
    s = socket.create_connection(("127.0.0.1", 9004)); s.settimeout(20)
else:
    s = socket.create_connection(("127.0.0.1", 3128)); s.settimeout(20)
    s.sendall(b"CONNECT localhost:9004 HTTP/1.1\r\nHost: localhost:9004\r\n\r\n"); s.recv(999)
s.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
s.sendall(b"one"); s.send(b"!", socket.MSG_OOB); s.sendall(b"two\n")
data = b""
while part := s.recv(99): data += part
print(data)' $way
  is "I18: a byte out of band does not stop the others, $way" "$out" "b'one!two\\nab!cd\\n'"
done
finish
