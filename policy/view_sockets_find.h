/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_VIEW_SOCKETS_FIND_H
#define POLICY_VIEW_SOCKETS_FIND_H
/*
 * view_sockets_find.h -- one search for host sockets; inside of
 * view_sockets_*.c.  Every part of it spends the same bounded number of names,
 * directory entries and directories.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/view_sockets.h"

struct view_node;

enum {
	ENTRIES_MAX = 65536, /* directory entries read */
	SEEN_MAX = 128,      /* directories of processes that are remembered */
};

struct spot {
	uint64_t mount;
	uint64_t ino;
};

struct search {
	struct sight *s;
	unsigned int lookups;
	unsigned int entries;
	size_t n_seen;
	struct spot seen[SEEN_MAX];
	unsigned int n_foreign;
	ino_t foreign_ns; /* whose mounts the next one has */
	struct mountinfo foreign;
};

/* A directory that names may be relative to. */
struct base {
	int fd;
	const struct mountinfo *mounts; /* in which its path is read */
};

/** Try every name that is open below the directory. */
int search_base(struct search *q, const struct base *base);

/** The same below a path of ours; nothing where it is no directory. */
int search_path(struct search *q, const char *path);

/** Sockets in one directory, by inode; takes fd. */
int search_scan(struct search *q, const struct base *base, int fd);

/** A directory to read, or -1 with errno. */
int search_open(int at, const char *path);

/** A writable directory by an entry of its own. */
bool search_is_root(const struct view_node *node);

/** Where our own processes stand and have their root. */
int search_processes(struct search *q);

/** By inode in the trees where people work. */
int search_trees(struct search *q);

#endif /* POLICY_VIEW_SOCKETS_FIND_H */
