/* SPDX-License-Identifier: Apache-2.0 */
/* journal_test.c -- placeholders: made, shared, removed, kept when they changed. */
#include "policy/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/journal_record.h"
#include "tests/unit/tap.h"

static char top[] = "/tmp/journal-test.XXXXXX";
static int place = -1;
static int work = -1;

static bool
there(const char *name)
{
	struct stat st;

	return fstatat(work, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static unsigned int
mode(const char *name)
{
	struct stat st = { 0 };

	(void)fstatat(work, name, &st, AT_SYMLINK_NOFOLLOW);
	return st.st_mode & 07777;
}

/* Records in our own place; the lock is none. */
static int
records(void)
{
	DIR *d = fdopendir(openat(place, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += strncmp(e->d_name, "ghost-", 6) == 0;
	if (d)
		(void)closedir(d);
	return n;
}

enum { WANTS = 3 };
static char path[WANTS][64];

static void
want(struct journal_want w[WANTS])
{
	static const char *const names[WANTS] = { ".git", "FILE", "text" };

	for (size_t i = 0; i < WANTS; i++) {
		(void)snprintf(
			path[i], sizeof(path[i]), "%s/work/%s", top, names[i]);
		w[i] = (struct journal_want){ .dir = work,
			.path = path[i],
			.is_dir = i == 0,
			.text = i == 2,
			.hold = -1 };
	}
}

static int
take(struct journal *j)
{
	struct journal_want w[WANTS];
	struct diag d = { 0 };

	want(w);
	return journal_take(place, w, WANTS, 0, j, &d);
}

static void
test_alone(struct tap *t)
{
	struct journal j = JOURNAL_EMPTY;
	mode_t mask = umask(077);

	tap_int(t, take(&j), 0, "taken");
	(void)umask(mask);
	tap_int(t, mode(".git"), 0555, "a directory, whatever the umask");
	tap_int(t, mode("FILE"), 0444, "a file");
	tap_int(t, mode("text"), 0444, "a file with a text");
	tap_ok(t,
		journal_looks_like(work, ".git") &&
			journal_looks_like(work, "FILE") &&
			journal_looks_like(work, "text"),
		"all look like placeholders");
	tap_int(t, records(), 1, "one record");
	journal_sweep(place);
	tap_ok(t, there(".git") && there("FILE") && there("text"),
		"a sweep takes nothing that is held");
	journal_end(&j);
	tap_ok(t, !there(".git") && !there("FILE") && !there("text"),
		"the end takes all");
	tap_int(t, records(), 0, "and the record");
}

static void
test_shared(struct tap *t)
{
	struct journal a = JOURNAL_EMPTY;
	struct journal b = JOURNAL_EMPTY;

	tap_int(t, take(&a), 0, "first");
	tap_int(t, take(&b), 0, "second");
	journal_end(&a);
	tap_ok(t, there(".git") && there("FILE"), "kept for the second");
	journal_end(&b);
	tap_ok(t, !there(".git") && !there("FILE"), "gone with the second");
	tap_int(t, records(), 0, "no record is left");
	tap_int(t, take(&a) + take(&b), 0, "once more");
	journal_end(&b);
	tap_ok(t, there(".git"), "the other way round: kept for the first");
	journal_end(&a);
	tap_ok(t, !there(".git") && records() == 0, "gone with the first");
}

/* Killed: descriptors are closed, nothing else happens. */
static void
test_killed(struct tap *t)
{
	struct journal j = JOURNAL_EMPTY;

	tap_int(t, take(&j), 0, "taken");
	for (size_t i = 0; i < j.n; i++)
		(void)close(j.holds[i]);
	free(j.holds);
	tap_ok(t, there(".git"), "left behind");
	journal_sweep(place);
	tap_ok(t, !there(".git") && !there("FILE") && !there("text"),
		"the next start takes all");
	tap_int(t, records(), 0, "and the record");
}

/* The directory is no more: nothing is left to be done. */
static void
test_removed(struct tap *t)
{
	struct journal j = JOURNAL_EMPTY;

	tap_int(t, take(&j), 0, "taken");
	for (size_t i = 0; i < j.n; i++)
		(void)close(j.holds[i]);
	free(j.holds);
	(void)rename("work", "moved");
	journal_sweep(place);
	tap_int(t, records(), 0, "a directory that was moved: no record");
	(void)rename("moved", "work");
	(void)unlinkat(work, ".git", AT_REMOVEDIR);
	(void)unlinkat(work, "FILE", 0);
	(void)unlinkat(work, "text", 0);
}

static void
put(const char *name, const char *text, mode_t bits)
{
	own_fd int fd = openat(work, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, bits) < 0)
		abort();
}

static void
test_somebodys(struct tap *t)
{
	struct journal j = JOURNAL_EMPTY;

	tap_int(t, take(&j), 0, "taken");
	(void)fchmodat(work, ".git", 0700, 0);
	(void)unlinkat(work, "FILE", 0);
	put("FILE", "mine", 0444);
	(void)unlinkat(work, "text", 0);
	put("text", "", 0444);
	journal_end(&j);
	tap_ok(t, there(".git"), "what got another mode stays");
	tap_ok(t, there("FILE"), "what was replaced and filled stays");
	tap_ok(t, there("text"), "what was replaced stays");
	tap_int(t, records(), 0, "no record is left");
	(void)unlinkat(work, ".git", AT_REMOVEDIR);
	(void)unlinkat(work, "FILE", 0);
	(void)unlinkat(work, "text", 0);

	/* What was there before us, and looks the same. */
	(void)mkdirat(work, ".git", 0555);
	put("text", JOURNAL_TEXT, 0444);
	tap_int(t, take(&j), 0, "taken beside them");
	journal_end(&j);
	tap_ok(t, there(".git") && there("text") && !there("FILE"),
		"only what we made goes");
	(void)unlinkat(work, ".git", AT_REMOVEDIR);
	(void)unlinkat(work, "text", 0);
}

static struct timespec
file_time(void)
{
	own_fd int fd = openat(work, ".", O_TMPFILE | O_WRONLY, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		abort();
	return st.st_ctim;
}

/* The clock of file times goes on in ticks, and is no clock of clock_gettime(). */
static void
next_tick(void)
{
	const struct timespec from = file_time();
	struct timespec now;

	do {
		now = file_time();
	} while (now.tv_sec == from.tv_sec && now.tv_nsec == from.tv_nsec);
}

/* A record as a hostile hand writes it, for .git and FILE; 0: not made yet. */
static void
forge(bool with_inodes)
{
	static const char *const names[] = { ".git", "FILE" };
	own_buf struct buf text = { 0 };
	own_fd int fd = openat(place, "ghost-forged", O_WRONLY | O_CREAT, 0600);
	struct stat of_work;

	record_begin(&text, false);
	(void)fstat(work, &of_work);
	for (size_t i = 0; i < 2; i++) {
		char at[64];
		struct stat st = { 0 };

		(void)snprintf(at, sizeof(at), "%s/work/%s", top, names[i]);
		if (with_inodes)
			(void)fstatat(work, names[i], &st, AT_SYMLINK_NOFOLLOW);
		(void)record_add(&text, &(struct record){ .is_dir = i == 0,
						.ino = st.st_ino,
						.parent = of_work.st_ino,
						.dev = of_work.st_dev,
						.path = at });
	}
	if (fd < 0 || write(fd, buf_str(&text), text.len) < 0)
		abort();
}

static void
test_forged(struct tap *t)
{
	for (int with_inodes = 0; with_inodes < 2; with_inodes++) {
		const char *how = with_inodes ? "with inodes" : "without";

		(void)mkdirat(work, ".git", 0555);
		put("FILE", "", 0444);
		next_tick();
		forge(with_inodes != 0);
		journal_sweep(place);
		tap_ok(t, there(".git") && there("FILE"),
			"a forged record removes nothing: %s", how);
		tap_ok(t, records() == 0, "and goes itself: %s", how);
		(void)unlinkat(work, ".git", AT_REMOVEDIR);
		(void)unlinkat(work, "FILE", 0);
	}

	/* Killed after the record, before the mark. */
	forge(false);
	next_tick();
	(void)mkdirat(work, ".git", 0555);
	put("FILE", "", 0444);
	journal_sweep(place);
	tap_ok(t, !there(".git") && !there("FILE"),
		"what was made just after the record goes");
}

static void
test_refused(struct tap *t)
{
	struct journal j = JOURNAL_EMPTY;

	put("FILE", "mine", 0644);
	tap_int(t, take(&j), -EEXIST, "a name that is taken is an error");
	journal_end(&j);
	tap_ok(t, there("FILE") && !there(".git"), "and what was made goes");
	(void)unlinkat(work, "FILE", 0);
	(void)mkdirat(work, "FILE", 0555);
	tap_int(t, take(&j), -EEXIST, "a directory where a file has to be");
	journal_end(&j);
	(void)unlinkat(work, "FILE", AT_REMOVEDIR);
	if (geteuid() == 0) {
		tap_skip(t, "a directory that may not be written to",
			"root may write to any");
		return;
	}
	(void)fchmodat(place, "../work", 0500, 0);
	tap_int(t, take(&j), 0, "a directory that may not be written to");
	tap_int(t, (long long)j.n, 0, "needs nothing");
	journal_end(&j);
	(void)fchmodat(place, "../work", 0700, 0);
	tap_int(t, records(), 0, "and leaves no record");
}

static void
test_looks(struct tap *t)
{
	static const struct {
		const char *name, *text;
		mode_t bits;
		bool want;
	} cases[] = {
		{ "empty", "", 0444, true },
		{ "text", JOURNAL_TEXT, 0444, true },
		{ "another text", "x\n", 0444, false },
		{ "longer", JOURNAL_TEXT "\n", 0444, false },
		{ "writable", "", 0644, false },
		{ "setuid", "", 04444, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(cases[i].name, cases[i].text, cases[i].bits);
		tap_ok(t,
			journal_looks_like(work, cases[i].name) ==
				cases[i].want,
			"looks: %s", cases[i].name);
		(void)unlinkat(work, cases[i].name, 0);
	}
	(void)symlinkat("/", work, "link");
	(void)mkfifoat(work, "fifo", 0444);
	tap_ok(t, !journal_looks_like(work, "link"), "looks: a symlink");
	tap_ok(t, !journal_looks_like(work, "fifo"), "looks: a fifo");
	tap_ok(t, !journal_looks_like(work, "none"), "looks: nothing");
	(void)unlinkat(work, "link", 0);
	(void)unlinkat(work, "fifo", 0);
}

int
main(void)
{
	struct tap t = { 0 };

	if (!mkdtemp(top) || chdir(top) < 0 || mkdir("place", 0700) < 0 ||
		mkdir("work", 0700) < 0)
		return 99;
	place = open("place", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	work = open("work", O_PATH | O_DIRECTORY | O_CLOEXEC);
	test_alone(&t);
	test_shared(&t);
	test_killed(&t);
	test_removed(&t);
	test_somebodys(&t);
	test_forged(&t);
	test_refused(&t);
	test_looks(&t);
	(void)unlinkat(place, "lock", 0);
	tap_ok(&t, rmdir("place") == 0 && rmdir("work") == 0 && rmdir(top) == 0,
		"nothing else is left");
	return tap_end(&t);
}
