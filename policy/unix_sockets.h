/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_UNIX_SOCKETS_H
#define POLICY_UNIX_SOCKETS_H
/*
 * unix_sockets.h -- which AF_UNIX sockets of the host have a name in the file
 * system.
 *
 * Two sources.  unix_diag (sock_diag(7), a netlink family) tells names as they
 * are and which file each socket is; it costs half of what the text costs.
 * /proc/net/unix (proc(5)) is for kernels and containers without it: a line
 * there tells the name only, bare, so that a newline in it looks like a next
 * line, and a file "@x" looks like an abstract name.
 *
 * Only sockets that something can be sent to are listed: connected streams
 * (most of a desktop's) share the name of their listener and are left out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

enum { UNIX_SOCKETS_MAX = 8192, UNIX_SOCKETS_TEXT_MAX = 16 << 20 };

struct unix_socket {
	char *name; /* owned; as bound: absolute, or relative to who knows what */
	unsigned int type; /* SOCK_STREAM ... */
	uint32_t ino; /* low half of the inode number of its file; 0 unknown */
	uint32_t dev; /* file system, as unix_sockets_dev() */
};

struct unix_sockets {
	size_t n, cap;
	struct unix_socket *items; /* owned; sorted by dev, name, type */
	bool exact;                /* ino and dev are known */
	bool over;                 /* there are more than UNIX_SOCKETS_MAX */
	char *unsure; /* owned; a name that the text does not tell, or NULL */
};

void unix_sockets_free(struct unix_sockets *s);

/** A device number as the kernel has it inside: 20 bits of minor number. */
uint32_t unix_sockets_dev(unsigned int major, unsigned int minor);

/**
 * Parse text of the form of /proc/net/unix.  Names that begin with "@" are kept
 * (see unix_sockets_read()) unless only datagrams could be sent there.  A line
 * that is not of the form makes the table unsure.  0 or -ENOMEM.
 */
int unix_sockets_parse_text(
	const char *text, size_t len, struct unix_sockets *ret);

/**
 * Add what one message of a unix_diag dump says.  1 when the dump has ended, 0
 * when there is more, -EBADMSG, -ENOMEM, or the kernel's own refusal.
 */
int unix_sockets_parse_diag(
	const void *bytes, size_t len, struct unix_sockets *s);

/** Sort by file system and name; call once all is added. */
void unix_sockets_sort(struct unix_sockets *s);

/**
 * Read the table of this network namespace: unix_diag, else the text, in which
 * every "@" name is either known to be abstract or makes the table unsure.
 */
int unix_sockets_read(struct unix_sockets *ret, struct diag *d);

#endif /* POLICY_UNIX_SOCKETS_H */
