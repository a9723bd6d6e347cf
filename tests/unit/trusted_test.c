/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_test.c -- which files run when they are trusted, and which changed. */
#include "policy/trusted.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static const struct {
	const char *path;
	const char *pattern; /* NULL = none */
} cases[] = {
	{ "/w/Makefile", "Makefile" },
	{ "/w/deep/er/Makefile", "Makefile" },
	{ "Makefile", "Makefile" },
	{ "/w/Makefile.am", NULL },
	{ "/w/xMakefile", NULL },
	{ "/w/makefil", NULL },
	{ "/w/.git/hooks/post-commit", ".git/hooks/*" },
	{ "/w/git/hooks/post-commit", NULL },
	{ "/w/.git/hooks/a/b", NULL },
	{ "/w/.git/hooks", NULL },
	{ "/w/.git/config", ".git/config" },
	{ "/w/.git/modules/sub/config", ".git/modules/*/config" },
	{ "/w/.git/modules/config", NULL },
	{ "/w/.git", ".git" },
	{ "/w/x.mk", "*.mk" },
	{ "/w/.mk", "*.mk" },
	{ "/w/x.mk/y", NULL },
	{ "/w/vite.config.ts", "*.config.ts" },
	{ "/w/a.config.b.config.ts", "*.config.ts" },
	{ "/w/vite.config.tsx", NULL },
	{ "/w/node_modules/.bin/tsc", "node_modules/.bin/*" },
	{ "/w/.github/workflows/ci.yml", ".github/workflows/*" },
	{ "/home/u/.config/systemd/user/x.service", ".config/systemd/user/*" },
	{ "/w/.config/nvim/init.lua", ".config/*/init.lua" },
	{ "/w/src/main.c", NULL },
	{ "/", NULL },
	{ "", NULL },
	{ "/w/Makefile/", NULL },
};

static void
test_match(struct tap *t)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		long at = trusted_match(cases[i].path);
		const char *got = at < 0 ? NULL : trusted_patterns[at].pattern;

		tap_ok(t,
			got == cases[i].pattern ||
				(got && cases[i].pattern &&
					strcmp(got, cases[i].pattern) == 0),
			"%s is %s", cases[i].path, got ? got : "none");
	}
	for (size_t i = 0; i < trusted_patterns_n; i++) {
		const char *p = trusted_patterns[i].pattern;

		if (p[0] == '\0' || p[0] == '/' || strstr(p, "//") ||
			p[strlen(p) - 1] == '/' || strstr(p, "**") ||
			trusted_patterns[i].reason[0] == '\0')
			tap_ok(t, false, "row %zu is well formed", i);
	}
	tap_ok(t, trusted_patterns_n > 100, "the table is there");
}

/* ---- the walk ---- */

static void
make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || close(fd) != 0)
		abort();
}

/*
 * The clock of files stands still for some milliseconds: go on when a file that
 * is made now is younger than everything made before.
 */
static struct timespec
now_of_files(void)
{
	struct timespec first = { 0 };
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &first);
	do
		(void)clock_gettime(CLOCK_REALTIME_COARSE, &t);
	while (t.tv_sec == first.tv_sec && t.tv_nsec == first.tv_nsec);
	return t;
}

static bool
not_closed(const void *arg, const char *path, bool is_dir)
{
	(void)arg;
	return !is_dir || !strstr(path, "/closed");
}

static const struct trusted_request whole = {
	.entries_max = TRUSTED_ENTRIES_MAX,
	.ms_max = 60000, /* of a slow machine */
};

static bool
named(const struct trusted_report *r, const char *name)
{
	for (size_t i = 0; i < r->n_paths; i++)
		if (strstr(r->paths[i], name))
			return true;
	return false;
}

static void
lay_out(void)
{
	static const char *const dirs[] = { "w", "w/old", "w/old/.vscode",
		"w/kept", "w/kept/.vscode", "w/closed", "w/deep", "w/deep/er",
		"w/.git", "w/.git/hooks" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(dirs[i], 0700) != 0)
			abort();
	make_file("w/Makefile");
	make_file("w/package.json");
	make_file("w/old/.vscode/tasks.json");
	make_file("w/kept/.vscode/tasks.json");
	make_file("w/setup.py");
	make_file("one.mk");
}

/* What a command does; every act but the last three is counted. */
static void
act(void)
{
	const struct timespec past[2] = { { 1, 0 }, { 1, 0 } };

	make_file("w/Makefile");                              /* written */
	make_file("w/deep/er/conftest.py");                   /* new */
	make_file("w/.git/hooks/pre-commit");                 /* new */
	(void)utimensat(AT_FDCWD, "w/package.json", past, 0); /* backdated */
	(void)rename("w/old/.vscode", "w/.vscode");           /* moved along */
	(void)symlink("/etc/passwd", "w/deep/build.rs");
	make_file("one.mk");               /* a root of its own */
	make_file("w/notes.txt");          /* nothing */
	make_file("w/closed/Makefile");    /* not looked into */
	make_file("w/kept/.vscode/other"); /* its neighbour did not change */
}

static void
test_scan(struct tap *t)
{
	const char *roots[] = { "w", "one.mk", "nowhere" };
	own_trusted struct trusted_report r = { 0 };
	struct trusted_request rq = whole;

	lay_out();
	rq.roots = roots;
	rq.n_roots = 3;
	rq.want = not_closed;
	rq.since = now_of_files();
	tap_int(t, trusted_scan(&rq, &r), 0, "scan before");
	tap_int(t, (long long)r.changed, 0, "nothing has changed yet");
	tap_ok(t, r.complete && r.seen > 10, "all was looked at");
	trusted_report_free(&r);
	act();
	tap_int(t, trusted_scan(&rq, &r), 0, "scan after");
	tap_ok(t, named(&r, "w/Makefile"), "written");
	tap_ok(t, named(&r, "w/deep/er/conftest.py"), "new");
	tap_ok(t, named(&r, "w/.git/hooks/pre-commit"), "a hook");
	tap_ok(t, named(&r, "w/package.json"), "backdated");
	tap_ok(t, named(&r, "w/.vscode/tasks.json"),
		"moved with its directory");
	tap_ok(t, named(&r, "w/deep/build.rs"), "a link");
	tap_ok(t, named(&r, "one.mk"), "a root that is a file");
	tap_ok(t, !named(&r, "setup.py"), "not what was left alone");
	tap_ok(t, !named(&r, "kept"), "nor a neighbour of what changed");
	tap_ok(t, !named(&r, "closed"), "nor where nobody wants to look");
	tap_int(t, (long long)r.changed, 7, "seven in all");
	tap_int(t, (long long)r.counts[trusted_match("/Makefile")], 1,
		"counted by pattern");
	tap_ok(t, r.complete && !r.paths_cut, "that is all");
}

static void
test_bounds(struct tap *t)
{
	const char *roots[] = { "w" };
	struct trusted_request rq = whole;
	own_trusted struct trusted_report r = { 0 };
	char name[64];

	rq.roots = roots;
	rq.n_roots = 1;
	rq.entries_max = 3;
	(void)trusted_scan(&rq, &r);
	tap_ok(t, !r.complete && r.seen == 3,
		"a bound on entries is kept and told");
	trusted_report_free(&r);

	rq = whole;
	rq.roots = roots;
	rq.n_roots = 1;
	(void)mkdir("w/many", 0700);
	for (int i = 0; i < 300; i++) {
		(void)snprintf(name, sizeof(name), "w/many/%d.mk", i);
		make_file(name);
	}
	(void)trusted_scan(&rq, &r);
	tap_ok(t, r.complete && r.changed > 300, "everything is counted");
	tap_ok(t, r.paths_cut && r.n_paths == TRUSTED_PATHS_MAX,
		"and the first ones are named");
	trusted_report_free(&r);

	rq.ms_max = 0; /* the clock is looked at now and then */
	(void)trusted_scan(&rq, &r);
	tap_ok(t, !r.complete && r.seen > 0 && r.seen < 300,
		"a bound on time is kept and told");
	trusted_report_free(&r);

	rq = whole;
	rq.roots = roots;
	rq.n_roots = 1;
	(void)chmod("w/deep", 0);
	(void)trusted_scan(&rq, &r);
	if (geteuid() == 0)
		tap_skip(t, "what is closed makes it incomplete",
			"root can read everything");
	else
		tap_ok(t, !r.complete,
			"a directory of ours that is closed makes it incomplete");
	(void)chmod("w/deep", 0700);
}

static int
remove_it(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int
main(void)
{
	struct tap t = { 0 };
	char dir[] = "/tmp/trusted_test.XXXXXX";

	test_match(&t);
	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	test_scan(&t);
	test_bounds(&t);
	(void)nftw(dir, remove_it, 16, FTW_DEPTH | FTW_PHYS);
	return tap_end(&t);
}
