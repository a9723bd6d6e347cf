/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_VIEW_SOCKETS_H
#define POLICY_VIEW_SOCKETS_H
/*
 * view_sockets.h -- the host's sockets in one view: shared by view_sockets*.c.
 *
 * A socket is known by its file: inode number and file system.  Its name in the
 * kernel's table is only what it was bound by: relative to a directory that
 * nobody tells, or moved, linked and mounted elsewhere since.  Where a file was
 * found, its place inside its file system is kept, and from that follow all
 * names that it has in our tree of mounts.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/mountinfo.h"
#include "policy/unix_sockets.h"

struct diag;
struct view;
struct view_request;

/* As many masks as a start can bear; more sockets in sight: no AF_UNIX. */
enum { VIEW_SOCKETS_MAX = 1024 };

/* What is known of socket i of the table. */
struct sight_state {
	unsigned int names; /* places where its file was found */
	unsigned int links; /* places that it has, by its link count */
};

struct sight_place {
	size_t item;
	char *inside; /* owned; path inside the file system */
};

struct sight {
	struct view *view;
	const struct view_request *rq;
	struct diag *diag;
	struct mountinfo mounts;
	struct unix_sockets table;
	struct sight_state *states; /* owned; one for each of table.items */
	size_t n_places, cap_places;
	struct sight_place
		*places; /* owned; of sockets that had to be sought */
};

/** An object, opened, and how its name is to be read. */
struct sight_object {
	int fd;
	const char *path; /* its name in `mounts`, without symlinks */
	const struct mountinfo *mounts; /* ours, or another process's */
};

/** Socket i is not yet found in all its places; any socket is. */
bool sight_open(const struct sight *s, size_t i);
bool sight_any_open(const struct sight *s);

/**
 * If the object is the file of socket i: note the place, and mask every name
 * that it has in the view.  1 when it is, 0 when it is not, -ENOMEM.
 */
int sight_claim(struct sight *s, size_t i, const struct sight_object *o);

/** May a file with this inode number be one that is open? */
bool sight_wanted(const struct sight *s, uint64_t ino);

/** The command finds nothing of socket i, wherever it is. */
void sight_close(struct sight *s, size_t i);

/** Look for every socket that is open: bounded, and not cheap. */
int sight_find(struct sight *s);

#endif /* POLICY_VIEW_SOCKETS_H */
