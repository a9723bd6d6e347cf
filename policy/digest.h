/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DIGEST_H
#define POLICY_DIGEST_H
/*
 * digest.h -- a policy, and what a machine makes of it, as one number each.
 *
 * The policy digest is what a team pins: SHA-256 of the canonical form of what
 * was asked for.  It is the same on every machine and in every run; said by a
 * preset, by JSON, by options or by configuration, the same policy has the same
 * digest.  What is below the workspace is written relative to it, so where a
 * checkout lies does not matter.  Left out: the command, values of variables,
 * the terminal, and everything that only decides how the cage is built.
 *
 * The instance digest adds what this kernel made of it: the workspace, the
 * object behind every path (device and inode), who lays the mounts, the filter,
 * Landlock's version, and what had to be done in a weaker way.
 */
#include "policy/sha256.h"

struct buf;
struct diag;
struct plan_build;

/** Append the canonical policy: one line of JSON, members sorted. */
void digest_canonical(const struct plan_build *b, struct buf *out);

/** Append the canonical instance of a plan that was built completely. */
void digest_instance_text(const struct plan_build *b, struct buf *out);

/** Parts of it: the network's value, and a member that is a sorted list. */
void digest_network(const struct plan_build *b, struct buf *out);
struct option_list;
void digest_list(
	struct buf *out, const char *name, const struct option_list *l);

enum digest_of { DIGEST_POLICY, DIGEST_INSTANCE };

/** The digest: of the text above, with its final newline; "" when out of memory. */
void digest_hex(const struct plan_build *b, enum digest_of what,
	char ret_hex[SHA256_HEX]);

/**
 * Is the policy the one of --require-digest?  0; -EINVAL (usage) for what is no
 * digest; -EPERM with both of them in the diag.
 */
int digest_require(
	const struct plan_build *b, const char *required, struct diag *d);

#endif /* POLICY_DIGEST_H */
