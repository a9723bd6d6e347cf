#!/bin/sh
# Goal of this test: I1-I9, requests that two readers understand in two ways: one
# is answered with an error, or judged as what would be dialled; never relayed.
# shellcheck disable=SC2016,SC2086 # text for the cage; words
. "$(dirname "$0")/../e2e/netlab.sh"
. "$(dirname "$0")/../lib.sh"
cp "$TEST_TREE/tests/escape/net.py" "$W/net"
# asks NAME WANT ACT...: with web.test allowed, and nobody came if it is refused.
asks() {
  name=$1
  want=$2
  shift 2
  : >"$LAB/seen"
  csb --net proxy --allow-domain web.test --allow-domain '*.web.test' -- python3 ./net "$@"
  is "$name" "$out" "$want"
}
silent() {
  is "$1: nobody came" "$(cat "$LAB/seen")" ''
}
host='\r\nHost: web.test\r\n'

asks 'allowed: a request' 200 get http://web.test/
asks 'allowed: CONNECT' 200 connect web.test:7777
asks 'allowed: SOCKS5 with a name' 00 socks web.test

asks 'I1: a NUL in the name of SOCKS5' 08 socks 'evil.test\x00.web.test'
asks 'I1: in front' 08 socks '\x00web.test'
asks 'I1: other bytes' 08 socks 'other.test/.web.test'
asks 'I1: a NUL in CONNECT' 400 connect 'other.test\x00.web.test:7777'
silent I1
asks 'I2: CR and LF in the authority' 400 http 'GET http://web.test\r\nX: http://x/ HTTP/1.1\r\nHost: web.test\r\n\r\n'
asks 'I2: a bare LF ends a line' 400 http "GET http://web.test/ HTTP/1.1\\nHost: web.test\\n\\n"
asks 'I2: a blank in the target' 400 http "GET http://web.test/ x HTTP/1.1$host\\r\\n"
asks 'I2: a tab in the authority' 400 http "GET http://web.test\\t.x/ HTTP/1.1$host\\r\\n"
asks 'I2: a folded header' 400 http "GET http://web.test/ HTTP/1.1${host}X: a\\r\\n b\\r\\n\\r\\n"
asks 'I2: a blank before the colon' 400 http "GET http://web.test/ HTTP/1.1${host}X : a\\r\\n\\r\\n"
asks 'I2: a header without a name' 400 http "GET http://web.test/ HTTP/1.1${host}: a\\r\\n\\r\\n"
silent I2
asks 'I3: two lengths' 400 http "POST http://web.test/ HTTP/1.1${host}Content-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab"
asks 'I3: a length and chunks' 400 http \
  "POST http://web.test/ HTTP/1.1${host}Content-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n"
asks 'I3: chunks by another name' 501 http \
  "POST http://web.test/ HTTP/1.1${host}Transfer-Encoding: xchunked\\r\\n\\r\\n0\\r\\n\\r\\n"
silent I3
asks 'I3: a second request behind the first is judged or not answered' 200 http \
  "GET http://web.test/one HTTP/1.1$host\\r\\nGET http://other.test/two HTTP/1.1\\r\\nHost: other.test\\r\\n\\r\\n"
hasnt 'I3: and does not arrive' "$(cat "$LAB/seen")" two
asks 'I4: the form and Host differ' 400 http 'GET http://web.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n'
asks 'I4: two hosts' 400 http 'GET http://web.test/ HTTP/1.1\r\nHost: web.test\r\nHost: other.test\r\n\r\n'
silent I4
asks 'I4: of CONNECT the target counts' '403 blocked-by-allowlist' http \
  'CONNECT other.test:7777 HTTP/1.1\r\nHost: web.test:7777\r\n\r\n'
silent 'I4: of CONNECT'
asks 'I5: a user before the host' 400 connect 'web.test@other.test:7777'
asks 'I5: behind a fragment' 400 connect 'other.test#web.test:7777'
asks 'I5: a backslash' 400 connect 'other.test\\x5cweb.test:7777'
asks 'I5: a path' 400 connect 'other.test/web.test:7777'
silent I5
asks 'I5: in a URL the host is what follows the last @' '403 blocked-by-allowlist' \
  http 'GET http://web.test@other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n'
silent 'I5: in a URL'
asks 'I6: a zone that ends like a name' 400 connect '[fe80::1%x.web.test]:7777'
asks 'I6: without brackets' 400 connect 'fe80::1%25x.web.test:7777'
silent I6
for form in 127.1 0x7f.1 2130706433 017700000001 127.0.0.1 0.0.0.0 10.9.9.9 169.254.169.254; do
  asks "I7: $form" '403 blocked-by-allowlist' connect "$form:7777"
done
for form in ::1 ::ffff:127.0.0.1 ::ffff:10.9.9.9 64:ff9b::7f00:1 64:ff9b::a09:909 2002:7f00:1:: \
  2001:0:7f00:1::80ff:fffe fe80::5efe:7f00:1 ::127.0.0.1 fd00:ec2::254; do
  asks "I7: [$form]" '403 blocked-by-allowlist' connect "[$form]:7777"
  asks "I7: SOCKS5 $form" 02 socks6 "$form"
done
asks 'I7: SOCKS5 with a number as a name' 02 socks 2130706433
asks 'I7: SOCKS5 with an address as a name' 02 socks 127.0.0.1
silent I7
asks 'I8: a dot at the end, and another case, are the same name' '200
200' get http://web.test./ http://WEB.Test/
asks 'I8: a name that ends like one that is allowed' '403 blocked-by-allowlist' get http://evilweb.test/
asks 'I8: two dots' '400' get http://web.test../
asks 'I8: letters of another script' '403 blocked-by-allowlist' get http://xn--wb-5ka.test/
asks 'I9: two ports' 400 connect 'other.test:7777.web.test:7777'
asks 'I9: an address without brackets' 400 connect '::1:7777'
asks 'I9: port 0' 400 connect web.test:0
asks 'I9: port 65536' 400 connect web.test:65536
asks 'I9: no port' 400 connect web.test
silent I9
finish
