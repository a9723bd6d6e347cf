/* SPDX-License-Identifier: Apache-2.0 */
/* rules_tools.c -- `rules test`, `fmt`, `add`, `table` (room: user). */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/decide.h"
#include "policy/diag.h"
#include "policy/ladder.h"
#include "policy/rules_cli.h"

/* ---- test ------------------------------------------------------------------------------------- */

int
rules_cli_test(struct rules_cli *c, int argc, char **argv)
{
	own_rules struct rules r = { 0 };
	int code = 0;
	rules_init(&r, 0);
	if (argc - c->command > RULES_CLI_FILES_MAX) {
		(void)fprintf(stderr, "error: more than %d files\n",
			RULES_CLI_FILES_MAX);
		return DIAG_USAGE;
	}
	for (int i = c->command; i < argc; i++)
		c->files[c->n_files++] = argv[i];
	code = rules_cli_load(c, &r);
	if (code != 0)
		return code;
	size_t n = 0;
	for (uint32_t i = 0; i < r.n_examples; i++)
		n += (size_t)r.examples[i].n_match + r.examples[i].n_not_match;
	(void)printf("%u rule%s, %zu example%s, all as stated\n", r.n_rules,
		r.n_rules == 1 ? "" : "s", n, n == 1 ? "" : "s");
	return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- fmt -------------------------------------------------------------------------------------- */

static int
write_file(const char *path, const struct buf *text)
{
	own_buf struct buf name = { 0 };
	struct stat st;
	buf_printf(&name, "%s.new", path);
	own_fd int fd = open(buf_str(&name),
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	/* As private as it was. */
	if (stat(path, &st) == 0 && fchmod(fd, st.st_mode & 0777) < 0)
		goto fail;
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);
		if (n < 0 && errno != EINTR)
			goto fail;
		if (n > 0)
			done += (size_t)n; /* positive */
	}
	if (fsync(fd) == 0 && rename(buf_str(&name), path) == 0)
		return 0;
fail:;
	int err = errno;
	(void)unlink(buf_str(&name)); /* the first error counts */
	return -err;
}

static int
fmt_one(struct rules_cli *c, const char *file)
{
	own_rules_error struct rules_error err = { 0 };
	own_buf struct buf text = { 0 };
	own_buf struct buf out = { .max = 16 << 20 };
	own_buf struct buf detail = { 0 };
	int bad = rules_read(file, &text);
	if (bad < 0) {
		buf_str_add(&detail, diag_errno(-bad));
		return rules_cli_bad("read", file, &detail);
	}
	struct rules_src src = { file, buf_str(&text), (uint32_t)text.len };
	if (rules_format(&out, &src, &err) < 0) {
		rules_cli_error_text(&detail, &err);
		return rules_cli_bad("parse", file, &detail);
	}
	bool same = out.len == text.len &&
		    memcmp(buf_str(&out), buf_str(&text), out.len) == 0;
	if (c->print) {
		(void)fwrite(buf_str(&out), 1, out.len, stdout);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (c->check && !same)
		(void)printf("%s is not in house form\n", file);
	if (same || c->check)
		return same ? 0 : 1;
	bad = write_file(file, &out);
	if (bad < 0)
		buf_str_add(&detail, diag_errno(-bad));
	return bad < 0 ? rules_cli_bad("write", file, &detail) : 0;
}

int
rules_cli_fmt(struct rules_cli *c, int argc, char **argv)
{
	int code = 0;
	for (int i = c->command; i < argc; i++)
		code |= fmt_one(c, argv[i]);
	return code;
}

/* ---- add -------------------------------------------------------------------------------------- */

int
rules_cli_add(struct rules_cli *c, int argc, char **argv)
{
	own_buf struct buf path = { 0 };
	struct diag d = { 0 };
	if (c->n_files == 0) {
		ladder_user_dir(&path);
		buf_str_add(&path, "/default.rules");
	}
	int bad = rules_amend_prefix(
		c->n_files > 0 ? c->files[0] : buf_str(&path),
		(const char *const *)(argv + c->command),
		(size_t)(argc - c->command), &d); /* not negative */
	return bad < 0 ? diag_print(&d) : 0;
}

/* ---- table ------------------------------------------------------------------------------------ */

int
rules_cli_table(struct rules_cli *c, int argc, char **argv)
{
	own_buf struct buf out = { 0 };
	(void)c;
	(void)argc;
	(void)argv;
	decide_print(&out);
	(void)fwrite(buf_str(&out), 1, out.len, stdout); /* flushed below */
	return fflush(stdout) == 0 && !buf_failed(&out) ? 0 : 1;
}
