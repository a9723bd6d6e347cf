/* SPDX-License-Identifier: Apache-2.0 */
/* walk.c -- open a path component by component; room: user. */
#include "policy/walk.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "launcher/own.h"
#include "policy/diag.h"

/* State of one walk: where we are, and what is still to be walked. */
struct cursor {
	int fd;              /* O_PATH of the directory we stand in */
	char here[PATH_MAX]; /* its canonical name */
	char todo[PATH_MAX]; /* what is left, without leading slashes */
};

void
walk_free(struct walk *w)
{
	if (!w)
		return;
	own_close(&w->fd);
	free(w->canonical);
	free(w->rest);
	for (size_t i = 0; i < w->n_links; i++) {
		free(w->links[i].path);
		free(w->links[i].target);
	}
	*w = (struct walk)WALK_EMPTY;
}

static const char *
skip_slashes(const char *s)
{
	while (*s == '/')
		s++;
	return s;
}

/* Take the next component off c->todo into name; false at the end. */
static bool
next_component(struct cursor *c, char name[NAME_MAX + 1], int *ret_err)
{
	const char *start = skip_slashes(c->todo);
	size_t len = strcspn(start, "/");

	*ret_err = 0;
	if (len == 0)
		return false;
	if (len > NAME_MAX) {
		*ret_err = -ENAMETOOLONG;
		return false;
	}
	memcpy(name, start, len);
	name[len] = '\0';
	start = skip_slashes(start + len);
	memmove(c->todo, start, strlen(start) + 1);
	return true;
}

/* here + "/" + name, in place; -ENAMETOOLONG. */
static int
push_name(char here[PATH_MAX], const char *name)
{
	size_t len = strlen(here);
	size_t add = strlen(name);

	if (len == 1)
		len = 0; /* "/" */
	if (len + 1 + add >= PATH_MAX)
		return -ENAMETOOLONG;
	here[len] = '/';
	memcpy(here + len + 1, name, add + 1);
	return 0;
}

static void
pop_name(char here[PATH_MAX])
{
	char *slash = strrchr(here, '/');

	if (slash == here)
		slash++;
	*slash = '\0';
}

/* Remember a symlink and put its text before what is left. */
static int
follow_link(struct cursor *c, const char *name, struct walk *w)
{
	char text[PATH_MAX];
	char place[PATH_MAX];
	ssize_t got;
	size_t left = strlen(c->todo);

	if (w->n_links == WALK_LINKS_MAX)
		return -ELOOP;
	got = readlinkat(c->fd, name, text, sizeof(text) - 1);
	if (got < 0)
		return -errno;
	text[got] = '\0';
	memcpy(place, c->here, strlen(c->here) + 1);
	if (push_name(place, name) < 0 || (size_t)got + 1 + left >= PATH_MAX)
		return -ENAMETOOLONG;
	w->links[w->n_links].path = strdup(place);
	w->links[w->n_links].target = strdup(text);
	if (!w->links[w->n_links].path || !w->links[w->n_links].target) {
		w->n_links++;
		return -ENOMEM;
	}
	w->n_links++;
	memmove(c->todo + got + 1, c->todo, left + 1);
	memcpy(c->todo, text, (size_t)got);
	c->todo[got] = '/';
	if (text[0] == '/') {
		int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (root < 0)
			return -errno;
		own_close(&c->fd);
		c->fd = root;
		memcpy(c->here, "/", 2);
	}
	return 0;
}

/*
 * One step.  Returns 0 to go on, 1 when the walk ended because name cannot be
 * entered (w->missing says why), -errno.
 */
static int
step(struct cursor *c, const char *name, struct walk *w)
{
	own_fd int fd = -1;
	struct stat st;

	if (strcmp(name, ".") == 0)
		return 0;
	/* O_NOFOLLOW|O_PATH opens the link itself: nothing is followed that we
	 * have not looked at. */
	fd = openat(c->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			return -errno;
		w->missing = errno;
		return 1;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return follow_link(c, name, w);
	if (strcmp(name, "..") == 0)
		pop_name(c->here);
	else if (push_name(c->here, name) < 0)
		return -ENAMETOOLONG;
	own_close(&c->fd);
	c->fd = own_take_fd(&fd);
	return 0;
}

/*
 * What the walk found: an object, or the last name that exists and what is
 * missing below it (`name`, and `more` behind that).
 */
static int
finish(const char *here, int *fd, const char *name, const char *more,
	struct walk *w)
{
	struct stat st;

	w->canonical = strdup(here);
	if (w->missing && asprintf(&w->rest, "%s%s%s", name, more[0] ? "/" : "",
				  more) < 0)
		w->rest = NULL;
	if (!w->canonical || (w->missing && !w->rest))
		return -ENOMEM;
	if (w->missing)
		return 0;
	if (fstat(*fd, &st) < 0)
		return -errno;
	w->mode = st.st_mode;
	w->dev = st.st_dev;
	w->ino = st.st_ino;
	w->fd = own_take_fd(fd);
	return 0;
}

static int
walk_cursor(struct cursor *c, struct walk *w)
{
	char name[NAME_MAX + 1];
	int err = 0;

	while (next_component(c, name, &err)) {
		int r = step(c, name, w);

		if (r < 0)
			return r;
		if (r > 0)
			break;
	}
	return err < 0 ? err : finish(c->here, &c->fd, name, c->todo, w);
}

/* No "//", ".", ".." or final "/": the text is the name, if nothing is a link. */
static bool
is_plain(const char *path)
{
	for (const char *at = path; *at != '\0';) {
		size_t len = strcspn(++at, "/");

		if (len == 0 || (len <= 2 && strspn(at, ".") >= len))
			return at == path + 1 && *at == '\0'; /* "/" */
		at += len;
	}
	return true;
}

/*
 * All in one call, where nothing on the way is a symlink and at most the last
 * components are missing.  Returns 1 when that was so, 0 when the path has to
 * be walked (a symlink; a kernel or a filter without openat2), -errno.
 */
static int
walk_at_once(const char *path, struct walk *w)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	const size_t len = strlen(path);
	char here[PATH_MAX];
	char *end = here + len;
	own_fd int fd = -1;
	int err;

	if (!is_plain(path))
		return 0;
	memcpy(here, path, len + 1);
	while ((fd = (int)syscall(
			SYS_openat2, AT_FDCWD, here, &how, sizeof(how))) < 0) {
		if (errno != ENOENT || end == here) {
			w->missing = 0;
			return 0;
		}
		w->missing = ENOENT;
		while (*end != '/')
			end--;
		end[end == here ? 1 : 0] = '\0';
	}
	/* Where it was cut there is a slash. */
	err = finish(
		here, &fd, w->missing ? path + (end - here) + 1 : "", "", w);
	return err < 0 ? err : 1;
}

static int
walk_slowly(const char *path, struct walk *w)
{
	struct cursor c = { .here = "/" };
	int err;

	memcpy(c.todo, path, strlen(path) + 1);
	c.fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	err = c.fd < 0 ? -errno : walk_cursor(&c, w);
	own_close(&c.fd);
	return err;
}

int
walk_path(const char *path, struct walk *ret, struct diag *d)
{
	struct walk w = WALK_EMPTY;
	int err;

	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return diag_set(d, path[0] != '/' ? -EINVAL : -ENAMETOOLONG,
			DIAG_SETUP, path,
			path[0] != '/' ? "is not an absolute path"
				       : "is longer than 4095 bytes",
			"give an absolute path of at most 4095 bytes");
	err = walk_at_once(path, &w);
	if (err == 0)
		err = walk_slowly(path, &w);
	if (err < 0) {
		walk_free(&w);
		return diag_set(d, err, DIAG_SETUP, path, diag_errno(-err),
			err == -ELOOP ? "take the loop of symlinks out of it"
				      : "give a path that can be opened");
	}
	*ret = w;
	return 0;
}

bool
walk_is_missing(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && errno == ENOENT;
}
