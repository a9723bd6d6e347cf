/* SPDX-License-Identifier: Apache-2.0 */
/* ladder.c -- the rules of all layers (room: user). */
#include "policy/ladder.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "launcher/own.h"
#include "policy/config.h"
#include "policy/diag.h"
#include "policy/rules.h"

/*
 * Theory.  As policy/config_files.c: the directory is opened once, every file
 * is opened below it, and what fstat says of the opened object decides.
 *
 *   layer     symbolic links            owner              writable by others
 *   managed   inside the directory      root               no
 *   user      followed                  the user or root   no
 *   project   none                      anybody            does not matter
 *
 * A link that is not followed is an error and not a file less.
 */

struct layer {
	const struct ladder *from;
	const char *dir;
	enum rules_trust trust;
};

int
ladder_diag(const struct ladder_error *e, int err, struct diag *d)
{
	const struct buf *why = e->brief.len > 0 ? &e->brief : &e->detail;
	own_buf struct buf place = { 0 };
	buf_add(&place, buf_str(&e->file), e->file.len);
	if (e->line > 0)
		buf_printf(&place, ":%u:%u", e->line, e->column);
	return diag_setf(d, err, DIAG_SETUP, buf_str(&place),
		e->line > 0
			? "mend it (codex-sandbox rules test FILE shows the place), or take the file away"
			: "mend that, or take it away",
		"these rules cannot be read: %s", buf_str(why));
}

void
ladder_error_free(struct ladder_error *e)
{
	if (e == NULL)
		return;
	buf_free(&e->file);
	buf_free(&e->detail);
	buf_free(&e->brief);
	*e = (struct ladder_error){ 0 };
}

static int
fail(struct ladder_error *e, const struct layer *l, const char *name, int err,
	const char *why)
{
	e->doing = "read";
	buf_str_add(&e->file, l->dir);
	if (name[0] != '\0')
		buf_printf(&e->file, "/%s", name);
	buf_str_add(&e->detail, why);
	return -err;
}

static int
fail_errno(struct ladder_error *e, const struct layer *l, const char *name)
{
	int err = errno;
	return fail(e, l, name, err,
		err == EXDEV   ? "a symbolic link leads out of the directory"
		: err == ELOOP ? "it is a symbolic link"
			       : diag_errno(err));
}

/* NULL, or what is wrong with the object. */
static const char *
bad_owner(const struct layer *l, const struct stat *st)
{
	bool managed = l->trust == RULES_MANAGED;
	uid_t owner = managed ? l->from->managed_uid : geteuid();
	if (l->trust == RULES_PROJECT)
		return NULL;
	if (st->st_uid != owner && st->st_uid != 0)
		return managed ? "it must belong to root"
			       : "it must belong to you or to root";
	return st->st_mode & (S_IWGRP | S_IWOTH)
		       ? "others than its owner can write it (chmod go-w)"
		       : NULL;
}

/* ---- one file ------------------------------------------------------------ */

static int
load_text(struct rules *r, const char *path, const struct buf *text,
	enum rules_trust trust, struct ladder_error *e)
{
	own_rules_error struct rules_error err = { 0 };
	bool utf8 = utf8_valid(buf_str(text), text->len);
	if (utf8 && rules_load_text(r, path, buf_str(text), text->len, trust,
			    &err) == 0)
		return 0;
	e->doing = utf8 ? "parse" : "read";
	buf_str_add(&e->file, path);
	if (utf8 && err.src.text != NULL && (err.has_span || err.at_rule)) {
		struct rules_place at =
			rules_place_of(&err.src, err.span.begin);
		e->line = at.line;
		e->column = at.column;
	}
	buf_add(&e->brief, buf_str(&err.msg), err.msg.len);
	if (utf8 && err.has_span)
		buf_str_add(&e->detail, "starlark error: "); /* as check */
	if (utf8)
		rules_error_format(&e->detail, &err);
	else
		buf_str_add(&e->detail, "stream did not contain valid UTF-8");
	return -EINVAL;
}

static int
open_file(const struct layer *l, int dir, const char *name)
{
	/* O_NONBLOCK: a FIFO must not hold us up before fstat refuses it. */
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct open_how how = { .flags = (unsigned int)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	if (l->trust != RULES_MANAGED)
		return openat(dir, name,
			l->trust == RULES_PROJECT ? flags | O_NOFOLLOW : flags);
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	/* Where openat2 is not to be had: no link at all. */
	return fd < 0 && (errno == ENOSYS || errno == EPERM)
		       ? openat(dir, name, flags | O_NOFOLLOW)
		       : fd;
}

static int
load_file(struct rules *r, const struct layer *l, int dir, const char *name,
	struct ladder_error *e)
{
	own_buf struct buf path = { .max = 1 << 16 };
	own_buf struct buf text = { .max = RULES_FILE_MAX + 1 };
	struct stat st;
	own_fd int fd = open_file(l, dir, name);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(e, l, name);
	const char *bad = S_ISREG(st.st_mode) ? bad_owner(l, &st)
					      : "it is not a regular file";
	if (bad != NULL)
		return fail(e, l, name, EPERM, bad);
	int err = st.st_size > RULES_FILE_MAX
			  ? -EFBIG
			  : buf_read_fd(&text, fd, RULES_FILE_MAX);
	if (err < 0)
		return fail(e, l, name, -err,
			err == -EFBIG ? "limit reached: more than 1048576 "
					"bytes in one file"
				      : diag_errno(-err));
	buf_printf(&path, "%s/%s", l->dir, name);
	return load_text(r, buf_str(&path), &text, l->trust, e);
}

/* ---- one directory ------------------------------------------------------- */

struct names {
	size_t n;
	char *v[LADDER_FILES_MAX]; /* owned */
};

static void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
}

#define own_names __attribute__((cleanup(names_free)))

static int
compare(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	return strcmp(*x, *y);
}

static bool
is_rules(const char *name)
{
	size_t n = strlen(name);
	return n > strlen(".rules") && strcmp(name + n - 6, ".rules") == 0;
}

/* 0, or -errno. */
static int
list(int dir, struct names *ret)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int err = d == NULL ? -errno : 0;
	if (d == NULL && fd >= 0)
		(void)close(fd);
	while (d != NULL && err == 0) {
		errno = 0;
		const struct dirent *entry =
			readdir(d); /* NOLINT(concurrency-mt-unsafe) */
		if (entry == NULL) {
			err = -errno;
			break;
		}
		if (!is_rules(entry->d_name))
			continue;
		if (ret->n == LADDER_FILES_MAX)
			err = -E2BIG;
		else if ((ret->v[ret->n] = strdup(entry->d_name)) == NULL)
			err = -ENOMEM;
		else
			ret->n++;
	}
	if (d != NULL)
		(void)closedir(d);
	qsort(ret->v, ret->n, sizeof(ret->v[0]), compare);
	return err;
}

static int
load_dir(struct rules *r, const struct layer *l, struct ladder_error *e)
{
	int links = l->trust == RULES_PROJECT ? O_NOFOLLOW : 0;
	own_names struct names names = { 0 };
	struct stat st;
	own_fd int dir = open(l->dir, O_PATH | O_DIRECTORY | O_CLOEXEC | links);
	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0 || fstat(dir, &st) < 0)
		return fail_errno(e, l, "");
	/* A directory without rules may look as it likes. */
	int err = list(dir, &names);
	if (err < 0)
		return fail(e, l, "", -err,
			err == -E2BIG ? "limit reached: more than 1024 files"
				      : diag_errno(-err));
	const char *bad = names.n > 0 ? bad_owner(l, &st) : NULL;
	if (bad != NULL)
		return fail(e, l, "", EPERM, bad);
	for (size_t i = 0; err == 0 && i < names.n; i++)
		err = load_file(r, l, dir, names.v[i], e);
	return err;
}

/* ---- the layers ---------------------------------------------------------- */

void
ladder_user_dir(struct buf *out)
{
	const char *xdg = rules_env("XDG_CONFIG_HOME");
	const char *home = rules_env("HOME");
	if (xdg != NULL && xdg[0] == '/')
		buf_printf(out, "%s/codex-sandbox", xdg);
	else if (home != NULL && home[0] == '/')
		buf_printf(out, "%s/.config/codex-sandbox", home);
}

static int
load_required(struct rules *r, struct config *c, struct ladder_error *e)
{
	struct config_prefix_rule *list = NULL;
	struct diag d = { 0 };
	size_t n = 0;
	int err = c == NULL ? 0 : config_prefix_rules(c, &list, &n, &d);
	for (size_t i = 0; err == 0 && i < n; i++)
		err = rules_add_required(r, &list[i]);
	if (err == 0)
		return 0;
	e->doing = "read";
	buf_str_add(&e->file, d.thing[0] != '\0' ? d.thing : "requirements");
	buf_str_add(
		&e->detail, d.cause[0] != '\0' ? d.cause : "too many rules");
	return err;
}

static int
load_session(struct rules *r, const struct ladder *from, struct ladder_error *e)
{
	for (size_t i = 0; i < from->n_session; i++) {
		own_buf struct buf text = { .max = RULES_FILE_MAX + 1 };
		const char *path = from->session[i];
		int err = rules_read(path, &text);
		if (err == 0)
			err = load_text(r, path, &text, RULES_SESSION, e);
		if (err == 0)
			continue;
		if (e->doing == NULL) {
			e->doing = "read";
			buf_str_add(&e->file, path);
			buf_str_add(&e->detail,
				err == -EILSEQ ? "stream did not contain valid "
						 "UTF-8"
					       : diag_errno(-err));
		}
		return err;
	}
	return 0;
}

int
ladder_load(struct rules *r, const struct ladder *from, struct ladder_error *e)
{
	own_buf struct buf user = { .max = 1 << 16 };
	struct layer l = { from,
		from->managed_dir == NULL ? "/etc/codex-sandbox"
					  : from->managed_dir,
		RULES_MANAGED };
	int err = load_required(r, from->config, e);
	if (err == 0)
		err = load_dir(r, &l, e);
	ladder_user_dir(&user);
	l = (struct layer){ from, buf_str(&user), RULES_USER };
	if (err == 0 && !from->skip_user && user.len > 0)
		err = load_dir(r, &l, e);
	if (err == 0)
		err = load_session(r, from, e);
	for (size_t i = 0; err == 0 && from->config != NULL && !from->skip_user;
		i++) {
		l = (struct layer){ from, config_project_dir(from->config, i),
			RULES_PROJECT };
		if (l.dir == NULL)
			break;
		err = load_dir(r, &l, e);
	}
	return err;
}
