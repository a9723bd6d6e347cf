/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_head.c -- heads of requests and answers (room: user).
 *
 * Steps: find the end of the head; cut it into lines, each of which ends with
 * CR LF; read the first; then each field.  Anything that two readers could take
 * in two ways is an error, for which the caller is given the words.
 */
#include "supervisor/http_head.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "supervisor/http_scan.h"

static long
refuse(struct http_head *h, unsigned int status, const char *why)
{
	h->refuse = status;
	h->why = why;
	return -EBADMSG;
}

/* ---- targets ----------------------------------------------------------------- */

/* host[:port]; no userinfo, no path.  False: it is none. */
static bool
authority(struct span s, bool port_needed, struct http_head *h)
{
	const char *end = s.at + s.len;
	const char *colon = NULL;
	/* The port is behind the last colon, outside of brackets. */
	for (const char *p = s.at; p < end; p++) {
		if (*p == ':')
			colon = p;
		else if (*p == ']')
			colon = NULL;
	}
	struct span host = { s.at,
		colon != NULL ? (size_t)(colon - s.at) : s.len };
	/* A bare IPv6 literal could be cut anywhere: brackets, or not at all. */
	if (host.len == 0 ||
		(host.at[0] != '[' && memchr(host.at, ':', host.len) != NULL))
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (strchr("@#?/\\%", host.at[i]) != NULL) /* NUL too */
			return false;
	h->port_given = colon != NULL && colon + 1 < end;
	if (h->port_given) {
		uint64_t port;
		struct span digits = { colon + 1, (size_t)(end - colon - 1) };
		if (!scan_number(digits, 65535, &port) || port == 0)
			return false;
		h->port = (uint16_t)port; /* 1..65535 */
	} else if (port_needed)
		return false;
	return nethost_parse(host.at, host.len, &h->host) == 0;
}

/* scheme://authority/path.  0 or -EBADMSG. */
static long
absolute(struct span t, const char *base, struct http_head *h)
{
	static const char scheme[] = "http://";
	const size_t n = sizeof(scheme) - 1;
	if (t.len < n || strncasecmp(t.at, scheme, n) != 0)
		/* A proxy that spoke TLS for a client would hide whom it
		 * trusted; the rest is not HTTP. */
		return refuse(h, 400,
			"only http:// can be fetched by a proxy; "
			"use CONNECT\n");
	struct span rest = { t.at + n, t.len - n };
	size_t len = 0;
	while (len < rest.len && strchr("/?", rest.at[len]) == NULL)
		len++;
	struct span where = { rest.at, len };
	/* Userinfo is dropped: no client of today means it. */
	const char *at = memrchr(where.at, '@', where.len);
	if (at != NULL) {
		size_t cut = (size_t)(at + 1 - where.at);
		where = (struct span){ where.at + cut, where.len - cut };
	}
	h->form = HTTP_ABSOLUTE;
	h->port = 80;
	if (!authority(where, false, h))
		return refuse(h, 400, "invalid host\n");
	h->path_at = (size_t)(rest.at + len - base);
	h->path_len = rest.len - len;
	return 0;
}

static long
target(struct span t, const char *base, struct http_head *h)
{
	if (t.len == 0)
		return refuse(h, 400, "missing host\n");
	if (strcmp(h->method, "CONNECT") == 0) {
		h->form = HTTP_CONNECT;
		if (!authority(t, true, h))
			return refuse(h, 400, "invalid host\n");
		return 0;
	}
	if (t.at[0] != '/' && !scan_is(t, "*"))
		return absolute(t, base, h);
	h->form = HTTP_ORIGIN;
	h->path_at = (size_t)(t.at - base);
	h->path_len = t.len;
	return 0;
}

/* ---- the first line ----------------------------------------------------------- */

/* HTTP/1.x; false: another. */
static bool
version(struct span s, struct http_head *h)
{
	if (s.len != 8 || memcmp(s.at, "HTTP/1.", 7) != 0 ||
		(s.at[7] != '0' && s.at[7] != '1'))
		return false;
	h->minor = s.at[7] == '1';
	return true;
}

static long
request_line(struct span line, const char *base, struct http_head *h)
{
	const char *first = memchr(line.at, ' ', line.len);
	const char *last = memrchr(line.at, ' ', line.len);
	if (first == NULL || first == last)
		return refuse(h, 400, "not a request\n");
	struct span method = { line.at, (size_t)(first - line.at) };
	struct span where = { first + 1, (size_t)(last - first - 1) };
	struct span v = { last + 1, (size_t)(line.at + line.len - last - 1) };
	if (method.len == 0 || method.len > HTTP_METHOD_MAX ||
		!scan_token(method))
		return refuse(h, 400, "not a method\n");
	memcpy(h->method, method.at, method.len);
	h->method[method.len] = '\0';
	if (!version(v, h)) {
		bool http = v.len == 8 && memcmp(v.at, "HTTP/", 5) == 0;
		return refuse(h, http ? 505 : 400, "not HTTP/1\n");
	}
	for (size_t i = 0; i < where.len; i++)
		if (where.at[i] <= ' ' || where.at[i] >= 0x7f)
			return refuse(h, 400, "not a target\n");
	return target(where, base, h);
}

static long
status_line(struct span line, struct http_head *h)
{
	uint64_t status;
	struct span v = { line.at, line.len < 8 ? line.len : 8 };
	struct span code = { line.at + 9, 3 };
	if (line.len < 12 || line.at[8] != ' ' || !version(v, h) ||
		!scan_number(code, 999, &status) || status < 100 ||
		(line.len > 12 && line.at[12] != ' '))
		return refuse(h, 502, "not an answer\n");
	h->status = (unsigned int)status; /* 100..999 */
	return 0;
}

/* ---- fields ------------------------------------------------------------------- */

/* What was seen of those that may be there once. */
struct seen {
	bool names; /* only Host is looked at */
	bool host;
	bool length;
	bool chunked;
	struct http_head other; /* host and port of Host */
};

static long
host_field(struct span value, struct http_head *h, struct seen *s)
{
	if (s->host)
		return refuse(h, 400, "two Host headers\n");
	s->host = true;
	s->other.port = 80;
	/* CONNECT: what it says is in the target, and nobody looks here. */
	if (h->form == HTTP_CONNECT)
		return 0;
	if (!authority(value, false, &s->other))
		return refuse(h, 400, "invalid Host header\n");
	return 0;
}

static long
field(struct span name, struct span value, struct http_head *h, struct seen *s)
{
	bool request = h->status == 0;
	unsigned int status = request ? 400 : 502;
	if (request && scan_is(name, "host"))
		return host_field(value, h, s);
	if (s->names)
		return 0;
	if (scan_is(name, "content-length")) {
		uint64_t length;
		if (!scan_number(value, INT64_MAX, &length) || s->length)
			return refuse(h, status, "bad Content-Length\n");
		s->length = true;
		h->length = length;
	} else if (scan_is(name, "transfer-encoding")) {
		if (s->chunked || !scan_is(value, "chunked"))
			return refuse(h, request ? 501 : 502,
				"Transfer-Encoding other than chunked\n");
		s->chunked = true;
	} else if (scan_is(name, "connection")) {
		h->close = h->close || scan_list_has(value, "close");
	} else if (scan_is(name, "expect"))
		h->expect = scan_is(value, "100-continue");
	else if (scan_is(name, "upgrade"))
		h->upgrade = true;
	return 0;
}

static long
fields(struct scan *lines, struct http_head *h, struct seen *s)
{
	unsigned int status = h->status == 0 ? 400 : 502;
	struct span line, name, value;
	for (size_t n = 0; scan_line(lines, &line); n++) {
		if (n == HTTP_FIELDS_MAX)
			return refuse(h, h->status == 0 ? 431 : 502,
				"too many header fields\n");
		if (!scan_field(line, &name, &value))
			return refuse(h, status, "malformed header field\n");
		long err = field(name, value, h, s);
		if (err)
			return err;
	}
	if (lines->bad)
		return refuse(h, status, "malformed line\n");
	if (s->length && s->chunked)
		return refuse(h, status,
			"Content-Length beside "
			"Transfer-Encoding\n");
	return 0;
}

static void
framing(struct http_head *h, const struct seen *s, enum http_framing none)
{
	h->framing = s->chunked ? HTTP_CHUNKED : s->length ? HTTP_LENGTH : none;
	if (h->framing == HTTP_LENGTH && h->length == 0)
		h->framing = HTTP_NO_BODY;
}

/* ---- whole heads --------------------------------------------------------------- */

/* The target against Host. */
static long
agree(struct http_head *h, const struct seen *s)
{
	if (h->form == HTTP_CONNECT)
		return 0;
	if (h->form == HTTP_ORIGIN) {
		if (!s->host)
			return s->names ? 0 : refuse(h, 400, "missing host\n");
		h->host = s->other.host;
		h->port = s->other.port;
		h->port_given = s->other.port_given;
		return 0;
	}
	if (s->host && (s->other.port != h->port ||
			       strcmp(s->other.host.name, h->host.name) != 0))
		return refuse(
			h, 400, "Host header does not match request target\n");
	return 0;
}

static long
request(const char *bytes, size_t len, struct seen seen, struct http_head *ret)
{
	struct scan lines;
	struct span line;
	memset(ret, 0, sizeof(*ret));
	size_t whole = scan_head(bytes, len, &lines);
	if (whole == 0) {
		if (len >= HTTP_HEAD_MAX)
			return refuse(ret, 431, "request head too large\n");
		/* Nonsense is not waited for. */
		return scan_begins_token(bytes, len)
			       ? 0
			       : refuse(ret, 400, "not a request\n");
	}
	if (whole > HTTP_HEAD_MAX)
		return refuse(ret, 431, "request head too large\n");
	if (!scan_line(&lines, &line))
		return refuse(ret, 400, "not a request\n");
	long err = request_line(line, bytes, ret);
	if (!err)
		err = fields(&lines, ret, &seen);
	if (!err)
		err = agree(ret, &seen);
	if (err)
		return err;
	if (ret->minor == 0 && seen.chunked)
		return refuse(ret, 400, "chunks in HTTP/1.0\n");
	ret->close = ret->close || ret->minor == 0;
	framing(ret, &seen, HTTP_NO_BODY);
	if (ret->form == HTTP_CONNECT && ret->framing != HTTP_NO_BODY)
		return refuse(ret, 400, "CONNECT with a body\n");
	return (long)whole; /* HTTP_HEAD_MAX */
}

long
http_request_read(const char *bytes, size_t len, struct http_head *ret)
{
	return request(bytes, len, (struct seen){ .names = false }, ret);
}

long
http_request_names(const char *bytes, size_t len, struct http_head *ret)
{
	return request(bytes, len, (struct seen){ .names = true }, ret);
}

long
http_response_read(const char *bytes, size_t len, const char *method,
	struct http_head *ret)
{
	struct scan lines;
	struct span line;
	struct seen seen = { .host = false };
	memset(ret, 0, sizeof(*ret));
	size_t whole = scan_head(bytes, len, &lines);
	if (whole == 0 && len < HTTP_HEAD_MAX) {
		static const char begin[] = "HTTP/1.";
		size_t n = len < sizeof(begin) - 1 ? len : sizeof(begin) - 1;
		return memcmp(bytes, begin, n) == 0
			       ? 0
			       : refuse(ret, 502, "not an answer\n");
	}
	if (whole == 0 || whole > HTTP_HEAD_MAX)
		return refuse(ret, 502, "head of the answer too large\n");
	if (!scan_line(&lines, &line))
		return refuse(ret, 502, "not an answer\n");
	long err = status_line(line, ret);
	if (!err)
		err = fields(&lines, ret, &seen);
	if (err)
		return err;
	ret->close = ret->close || ret->minor == 0;
	framing(ret, &seen, HTTP_TO_EOF);
	bool tunnel = strcmp(method, "CONNECT") == 0 && ret->status < 300;
	if (ret->status < 200 || ret->status == 204 || ret->status == 304 ||
		strcmp(method, "HEAD") == 0 || tunnel)
		ret->framing = HTTP_NO_BODY;
	return (long)whole;
}
