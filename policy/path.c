/* SPDX-License-Identifier: Apache-2.0 */
/* path.c -- paths as text, and opened once (room: user). */
#include "policy/path.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/magic.h>
#include <linux/openat2.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"

enum {
	LINKS_MAX = 40,   /* as MAXSYMLINKS of the kernel */
	PROC_ROOT_INO = 1 /* fs/proc/root.c */
};

static void
free_str(char **s)
{
	free(*s);
}
#define own_str __attribute__((cleanup(free_str)))

/* A copy, made by buf so that ownership looks the same everywhere. */
static char *
copy(const char *s)
{
	own_buf struct buf b = { 0 };
	buf_str_add(&b, s);
	return buf_take(&b);
}

/* ---- text ---- */

/*
 * Write the components of `in` to `out`, which has room for strlen(in) + 2
 * bytes, with "/" between them and before the first when `absolute`.
 * A component that ".." could take back begins at or behind out + floor.
 */
static void
components_copy(const char *in, char *out, bool absolute)
{
	size_t len = 0;
	size_t floor = 0;
	while (*in != '\0') {
		size_t n = strcspn(in, "/");
		const char *next = in + n + (in[n] == '/');
		if (n == 0 || (n == 1 && in[0] == '.')) {
			in = next;
			continue;
		}
		bool up = n == 2 && in[0] == '.' && in[1] == '.';
		if (up && len > floor) {
			while (len > floor && out[len - 1] != '/')
				len--;
			if (len > 0)
				len--; /* the slash before it */
			if (len < floor)
				len = floor;
		} else if (!up || !absolute) {
			if (absolute || len > 0)
				out[len++] = '/';
			memcpy(out + len, in, n);
			len += n;
			if (up)
				floor = len;
		}
		in = next;
	}
	if (absolute && len == 0)
		out[len++] = '/';
	out[len] = '\0';
}

static int
normalise(const char *path, bool absolute, char **ret_path)
{
	size_t len = strlen(path);
	if (len > PLAN_PATH_MAX)
		return -ENAMETOOLONG;
	char *out = malloc(len + 2);
	if (out == NULL)
		return -ENOMEM;
	components_copy(path, out, absolute);
	*ret_path = out;
	return 0;
}

int
path_normalise(const char *path, char **ret_path)
{
	if (path[0] != '/')
		return -EINVAL;
	return normalise(path, true, ret_path);
}

int
path_normalise_relative(const char *path, char **ret_path)
{
	if (path[0] == '/')
		return -EINVAL;
	return normalise(path, false, ret_path);
}

int
path_join(const char *base, const char *sub, char **ret_path)
{
	if (base[0] != '/' || sub[0] == '/')
		return -EINVAL;
	own_buf struct buf b = { 0 };
	buf_str_add(&b, base);
	buf_char(&b, '/');
	buf_str_add(&b, sub);
	if (buf_failed(&b))
		return -ENOMEM;
	return path_normalise(buf_str(&b), ret_path);
}

bool
path_is_below(const char *p, const char *root)
{
	size_t n = 0;
	if (root[0] == '/' && root[1] == '\0')
		return p[0] == '/';
	/* One pass: views of thousands of paths ask this for each pair. */
	while (root[n] != '\0' && p[n] == root[n])
		n++;
	return root[n] == '\0' && (p[n] == '\0' || p[n] == '/');
}

size_t
path_depth(const char *p)
{
	size_t n = 0;
	if (p[0] == '/' && p[1] == '\0')
		return 0;
	for (; *p != '\0'; p++)
		if (*p == '/')
			n++;
	return n;
}

/* The end before '/', '/' before every other byte. */
static int
byte_rank(char c)
{
	if (c == '\0')
		return 0;
	return c == '/' ? 1 : 1 + (unsigned char)c;
}

int
path_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return byte_rank(*a) - byte_rank(*b);
}

/* ---- opening ---- */

static int
open_root(void)
{
	return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * What the link `link` in `dir` says, in front of `rest`.  Links of /proc
 * outside its root directory may be magic: they are not read but refused.
 */
static int
link_splice(int dir, int link, const char *rest, char **ret_path)
{
	struct statfs fs;
	struct stat st;
	if (fstatfs(dir, &fs) < 0 || fstat(dir, &st) < 0)
		return -errno;
	if (fs.f_type == PROC_SUPER_MAGIC && st.st_ino != PROC_ROOT_INO)
		return -ELOOP;
	own_buf struct buf b = { .max = PLAN_PATH_MAX };
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if ((size_t)n == sizeof(target)) /* n is positive */
		return -ENAMETOOLONG;
	buf_add(&b, target, (size_t)n);
	buf_str_add(&b, rest); /* "" or begins with "/" */
	if (buf_failed(&b))
		return -ENAMETOOLONG;
	*ret_path = buf_take(&b);
	return *ret_path == NULL ? -ENOMEM : 0;
}

/* Where a walk is: everything of `rest` before `at` is behind us. */
struct route {
	int fd;      /* owned; the directory reached */
	char *rest;  /* owned */
	char *at;    /* borrowed from rest */
	int links;   /* followed up to now */
	bool follow; /* a link at the very end, too */
};

static void
route_free(struct route *w)
{
	own_close(&w->fd);
	free(w->rest);
}
#define own_route __attribute__((cleanup(route_free)))

/* Go on behind a link that was just read; takes `path`. */
static int
route_redirect(struct route *w, char *path)
{
	free(w->rest);
	w->rest = path;
	w->at = path;
	if (path[0] != '/')
		return 0;
	own_close(&w->fd);
	w->fd = open_root();
	return w->fd < 0 ? -errno : 0;
}

/* One component of the given length. */
static int
route_step(struct route *w, size_t len)
{
	char name[NAME_MAX + 1];
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, w->at, len);
	name[len] = '\0';
	const char *rest = w->at + len;
	own_fd int next = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (next < 0 || fstat(next, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && (w->follow || *rest != '\0')) {
		if (w->links++ >= LINKS_MAX)
			return -ELOOP;
		char *path = NULL;
		int r = link_splice(w->fd, next, rest, &path);
		return path == NULL ? r : route_redirect(w, path);
	}
	/* A slash behind it, even the last one, asks for a directory. */
	if (*rest != '\0' && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	own_close(&w->fd);
	w->fd = own_take_fd(&next);
	w->at += len;
	return 0;
}

int
path_open_walk(const char *abs, int flags, int *ret_fd)
{
	if (abs[0] != '/')
		return -EINVAL;
	if (strlen(abs) > PLAN_PATH_MAX)
		return -ENAMETOOLONG;
	own_route struct route w = { .fd = open_root() };
	if (w.fd < 0)
		return -errno;
	w.rest = copy(abs);
	if (w.rest == NULL)
		return -ENOMEM;
	w.at = w.rest;
	w.follow = (flags & O_NOFOLLOW) == 0;
	for (;;) {
		w.at += strspn(w.at, "/");
		size_t len = strcspn(w.at, "/");
		if (len == 0)
			break;
		int r = route_step(&w, len);
		if (r < 0)
			return r;
	}
	struct stat st;
	if (fstat(w.fd, &st) < 0)
		return -errno;
	if ((flags & O_DIRECTORY) != 0 && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	*ret_fd = own_take_fd(&w.fd);
	return 0;
}

static int
open_any(const char *abs, int flags, int *ret_fd)
{
	if (abs[0] != '/' || (flags & ~(O_DIRECTORY | O_NOFOLLOW)) != 0)
		return -EINVAL;
	struct open_how how = {
		.flags = (unsigned int)(O_PATH | O_CLOEXEC | flags), /* bits */
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, AT_FDCWD, abs, &how, sizeof(how));
	if (fd >= 0) {
		*ret_fd = (int)fd; /* a descriptor fits */
		return 0;
	}
	/* EPERM: filters of older container engines say so for what they do
	 * not know; the kernel itself never does for O_PATH. */
	if (errno == ENOSYS || errno == EPERM)
		return path_open_walk(abs, flags, ret_fd);
	return -errno;
}

/*
 * Does the name that ends in " (deleted)" belong to fd?  Then a file really is
 * called so.  The kernel puts the same words behind the name of a deleted one.
 */
static bool
name_is_real(int fd, const char *name)
{
	struct stat a;
	struct stat b;
	own_fd int other = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return other >= 0 && fstat(fd, &a) == 0 && fstat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int
path_of_fd(int fd, char **ret_canonical)
{
	static const char deleted[] = " (deleted)";
	char link[64];
	char name[PATH_MAX + 1];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, name, sizeof(name));
	if (n < 0)
		return -errno;
	size_t len = (size_t)n; /* n is not negative */
	if (len > PLAN_PATH_MAX)
		return -ENAMETOOLONG;
	name[len] = '\0';
	/* "(unreachable)/x", "pipe:[1]": nothing that a policy can name. */
	if (name[0] != '/')
		return -ESTALE;
	size_t tail = sizeof(deleted) - 1;
	if (len > tail && strcmp(name + len - tail, deleted) == 0 &&
		!name_is_real(fd, name))
		return -ESTALE;
	*ret_canonical = copy(name);
	return *ret_canonical == NULL ? -ENOMEM : 0;
}

struct mend {
	int err;
	const char *cause; /* NULL: the errno's own words */
	const char *mend;
};

static const struct mend mends[] = {
	{ EINVAL, "is not an absolute path", "begin it with /" },
	{ ENOENT, NULL, "name a path that exists" },
	{ ENOTDIR, NULL, "name a directory, and directories on the way" },
	{ EACCES, NULL, "name a path that you can reach" },
	{ ELOOP, "goes round in symbolic links or through a link of /proc",
		"name the real path" },
	{ ENAMETOOLONG, NULL, "name a path of at most 4095 bytes" },
	{ ESTALE, "was deleted or lies outside the root directory",
		"name a path that exists" },
	{ EMFILE, NULL, "raise the limit of open files (ulimit -n)" },
};

static int
open_failed(struct diag *d, const char *abs, int err)
{
	const char *cause = NULL;
	const char *mend = "check the path";
	for (size_t i = 0; i < sizeof(mends) / sizeof(mends[0]); i++)
		if (mends[i].err == -err) {
			cause = mends[i].cause;
			mend = mends[i].mend;
		}
	if (cause == NULL)
		cause = diag_errno(-err);
	return diag_set(d, err, DIAG_SETUP, abs, cause, mend);
}

int
path_open(const char *abs, int flags, int *ret_fd, char **ret_canonical,
	struct diag *d)
{
	own_fd int fd = -1;
	own_str char *name = NULL;
	int r = open_any(abs, flags, &fd);
	if (r < 0)
		return open_failed(d, abs, r);
	r = path_of_fd(fd, &name);
	if (r == -ENOENT)
		return diag_set(d, r, DIAG_SETUP, abs,
			"cannot be named, because /proc is not mounted",
			"mount /proc");
	if (r < 0)
		return open_failed(d, abs, r);
	*ret_fd = own_take_fd(&fd);
	if (ret_canonical != NULL) {
		*ret_canonical = name;
		name = NULL;
	}
	return 0;
}

int
path_open_nofollow(
	const char *abs, int *ret_fd, char **ret_canonical, struct diag *d)
{
	return path_open(abs, O_NOFOLLOW, ret_fd, ret_canonical, d);
}
