/* SPDX-License-Identifier: Apache-2.0 */
/* http_head_test.c -- heads that mean one thing, and those that do not. */
#include "supervisor/http_head.h"

#include <errno.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

static long
request(const char *text, struct http_head *h)
{
	return http_request_read(text, strlen(text), h);
}

static void
accepted(struct tap *t, const char *text, const char *host, uint16_t port)
{
	struct http_head h;
	size_t early = 0;
	for (size_t n = 0; n < strlen(text); n++)
		early += http_request_read(text, n, &h) != 0;
	tap_int(t, (long long)early, 0, "shorter parts want more");
	tap_int(t, request(text, &h), (long long)strlen(text), "a request");
	tap_str(t, h.host.name, host, "its host");
	tap_int(t, h.port, port, "its port");
}

static void
test_accept(struct tap *t)
{
	accepted(t,
		"GET http://A.Example/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"a.example", 80);
	accepted(t,
		"GET http://a.example:8080/ HTTP/1.1\r\n"
		"Host: a.example:8080\r\n\r\n",
		"a.example", 8080);
	accepted(t, "GET http://[::1]/ HTTP/1.1\r\nHost: [::1]\r\n\r\n", "::1",
		80);
	accepted(t, "GET /x HTTP/1.1\r\nHost: a.example:80\r\n\r\n",
		"a.example", 80);
	accepted(t, "GET http://u:p@a.example/ HTTP/1.1\r\n\r\n", "a.example",
		80);
	accepted(t, "GET http://good.example@evil.example/ HTTP/1.1\r\n\r\n",
		"evil.example", 80);
	accepted(t, "CONNECT a.example:443 HTTP/1.1\r\nHost: other\r\n\r\n",
		"a.example", 443);
	accepted(t, "CONNECT [2001:db8::1]:22 HTTP/1.0\r\n\r\n", "2001:db8::1",
		22);
	accepted(t, "FROB http://a.example HTTP/1.1\r\nX:\r\n\r\n", "a.example",
		80);
	accepted(t, "GET http://127.1/ HTTP/1.1\r\n\r\n", "127.0.0.1", 80);
}

static void
test_refuse(struct tap *t)
{
	static const struct {
		unsigned int status;
		const char *text;
	} bad[] = {
		{ 400, "\x16\x03\x01" },
		{ 400, "GET\r\n\r\n" },
		{ 400, "GET  HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/2\r\n\r\n" },
		{ 505, "GET http://a/ HTTP/2.0\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\n\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nX: y\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nX: a\rb\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nX: a\r\n b\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nX : a\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nnothing\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n" },
		{ 400, "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n" },
		{ 400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\n\r\n" },
		{ 400, "GET ftp://a/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET https://a/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://a:0/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://a:65536/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://a:8x/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://::1:80/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://evil.com#good.com/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://evil.com\\@good.com\\/ HTTP/1.1\r\n\r\n" },
		{ 400, "GET http://[fe80::1%25x.good.com]/ HTTP/1.1\r\n\r\n" },
		{ 400, "CONNECT a HTTP/1.1\r\n\r\n" },
		{ 400, "CONNECT u@a:443 HTTP/1.1\r\n\r\n" },
		{ 400, "CONNECT evil.com:443.good.com HTTP/1.1\r\n\r\n" },
		{ 400, "CONNECT a:443 HTTP/1.1\r\nContent-Length: 3\r\n\r\n" },
		{ 400, "POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\n"
		       "Content-Length: 1\r\n\r\n" },
		{ 400, "POST http://a/ HTTP/1.1\r\nContent-Length: +1\r\n\r\n" },
		{ 400, "POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n" },
		{ 501, "POST http://a/ HTTP/1.1\r\n"
		       "Transfer-Encoding: gzip, chunked\r\n\r\n" },
		{ 400, "POST http://a/ HTTP/1.0\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_head h;
		bool ok = request(bad[i].text, &h) == -EBADMSG &&
			  h.refuse == bad[i].status && h.why != NULL;
		tap_ok(t, ok, "%zu is refused with %u", i, bad[i].status);
	}
	struct http_head h;
	static const char nul[] = "GET http://a/ HTTP/1.1\r\nX: a\0b\r\n\r\n";
	tap_int(t, http_request_read(nul, sizeof(nul) - 1, &h), -EBADMSG,
		"NUL");
	static char big[HTTP_HEAD_MAX];
	memset(big, 'a', sizeof(big));
	tap_int(t, http_request_read(big, sizeof(big), &h), -EBADMSG,
		"too long");
	tap_int(t, h.refuse, 431, "and said so");
}

static void
written(struct tap *t, const char *text, unsigned int flags, const char *extra,
	const char *want)
{
	own_buf struct buf out = { 0 };
	struct http_head h;
	long n = request(text, &h);
	if (n > 0)
		http_request_write(&h, text, (size_t)n, flags, extra, &out);
	tap_str(t, buf_str(&out), want, "what is sent on");
}

static void
test_write(struct tap *t)
{
	written(t,
		"GET http://u:p@A.example:80/p?q HTTP/1.1\r\nhost: A.EXAMPLE\r\n"
		"Connection: X-Gone, keep-alive\r\nX-Gone: 1\r\nx-kept:  2 \r\n"
		"Proxy-Authorization: Basic x\r\nUpgrade: h2c\r\nTE: x\r\n\r\n",
		HTTP_WRITE_CLOSE, NULL,
		"GET /p?q HTTP/1.1\r\nHost: a.example\r\nx-kept: 2\r\n"
		"Connection: close\r\n\r\n");
	written(t,
		"POST http://[::1]:81 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
		"Connection: host, content-length\r\n\r\n",
		HTTP_WRITE_CLOSE | HTTP_WRITE_ABSOLUTE, "X: y\r\n",
		"POST http://[::1]:81/ HTTP/1.1\r\nHost: [::1]:81\r\n"
		"Transfer-Encoding: chunked\r\nConnection: close\r\nX: y\r\n\r\n");
	written(t, "GET http://a.example?q HTTP/1.0\r\n\r\n", 0, NULL,
		"GET /?q HTTP/1.0\r\nHost: a.example\r\n\r\n");
	own_buf struct buf out = { 0 };
	http_answer(&out, 403, "blocked-by-allowlist", true, "{}\n");
	tap_str(t, buf_str(&out),
		"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n"
		"Content-Length: 3\r\nx-proxy-error: blocked-by-allowlist\r\n"
		"Connection: close\r\n\r\n{}\n",
		"an answer of our own");
}

static void
test_response(struct tap *t)
{
	static const struct {
		const char *method;
		const char *text;
		enum http_framing framing;
	} good[] = {
		{ "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
			HTTP_LENGTH },
		{ "GET", "HTTP/1.1 200\r\n\r\n", HTTP_TO_EOF },
		{ "GET",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			HTTP_CHUNKED },
		{ "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
			HTTP_NO_BODY },
		{ "GET", "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n",
			HTTP_NO_BODY },
		{ "GET", "HTTP/1.1 100 Continue\r\n\r\n", HTTP_NO_BODY },
		{ "CONNECT", "HTTP/1.0 200 OK\r\n\r\n", HTTP_NO_BODY },
	};
	struct http_head h;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].text);
		tap_int(t,
			http_response_read(
				good[i].text, len, good[i].method, &h),
			(long long)len, "an answer");
		tap_int(t, h.framing, good[i].framing, "and its body");
	}
	tap_int(t, http_response_read("HTTP/1", 6, "GET", &h), 0, "may be");
	tap_int(t, http_response_read("SSH-2.0", 7, "GET", &h), -EBADMSG,
		"is none");
	tap_int(t, h.refuse, 502, "which is the other side's fault");
}

static void
chunks(struct tap *t, const char *text, long want)
{
	const struct http_head h = { .framing = HTTP_CHUNKED };
	struct http_body whole, one;
	http_body_begin(&whole, &h);
	long got = http_body_take(&whole, text, strlen(text));
	tap_int(t, whole.done || got < 0 ? got : 0, want, "chunks at once");
	/* Byte by byte it is the same. */
	http_body_begin(&one, &h);
	long sum = 0;
	for (const char *p = text; *p != '\0' && !one.done && sum >= 0; p++) {
		long n = http_body_take(&one, p, 1);
		sum = n < 0 ? n : sum + n;
	}
	tap_int(t, one.done || sum < 0 ? sum : 0, want, "and byte by byte");
}

static void
test_body(struct tap *t)
{
	chunks(t, "3\r\nabc\r\n0\r\n\r\nGET /", 13);
	chunks(t, "A;x=y\r\n0123456789\r\n00\r\nT: x\r\n\r\nrest", 31);
	chunks(t, "0\r\n\r\n", 5);
	chunks(t, "3\r\nab", 0);
	chunks(t, "\r\n", -EBADMSG);
	chunks(t, "x\r\n", -EBADMSG);
	chunks(t, "-1\r\n", -EBADMSG);
	chunks(t, "3\nabc", -EBADMSG);
	chunks(t, "3 \r\nabc", -EBADMSG);
	chunks(t, "3\r\nabcd", -EBADMSG);
	chunks(t, "1234567890123456\r\n", -EBADMSG);
	const struct http_head h = { .framing = HTTP_LENGTH, .length = 4 };
	struct http_body b;
	http_body_begin(&b, &h);
	tap_int(t, http_body_take(&b, "abcdef", 3), 3, "a part");
	tap_ok(t, !b.done, "not all");
	tap_int(t, http_body_take(&b, "def", 3), 1, "the rest and no more");
	tap_ok(t, b.done, "all");
}

int
main(void)
{
	struct tap t = { 0 };
	test_accept(&t);
	test_refuse(&t);
	test_write(&t);
	test_response(&t);
	test_body(&t);
	return tap_end(&t);
}
