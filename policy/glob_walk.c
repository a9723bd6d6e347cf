/* SPDX-License-Identifier: Apache-2.0 */
/* glob_walk.c -- what a deny glob matches on this machine now (room: user). */
#include "policy/glob.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/magic.h>
#include <linux/openat2.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/glob_nfa.h"

/*
 * Theory.  A list of directories still to be read, as paths below the prefix;
 * at any time one of them is open, so depth costs no descriptors.  A directory
 * is opened from the prefix with RESOLVE_NO_SYMLINKS: whatever is renamed or
 * replaced meanwhile, the walk never leaves the tree.  It goes on the list only
 * when the pattern can still match below it.
 */
struct todo {
	char *path; /* owned; below the prefix, "" = the prefix */
	long depth; /* 0 = the prefix */
};

struct search {
	struct glob_nfa nfa;
	long max_depth;
	struct glob_bounds max;
	char *base;  /* owned; the prefix, absolute */
	int base_fd; /* owned; O_PATH */
	size_t n_todo;
	size_t cap_todo;
	struct todo *todo; /* owned */
	size_t cap_hits;
	struct glob_hits hits; /* owned */
	struct diag *d;
};

static void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_todo; i++)
		free(s->todo[i].path);
	free(s->todo);
	free(s->base);
	own_close(&s->base_fd);
	glob_hits_free(&s->hits);
	free(s);
}

static void
search_drop(struct search **s)
{
	search_free(*s);
}
#define own_search __attribute__((cleanup(search_drop)))

static int
no_memory(const struct search *s)
{
	return diag_set(s->d, -ENOMEM, DIAG_SETUP, s->nfa.pattern,
		"memory ran out while its matches were looked for",
		"use a narrower pattern");
}

static int
too_many(const struct search *s, size_t max, const char *what)
{
	return diag_setf(s->d, -E2BIG, DIAG_SETUP, s->nfa.pattern,
		"use a narrower pattern or a smaller glob_scan_max_depth",
		"more than %zu %s", max, what);
}

static int
too_long(const struct search *s, const char *dir)
{
	own_buf struct buf b = { 0 };
	buf_printf(&b, "%s/%.200s...", s->base, dir);
	return diag_setf(s->d, -ENAMETOOLONG, DIAG_SETUP, s->nfa.pattern,
		"remove what lies so deep, or use a narrower pattern",
		"could match a path of more than %d bytes, which nothing can "
		"hide: %s",
		(int)PLAN_PATH_MAX, buf_str(&b));
}

/* Make room for one more element; *cap counts elements. */
static void *
grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t bytes = 0;
	if (n < *cap)
		return array;
	size_t more = *cap == 0 ? 16 : *cap * 2;
	if (__builtin_mul_overflow(more, size, &bytes))
		return NULL;
	void *bigger = realloc(array, bytes);
	if (bigger != NULL)
		*cap = more;
	return bigger;
}

/* dir/name below the prefix, either of which may be "". */
static char *
below(const char *dir, const char *name)
{
	own_buf struct buf b = { 0 };
	buf_str_add(&b, dir);
	if (dir[0] != '\0' && name[0] != '\0')
		buf_char(&b, '/');
	buf_str_add(&b, name);
	return buf_take(&b);
}

static int
add_hit(struct search *s, const char *dir, const char *name)
{
	if (s->hits.n >= s->max.matches)
		return too_many(s, s->max.matches, "matches");
	char **paths =
		grow(s->hits.paths, s->hits.n, &s->cap_hits, sizeof(char *));
	if (paths == NULL)
		return no_memory(s);
	s->hits.paths = paths;
	own_buf struct buf b = { 0 };
	buf_str_add(&b, s->base);
	for (const char *part = dir;; part = name) {
		if (part[0] != '\0') {
			buf_char(&b, '/');
			buf_str_add(&b, part);
		}
		if (part == name)
			break;
	}
	if (b.len > PLAN_PATH_MAX)
		return too_long(s, dir);
	paths[s->hits.n] = buf_take(&b);
	if (paths[s->hits.n] == NULL)
		return no_memory(s);
	s->hits.n++;
	return 0;
}

static int
add_todo(struct search *s, const char *dir, const char *name, long depth)
{
	struct todo *todo =
		grow(s->todo, s->n_todo, &s->cap_todo, sizeof(struct todo));
	if (todo == NULL)
		return no_memory(s);
	s->todo = todo;
	char *path = below(dir, name);
	if (path == NULL)
		return no_memory(s);
	todo[s->n_todo++] = (struct todo){ path, depth };
	if (strlen(s->base) + 1 + strlen(path) > PLAN_PATH_MAX)
		return too_long(s, dir);
	return 0;
}

/* Errors that say: there is nothing here for the sandbox either. */
static bool
is_closed(int err)
{
	return err == -EACCES || err == -EPERM || err == -ENOENT ||
	       err == -ENOTDIR || err == -ELOOP || err == -ENOTCONN;
}

/* One component after the other, for kernels without openat2. */
static int
open_steps(int base_fd, const char *path, int *ret_fd)
{
	const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	own_fd int at = openat(base_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && *path != '\0') {
		char name[NAME_MAX + 1];
		size_t n = strcspn(path, "/");
		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, path, n);
		name[n] = '\0';
		int next = openat(at, name, O_PATH | flags);
		own_close(&at);
		at = next;
		path += n + (path[n] == '/');
	}
	if (at < 0)
		return -errno;
	int fd = openat(at, ".", O_RDONLY | flags);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int
open_below(int base_fd, const char *path, int *ret_fd)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			   RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, base_fd, path[0] == '\0' ? "." : path,
		&how, sizeof(how));
	if (fd >= 0) {
		*ret_fd = (int)fd; /* a descriptor fits */
		return 0;
	}
	if (errno == ENOSYS || errno == EPERM)
		return open_steps(base_fd, path, ret_fd);
	return -errno;
}

/* Is it a directory?  Asked only where the file system does not say. */
static bool
is_directory(int dir_fd, const struct dirent *e)
{
	struct stat st;
	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* One name in a directory; *set is what was read before it, with the slash. */
static int
see_entry(struct search *s, const struct todo *t, const struct glob_set *set,
	int dir_fd, const struct dirent *e)
{
	struct glob_set mine = *set;
	if (++s->hits.seen > s->max.seen)
		return too_many(s, s->max.seen, "directory entries");
	glob_feed(&s->nfa, &mine, e->d_name, strlen(e->d_name));
	struct glob_set deeper = mine;
	if (glob_matched(&s->nfa, &mine))
		return add_hit(s, t->path, e->d_name);
	if (s->max_depth >= 0 && t->depth + 1 >= s->max_depth)
		return 0;
	glob_feed(&s->nfa, &deeper, "/", 1);
	if (!glob_alive(&s->nfa, &deeper) || !is_directory(dir_fd, e))
		return 0;
	return add_todo(s, t->path, e->d_name, t->depth + 1);
}

/* A directory that was not opened: may it be entered all the same? */
static int
see_closed(struct search *s, const struct todo *t, int err)
{
	own_buf struct buf b = { 0 };
	if (!is_closed(err))
		return diag_setf(s->d, err, DIAG_SETUP, s->nfa.pattern,
			"mend that directory, or use a narrower pattern",
			"cannot look into %s/%.300s: %s", s->base, t->path,
			diag_errno(-err));
	if (err != -EACCES && err != -EPERM)
		return 0;
	buf_str_add(&b, t->path[0] == '\0' ? "." : t->path);
	if (faccessat(s->base_fd, buf_str(&b), X_OK,
		    AT_EACCESS | AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return add_hit(s, t->path, "");
}

static int
read_directory(struct search *s, const struct todo *t,
	const struct glob_set *set, DIR *dir)
{
	for (;;) {
		errno = 0;
		/* One thread, one stream: nobody else moves it. */
		struct dirent *e = readdir(dir); /* NOLINT(concurrency-*) */
		if (e == NULL)
			return is_closed(-errno) ? 0 : -errno;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		int r = see_entry(s, t, set, dirfd(dir), e);
		if (r < 0)
			return r;
	}
}

static int
see_directory(struct search *s, const struct todo *t)
{
	struct glob_set set;
	struct statfs fs;
	own_fd int fd = -1;
	glob_begin(&s->nfa, &set);
	glob_feed(&s->nfa, &set, s->base, strlen(s->base));
	glob_feed(&s->nfa, &set, "/", 1);
	if (t->path[0] != '\0') {
		glob_feed(&s->nfa, &set, t->path, strlen(t->path));
		glob_feed(&s->nfa, &set, "/", 1);
	}
	int r = open_below(s->base_fd, t->path, &fd);
	if (r < 0)
		return see_closed(s, t, r);
	/* The sandbox has a /proc of its own; the host's is endless. */
	if (fstatfs(fd, &fs) < 0)
		return see_closed(s, t, -errno);
	if (fs.f_type == PROC_SUPER_MAGIC)
		return 0;
	DIR *dir = fdopendir(fd);
	if (dir == NULL)
		return no_memory(s);
	(void)own_take_fd(&fd); /* now the stream's */
	r = read_directory(s, t, &set, dir);
	(void)closedir(dir); /* only read from */
	return r;
}

/*
 * The components at the front that stand for one name each: no magic but what
 * glob_quote() makes.  The last component is never one of them.
 */
static char *
literal_base(const char *pattern)
{
	own_buf struct buf base = { 0 };
	size_t kept = 0;
	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == '/')
			kept = base.len;
		if (p[0] == '[' && p[1] != '\0' && strchr("*?[{", p[1]) &&
			p[2] == ']') {
			buf_char(&base, p[1]);
			p += 2;
		} else if (strchr("*?[{", *p) != NULL) {
			break;
		} else {
			buf_char(&base, *p);
		}
	}
	if (base.data != NULL && !buf_failed(&base)) {
		base.len = kept;
		base.data[kept] = '\0';
	}
	return buf_take(&base);
}

static int
search_begin(struct search *s, const char *pattern)
{
	s->nfa.pattern = pattern;
	if (!glob_compile(&s->nfa, pattern))
		return diag_set(s->d, -EINVAL, DIAG_SETUP, pattern,
			"is no absolute pattern of at most 4096 bytes",
			"begin it with / and make it shorter");
	s->base = literal_base(pattern);
	if (s->base == NULL)
		return no_memory(s);
	if (s->base[0] == '\0')
		return diag_set(s->d, -EINVAL, DIAG_SETUP, pattern,
			"would search the whole file system",
			"use a pattern with a non-root directory prefix");
	s->base_fd = open(s->base, O_PATH | O_CLOEXEC);
	if (s->base_fd >= 0 || is_closed(-errno))
		return 0;
	return diag_set(s->d, -errno, DIAG_SETUP, s->base, diag_errno(errno),
		"mend that directory, or use a narrower pattern");
}

static int
search_run(struct search *s)
{
	struct glob_set set;
	if (s->base_fd < 0 || s->max_depth == 0)
		return 0;
	glob_begin(&s->nfa, &set);
	glob_feed(&s->nfa, &set, s->base, strlen(s->base));
	if (glob_matched(&s->nfa, &set))
		return add_hit(s, "", "");
	int r = add_todo(s, "", "", 0);
	while (r == 0 && s->n_todo > 0) {
		struct todo t = s->todo[--s->n_todo];
		r = see_directory(s, &t);
		free(t.path);
	}
	return r;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
glob_walk_bounded(const char *pattern, long max_depth,
	const struct glob_bounds *max, struct glob_hits *ret, struct diag *d)
{
	/* On the heap: a compiled pattern is large for a stack. */
	own_search struct search *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return diag_set(d, -ENOMEM, DIAG_SETUP, pattern,
			"memory ran out", "free some");
	s->base_fd = -1;
	s->max_depth = max_depth;
	s->max = *max;
	s->d = d;
	int r = search_begin(s, pattern);
	if (r == 0)
		r = search_run(s);
	if (r < 0)
		return r;
	if (s->hits.n > 1)
		qsort(s->hits.paths, s->hits.n, sizeof(char *), compare);
	*ret = s->hits;
	s->hits = (struct glob_hits){ 0 };
	return 0;
}

int
glob_walk(const char *pattern, long max_depth, struct glob_hits *ret,
	struct diag *d)
{
	static const struct glob_bounds max = { GLOB_MATCHES_MAX,
		GLOB_WALK_MAX };
	return glob_walk_bounded(pattern, max_depth, &max, ret, d);
}

void
glob_hits_free(struct glob_hits *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->n; i++)
		free(h->paths[i]);
	free(h->paths);
	*h = (struct glob_hits){ 0 };
}
