/* SPDX-License-Identifier: Apache-2.0 */
/* glob_test.c -- the matcher against tables and a slow obvious one; the walk. */
#include "policy/glob.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/glob_slow.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

struct row {
	const char *pattern;
	const char *path;
	bool match;
};

static const struct row rows[] = {
	{ "/a", "/a", true },
	{ "/a", "/A", false },
	{ "/a", "/a/b", false },
	{ "/a*", "/abc", true },
	{ "/a*", "/a", true },
	{ "/a*", "/a/b", false },
	{ "/*", "/.hidden", true },
	{ "/*/b", "/a/b", true },
	{ "/*/b", "/b", false },
	{ "/a?c", "/abc", true },
	{ "/a?c", "/a/c", false },
	{ "/a?c", "/ac", false },
	{ "/?", "/\xc3\xa9", true },
	{ "/?", "/\xf0\x9f\x98\x80", true },
	{ "/?", "/\xff", true },
	{ "/??", "/\xc3\xa9", false },
	{ "/[\xc3\xa0-\xc3\xbf]", "/\xc3\xa9", true },
	{ "/[!a]", "/\xc3\xa9", true },
	{ "/[abc]", "/b", true },
	{ "/[abc]", "/d", false },
	{ "/[a-c]x", "/bx", true },
	{ "/[c-a]x", "/bx", false },
	{ "/[!a-c]x", "/bx", false },
	{ "/[!a-c]x", "/dx", true },
	{ "/[^a-c]x", "/dx", true },
	{ "/[!a]b", "//b", false },
	{ "/x[!a]y", "/x/y", false },
	{ "/[]a]", "/]", true },
	{ "/[!]a]", "/]", false },
	{ "/[a-]", "/-", true },
	{ "/[-a]", "/-", true },
	{ "/[*]", "/*", true },
	{ "/[*]", "/x", false },
	{ "/[a", "/[a", true },
	{ "/[a", "/a", false },
	{ "/[a/b]", "/[a/b]", true },
	{ "/[", "/[", true },
	{ "/[]", "/[]", true },
	{ "/**", "/a", true },
	{ "/**", "/a/b/c", true },
	{ "/**", "/", true },
	{ "/a/**", "/a", true },
	{ "/a/**", "/a/b/c", true },
	{ "/a/**", "/ab", false },
	{ "/a/**/b", "/a/b", true },
	{ "/a/**/b", "/a/x/b", true },
	{ "/a/**/b", "/a/x/y/b", true },
	{ "/a/**/b", "/ab", false },
	{ "/a/**/b", "/a/xb", false },
	{ "/a/**/b", "/a/b/c", false },
	{ "/**/.env", "/.env", true },
	{ "/**/.env", "/a/b/.env", true },
	{ "/**/.env", "/a/b/x.env", false },
	{ "/**/*.env", "/w/.env", true },
	{ "/w/**/**", "/w", true },
	{ "/w/**/**/x", "/w/a/b/x", true },
	{ "/w/a**b", "/w/axxb", true },
	{ "/w/a**b", "/w/a/b", false },
	{ "/w/**b", "/w/a/b", false },
	{ "/w/a**", "/w/ab/c", false },
	{ "/w/***", "/w/a/b", false },
	{ "/w/***", "/w/a", true },
	{ "/{a,b}", "/a", true },
	{ "/{a,b}", "/b", true },
	{ "/{a,b}", "/c", false },
	{ "/{a,b}", "/{a,b}", false },
	{ "/x{,y}", "/x", true },
	{ "/x{,y}", "/xy", true },
	{ "/{a/b,c}/d", "/a/b/d", true },
	{ "/{a/b,c}/d", "/c/d", true },
	{ "/{a,{b,c}d}e", "/cde", true },
	{ "/{a,{b,c}d}e", "/ce", false },
	{ "/{*.key,*.pem}", "/x.pem", true },
	{ "/w/{**/*.key,id}", "/w/a/b/x.key", true },
	{ "/w/{**/,}x", "/w/x", true },
	{ "/w/{**/,}x", "/w/a/b/x", true },
	{ "/w{/**,}", "/w/a/b", true },
	{ "/w{/**,}", "/w", true },
	{ "/w/{*,x}*", "/w/a/b", true },
	{ "/{a}", "/{a}", true },
	{ "/{a}", "/a", false },
	{ "/{{a,b}}", "/{a}", true },
	{ "/{{n}}", "/{{n}}", true },
	{ "/{a,b", "/{a,b", true },
	{ "/a,b}", "/a,b}", true },
	{ "/{a,b}c}", "/ac}", true },
	{ "/{[,],x}", "/,", true },
	{ "/{[,],x}", "/x", true },
	{ "/a\\*", "/a\\b", true },
	{ "/", "/", true },
	{ "/*", "/", false },
	{ "/?", "/", false },
	{ "/{,a}", "/", true },
	{ "/*/**", "/", false },
	{ "/a/", "/a", false },
	{ "a", "/a", false },
	{ "**", "/a", false },
	{ "/a", "a", false },
};

struct prefix_row {
	const char *pattern;
	const char *prefix;
	bool magic;
};

static const struct prefix_row prefixes[] = {
	{ "/a/b/*.c", "/a/b", true },
	{ "/a/b*/c", "/a", true },
	{ "/a/**/b/c", "/a", true },
	{ "/a/{b,c}", "/a", true },
	{ "/a/[b]", "/a", true },
	{ "/a?", "/", true },
	{ "/*", "/", true },
	{ "/", "/", false },
	{ "/a", "/", false },
	{ "/a/b", "/a", false },
	{ "a/*", "a", true },
	{ "*", "", true },
};

static void
test_tables(struct tap *t)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		tap_ok(t, glob_match(r->pattern, r->path) == r->match,
			"%s %s %s", r->pattern,
			r->match ? "matches" : "does not match", r->path);
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const struct prefix_row *r = &prefixes[i];
		size_t n = glob_static_prefix(r->pattern);
		tap_ok(t,
			n == strlen(r->prefix) &&
				strncmp(r->pattern, r->prefix, n) == 0 &&
				glob_has_magic(r->pattern) == r->magic,
			"prefix of %s", r->pattern);
	}
	char text[GLOB_PATTERN_MAX + 2];
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[GLOB_PATTERN_MAX + 1] = '\0';
	tap_ok(t, !glob_match(text, text), "a pattern over the maximum");
	text[GLOB_PATTERN_MAX] = '\0';
	tap_ok(t, glob_match(text, text), "a pattern of the maximum");
}

static void
test_quote(struct tap *t)
{
	static const char odd[] = "/a*b?c[d]e{f,g}h\\i!^-";
	own_buf struct buf b = { 0 };
	glob_quote(&b, odd);
	tap_str(t, buf_str(&b), "/a[*]b[?]c[[]d]e[{]f,g}h\\i!^-", "quoted");
	tap_ok(t, glob_match(buf_str(&b), odd), "matches itself");
	tap_ok(t, !glob_match(buf_str(&b), "/aXbXcdefh"), "and nothing else");
	buf_str_add(&b, "/**/*.env");
	tap_ok(t, glob_match(buf_str(&b), "/a*b?c[d]e{f,g}h\\i!^-/x/y.env"),
		"a pattern behind a quoted directory");
}

struct absolute_row {
	const char *base;
	const char *pattern;
	const char *out;
};

static const struct absolute_row absolutes[] = {
	{ "/w", "*.env", "/w/*.env" },
	{ "/w", "/x/*.env", "/x/*.env" },
	{ "/", "a/*", "/a/*" },
	{ "/w/v", "../*.env", "/w/*.env" },
	{ "/w/v", "../../*.env", "/*.env" },
	{ "/w/v", "../../../x/*.env", "/x/*.env" },
	{ "/", "../*", "/*" },
	{ "/w/v", "..x/*", "/w/v/..x/*" },
	{ "/w[1]/v*", "**/*.env", "/w[[]1]/v[*]/**/*.env" },
	{ "/w*/v", "../*.env", "/w[*]/*.env" },
};

static void
test_absolute(struct tap *t)
{
	char *out = NULL;
	for (size_t i = 0; i < sizeof(absolutes) / sizeof(absolutes[0]); i++) {
		const struct absolute_row *r = &absolutes[i];
		tap_int(t, glob_absolute(r->base, r->pattern, &out), 0,
			r->pattern);
		tap_str(t, out, r->out, r->out);
		free(out);
		out = NULL;
	}
	tap_int(t, glob_absolute("w", "*", &out), -EINVAL, "relative base");
	char text[GLOB_PATTERN_MAX + 1];
	memset(text, 'a', sizeof(text));
	text[GLOB_PATTERN_MAX - 2] = '\0';
	tap_int(t, glob_absolute("/w", text, &out), -ENAMETOOLONG, "too long");
}

/* ---- against the slow matcher ---- */

static unsigned int
next_random(unsigned int *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
random_text(unsigned int *seed, char *out, size_t max, const char *const *bits,
	size_t n_bits)
{
	size_t want = 1 + next_random(seed) % max;
	size_t len = 0;
	out[len++] = '/';
	for (size_t i = 0; i < want; i++) {
		const char *bit = bits[next_random(seed) % n_bits];
		memcpy(out + len, bit, strlen(bit));
		len += strlen(bit);
	}
	out[len] = '\0';
}

/* A path has no "//" and no slash at its end. */
static void
path_tidy(char *path)
{
	size_t len = 1;
	for (const char *c = path + 1; *c != '\0'; c++)
		if (*c != '/' || path[len - 1] != '/')
			path[len++] = *c;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 1)
		path[len++] = 'a';
	path[len] = '\0';
}

static void
test_differential(struct tap *t)
{
	static const char *const pattern_bits[] = { "a", "b", "/", "/", "*",
		"*", "**", "/**/", "?", "{", "}", ",", "{a,b}", "[ab]", "[!a]",
		"[", "]", "{**/,}", "{*,/}", "\xc3\xa9", "-", "/{,a}/" };
	static const char *const path_bits[] = { "a", "b", "/", "/", "c", "ab",
		"\xc3\xa9", "{", ",", "}", "[", "]" };
	enum { N_PATTERNS = 20000, N_PATHS = 12 };
	unsigned int seed = 20240501;
	unsigned int wrong = 0;
	unsigned int matched = 0;
	unsigned int skipped = 0;
	for (int i = 0; i < N_PATTERNS; i++) {
		char pattern[128];
		random_text(&seed, pattern, 9, pattern_bits,
			sizeof(pattern_bits) / sizeof(pattern_bits[0]));
		for (int k = 0; k < N_PATHS; k++) {
			char path[64];
			random_text(&seed, path, 7, path_bits,
				sizeof(path_bits) / sizeof(path_bits[0]));
			path_tidy(path);
			int want = slow_match(pattern, path);
			if (want < 0) {
				skipped++;
				continue;
			}
			bool got = glob_match(pattern, path);
			matched += got;
			if (got != (want == 1) && wrong++ < 10)
				printf("# %s against %s: %d, slow %d\n",
					pattern, path, got, want);
		}
	}
	printf("# %u matched, %u too many alternatives\n", matched, skipped);
	tap_int(t, wrong, 0, "240000 pairs agree with the slow matcher");
	tap_ok(t, matched > 5000 && skipped < 1000, "and many of them matched");
}

static void
test_cost(struct tap *t)
{
	/* Any of these takes a backtracking matcher longer than the universe. */
	static const char *const bits[] = { "*a", "{a,a}", "{*,*}", "?*", "/**",
		"{,a,aa}", "{a,{a,{a,}}}", "[a]*" };
	char path[PATH_MAX];
	memset(path, 'a', sizeof(path));
	for (size_t i = 0; i < sizeof(path); i += 200)
		path[i] = '/';
	path[PATH_MAX - 1] = '\0';
	struct timespec a;
	struct timespec b;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		own_buf struct buf p = { 0 };
		buf_char(&p, '/');
		while (p.len + strlen(bits[i]) + 1 < GLOB_PATTERN_MAX)
			buf_str_add(&p, bits[i]);
		buf_char(&p, 'x');
		tap_ok(t, !glob_match(buf_str(&p), path), "a lot of %s",
			bits[i]);
	}
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	printf("# %ld s\n", (long)(b.tv_sec - a.tv_sec));
	tap_ok(t, b.tv_sec - a.tv_sec < 60, "in reasonable time");
}

/* ---- the walk ---- */

static void
must(bool ok)
{
	if (!ok) {
		perror("setting the test up");
		abort();
	}
}

static const char *const tree[] = { "a/", "a/x.env", "a/b/", "a/b/y.env",
	"a/b/c/", "a/b/c/z.env", "a/b/c/deep.txt", "secret/", "secret/one",
	"secret/.env", ".hidden/", ".hidden/h.env", "od[d]*/", "od[d]*/o.env",
	"locked/", "locked/l.env", "top.env" };

static void
tree_make(const char *root)
{
	own_fd int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir >= 0);
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		char name[64];
		size_t len = strlen(tree[i]);
		memcpy(name, tree[i], len + 1);
		if (name[len - 1] == '/') {
			name[len - 1] = '\0';
			must(mkdirat(dir, name, 0700) == 0);
			continue;
		}
		int fd =
			openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		must(fd >= 0);
		(void)close(fd);
	}
	must(symlinkat("a", dir, "todir") == 0);
	must(symlinkat("nowhere", dir, "link.env") == 0);
}

struct walk_row {
	const char *pattern; /* below the root */
	long depth;
	const char *hits; /* below the root, each with a blank behind it */
};

static const struct walk_row walks[] = {
	{ "*.env", -1, "link.env top.env " },
	{ "**/*.env", -1,
		".hidden/h.env a/b/c/z.env a/b/y.env a/x.env link.env "
		"locked/l.env od[d]*/o.env secret/.env top.env " },
	{ "**/*.env", 1, "link.env top.env " },
	{ "**/*.env", 2,
		".hidden/h.env a/x.env link.env locked/l.env od[d]*/o.env "
		"secret/.env top.env " },
	{ "**/*.env", 0, "" },
	{ "**", 0, "" },
	{ "secret/**", -1, "secret " },
	{ "sec*/**", -1, "secret " },
	{ "**/secret", -1, "secret " },
	{ "{a,secret}/**/*.env", -1,
		"a/b/c/z.env a/b/y.env a/x.env secret/.env " },
	{ "a/{b,nothing}", -1, "a/b " },
	{ "**/b", -1, "a/b " },
	{ "tod*/**", -1, "todir " },
	{ "tod*/x.env", -1, "" },
	{ "top.env", -1, "top.env " },
	{ "nothing/*", -1, "" },
	{ "top.env/*", -1, "" },
	{ "od[[]d][*]/*", -1, "od[d]*/o.env " },
	{ "**/[!a-z]env", -1, "secret/.env " },
	{ "a/*/*/z.env", -1, "a/b/c/z.env " },
};

static unsigned int
walks_failed(const char *root)
{
	unsigned int failed = 0;
	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		const struct walk_row *r = &walks[i];
		own_buf struct buf p = { 0 };
		own_buf struct buf got = { 0 };
		struct glob_hits h = { 0 };
		struct diag d = { 0 };
		buf_printf(&p, "%s/%s", root, r->pattern);
		int err = glob_walk(buf_str(&p), r->depth, &h, &d);
		for (size_t k = 0; k < h.n; k++)
			buf_printf(&got, "%s ", h.paths[k] + strlen(root) + 1);
		if (err != 0 || strcmp(buf_str(&got), r->hits) != 0) {
			failed++;
			printf("# %s: %d \"%s\" %s\n", r->pattern, err,
				buf_str(&got), d.cause);
		}
		glob_hits_free(&h);
	}
	return failed;
}

static void
test_walk(struct tap *t, const char *root)
{
	tap_int(t, walks_failed(root), 0, "walks find what they should");
	own_buf struct buf p = { 0 };
	struct glob_hits h = { 0 };
	buf_printf(&p, "%s/**", root);
	tap_int(t, glob_walk(buf_str(&p), -1, &h, NULL), 0, "the root itself");
	tap_ok(t, h.n == 1 && strcmp(h.paths[0], root) == 0 && h.seen == 0,
		"is one hit, nothing below is looked at");
	glob_hits_free(&h);
	glob_hits_free(&h);
	glob_hits_free(NULL);
	buf_free(&p);
	buf_printf(&p, "%s/tod*/x.env", root);
	tap_int(t, glob_walk(buf_str(&p), -1, &h, NULL), 0, "pruned");
	tap_ok(t, h.seen > 0 && h.seen < 12, "only what could match is opened");
	glob_hits_free(&h);
	tap_int(t, glob_walk("/proc/self/**/stat", -1, &h, NULL), 0, "/proc");
	tap_int(t, (long long)h.n, 0, "holds nothing for a walk");
	glob_hits_free(&h);
}

static void
test_bounds(struct tap *t, const char *root)
{
	own_buf struct buf p = { 0 };
	struct glob_hits h = { 0 };
	struct diag d = { 0 };
	buf_printf(&p, "%s/**/*.env", root);
	const struct glob_bounds enough = { 9, 20 };
	const struct glob_bounds few = { 8, 20 };
	const struct glob_bounds quick = { 9, 16 };
	tap_int(t, glob_walk_bounded(buf_str(&p), -1, &enough, &h, &d), 0,
		"nine matches are nine");
	tap_ok(t, h.n == 9 && h.seen <= 20, "and all were seen");
	glob_hits_free(&h);
	tap_int(t, glob_walk_bounded(buf_str(&p), -1, &few, &h, &d), -E2BIG,
		"a ninth match is too many");
	tap_ok(t, h.n == 0 && h.paths == NULL, "a failure gives nothing");
	tap_str(t, d.thing, buf_str(&p), "the error names the pattern");
	diag_reset(&d);
	tap_int(t, glob_walk_bounded(buf_str(&p), -1, &quick, &h, &d), -E2BIG,
		"too many entries");
	tap_ok(t, d.cause[0] != '\0' && d.mend[0] != '\0', "said, and mended");
	diag_reset(&d);
	tap_int(t, glob_walk("/*", -1, &h, &d), -EINVAL, "prefix /");
	diag_reset(&d);
	tap_int(t, glob_walk("/**/x", -1, &h, &d), -EINVAL, "prefix / again");
	diag_reset(&d);
	tap_int(t, glob_walk("a/*", -1, &h, &d), -EINVAL, "relative");
}

/* A filter under which openat2 fails with err and all else goes on. */
static void
refuse_openat2(unsigned int err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0);
}

static void
test_fallback(struct tap *t, const char *root)
{
	(void)fflush(stdout);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		refuse_openat2(ENOSYS);
		unsigned int failed = walks_failed(root);
		(void)fflush(stdout);
		_exit(failed == 0 ? 0 : 1);
	}
	int status = 0;
	must(waitpid(pid, &status, 0) == pid);
	tap_ok(t, WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"the same walks without openat2");
}

/* As somebody who is not root: root can read every directory. */
static int
locked_hits(const char *root, mode_t mode, const char *pattern)
{
	own_buf struct buf p = { 0 };
	buf_printf(&p, "%s/locked", root);
	must(chmod(buf_str(&p), mode) == 0);
	(void)fflush(stdout);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		struct glob_hits h = { 0 };
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(100);
		buf_free(&p);
		buf_printf(&p, "%s/%s", root, pattern);
		int err = glob_walk(buf_str(&p), -1, &h, NULL);
		int hits = err == 0 ? (int)h.n : 101;
		if (h.n == 1 && strstr(h.paths[0], "/locked") == NULL)
			hits = 102;
		_exit(hits);
	}
	int status = 0;
	must(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	must(chmod(buf_str(&p), 0700) == 0);
	return WEXITSTATUS(status);
}

static void
test_unreadable(struct tap *t, const char *root)
{
	if (getuid() == 0) {
		/* The others have to get at the tree for this. */
		must(chmod(root, 0755) == 0);
		tap_int(t, locked_hits(root, 0755, "locked/l*"), 1,
			"a readable directory shows what matches");
		tap_int(t, locked_hits(root, 0751, "lock*/l.env"), 1,
			"one that can only be entered is hidden itself");
		tap_int(t, locked_hits(root, 0751, "lock*"), 1,
			"or matches anyway");
		tap_int(t, locked_hits(root, 0750, "lock*/l.env"), 0,
			"one that is closed holds nothing");
	} else {
		tap_int(t, locked_hits(root, 0700, "locked/l*"), 1,
			"a readable directory shows what matches");
		tap_int(t, locked_hits(root, 0100, "lock*/l.env"), 1,
			"one that can only be entered is hidden itself");
		tap_int(t, locked_hits(root, 0000, "lock*/l.env"), 0,
			"one that is closed holds nothing");
	}
}

/* Deeper than there are descriptors, and deeper than a path can be long. */
static void
test_deep(struct tap *t, const char *root)
{
	struct rlimit saved;
	must(getrlimit(RLIMIT_NOFILE, &saved) == 0);
	struct rlimit few = { 32, saved.rlim_max };
	own_buf struct buf p = { 0 };
	own_fd int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(at >= 0);
	char name[201];
	memset(name, 'd', 200);
	name[200] = '\0';
	int levels = 0;
	for (; levels < 18; levels++) {
		must(mkdirat(at, name, 0700) == 0);
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		must(next >= 0);
		own_close(&at);
		at = next;
		name[190] = '\0';
	}
	for (; levels < 100; levels++) {
		must(mkdirat(at, "d", 0700) == 0);
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		must(next >= 0);
		own_close(&at);
		at = next;
	}
	must(setrlimit(RLIMIT_NOFILE, &few) == 0);
	struct glob_hits h = { 0 };
	buf_printf(&p, "%s/**/z.env", root);
	tap_int(t, glob_walk(buf_str(&p), -1, &h, NULL), 0, "a deep tree");
	tap_int(t, (long long)h.n, 1, "with few descriptors");
	glob_hits_free(&h);
	must(setrlimit(RLIMIT_NOFILE, &saved) == 0);
	for (; levels < 400; levels++) {
		must(mkdirat(at, "dd", 0700) == 0);
		int next = openat(at, "dd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		must(next >= 0);
		own_close(&at);
		at = next;
	}
	struct diag d = { 0 };
	tap_int(t, glob_walk(buf_str(&p), -1, &h, &d), -ENAMETOOLONG,
		"where no mount can follow, nothing runs");
	tap_ok(t, d.cause[0] != '\0', "and that is said");
}

int
main(void)
{
	struct tap t = { 0 };
	test_tables(&t);
	test_quote(&t);
	test_absolute(&t);
	test_differential(&t);
	test_cost(&t);
	char *root = scratch_make();
	tree_make(root);
	test_walk(&t, root);
	test_bounds(&t, root);
	test_fallback(&t, root);
	test_unreadable(&t, root);
	test_deep(&t, root);
	scratch_remove(root);
	return tap_end(&t);
}
