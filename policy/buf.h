/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_BUF_H
#define POLICY_BUF_H
/*
 * buf.h -- growable bytes with a hard maximum.
 *
 * The one way to build text and blobs outside the room.  A buf is always
 * NUL-terminated behind `len` (once anything was appended; buf_str() always).
 * Failure (over the maximum, out of memory) latches: later appends do nothing,
 * so a caller checks buf_failed() once at the end.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;  /* owned; NULL while empty */
	size_t len;  /* bytes, without the final NUL */
	size_t cap;  /* bytes allocated */
	size_t max;  /* hard maximum of len; 0 = BUF_MAX_DEFAULT */
	bool failed; /* latched */
};

enum { BUF_MAX_DEFAULT = 64 << 20 };

void buf_free(struct buf *b); /* NULL and zeroed are legal; b is zeroed */
#define own_buf __attribute__((cleanup(buf_free)))

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str_add(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Little-endian integers and length-prefixed strings of launcher/plan.h. */
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
bool buf_failed(const struct buf *b);
const char *buf_str(const struct buf *b); /* borrowed; "" while empty */
/** Hand the bytes on: the caller frees them with free(); NULL when failed. */
char *buf_take(struct buf *b);

/**
 * Read a whole descriptor (from its current offset) into b.
 * Returns 0, -EFBIG when it holds more than max bytes, -errno otherwise.
 */
int buf_read_fd(struct buf *b, int fd, size_t max);

/**
 * As strndup(3) for text that has its length: nothing behind it is looked at.
 * The caller frees it; NULL when memory is short.
 */
char *buf_copy_text(const char *text, size_t len);

#endif /* POLICY_BUF_H */
