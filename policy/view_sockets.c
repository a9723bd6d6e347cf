/* SPDX-License-Identifier: Apache-2.0 */
/* view_sockets.c -- sockets of the host are kept out of the view; room: user.
 *
 * Theory.  connect(2) is not a write, so no read-only mount stops it: every
 * socket file that a host process listens on is masked, wherever the view shows
 * it.  That takes its place:
 *   - file systems that the view does not show cannot show the socket;
 *   - else the name it was bound by is tried, and believed only when the file
 *     there is the socket's (inode and file system, told by unix_diag);
 *   - else (relative, renamed, hard-linked, bound in another root) it is sought
 *     (view_sockets_find.c);
 *   - else nobody knows, and the command gets no AF_UNIX socket at all.
 * Datagram sockets are masked too, but need no such care: no cage makes a
 * datagram socket, and a stream cannot be connected to one.
 *
 * Not covered: what is bound after the start, and what processes in other
 * network namespaces have bound, neither of which any table tells.
 */
#include "policy/view_sockets.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/caps.h"
#include "policy/path.h"
#include "policy/view.h"
#include "policy/walk.h"

/* From now on the command may make no AF_UNIX socket; the first reason stays. */
static int __attribute__((format(printf, 2, 3)))
refuse_unix(struct view *v, const char *fmt, ...)
{
	own_buf struct buf text = { 0 };
	va_list ap;

	if (v->no_unix)
		return 0;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	v->no_unix = buf_take(&text);
	return v->no_unix ? 0 : -ENOMEM;
}

static bool
is_bind(const struct view_node *node)
{
	return node->kind == VIEW_BIND;
}

static bool
shown(const struct view *v, const char *path)
{
	const struct view_node *node = view_deciding(v, path);

	return node && is_bind(node);
}

static uint32_t
dev_of(const struct mountinfo_line *line)
{
	return unix_sockets_dev(line->major, line->minor);
}

/* Does the view show anything of a file system? */
static bool
dev_shown(const struct sight *s, uint32_t dev)
{
	for (size_t i = 0; i < s->mounts.n; i++) {
		const struct mountinfo_line *line = &s->mounts.lines[i];

		if (dev_of(line) == dev &&
			(shown(s->view, line->point) ||
				view_any_below(s->view, line->point, is_bind)))
			return true;
	}
	return false;
}

bool
sight_open(const struct sight *s, size_t i)
{
	return s->states[i].names < s->states[i].links;
}

bool
sight_any_open(const struct sight *s)
{
	for (size_t i = 0; i < s->table.n; i++)
		if (sight_open(s, i))
			return true;
	return false;
}

void
sight_close(struct sight *s, size_t i)
{
	s->states[i].links = 0;
}

bool
sight_wanted(const struct sight *s, uint64_t ino)
{
	for (size_t i = 0; i < s->table.n; i++)
		if (sight_open(s, i) && s->table.items[i].ino == (uint32_t)ino)
			return true;
	return false;
}

/* --- one socket, found ------------------------------------------------------ */

/* Granted by --socket; an entry for the same path may hold the node by now. */
static bool
granted(const struct sight *s, const char *path)
{
	for (size_t i = 0; i < s->rq->n_sockets; i++) {
		own_walk struct walk w = WALK_EMPTY;

		if (walk_path(s->rq->sockets[i], &w, NULL) == 0 && !w.missing &&
			strcmp(w.canonical, path) == 0)
			return true;
	}
	return false;
}

static int
mask(struct sight *s, const char *path)
{
	const struct view_node node = {
		.path = view_text(path),
		.kind = VIEW_SOCKET,
		.fd = -1,
		.origin = view_text("socket of the host"),
	};

	if (!shown(s->view, path) || granted(s, path))
		return 0;
	if (s->view->sockets == VIEW_SOCKETS_MAX)
		return refuse_unix(s->view,
			"more than %d sockets of the host are in sight",
			VIEW_SOCKETS_MAX);
	s->view->sockets++;
	return view_put(s->view, &node, s->diag);
}

/*
 * Behind a directory that we may not search the command finds nothing either,
 * unless it can give itself the right.
 */
static bool
out_of_reach(const struct sight *s, const struct walk *w)
{
	struct stat st;

	return w->missing == EACCES && stat(w->canonical, &st) == 0 &&
	       (st.st_uid != geteuid() ||
		       view_access(s->view, w->canonical) != FS_WRITE);
}

/* Mask a name, if it is a real one of the file that x is about. */
static int
mask_name(struct sight *s, const char *path, const struct statx *x)
{
	own_walk struct walk w = WALK_EMPTY;
	struct caps saved;
	int err;

	caps_lower(&saved);
	err = walk_path(path, &w, NULL);
	caps_restore(&saved);
	if (err == 0 && w.missing == EACCES && !out_of_reach(s, &w))
		return refuse_unix(s->view,
			"the host's socket %s is behind a directory that is closed now",
			path);
	if (err < 0 || w.missing || strcmp(w.canonical, path) != 0 ||
		!S_ISSOCK(w.mode) || w.ino != x->stx_ino)
		return 0;
	/* Nothing can be mounted on what was unlinked, itself still a mount. */
	if (x->stx_nlink == 0)
		return refuse_unix(s->view,
			"the host's socket %s is the mount of a file that was removed",
			path);
	return mask(s, path);
}

/* Mask a file by all names that mounts of its file system give it. */
static int
mask_names(struct sight *s, uint32_t dev, const char *inside,
	const struct statx *x)
{
	char path[PLAN_PATH_TEXT];
	int err = 0;

	for (size_t i = 0; err >= 0 && i < s->mounts.n; i++) {
		const struct mountinfo_line *line = &s->mounts.lines[i];

		if (dev_of(line) == dev &&
			mountinfo_outside(line, inside, path, sizeof(path)) &&
			shown(s->view, path))
			err = mask_name(s, path, x);
	}
	return err;
}

static bool
is_known_place(const struct sight *s, size_t item, const char *inside)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i].item == item &&
			strcmp(s->places[i].inside, inside) == 0)
			return true;
	return false;
}

static int
note_place(struct sight *s, size_t item, const char *inside)
{
	if (s->n_places == s->cap_places) {
		size_t cap = s->cap_places ? s->cap_places * 2 : 16;
		struct sight_place *places =
			reallocarray(s->places, cap, sizeof(*places));

		if (!places)
			return -ENOMEM;
		s->places = places;
		s->cap_places = cap;
	}
	s->places[s->n_places] = (struct sight_place){ item, strdup(inside) };
	if (!s->places[s->n_places].inside)
		return -ENOMEM;
	s->n_places++;
	s->states[item].names++;
	return 0;
}

int
sight_claim(struct sight *s, size_t i, const struct sight_object *o)
{
	struct unix_socket *item = &s->table.items[i];
	const struct mountinfo_line *line;
	char inside[PLAN_PATH_TEXT];
	struct statx x;
	int err;

	if (statx(o->fd, "", AT_EMPTY_PATH,
		    STATX_TYPE | STATX_INO | STATX_NLINK | STATX_MNT_ID,
		    &x) < 0 ||
		!S_ISSOCK(x.stx_mode))
		return 0;
	line = mountinfo_by_id(o->mounts, x.stx_mnt_id);
	if (!line || !mountinfo_inside(line, o->path, inside, sizeof(inside)))
		return 0;
	if (item->ino == 0) {
		/* Only the name was told: what is there is taken for it. */
		item->ino = (uint32_t)x.stx_ino;
		item->dev = dev_of(line);
	}
	/* The kernel tells the low half only. */
	if ((uint32_t)x.stx_ino != item->ino || dev_of(line) != item->dev)
		return 0;
	if (s->states[i].names > 0 && is_known_place(s, i, inside))
		return 1;
	s->states[i].links = x.stx_nlink;
	err = note_place(s, i, inside);
	if (err >= 0)
		err = mask_names(s, item->dev, inside, &x);
	return err < 0 ? err : 1;
}

/* --- all sockets ------------------------------------------------------------ */

/* Try the name that a socket was bound by. */
static int
place_by_name(struct sight *s, size_t i)
{
	own_walk struct walk w = WALK_EMPTY;

	if (s->table.items[i].name[0] != '/' ||
		walk_path(s->table.items[i].name, &w, NULL) < 0)
		return 0;
	if (out_of_reach(s, &w))
		sight_close(s, i);
	return w.missing ? 0
			 : sight_claim(s, i,
				   &(struct sight_object){
					   w.fd, w.canonical, &s->mounts });
}

/* Of the file system of the socket of that name something is shown. */
static bool
shown_elsewhere(const struct sight *s, const char *name)
{
	const struct mountinfo_line *line;
	struct statx x;

	if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW,
		    STATX_TYPE | STATX_MNT_ID, &x) < 0 ||
		!S_ISSOCK(x.stx_mode))
		return false;
	line = mountinfo_by_id(&s->mounts, x.stx_mnt_id);
	return !line || dev_shown(s, dev_of(line));
}

/* Without unix_diag the file system is not known, only the name: the file may
 * be seen by another, through a mount. */
static bool
hidden_by_name(const struct sight *s, const char *name)
{
	return !s->table.exact && name[0] == '/' && !shown(s->view, name) &&
	       !shown_elsewhere(s, name);
}

static int
place_all(struct sight *s)
{
	bool in_sight = true;
	int err = 0;

	for (size_t i = 0; err >= 0 && i < s->table.n; i++) {
		const struct unix_socket *item = &s->table.items[i];

		/* Sorted by file system: one answer for many. */
		if (s->table.exact &&
			(i == 0 || item->dev != s->table.items[i - 1].dev))
			in_sight = dev_shown(s, item->dev);
		if (!in_sight || hidden_by_name(s, item->name))
			continue;
		s->states[i].links = 1;
		err = place_by_name(s, i);
	}
	return err;
}

static bool
listed(const struct unix_sockets *table, const struct unix_socket *item)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->items[i].ino == item->ino &&
			table->items[i].dev == item->dev)
			return true;
	return false;
}

/*
 * Servers that end remove the file first and close the socket after that: one
 * that was caught in between is gone by now.
 */
static int
forget_ended(struct sight *s)
{
	struct unix_sockets now = { 0 };
	int err = unix_sockets_read(&now, s->diag);

	for (size_t i = 0; err >= 0 && now.exact && i < s->table.n; i++)
		if (sight_open(s, i) && !listed(&now, &s->table.items[i]))
			sight_close(s, i);
	unix_sockets_free(&now);
	return err;
}

/* A datagram socket that was not found is out of reach all the same. */
static size_t
first_lost(const struct sight *s)
{
	size_t i = 0;

	while (i < s->table.n &&
		(!sight_open(s, i) || s->table.items[i].type == SOCK_DGRAM))
		i++;
	return i;
}

static int
judge(struct sight *s)
{
	size_t i = first_lost(s);

	if (s->table.over)
		return refuse_unix(s->view,
			"the host has more than %d sockets with a name",
			UNIX_SOCKETS_MAX);
	if (s->table.unsure)
		return refuse_unix(s->view,
			"the kernel has no unix_diag to tell what the host's socket %s is",
			s->table.unsure);
	if (i < s->table.n)
		return refuse_unix(s->view,
			"the host's socket %s may be in sight, and its file was not found%s",
			s->table.items[i].name,
			s->states[i].names > 0 ? " by all its names" : "");
	return 0;
}

static void
sight_free(struct sight *s)
{
	for (size_t i = 0; i < s->n_places; i++)
		free(s->places[i].inside);
	free(s->places);
	free(s->states);
	mountinfo_free(&s->mounts);
	unix_sockets_free(&s->table);
}

int
view_add_sockets(struct view *v, const struct view_request *rq, struct diag *d)
{
	struct sight s = { .view = v, .rq = rq, .diag = d };
	int err = unix_sockets_read(&s.table, d);

	if (err >= 0 && s.table.n > 0) {
		err = mountinfo_read("/proc/self/mountinfo", &s.mounts, d);
		s.states = calloc(s.table.n, sizeof(*s.states));
		if (err >= 0)
			err = s.states ? place_all(&s) : -ENOMEM;
		if (err >= 0 && sight_any_open(&s))
			err = sight_find(&s);
		if (err >= 0 && s.table.exact && sight_any_open(&s))
			err = forget_ended(&s);
	}
	if (err >= 0)
		err = judge(&s);
	sight_free(&s);
	return err;
}
