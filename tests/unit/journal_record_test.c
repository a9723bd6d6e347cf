/* SPDX-License-Identifier: Apache-2.0 */
/* journal_record_test.c -- records of placeholders: round trip, odd texts. */
#include "policy/journal_record.h"

#include <sys/mman.h>

#include <stdlib.h>
#include <unistd.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

static const struct record two[] = {
	{ true, 0, 7, 9, 1700000000, "/w/.git" },
	{ false, RECORD_NOT_OURS, UINT64_MAX, 0, -1, "/w/a\n d 0/\x80name" },
};

static void
write_two(struct buf *text, size_t at[2])
{
	record_begin(text, true);
	for (size_t i = 0; i < 2; i++)
		at[i] = record_add(text, &two[i]);
}

static void
test_round_trip(struct tap *t)
{
	own_buf struct buf text = { 0 };
	struct record_reader reader;
	struct record r;
	size_t at[2];
	size_t n = 0;

	write_two(&text, at);
	tap_int(t, record_open(&reader, buf_str(&text), text.len), 0, "opened");
	tap_ok(t, reader.late, "late");
	while (n < 2 && record_next(&reader, &r)) {
		tap_ok(t,
			r.is_dir == two[n].is_dir && r.ino == two[n].ino &&
				r.parent == two[n].parent &&
				r.dev == two[n].dev && r.time == two[n].time,
			"numbers of record %zu", n);
		tap_str(t, r.path, two[n].path, "its path");
		n++;
	}
	tap_int(t, (long long)n, 2, "two of them");
	tap_ok(t, !record_next(&reader, &r), "and no third");
}

static void
test_inode(struct tap *t)
{
	own_buf struct buf text = { 0 };
	own_buf struct buf back = { 0 };
	struct record_reader reader;
	struct record r = { 0 };
	size_t at[2];
	int fd = memfd_create("record", MFD_CLOEXEC);

	write_two(&text, at);
	if (write(fd, buf_str(&text), text.len) != (ssize_t)text.len)
		abort();
	record_put_inode(fd, at[0], 0xabcdef);
	(void)lseek(fd, 0, SEEK_SET);
	(void)buf_read_fd(&back, fd, 4096);
	(void)close(fd);
	tap_int(t, (long long)back.len, (long long)text.len, "same length");
	(void)record_open(&reader, buf_str(&back), back.len);
	tap_ok(t, record_next(&reader, &r) && r.ino == 0xabcdef, "the inode");
	tap_ok(t, record_next(&reader, &r) && r.ino == RECORD_NOT_OURS,
		"the other one stays");
}

/* How many records a text has; -1 when it is none. */
static int
count(const char *bytes, size_t len)
{
	own_buf struct buf text = { 0 };
	struct record_reader reader;
	struct record r;
	int n = 0;

	buf_add(&text, bytes, len);
	if (record_open(&reader, buf_str(&text), text.len) < 0)
		return -1;
	while (record_next(&reader, &r))
		n++;
	return n;
}

#define HEAD   "codex-sandbox placeholders 1 0\n"
#define ZERO   "0000000000000000 "
#define RECORD "d " ZERO ZERO ZERO ZERO "/w/.git\0\n"

static void
test_odd(struct tap *t)
{
	static const struct {
		const char *name, *text;
		size_t len;
		int want;
	} cases[] = {
#define CASE(name, text, want) { name, text, sizeof(text) - 1, want }
		CASE("nothing", "", -1),
		CASE("another head", "codex-sandbox placeholders 2 0\n", -1),
		CASE("a head cut short", "codex-sandbox placeholders 1 0", -1),
		CASE("a head alone", HEAD, 0),
		CASE("one", HEAD RECORD, 1),
		CASE("two", HEAD RECORD RECORD, 2),
		CASE("a last one cut short", HEAD RECORD "d " ZERO "\n", 1),
		CASE("another kind", HEAD "x " ZERO ZERO ZERO ZERO "/w\0\n", 0),
		CASE("no number",
			HEAD "d 000000000000000g " ZERO ZERO ZERO "/w\0\n", 0),
		CASE("capitals",
			HEAD "d 000000000000000A " ZERO ZERO ZERO "/w\0\n", 0),
		CASE("a NUL in a number",
			HEAD "d 00000000\0000000000 " ZERO ZERO ZERO "/w\0\n",
			0),
		CASE("a relative path", HEAD "d " ZERO ZERO ZERO ZERO "w\0\n",
			0),
		CASE("no path", HEAD "d " ZERO ZERO ZERO ZERO "\0\n", 0),
		CASE("the root", HEAD "d " ZERO ZERO ZERO ZERO "/\0\n", 0),
		CASE("a dot", HEAD "d " ZERO ZERO ZERO ZERO "/w/.\0\n", 0),
		CASE("two dots", HEAD "d " ZERO ZERO ZERO ZERO "/w/..\0\n", 0),
		CASE("a directory", HEAD "d " ZERO ZERO ZERO ZERO "/w/\0\n", 0),
		CASE("three dots", HEAD "d " ZERO ZERO ZERO ZERO "/w/...\0\n",
			1),
		CASE("no NUL", HEAD "d " ZERO ZERO ZERO ZERO "/w/.git\n", 0),
#undef CASE
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_int(t, count(cases[i].text, cases[i].len), cases[i].want,
			cases[i].name);
}

int
main(void)
{
	struct tap t = { 0 };

	test_round_trip(&t);
	test_inode(&t);
	test_odd(&t);
	return tap_end(&t);
}
