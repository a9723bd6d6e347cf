/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c -- growable bytes with a hard maximum (room: user). */
#include "policy/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUF_FIRST_CAP = 64, BUF_READ_CHUNK = 8192 };

static size_t
buf_limit(const struct buf *b)
{
	if (b->max == 0)
		return BUF_MAX_DEFAULT;
	/* So that limit + 1 for the NUL, and doubling, cannot wrap round. */
	return b->max < SIZE_MAX / 2 ? b->max : SIZE_MAX / 2;
}

/*
 * Make room for `more` bytes and the final NUL.  The capacity doubles, so that
 * a long text costs a linear number of copies, and never passes limit + 1.
 */
static bool
buf_reserve(struct buf *b, size_t more)
{
	size_t limit = buf_limit(b);
	if (b->failed)
		return false;
	if (b->len > limit || more > limit - b->len) {
		b->failed = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : b->cap;
	while (cap < need && cap <= limit / 2)
		cap *= 2;
	if (cap < need)
		cap = limit + 1; /* need is not above that */
	char *data = realloc(b->data, cap);
	if (data == NULL) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

/* Append the low `n` bytes of v, least significant first. */
static void
buf_le(struct buf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(v >> (8 * i) & 0xff);
	buf_add(b, bytes, n);
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	*b = (struct buf){ 0 };
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (!buf_reserve(b, len))
		return;
	if (len > 0)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_str_add(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		b->failed = true;
	} else if (buf_reserve(b, (size_t)n)) { /* n is not negative */
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_le(b, v, 1);
}

void
buf_u16(struct buf *b, uint16_t v)
{
	buf_le(b, v, 2);
}

void
buf_u32(struct buf *b, uint32_t v)
{
	buf_le(b, v, 4);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	buf_le(b, v, 8);
}

bool
buf_failed(const struct buf *b)
{
	return b->failed;
}

const char *
buf_str(const struct buf *b)
{
	return b->data == NULL ? "" : b->data;
}

char *
buf_take(struct buf *b)
{
	if (!buf_reserve(b, 0)) /* an empty buf is handed on as "" */
		return NULL;
	char *taken = b->data;
	taken[b->len] = '\0';
	size_t max = b->max;
	*b = (struct buf){ .max = max };
	return taken;
}

int
buf_read_fd(struct buf *b, int fd, size_t max)
{
	char chunk[BUF_READ_CHUNK];
	size_t got = 0;
	for (;;) {
		/* One byte more than allowed tells "full" from "too much". */
		size_t want = sizeof(chunk);
		if (max - got < want)
			want = max - got + 1;
		ssize_t n = read(fd, chunk, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return b->failed ? -ENOMEM : 0;
		size_t have = (size_t)n; /* n is positive */
		if (have > max - got || b->len > buf_limit(b) ||
			have > buf_limit(b) - b->len)
			return -EFBIG;
		buf_add(b, chunk, have);
		if (b->failed)
			return -ENOMEM;
		got += have;
	}
}

char *
buf_copy_text(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}
