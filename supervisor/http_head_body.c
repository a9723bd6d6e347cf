/* SPDX-License-Identifier: Apache-2.0 */
/* http_head_body.c -- where the body of a message ends (room: user). */
#include "supervisor/http_head.h"

#include <errno.h>

#include "policy/num.h"

enum { LINE_MAX_BYTES = 4096 };

/* States of the reader of chunks; `left` counts the bytes of a chunk. */
enum {
	CHUNK_SIZE,    /* hex digits; line counts them */
	CHUNK_REST,    /* an extension, up to CR */
	CHUNK_SIZE_LF, /* the LF behind the size */
	CHUNK_DATA,
	CHUNK_CR, /* behind the data */
	CHUNK_LF,
	TRAILER_BEGIN,  /* a line of it, or the empty one */
	TRAILER,        /* in a line */
	TRAILER_LF,     /* the LF of a line */
	TRAILER_END_LF, /* the LF of the empty line: the last byte */
};

void
http_body_begin(struct http_body *b, const struct http_head *h)
{
	*b = (struct http_body){ .framing = h->framing, .state = CHUNK_SIZE };
	if (h->framing == HTTP_LENGTH)
		b->left = h->length;
	b->done = h->framing == HTTP_NO_BODY ||
		  (h->framing == HTTP_LENGTH && h->length == 0);
}

/* The state behind a line of the size. */
static unsigned int
sized(const struct http_body *b)
{
	return b->left > 0 ? CHUNK_DATA : TRAILER_BEGIN;
}

/* One byte of the size.  0 or -EBADMSG. */
static int
size_byte(struct http_body *b, char c)
{
	int digit = num_hex(c);
	if (digit >= 0) {
		/* 15 digits cannot overflow. */
		if (++b->line > 15)
			return -EBADMSG;
		b->left = b->left << 4 | (unsigned int)digit;
		return 0;
	}
	if (b->line == 0 || (c != ';' && c != '\r'))
		return -EBADMSG;
	b->state = c == '\r' ? CHUNK_SIZE_LF : CHUNK_REST;
	b->line = 0;
	return 0;
}

/* A byte of a line that nobody needs: an extension, a trailer. */
static int
line_byte(struct http_body *b, char c, unsigned int behind)
{
	if (c == '\r') {
		b->state = behind;
		b->line = 0;
		return 0;
	}
	if (c == '\n' || c == '\0' || ++b->line > LINE_MAX_BYTES)
		return -EBADMSG;
	return 0;
}

static int
must_be(struct http_body *b, char c, char want, unsigned int then)
{
	b->state = then;
	return c == want ? 0 : -EBADMSG;
}

static int
chunk_byte(struct http_body *b, char c)
{
	switch (b->state) {
	case CHUNK_SIZE: return size_byte(b, c);
	case CHUNK_REST: return line_byte(b, c, CHUNK_SIZE_LF);
	case CHUNK_SIZE_LF: return must_be(b, c, '\n', sized(b));
	case CHUNK_CR: return must_be(b, c, '\r', CHUNK_LF);
	case CHUNK_LF: return must_be(b, c, '\n', CHUNK_SIZE);
	case TRAILER_BEGIN:
		b->state = TRAILER;
		return line_byte(b, c, TRAILER_END_LF);
	case TRAILER: return line_byte(b, c, TRAILER_LF);
	case TRAILER_LF: return must_be(b, c, '\n', TRAILER_BEGIN);
	default: /* TRAILER_END_LF */
		b->done = true;
		return c == '\n' ? 0 : -EBADMSG;
	}
}

static long
take_chunks(struct http_body *b, const char *bytes, size_t len)
{
	size_t at = 0;
	while (at < len && !b->done) {
		if (b->state != CHUNK_DATA) {
			if (chunk_byte(b, bytes[at++]) < 0)
				return -EBADMSG;
			continue;
		}
		size_t n = len - at < b->left ? len - at : (size_t)b->left;
		at += n;
		b->left -= n;
		if (b->left == 0)
			b->state = CHUNK_CR;
	}
	return (long)at; /* a buffer's length */
}

long
http_body_take(struct http_body *b, const char *bytes, size_t len)
{
	if (b->done)
		return 0;
	if (b->framing == HTTP_TO_EOF)
		return (long)len;
	if (b->framing == HTTP_CHUNKED)
		return take_chunks(b, bytes, len);
	size_t n = len < b->left ? len : (size_t)b->left;
	b->left -= n;
	b->done = b->left == 0;
	return (long)n;
}
