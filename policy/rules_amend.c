/* SPDX-License-Identifier: Apache-2.0 */
/* rules_amend.c -- a line more in default.rules, whole or not at all (room: user). */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/rules_build.h"

/*
 * Theory.  Order of steps, so that a crash at any point leaves the old file or
 * the new one, and two writers never lose a line:
 *   1. make and open the directory, lock NAME.lock in it (the lock is a file of
 *      its own because the rules file is replaced);
 *   2. read the file (no symbolic link, a regular file), refuse it when it does
 *      not parse: an amendment must not hide an error;
 *   3. the line is there: done;
 *   4. write all of it to a new file beside it, fsync, rename, fsync directory.
 */

struct place {
	int dir;          /* directory of the file */
	const char *name; /* in it */
	const char *path; /* for errors */
};

static int
fail_errno(struct diag *d, const struct place *at, int err, const char *what)
{
	return diag_setf(d, -err, DIAG_SETUP, at->path,
		"the rule was not written; allow the command once instead",
		"%s: %s", what, diag_errno(err));
}

/* Rules of a project only narrow: an allow rule there counts for nothing. */
static int
refuse_project(const char *path, struct diag *d)
{
	static const char name[] = ".codex-sandbox";
	for (const char *p = path; *p != '\0';) {
		size_t n = strcspn(p, "/");
		if (n == strlen(name) && p[n] == '/' &&
			strncmp(p, name, n) == 0)
			return diag_set(d, -EPERM, DIAG_SETUP, path,
				"belongs to a project, where allow rules count for nothing",
				"leave --file out: rules go to your own default.rules");
		p += n + strspn(p + n, "/");
	}
	return 0;
}

/* The same for where its links lead. */
static int
refuse_project_at(const struct place *at, struct diag *d)
{
	own_buf struct buf full = { 0 };
	char *dir = NULL;
	int err = path_of_fd(at->dir, &dir);
	buf_printf(&full, "%s/%s", dir == NULL ? "" : dir, at->name);
	free(dir);
	return err < 0 ? fail_errno(d, at, -err, "opening the directory")
		       : refuse_project(buf_str(&full), d);
}

/* mkdir -p of everything before the last slash, then open it. */
static int
open_dir(const char *path, struct place *ret, struct diag *d)
{
	own_buf struct buf dir = { .max = 1 << 16 };
	const char *slash = strrchr(path, '/');
	*ret = (struct place){ .dir = -1,
		.name = slash == NULL ? path : slash + 1,
		.path = path };
	if (slash == NULL)
		buf_char(&dir, '.');
	for (const char *p = path; slash != NULL && p <= slash; p++) {
		if (*p == '/' && dir.len > 0 &&
			mkdir(buf_str(&dir), 0755) < 0 && errno != EEXIST)
			return fail_errno(
				d, ret, errno, "making the directory");
		buf_char(&dir, *p);
	}
	if (buf_failed(&dir) || ret->name[0] == '\0')
		return fail_errno(d, ret, EINVAL, "not the path of a file");
	ret->dir = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ret->dir < 0 ? fail_errno(d, ret, errno, "opening the directory")
			    : 0;
}

static int
lock(const struct place *at, struct diag *d)
{
	own_buf struct buf name = { .max = 1 << 12 };
	buf_printf(&name, ".%s.lock", at->name);
	int fd = openat(at->dir, buf_str(&name),
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail_errno(d, at, errno, "opening the lock");
	while (flock(fd, LOCK_EX) < 0) {
		int err = errno;
		if (err == EINTR)
			continue;
		(void)close(fd);
		return fail_errno(d, at, err, "taking the lock");
	}
	return fd;
}

/* The present text; none is an empty one. */
static int
read_old(const struct place *at, struct buf *text, mode_t *mode, struct diag *d)
{
	struct stat st;
	own_fd int fd = openat(at->dir, at->name,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ELOOP)
		return diag_set(d, -ELOOP, DIAG_SETUP, at->path,
			"is a symbolic link", "put a regular file there");
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(d, at, errno, "opening it");
	if (!S_ISREG(st.st_mode))
		return diag_set(d, -EINVAL, DIAG_SETUP, at->path,
			"is not a regular file", "put a regular file there");
	*mode = st.st_mode & 0777;
	int r = buf_read_fd(text, fd, RULES_FILE_MAX);
	return r < 0 ? fail_errno(d, at, -r, "reading it") : 0;
}

static int
must_parse(const struct place *at, const struct buf *text, struct diag *d)
{
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	rules_init(&r, 0);
	if (!utf8_valid(buf_str(text), text->len))
		return diag_set(d, -EINVAL, DIAG_SETUP, at->path,
			"is not UTF-8",
			"mend it first: codex-sandbox rules test");
	if (rules_load_text(&r, at->path, buf_str(text), text->len, RULES_USER,
		    &err) == 0)
		return 0;
	struct rules_place p = rules_place_of(&err.src, err.span.begin);
	return diag_setf(d, -EINVAL, DIAG_SETUP, at->path,
		"mend it first: codex-sandbox rules test", "line %u: %s",
		p.line, buf_str(&err.msg));
}

static bool
has_line(const struct buf *text, const struct buf *line)
{
	const char *p = buf_str(text);
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");
		size_t cut = n > 0 && p[n - 1] == '\r' ? n - 1 : n;
		if (cut == line->len && memcmp(p, buf_str(line), cut) == 0)
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static int
write_all(int fd, const struct buf *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n; /* not negative */
	}
	return 0;
}

static int
replace(const struct place *at, const struct buf *text, mode_t mode,
	struct diag *d)
{
	own_buf struct buf name = { .max = 1 << 12 };
	buf_printf(&name, ".%s.new", at->name);
	const char *fresh = buf_str(&name);
	/* Left by a crash; we hold the lock, so nobody is writing it. */
	(void)unlinkat(at->dir, fresh, 0);
	own_fd int fd = openat(at->dir, fresh,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return fail_errno(d, at, errno, "making the new file");
	int r = write_all(fd, text);
	if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0 ||
			      renameat(at->dir, fresh, at->dir, at->name) < 0))
		r = -errno;
	if (r < 0) {
		(void)unlinkat(at->dir, fresh, 0); /* the error says enough */
		return fail_errno(d, at, -r, "writing it");
	}
	if (fsync(at->dir) < 0)
		return fail_errno(d, at, errno, "writing the directory");
	return 0;
}

static int
append(const struct place *at, const struct buf *line, struct diag *d)
{
	own_buf struct buf text = { .max = RULES_FILE_MAX };
	mode_t mode = 0644;
	int r = read_old(at, &text, &mode, d);
	if (r == 0)
		r = must_parse(at, &text, d);
	if (r < 0 || has_line(&text, line))
		return r;
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buf_char(&text, '\n');
	buf_add(&text, buf_str(line), line->len);
	buf_char(&text, '\n');
	if (buf_failed(&text))
		return fail_errno(d, at, EFBIG, "adding to it");
	return replace(at, &text, mode, d);
}

static int
append_line(const char *path, const struct buf *line, struct diag *d)
{
	struct place at;
	if (buf_failed(line))
		return diag_set(d, -E2BIG, DIAG_SETUP, path,
			"the rule is too long",
			"allow the command once instead");
	int r = refuse_project(path, d);
	if (r < 0)
		return r;
	r = open_dir(path, &at, d);
	own_fd int dir = at.dir;
	if (r == 0)
		r = refuse_project_at(&at, d);
	if (r < 0)
		return r;
	own_fd int locked = lock(&at, d);
	if (locked < 0)
		return locked;
	r = append(&at, line, d);
	(void)dir; /* closed when we leave */
	return r;
}

int
rules_amend_prefix(
	const char *path, const char *const *argv, size_t argc, struct diag *d)
{
	own_buf struct buf line = { .max = RULES_FILE_MAX };
	if (argc == 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, "prefix",
			"prefix rule requires at least one token",
			"give the words that the command begins with");
	if (rules_banned(argv, argc))
		return diag_set(d, -EINVAL, DIAG_SETUP, argv[0],
			"this prefix is too broad to be allowed",
			"give more words of the command, or write the rule by "
			"hand");
	buf_str_add(&line, "prefix_rule(pattern=[");
	for (size_t i = 0; i < argc; i++) {
		size_t len = strlen(argv[i]);
		if (!utf8_valid(argv[i], len))
			return diag_set(d, -EINVAL, DIAG_SETUP, argv[i],
				"is not UTF-8", "a rule cannot hold it");
		if (i > 0)
			buf_str_add(&line, ", ");
		rules_json_string(&line, argv[i], len);
	}
	buf_str_add(&line, "], decision=\"allow\")");
	return append_line(path, &line, d);
}

int
rules_amend_network(const char *path, const char *host, const char *protocol,
	bool allow, struct diag *d)
{
	own_buf struct buf line = { .max = RULES_FILE_MAX };
	own_buf struct buf name = { 0 };
	static const char *const known[] = { "http", "https", "socks5_tcp",
		"socks5_udp" };
	const char *bad =
		utf8_valid(host, strlen(host))
			? rules_host_check(&name, host, strlen(host), false)
			: "must be UTF-8";
	bool found = false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		found = found || strcmp(known[i], protocol) == 0;
	if (bad != NULL)
		return diag_setf(d, -EINVAL, DIAG_SETUP, host,
			"give a host name or an address", "a host %s", bad);
	if (!found)
		return diag_set(d, -EINVAL, DIAG_SETUP, protocol,
			"is no protocol of network_rule",
			"give http, https, socks5_tcp or socks5_udp");
	buf_str_add(&line, "network_rule(host=");
	rules_json_string(&line, buf_str(&name), name.len);
	buf_printf(&line, ", protocol=\"%s\", decision=\"%s\")", protocol,
		allow ? "allow" : "deny");
	return append_line(path, &line, d);
}
