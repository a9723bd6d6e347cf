/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_MOUNTINFO_H
#define POLICY_MOUNTINFO_H
/*
 * mountinfo.h -- /proc/self/mountinfo (proc(5)): lines of any length, octal
 * escapes (\040 \011 \012 \134), roots that are no paths ("mnt:[...]").
 */
#include <stddef.h>
#include <stdint.h>

struct buf;
struct diag;

enum { MOUNTINFO_MAX = 65536, MOUNTINFO_TEXT_MAX = 64 << 20 };

struct mountinfo_line {
	uint64_t id;
	uint64_t parent;
	unsigned int major, minor;
	char *point; /* owned; mount point, unescaped */
	char *type;  /* owned; file system type */
};

struct mountinfo {
	size_t n;
	struct mountinfo_line *lines; /* owned; in the kernel's order */
};

void mountinfo_free(struct mountinfo *m);

/** 0; -EBADMSG on a line that is not of the form (never skipped); -E2BIG; -ENOMEM. */
int mountinfo_parse(
	const char *text, size_t len, struct mountinfo *ret, struct diag *d);
int mountinfo_read(struct mountinfo *ret, struct diag *d);

/** The mount that the canonical path lies on: the last of the deepest; NULL if none. */
const struct mountinfo_line *mountinfo_of(
	const struct mountinfo *m, const char *path);

#endif /* POLICY_MOUNTINFO_H */
