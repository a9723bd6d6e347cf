/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_UNIX_SOCKETS_H
#define POLICY_UNIX_SOCKETS_H
/* unix_sockets.h -- which AF_UNIX sockets of the host have a name in the file system. */
#include <stddef.h>

struct diag;

enum { UNIX_SOCKETS_MAX = 8192, UNIX_SOCKETS_TEXT_MAX = 16 << 20 };

struct unix_sockets {
	size_t n;
	char **paths; /* owned, owned strings; absolute, as bound, sorted, no duplicates */
};

void unix_sockets_free(struct unix_sockets *s);

/**
 * Parse text of the form of /proc/net/unix (proc(5)): the path is what follows
 * the inode, to the end of the line; abstract ("@...") and relative names are
 * left out (abstract ones belong to the network namespace, not to the view).
 * 0, -E2BIG over UNIX_SOCKETS_MAX names, -ENOMEM.
 */
int unix_sockets_parse(
	const char *text, size_t len, struct unix_sockets *ret, struct diag *d);

/** Read and parse /proc/net/unix of this network namespace. */
int unix_sockets_read(struct unix_sockets *ret, struct diag *d);

#endif /* POLICY_UNIX_SOCKETS_H */
