/* SPDX-License-Identifier: Apache-2.0 */
/* rules_amend_test.c -- default.rules: written whole, once, or not; room: test. */
/* links: cli */
#include "policy/rules.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

static const char *const push[] = { "git", "push" };
static const char line[] =
	"prefix_rule(pattern=[\"git\", \"push\"], decision=\"allow\")\n";

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	if (f == NULL)
		return;
	(void)fputs(text, f);
	(void)fclose(f);
}

/* The whole file; "" when there is none. */
static const char *
text_of(const char *path, struct buf *b)
{
	buf_free(b);
	(void)rules_read(path, b);
	return buf_str(b);
}

static void
basics(struct tap *t, const char *path, struct buf *b)
{
	struct diag d = { 0 };
	struct stat st;
	tap_int(t, rules_amend_prefix(path, push, 2, &d), 0,
		"made with its folders");
	tap_str(t, text_of(path, b), line, "one line");
	tap_ok(t, stat(path, &st) == 0 && (st.st_mode & 0777) == 0644,
		"mode 0644");
	tap_int(t, rules_amend_prefix(path, push, 2, &d), 0,
		"again is no error");
	tap_str(t, text_of(path, b), line, "and no second line");
	tap_int(t, rules_amend_prefix(path, push, 0, &d), -22,
		"no words: refused");
	tap_str(t, d.cause, "prefix rule requires at least one token",
		"and says so");
	write_text(path, "# no end of line");
	tap_int(t, rules_amend_prefix(path, push, 2, &d), 0,
		"line end supplied");
	tap_ok(t, strcmp(text_of(path, b) + 17, line) == 0, "in between");
}

static void
escapes(struct tap *t, const char *path, struct buf *b)
{
	static const char *const odd[] = { "a\"b\\c", "\n\t\b\f\r\x01\x7f",
		"\xc3\xa9\xf0\x9f\x98\x80", "" };
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	own_rules_result struct rules_result res = { 0 };
	struct rules_query q = { .argc = 4, .argv = odd };
	struct diag d = { 0 };
	write_text(path, "");
	rules_init(&r, 0);
	tap_int(t, rules_amend_prefix(path, odd, 4, &d), 0, "odd bytes");
	(void)text_of(path, b);
	tap_ok(t,
		rules_load_text(
			&r, path, buf_str(b), b->len, RULES_USER, &err) == 0 &&
			rules_decide(&r, &q, &res) == 0 &&
			res.decision == RULES_ALLOW,
		"what was written matches exactly what was meant");
}

/* A link in the place of the lock makes no file behind it. */
static void
planted_lock(struct tap *t, const char *path, const char *other)
{
	own_buf struct buf lock = { 0 };
	struct diag d = { 0 };
	const char *name = strrchr(path, '/') + 1;
	buf_add(&lock, path, (size_t)(name - path));
	buf_printf(&lock, ".%s.lock", name);
	(void)unlink(buf_str(&lock));
	(void)unlink(other);
	tap_ok(t,
		symlink(other, buf_str(&lock)) == 0 &&
			rules_amend_prefix(path, push, 2, &d) < 0 &&
			access(other, F_OK) < 0 && access(path, F_OK) < 0,
		"nor is one in the place of the lock");
	(void)unlink(buf_str(&lock));
	tap_int(t, rules_amend_prefix(path, push, 2, &d), 0, "without it, yes");
	(void)unlink(path);
}

static void
refusals(struct tap *t, const char *path, const char *other, struct buf *b)
{
	static const char *const bad[] = { "\xff" };
	static const char *const shell[] = { "bash", "-c" };
	struct diag d = { 0 };
	write_text(path, "prefix_rule(\n");
	tap_ok(t, rules_amend_prefix(path, push, 2, &d) < 0,
		"a broken file is left alone");
	tap_str(t, text_of(path, b), "prefix_rule(\n", "byte for byte");
	tap_ok(t, rules_amend_prefix(path, bad, 1, &d) < 0,
		"not UTF-8: refused");
	tap_ok(t, rules_amend_prefix(other, shell, 2, &d) < 0,
		"banned: refused");
	tap_int(t, rules_amend_prefix("/tmp/x/.codex-sandbox/a", push, 2, &d),
		-EPERM, "a project's file is refused");
	tap_int(t, rules_amend_prefix(".codex-sandbox/y/a", push, 2, &d),
		-EPERM, "and one further down");
	tap_ok(t, access(".codex-sandbox", F_OK) < 0, "nothing is made there");
	(void)unlink(path);
	write_text(other, "# theirs\n");
	tap_ok(t,
		symlink(other, path) == 0 &&
			rules_amend_prefix(path, push, 2, &d) < 0,
		"a symbolic link is not followed");
	tap_str(t, text_of(other, b), "# theirs\n", "nor written through");
	(void)unlink(path);
	planted_lock(t, path, other);
}

static void
networks(struct tap *t, const char *path, struct buf *b)
{
	struct diag d = { 0 };
	(void)unlink(path);
	tap_int(t, rules_amend_network(path, "H.com:80", "https", true, &d), 0,
		"a network rule");
	tap_str(t, text_of(path, b),
		"network_rule(host=\"h.com\", protocol=\"https\", "
		"decision=\"allow\")\n",
		"normalised");
	tap_ok(t, rules_amend_network(path, "*", "https", true, &d) < 0,
		"no wildcard");
	tap_ok(t, rules_amend_network(path, "h", "ssh", true, &d) < 0,
		"no other protocol");
	tap_ok(t, rules_amend_network(path, " ", "http", true, &d) < 0,
		"no empty host");
}

int
main(void)
{
	struct tap t = { 0 };
	char top[] = "/tmp/rules_amend_test.XXXXXX";
	own_buf struct buf b = { 0 };
	own_buf struct buf path = { 0 };
	own_buf struct buf other = { 0 };
	if (mkdtemp(top) == NULL)
		return 1;
	buf_printf(&path, "%s/a/b/default.rules", top);
	buf_printf(&other, "%s/other.rules", top);
	basics(&t, buf_str(&path), &b);
	escapes(&t, buf_str(&path), &b);
	refusals(&t, buf_str(&path), buf_str(&other), &b);
	networks(&t, buf_str(&path), &b);
	static const char *const made[] = { "a/b/default.rules",
		"a/b/.default.rules.lock", "other.rules", ".other.rules.lock",
		"a/b", "a", "" };
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		own_buf struct buf p = { 0 };
		buf_printf(&p, "%s/%s", top, made[i]);
		(void)remove(buf_str(&p)); /* some were never made */
	}
	return tap_end(&t);
}
