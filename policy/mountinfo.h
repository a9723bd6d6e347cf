/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_MOUNTINFO_H
#define POLICY_MOUNTINFO_H
/*
 * mountinfo.h -- /proc/PID/mountinfo (proc(5)): lines of any length, octal
 * escapes (\040 \011 \012 \134), roots that are no paths ("mnt:[...]").
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct diag;

enum { MOUNTINFO_MAX = 65536, MOUNTINFO_TEXT_MAX = 64 << 20 };

struct mountinfo_line {
	uint64_t id;
	uint64_t parent;
	unsigned int major, minor;
	char *root;  /* owned; what of the file system is mounted, unescaped */
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

/** file is /proc/self/mountinfo or another process's. */
int mountinfo_read(const char *file, struct mountinfo *ret, struct diag *d);

/** The mount that the canonical path lies on: the last of the deepest; NULL if none. */
const struct mountinfo_line *mountinfo_of(
	const struct mountinfo *m, const char *path);

/** The mount with the number that statx(2) gives as stx_mnt_id; NULL if none. */
const struct mountinfo_line *mountinfo_by_id(
	const struct mountinfo *m, uint64_t id);

/**
 * The same place, as named in the file system itself and in the tree of mounts.
 * false: the place is not in this mount, or the name is too long for size.
 */
bool mountinfo_inside(const struct mountinfo_line *line, const char *path,
	char *ret, size_t size);
bool mountinfo_outside(const struct mountinfo_line *line, const char *inside,
	char *ret, size_t size);

#endif /* POLICY_MOUNTINFO_H */
