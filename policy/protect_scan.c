/* SPDX-License-Identifier: Apache-2.0 */
/* protect_scan.c -- repositories below a writable root, by a bounded scan; room: user.
 *
 * Breadth first, symlinks not followed, at most PROTECT_SCAN_ENTRIES_MAX names
 * and PROTECT_SCAN_DEPTH_MAX levels: the cost of a start must not grow with the
 * tree.  What lies deeper is not covered, and explain says when the scan ended
 * early.
 */
#include "policy/protect.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/path.h"
#include "policy/protect_links.h"
#include "policy/view.h"

enum { QUEUE_MAX = 2048 };

struct scan {
	struct view *view;
	const struct protect_request *rq;
	struct diag *diag;
	struct protect_links links; /* of protected files; mostly none */
	size_t entries;
	size_t head, n;
	char *dirs[QUEUE_MAX]; /* owned; absolute */
	unsigned char depth[QUEUE_MAX];
};

static void
enqueue(struct scan *s, const char *dir, const char *name, unsigned int depth)
{
	char *path = NULL;

	if (s->n == QUEUE_MAX || path_join(dir, name, &path) < 0) {
		s->view->scan_cut = true;
		return;
	}
	s->depth[s->n] = (unsigned char)depth; /* at most SCAN_DEPTH_MAX */
	s->dirs[s->n++] = path;
}

/* A repository: its .git is protected as the root's own. */
static int
found(struct scan *s, int dir_fd, const char *dir)
{
	int err = protect_one(s->view,
		&(struct protect_target){ dir_fd, dir, ".git", true,
			"protected: git (nested)", NULL },
		s->diag);

	protect_links_note(&s->links, dir_fd, ".git", true);

	return err < 0 ? err : protect_git_file(s->view, dir, s->diag);
}

/* Another name of a protected file: as read-only as the first, or refused. */
static int
hard_link(struct scan *s, int dir_fd, const char *dir, const char *name)
{
	size_t before;
	int err;

	if (!protect_links_has(&s->links, dir_fd, name) ||
		!protect_is_open(s->view, dir, name))
		return 0;
	if (s->rq->refuse_links)
		return diag_setf(s->diag, -EMLINK, DIAG_SETUP, dir,
			"remove that name, or use --hard-links close",
			"holds another name of a protected file, %s (--hard-links refuse)",
			name);
	before = s->view->n;
	err = protect_one(s->view,
		&(struct protect_target){ dir_fd, dir, name, false,
			"protected: another name of a protected file", NULL },
		s->diag);
	/* The first name itself is met as well: it needs nothing more. */
	s->view->hard_links += s->view->n - before;
	return err;
}

/* Some file systems do not say in the directory what an entry is. */
static unsigned char
kind_of(int dir_fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return DT_UNKNOWN;
	return S_ISDIR(st.st_mode)   ? DT_DIR
	       : S_ISREG(st.st_mode) ? DT_REG
				     : DT_UNKNOWN;
}

static int
scan_dir(struct scan *s, size_t at, bool is_root)
{
	int fd = open(s->dirs[at],
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	DIR *handle = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	unsigned char kind;
	int err = 0;

	if (!handle) {
		own_close(&fd);
		return 0; /* not readable: nothing inside reads or plants there */
	}
	while (err >= 0 && (entry = readdir(handle))) {
		if (++s->entries > PROTECT_SCAN_ENTRIES_MAX) {
			s->view->scan_cut = true;
			break;
		}
		if (strcmp(entry->d_name, ".git") == 0) {
			if (!is_root)
				err = found(s, fd, s->dirs[at]);
			continue;
		}
		kind = kind_of(fd, entry);
		if (kind == DT_REG)
			err = hard_link(s, fd, s->dirs[at], entry->d_name);
		if (kind != DT_DIR || strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		if (s->depth[at] < PROTECT_SCAN_DEPTH_MAX)
			enqueue(s, s->dirs[at], entry->d_name,
				s->depth[at] + 1u);
		else
			s->view->scan_cut = true;
	}
	(void)closedir(handle);
	return err;
}

/* Which protected files of the root have other names? */
static void
note_root(struct scan *s, const char *root)
{
	own_fd int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < protect_names_n; i++)
		if (protect_is_on(s->rq, &protect_names[i]))
			protect_links_note(&s->links, fd, protect_names[i].name,
				strcmp(protect_names[i].name, ".git") == 0);
	if (s->links.full)
		s->view->scan_cut = true;
}

static bool
wanted(const struct protect_request *rq)
{
	return protect_is_on(
		rq, &(const struct protect_name){
			    .group = "git", .name = ".git", .on = true });
}

int
protect_nested(struct view *v, const char *root,
	const struct protect_request *rq, struct diag *d)
{
	struct scan *s;
	int err = 0;

	/* The host's whole tree is no workspace. */
	if (!wanted(rq) || strcmp(root, "/") == 0 || strcmp(root, "/tmp") == 0)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->view = v;
	s->rq = rq;
	s->diag = d;
	note_root(s, root);
	enqueue(s, root, "", 0);
	for (; s->head < s->n && err >= 0; s->head++)
		if (s->entries <= PROTECT_SCAN_ENTRIES_MAX)
			err = scan_dir(s, s->head, s->head == 0);
	for (size_t i = 0; i < s->n; i++)
		free(s->dirs[i]);
	free(s);
	return err;
}
