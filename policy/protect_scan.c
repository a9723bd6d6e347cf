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

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/dents.h"
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
	size_t head, n, cap;
	struct todo {
		char *dir; /* owned; absolute */
		unsigned int depth;
	} * todo; /* owned */
};

static int
grow(struct scan *s)
{
	size_t cap = s->cap ? s->cap * 2 : 16;
	struct todo *todo;

	if (s->n < s->cap)
		return 0;
	if (s->n == QUEUE_MAX)
		return -E2BIG;
	todo = reallocarray(s->todo, cap, sizeof(*todo));
	if (!todo)
		return -ENOMEM;
	s->todo = todo;
	s->cap = cap;
	return 0;
}

static void
enqueue(struct scan *s, const char *dir, const char *name, unsigned int depth)
{
	char *path = NULL;

	if (grow(s) < 0 || path_join(dir, name, &path) < 0) {
		s->view->scan_cut = true;
		return;
	}
	s->todo[s->n++] = (struct todo){ path, depth };
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
	const char *dir = s->todo[at].dir; /* enqueue() may move the list */
	const unsigned int depth = s->todo[at].depth;
	own_dents struct dents list;
	const struct dirent *entry;
	unsigned char kind;
	int err = 0;

	/* Not readable: nothing inside reads or plants there. */
	(void)dents_open(&list, AT_FDCWD, dir);
	while (err >= 0 && (entry = dents_next(&list))) {
		if (++s->entries > PROTECT_SCAN_ENTRIES_MAX) {
			s->view->scan_cut = true;
			break;
		}
		if (strcmp(entry->d_name, ".git") == 0) {
			if (!is_root)
				err = found(s, list.fd, dir);
			continue;
		}
		kind = kind_of(list.fd, entry);
		if (kind == DT_REG)
			err = hard_link(s, list.fd, dir, entry->d_name);
		if (kind != DT_DIR)
			continue;
		if (depth < PROTECT_SCAN_DEPTH_MAX)
			enqueue(s, dir, entry->d_name, depth + 1);
		else
			s->view->scan_cut = true;
	}
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
	struct scan scan = { .view = v, .rq = rq, .diag = d };
	int err = 0;

	/* The host's whole tree is no workspace. */
	if (!wanted(rq) || strcmp(root, "/") == 0 || strcmp(root, "/tmp") == 0)
		return 0;
	note_root(&scan, root);
	enqueue(&scan, root, "", 0);
	for (; scan.head < scan.n && err >= 0; scan.head++)
		if (scan.entries <= PROTECT_SCAN_ENTRIES_MAX)
			err = scan_dir(&scan, scan.head, scan.head == 0);
	for (size_t i = 0; i < scan.n; i++)
		free(scan.todo[i].dir);
	free(scan.todo);
	return err;
}
