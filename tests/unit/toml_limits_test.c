/* SPDX-License-Identifier: Apache-2.0 */
/* toml_limits_test.c -- bounds of the TOML reader, and what they cost; room: test. */
#include "policy/toml.h"

#include <sys/mman.h>

#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

/* The same with the sanitizers, which slow it down some ten times. */
enum { SECONDS_MAX_MS = 1000 };

static long
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* that clock is there */
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
expect(struct tap *t, const struct buf *text, int want, const char *cause,
	const char *name)
{
	own_toml struct toml_doc doc = { 0 };
	struct diag d = { 0 };
	long start = now_ms();
	int rc = toml_parse(&doc, "t", buf_str(text), text->len, &d);
	long ms = now_ms() - start;
	bool ok = rc == want && strstr(d.cause, cause) != NULL;

	if (!tap_ok(t, ok, "%s (%ld ms, %zu KiB)", name, ms,
		    doc.arena.used >> 10))
		printf("# rc %d, %s\n", rc, d.cause);
	tap_ok(t, ms < SECONDS_MAX_MS, "in time: %s", name);
	tap_ok(t, doc.arena.used <= TOML_MEMORY_MAX, "within its memory");
}

static void
repeat(struct buf *b, const char *s, int n)
{
	for (int i = 0; i < n; i++)
		buf_str_add(b, s);
}

static void
depth(struct tap *t)
{
	own_buf struct buf text = { 0 };

	buf_str_add(&text, "a = ");
	repeat(&text, "[", TOML_DEPTH_MAX - 1);
	repeat(&text, "]", TOML_DEPTH_MAX - 1);
	expect(t, &text, 0, "", "arrays as deep as they may be");
	buf_free(&text);
	buf_str_add(&text, "a = ");
	repeat(&text, "[", TOML_DEPTH_MAX);
	repeat(&text, "1", 1);
	repeat(&text, "]", TOML_DEPTH_MAX);
	expect(t, &text, -E2BIG, "containers around a value", "one deeper");
	buf_free(&text);
	buf_str_add(&text, "a = ");
	repeat(&text, "[", 100000);
	expect(t, &text, -E2BIG, "containers", "100,000 brackets");
	buf_free(&text);
	buf_str_add(&text, "a = ");
	repeat(&text, "{a = ", 100000);
	expect(t, &text, -E2BIG, "containers", "100,000 braces");
	buf_free(&text);
	repeat(&text, "a.", 100000);
	expect(t, &text, -E2BIG, "parts in a key", "100,000 dots");
	buf_free(&text);
	buf_str_add(&text, "[");
	repeat(&text, "a.", 31);
	buf_str_add(&text, "a]\na.a = 1");
	expect(t, &text, -E2BIG, "containers", "dots behind a deep header");
}

static void
size(struct tap *t)
{
	own_buf struct buf text = { 0 };

	buf_str_add(&text, "#");
	repeat(&text, "x", TOML_SIZE_MAX - 1);
	expect(t, &text, 0, "", "a comment of 1 MiB");
	buf_str_add(&text, "x");
	expect(t, &text, -EFBIG, "larger than 1024 KiB", "one byte more");
}

/* 64 MiB that were never touched: refused before they are read. */
static void
huge(struct tap *t)
{
	size_t len = (size_t)64 << 20;
	void *p =
		mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	own_toml struct toml_doc doc = { 0 };
	struct diag d = { 0 };
	long start = now_ms();

	if (p == MAP_FAILED) {
		tap_skip(t, "64 MiB", "no memory for it");
		return;
	}
	tap_int(t, toml_parse(&doc, "t", p, len, &d), -EFBIG, "64 MiB");
	tap_ok(t, now_ms() - start < 100, "in under 0.1 s");
	(void)munmap(p, len); /* the program ends */
}

static void
many(struct tap *t)
{
	own_buf struct buf text = { 0 };

	for (int i = 0; i < TOML_KEYS_MAX; i++)
		buf_printf(&text, "k%d = 1\n", i);
	expect(t, &text, 0, "", "as many keys as there may be");
	buf_str_add(&text, "one = 1\n");
	expect(t, &text, -E2BIG, "more than 16384 keys", "one key more");
	buf_free(&text);
	buf_str_add(&text, "a = [");
	repeat(&text, "1,", TOML_SIZE_MAX / 2 - 4);
	buf_str_add(&text, "]");
	expect(t, &text, -E2BIG, "MiB of memory", "half a million values");
	buf_free(&text);
	buf_str_add(&text, "a = \"");
	repeat(&text, "x", TOML_SIZE_MAX - 6);
	buf_str_add(&text, "\"");
	expect(t, &text, 0, "", "a string of 1 MiB");
	buf_free(&text);
	repeat(&text, "[[a]]\n", TOML_SIZE_MAX / 6);
	expect(t, &text, 0, "", "170,000 tables in an array");
	buf_free(&text);
	buf_str_add(&text, "a = 1");
	repeat(&text, "1", 100000);
	expect(t, &text, -EINVAL, "too large", "100,000 digits");
}

int
main(void)
{
	struct tap t = { 0 };

	depth(&t);
	size(&t);
	huge(&t);
	many(&t);
	return tap_end(&t);
}
