/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_head_fuzz.c -- what is sent on is a head that means the same to us when we
 * read it again: nothing was smuggled past the first reading.
 */
#include "supervisor/http_head.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "supervisor/http_begin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
request(const char *bytes, size_t size)
{
	struct http_head h, again;
	long n = http_request_read(bytes, size, &h);
	if (n > (long)size || (n < 0 && (h.why == NULL || h.refuse < 400)))
		abort();
	if (n <= 0 || h.form == HTTP_CONNECT)
		return;
	own_buf struct buf out = { 0 };
	http_request_write(&h, bytes, (size_t)n, HTTP_WRITE_CLOSE, NULL, &out);
	long m = http_request_read(buf_str(&out), out.len, &again);
	/* "*" and odd paths become none that we would take; never more. */
	if (m != (long)out.len && m != -EBADMSG)
		abort();
	if (m > 0 &&
		(strcmp(again.host.name, h.host.name) != 0 ||
			again.port != h.port || again.framing != h.framing ||
			again.length != h.length || !again.close))
		abort();
	if (m < 0 && bytes[h.path_at] == '/')
		abort();
}

static void
response(const char *bytes, size_t size)
{
	struct http_head h, again;
	long n = http_response_read(bytes, size, "GET", &h);
	if (n <= 0)
		return;
	own_buf struct buf out = { 0 };
	http_response_write(&h, bytes, (size_t)n, HTTP_WRITE_CLOSE, &out);
	long m = http_response_read(buf_str(&out), out.len, "GET", &again);
	if (m != (long)out.len || again.framing != h.framing ||
		again.length != h.length || !again.close)
		abort();
}

/* What is read strictly is one that we know when we see it, and names the same. */
static void
first(const char *bytes, size_t size)
{
	struct http_head h, names;
	enum http_begin is = http_begin(bytes, size, HTTP_BEGIN_WEB);
	long n = http_request_read(bytes, size, &h);
	long m = http_request_names(bytes, size, &names);
	if (is < HTTP_BEGIN_NOT || is > HTTP_BEGIN_REQUEST || m > (long)size)
		abort();
	if (n > 0 && (is != HTTP_BEGIN_REQUEST || m != n ||
			     strcmp(h.host.name, names.host.name) != 0))
		abort();
	/* Known without its port, it is known with it. */
	if (http_begin(bytes, size, 0) == HTTP_BEGIN_REQUEST &&
		is != HTTP_BEGIN_REQUEST)
		abort();
}

/* Cut anywhere, a body ends at the same byte. */
static void
body(const char *bytes, size_t size)
{
	const struct http_head h = { .framing = HTTP_CHUNKED };
	struct http_body whole, part;
	http_body_begin(&whole, &h);
	http_body_begin(&part, &h);
	long all = http_body_take(&whole, bytes, size);
	long sum = 0;
	for (size_t at = 0; at < size && !part.done && sum >= 0; at += 3) {
		long n = http_body_take(
			&part, bytes + at, size - at < 3 ? size - at : 3);
		sum = n < 0 ? n : sum + n;
	}
	if (sum != all || (all >= 0 && part.done != whole.done))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 8192)
		return 0;
	char *copy = malloc(size ? size : 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	request(copy, size);
	first(copy, size);
	if (size > 0)
		response(copy, size);
	body(copy, size);
	free(copy);
	return 0;
}
