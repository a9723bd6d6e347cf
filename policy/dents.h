/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DENTS_H
#define POLICY_DENTS_H
/*
 * dents.h -- read a directory with nothing but its descriptor.
 *
 * A start lists a dozen directories, most of them empty.  opendir() allocates,
 * asks what the descriptor is, and gives the memory back to the kernel: ten
 * system calls a directory, of which this one leaves four.
 */
#include <dirent.h>
#include <stdbool.h>

struct dents {
	int fd; /* owned; -1 when it could not be opened: then it is empty */
	long at, len;
	_Alignas(struct dirent) char bytes[4096];
};

/**
 * Begin to read the directory `name` in the directory `at` ("." for at itself),
 * which is no symlink.  False with errno when it cannot be opened.
 */
bool dents_open(struct dents *d, int at, const char *name);

/** The next entry but "." and "..", until the next call; NULL at the end. */
const struct dirent *dents_next(struct dents *d);

void dents_close(struct dents *d);
#define own_dents __attribute__((cleanup(dents_close)))

#endif /* POLICY_DENTS_H */
