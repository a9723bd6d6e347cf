/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H
/*
 * profile.h -- the one split form of a policy: filesystem and network apart.
 *
 * Every way to say a policy (options, --permission-profile, --sandbox-policy,
 * presets) becomes this struct.  Nothing here is resolved against the machine:
 * that is policy/resolve.c.  Every entry remembers where it came from, so that
 * explain and errors can name it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/netpol.h"

struct diag;

enum {
	PROFILE_ENTRIES_MAX = 4096,
	PROFILE_JSON_MAX = 1 << 20, /* bytes */
	PROFILE_JSON_DEPTH_MAX = 32,
};

/* Order is strength at equal depth: deny > write > read. */
enum fs_access { FS_READ, FS_WRITE, FS_DENY };

enum fs_path_kind {
	FS_PATH, /* text: absolute, normalised lexically */
	FS_GLOB, /* text: pattern, absolute or relative to the workspace; deny only */
	FS_ROOT,          /* "/" */
	FS_MINIMAL,       /* platform directories needed to run programs */
	FS_PROJECT_ROOTS, /* the workspace; text: "" or a relative sub-path */
	FS_TMPDIR,        /* $TMPDIR of the caller */
	FS_SLASH_TMP,     /* /tmp of the host */
	FS_UNKNOWN, /* parsed for forward compatibility, resolves to nothing */
};

enum fs_missing {
	/* Write and read: skipped; deny: held if it appears, where possible. */
	FS_MISSING_DEFAULT,
	FS_MISSING_SKIP,  /* "missing_path_behavior":"skip" */
	FS_MISSING_ERROR, /* named by a person on the command line */
};

struct fs_entry {
	enum fs_path_kind kind;
	enum fs_access access;
	enum fs_missing missing;
	char *text;   /* owned; never NULL */
	char *origin; /* owned; "--deny", "--permission-profile entry 3" ... */
	unsigned int sum; /* of text: equal texts have equal sums */
};

enum fs_kind {
	FS_KIND_RESTRICTED,   /* entries decide, default deny */
	FS_KIND_UNRESTRICTED, /* whole filesystem as the user has it */
	FS_KIND_EXTERNAL,     /* something outside does it */
};

enum net_kind {
	NET_RESTRICTED, /* none */
	NET_ENABLED,    /* the host's */
	NET_PROXY,      /* what struct profile.network lets pass */
};

struct profile {
	enum fs_kind fs;
	enum net_kind net;
	size_t n_entries;
	struct fs_entry *entries; /* owned array */
	long glob_depth;          /* glob_scan_max_depth; -1 = not given */
	char *source;          /* owned; how the policy was said, for explain */
	struct netpol network; /* owned; holds with NET_PROXY */
};

void profile_init(
	struct profile *p); /* restricted, no entries, network restricted */
void profile_free(struct profile *p); /* NULL and zeroed are legal */

/**
 * Append an entry; text and origin are copied.
 * The text is normalised: a path lexically, a sub-path of the workspace too; a
 * pattern also, as far as that cannot change its meaning.
 * 0, -E2BIG over PROFILE_ENTRIES_MAX, -EINVAL for a path that is relative or
 * over PLAN_PATH_MAX bytes, a pattern that is not to deny, an unknown place
 * that is, and what says the same as an entry that is there (duplicate) or the
 * opposite (contradictory; compared are kind and normalised text); -ENOMEM.
 */
int profile_add(struct profile *p, enum fs_path_kind kind,
	enum fs_access access, const char *text, enum fs_missing missing,
	const char *origin, struct diag *d);

/**
 * Read the tagged permission profile (spec: disabled, external, managed; the
 * untagged older shape too) from len bytes of JSON.  Strict: duplicate keys,
 * unknown members, wrong types, trailing bytes, depth and size over the bounds
 * are -EINVAL with a diag that names the member
 * ("file_system.entries[2].access").
 * As with the other two below, *p is written only on success, and not freed
 * before.
 */
int profile_from_json(struct profile *p, const char *json, size_t len,
	const char *origin, struct diag *d);

/**
 * Read the older --sandbox-policy form (danger-full-access, read-only,
 * external-sandbox, workspace-write) and convert it.  slash_tmp, tmpdir and the
 * workspace become special entries; resolution stays in resolve.c.
 */
int profile_from_legacy_json(struct profile *p, const char *json, size_t len,
	const char *origin, struct diag *d);

/**
 * Presets of --sandbox: read-only, workspace-write, danger-full-access,
 * external-sandbox.
 */
int profile_from_preset(struct profile *p, const char *name, struct diag *d);

#endif /* POLICY_PROFILE_H */
