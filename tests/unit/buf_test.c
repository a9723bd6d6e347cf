/* SPDX-License-Identifier: Apache-2.0 */
/* buf_test.c -- growth, the maximum, latching, wire integers, reading. */
#include "policy/buf.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static void
test_text(struct tap *t)
{
	own_buf struct buf b = { 0 };
	tap_str(t, buf_str(&b), "", "an empty buf is an empty string");
	buf_str_add(&b, "ab");
	buf_char(&b, 'c');
	buf_add(&b, "", 0);
	buf_printf(&b, "%d-%s", 7, "x");
	tap_str(t, buf_str(&b), "abc7-x", "append, char, printf");
	tap_int(t, (long long)b.len, 6, "length without the NUL");
	for (int i = 0; i < 10000; i++)
		buf_char(&b, 'y');
	tap_int(t, (long long)b.len, 10006, "grows");
	tap_ok(t, b.data[b.len] == '\0' && b.cap > b.len, "NUL behind len");
	buf_free(&b);
	tap_ok(t, b.data == NULL && b.len == 0, "free zeroes");
	buf_free(&b);
	buf_free(NULL);
	tap_ok(t, true, "free twice and free NULL");
}

static void
test_maximum(struct tap *t)
{
	own_buf struct buf b = { .max = 4 };
	buf_str_add(&b, "abcd");
	tap_ok(t, !buf_failed(&b), "exactly the maximum fits");
	buf_char(&b, 'e');
	tap_ok(t, buf_failed(&b), "one byte more fails");
	tap_str(t, buf_str(&b), "abcd", "a failed append appends nothing");
	b.len = 0;
	buf_char(&b, 'f');
	tap_int(t, (long long)b.len, 0, "failure latches");
	tap_ok(t, buf_take(&b) == NULL, "a failed buf is not handed on");

	own_buf struct buf p = { .max = 4 };
	buf_printf(&p, "%s", "abcde");
	tap_ok(t, buf_failed(&p) && p.len == 0, "printf over the maximum");

	own_buf struct buf w = { .max = SIZE_MAX };
	buf_char(&w, 'a');
	tap_ok(t, !buf_failed(&w), "the largest maximum does not wrap round");
	w.max = SIZE_MAX / 2;
	buf_add(&w, "x", SIZE_MAX / 2);
	tap_ok(t, buf_failed(&w), "a length near the end of size_t fails");
}

static void
test_take(struct tap *t)
{
	own_buf struct buf b = { 0 };
	char *empty = buf_take(&b);
	tap_str(t, empty, "", "an empty buf is handed on as an empty string");
	free(empty);
	buf_str_add(&b, "text");
	char *s = buf_take(&b);
	tap_str(t, s, "text", "take");
	tap_ok(t, b.data == NULL && b.len == 0, "take leaves an empty buf");
	free(s);
}

static void
test_integers(struct tap *t)
{
	own_buf struct buf b = { 0 };
	static const unsigned char want[] = { 0xfe, 0x34, 0x12, 0x78, 0x56,
		0x34, 0x12, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01 };
	buf_u8(&b, 0xfe);
	buf_u16(&b, 0x1234);
	buf_u32(&b, 0x12345678);
	buf_u64(&b, UINT64_C(0x0123456789abcdef));
	tap_ok(t, b.len == sizeof(want) && memcmp(b.data, want, b.len) == 0,
		"integers are little-endian without padding");
}

static int
read_back(size_t size, size_t max, struct buf *b)
{
	int fd = memfd_create("buf_test", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		abort();
	int r = buf_read_fd(b, fd, max);
	(void)close(fd);
	return r;
}

static void
test_read(struct tap *t)
{
	own_buf struct buf a = { 0 };
	tap_int(t, read_back(20000, 20000, &a), 0, "read all of max bytes");
	tap_int(t, (long long)a.len, 20000, "all were read");
	own_buf struct buf b = { 0 };
	tap_int(t, read_back(20001, 20000, &b), -EFBIG, "one more is too big");
	own_buf struct buf c = { 0 };
	tap_int(t, read_back(0, 0, &c), 0, "an empty file, maximum 0");
	own_buf struct buf d = { 0 };
	tap_int(t, read_back(1, 0, &d), -EFBIG, "one byte, maximum 0");
	own_buf struct buf e = { .max = 100 };
	tap_int(t, read_back(101, SIZE_MAX, &e), -EFBIG,
		"the maximum of the buf holds too");
	own_buf struct buf f = { 0 };
	tap_int(t, buf_read_fd(&f, -1, 10), -EBADF, "a read error");
}

int
main(void)
{
	struct tap t = { 0 };
	test_text(&t);
	test_maximum(&t);
	test_take(&t);
	test_integers(&t);
	test_read(&t);
	return tap_end(&t);
}
