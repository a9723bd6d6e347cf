/* SPDX-License-Identifier: Apache-2.0 */
/* http_begin_test.c -- which first bytes are a request, and whom it names. */
#include "supervisor/http_begin.h"

#include <string.h>

#include "supervisor/http_head.h"
#include "tests/unit/tap.h"

static const char *
is(const char *text, unsigned int flags)
{
	static const char *const words[] = { [HTTP_BEGIN_NOT] = "not",
		[HTTP_BEGIN_MORE] = "more",
		[HTTP_BEGIN_REQUEST] = "request" };
	return words[http_begin(text, strlen(text), flags)];
}

static void
test_begin(struct tap *t)
{
	static const struct {
		const char *text, *any, *web, *ended;
	} rows[] = {
		{ "", "more", "more", "not" },
		{ "G", "more", "more", "not" },
		{ "GET", "more", "more", "not" },
		{ "GET ", "more", "more", "not" },
		{ "GET / HTTP/1.1", "more", "more", "request" },
		{ "GET / HTTP/1.1\r\n", "request", "request", "request" },
		{ "GET\t/ HTTP/1.1\r\n", "request", "request", "request" },
		{ "get / hTTp/1.1 \n", "request", "request", "request" },
		{ "GET http://a", "more", "more", "request" },
		{ "GET HTTPS://a/\n", "request", "request", "request" },
		{ "GET / HTTP/9\n", "request", "request", "request" },
		{ "GET key\r\n", "not", "not", "not" },
		{ "GETX / HTTP/1.1\r\n", "not", "request", "not" },
		{ "FROB / HTTP/1.1\r\n", "not", "request", "not" },
		{ "PRI * HTTP/2.0\r\n", "not", "request", "not" },
		{ "SSH-2.0-x y\r\n", "not", "not", "not" },
		{ "SSH-2.0-x\r\n", "not", "not", "not" },
		{ "hello", "not", "more", "not" },
		{ "OPTIONS sip:a SIP/2.0\r\n", "not", "not", "not" },
		{ "PROPFIND / HTTP/1.1\r\n", "request", "request", "request" },
		{ " GET / HTTP/1.1\r\n", "request", "request", "request" },
		{ "\t\x1f\x14 get / HTTP/1.1\r\n", "request", "request",
			"request" },
		{ " \x01", "more", "more", "not" },
		{ " SSH-2.0-x\r\n", "not", "not", "not" },
		{ "\x80 GET / HTTP/1.1\r\n", "not", "not", "not" },
		{ "\x16\3\1", "more", "more", "not" },
		{ "\x16\3\1\x80", "not", "not", "not" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tap_str(t, is(rows[i].text, 0), rows[i].any, rows[i].text);
		tap_str(t, is(rows[i].text, HTTP_BEGIN_WEB), rows[i].web,
			"the same at port 80");
		tap_str(t, is(rows[i].text, HTTP_BEGIN_ENDED), rows[i].ended,
			"the same at the end");
	}
	static char line[HTTP_HEAD_MAX];
	memset(line, 'x', sizeof(line));
	memcpy(line, "GET ", 4);
	tap_int(t, http_begin(line, sizeof(line) - 1, 0), HTTP_BEGIN_MORE,
		"a long line is waited for");
	tap_int(t, http_begin(line, sizeof(line), 0), HTTP_BEGIN_NOT,
		"not for ever");
	memcpy(line + sizeof(line) - 6, "http:/", 6);
	tap_int(t, http_begin(line, sizeof(line), 0), HTTP_BEGIN_REQUEST,
		"one that says HTTP is one without its end too");
	line[sizeof(line) / 2] = '\0';
	tap_int(t, http_begin(line, sizeof(line) - 1, HTTP_BEGIN_WEB),
		HTTP_BEGIN_REQUEST, "nor of a web server's, which is refused");
	tap_int(t, http_begin(line, sizeof(line) - 1, 0), HTTP_BEGIN_NOT,
		"of bytes that are no text nothing more is wanted");
}

static void
test_names(struct tap *t)
{
	static const struct {
		const char *text, *host; /* NULL: it cannot be told */
	} rows[] = {
		{ "GET / HTTP/1.1\r\nHost: A.test.:81\r\n\r\n", "a.test" },
		{ "GET / HTTP/1.0\r\n\r\n", "" },
		{ "GET http://b.test/ HTTP/1.1\r\n\r\n", "b.test" },
		{ "CONNECT b.test:1 HTTP/1.1\r\nHost: a.test\r\n\r\n",
			"b.test" },
		{ "GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", NULL },
		{ "GET / HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n",
			NULL },
		{ "GET / HTTP/1.1\r\nHost: a.test\n\r\n", NULL },
		{ "GET / HTTP/1.1\r\nHost : a.test\r\n\r\n", NULL },
		{ "GET / HTTP/1.1\r\nA: b\r\n Host: a.test\r\n\r\n", NULL },
		{ "GET / HTTP/2.0\r\nHost: a.test\r\n\r\n", NULL },
		{ "GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n"
		  "Content-Length: 2\r\nTransfer-Encoding: x\r\n\r\n",
			"a.test" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_head h;
		long n = http_request_names(
			rows[i].text, strlen(rows[i].text), &h);
		tap_str(t, n > 0 ? h.host.name : "(none)",
			rows[i].host != NULL ? rows[i].host : "(none)",
			rows[i].text);
	}
}

int
main(void)
{
	struct tap t = { 0 };
	test_begin(&t);
	test_names(&t);
	return tap_end(&t);
}
