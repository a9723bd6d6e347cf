/* SPDX-License-Identifier: Apache-2.0 */
/* http_head_write.c -- heads as they are sent on, and answers of our own (room: user). */
#include "supervisor/http_head.h"

#include <inttypes.h>
#include <string.h>

#include "policy/buf.h"
#include "supervisor/http_scan.h"

/* Of one connection, not of a message (RFC 9110 7.6.1). */
static const char *const hop_by_hop[] = {
	"connection",
	"keep-alive",
	"proxy-connection",
	"proxy-authorization",
	"proxy-authenticate",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
};

/* What is ours to say: who asks why a request was blocked believes it. */
static const char *const ours[] = { "x-proxy-error" };

/* Made anew, or needed where they are: Connection cannot take them away. */
static const char *const never_named[] = {
	"host",
	"content-length",
	"transfer-encoding",
};

static bool
in_table(struct span name, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (scan_is(name, table[i]))
			return true;
	return false;
}

#define IN(name, table) \
	in_table(name, table, sizeof(table) / sizeof((table)[0]))

/* Does any Connection field of this head name it? */
static bool
named(struct scan lines, struct span name)
{
	struct span line, other, value;
	if (IN(name, never_named))
		return false;
	while (scan_line(&lines, &line))
		if (scan_field(line, &other, &value) &&
			scan_is(other, "connection") &&
			scan_list_names(value, name))
			return true;
	return false;
}

static void
add(struct buf *out, struct span s)
{
	buf_add(out, s.at, s.len);
}

/* All fields but those that end here; of a request Host was written already. */
static void
fields(struct scan lines, bool request, struct buf *out)
{
	const struct scan all = lines;
	struct span line, name, value;
	while (scan_line(&lines, &line)) {
		if (!scan_field(line, &name, &value))
			continue; /* cannot be: it was read */
		if (IN(name, hop_by_hop) ||
			(request ? scan_is(name, "host") : IN(name, ours)) ||
			named(all, name))
			continue;
		add(out, name);
		buf_str_add(out, ": ");
		add(out, value);
		buf_str_add(out, "\r\n");
	}
}

static void
end(const struct http_head *h, unsigned int flags, const char *extra,
	struct buf *out)
{
	if (h->framing == HTTP_CHUNKED)
		buf_str_add(out, "Transfer-Encoding: chunked\r\n");
	if ((flags & HTTP_WRITE_CLOSE) != 0)
		buf_str_add(out, "Connection: close\r\n");
	if (extra != NULL)
		buf_str_add(out, extra);
	buf_str_add(out, "\r\n");
}

/* host, [literal], with its port where it is not the usual one. */
static void
authority(const struct http_head *h, struct buf *out)
{
	bool v6 = h->host.literal && !netaddr_is4(&h->host.addr);
	buf_printf(out, v6 ? "[%s]" : "%s", h->host.name);
	if (h->port != 80)
		buf_printf(out, ":%u", h->port);
}

void
http_request_write(const struct http_head *h, const char *bytes,
	size_t head_len, unsigned int flags, const char *extra, struct buf *out)
{
	struct scan lines;
	struct span first;
	if (scan_head(bytes, head_len, &lines) == 0 ||
		!scan_line(&lines, &first))
		return; /* cannot be: it was read */
	buf_printf(out, "%s ", h->method);
	if ((flags & HTTP_WRITE_ABSOLUTE) != 0) {
		buf_str_add(out, "http://");
		authority(h, out);
	}
	if (h->path_len == 0 || bytes[h->path_at] == '?')
		buf_char(out, '/'); /* "http://host?query" has no path */
	buf_add(out, bytes + h->path_at, h->path_len);
	buf_printf(out, " HTTP/1.%u\r\nHost: ", h->minor);
	authority(h, out);
	buf_str_add(out, "\r\n");
	fields(lines, true, out);
	end(h, flags, extra, out);
}

void
http_response_write(const struct http_head *h, const char *bytes,
	size_t head_len, unsigned int flags, struct buf *out)
{
	struct scan lines;
	struct span first;
	if (scan_head(bytes, head_len, &lines) == 0 ||
		!scan_line(&lines, &first))
		return; /* cannot be: it was read */
	add(out, first);
	buf_str_add(out, "\r\n");
	fields(lines, false, out);
	end(h, flags, NULL, out);
}

/* ---- answers of our own ---------------------------------------------------------- */

static const struct {
	unsigned int status;
	const char *text;
} reasons[] = {
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 408, "Request Timeout" },
	{ 431, "Request Header Fields Too Large" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

void
http_answer(struct buf *out, unsigned int status, const char *error, bool json,
	const char *body)
{
	const char *text = "Error";
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			text = reasons[i].text;
	buf_printf(out,
		"HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n",
		status, text, json ? "application/json" : "text/plain",
		strlen(body));
	if (error != NULL)
		buf_printf(out, "x-proxy-error: %s\r\n", error);
	buf_printf(out, "Connection: close\r\n\r\n%s", body);
}
