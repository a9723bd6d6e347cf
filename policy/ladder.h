/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_LADDER_H
#define POLICY_LADDER_H
/*
 * ladder.h -- the rules of all layers, each with its trust.
 *
 *   managed   /etc/codex-sandbox, and its requirements.toml
 *   user      $XDG_CONFIG_HOME/codex-sandbox
 *   session   files that the command line names
 *   project   .codex-sandbox of trusted directories: only narrows
 *
 * Files NAME.rules of a directory are read in the order of their names (bytes); `.rules`
 * itself has no name.  What cannot be read or understood ends the loading with
 * its error, in every layer: a rule that is skipped silently would be a hole.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/buf.h"

struct config;
struct diag;
struct rules;

enum { LADDER_FILES_MAX = 1024 }; /* of one directory */

/* Zeroed: the real places, no session, no project. */
struct ladder {
	const char *managed_dir; /* NULL: /etc/codex-sandbox */
	uid_t managed_uid;       /* owner asked of managed files: 0 */
	bool skip_user;          /* neither user nor project */
	const char *const *session;
	size_t n_session;
	struct config *config; /* loaded; NULL: no requirements, no project */
};

struct ladder_error {
	const char *doing; /* "read", "parse"; NULL: nothing is wrong */
	struct buf file;   /* owned */
	struct buf detail; /* owned; one or more lines, not encoded */
	/* The same in one sentence, with its place in the file (0: none). */
	struct buf brief; /* owned */
	uint32_t line, column;
};

void ladder_error_free(struct ladder_error *e);
#define own_ladder_error __attribute__((cleanup(ladder_error_free)))

/** Load every layer into r.  0, or -errno with *e filled. */
int ladder_load(
	struct rules *r, const struct ladder *from, struct ladder_error *e);

/**
 * The error as one sentence for a person (FILE:LINE:COLUMN: CAUSE; MEND), exit
 * code 125; returns err.
 */
int ladder_diag(const struct ladder_error *e, int err, struct diag *d);

/** Where the user's rules lie; empty without a home. */
void ladder_user_dir(struct buf *out);

#endif /* POLICY_LADDER_H */
