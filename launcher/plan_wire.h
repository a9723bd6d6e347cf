/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_PLAN_WIRE_H
#define LAUNCHER_PLAN_WIRE_H
/*
 * plan_wire.h -- the sealed blob becomes a struct plan (form: plan.h).
 *
 * Pure but for plan_map().  Nothing is copied and nothing is allocated: strings
 * and lists of the plan are views into the blob, which has to outlive it.
 * Whether the values make sense is plan_check()'s business.
 */
#include <fcntl.h>
#include <stddef.h>

#include "launcher/plan.h"

/* Nobody, not even who made it, can change such memory any more. */
enum { PLAN_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/**
 * Decode all of blob[0..len).  0, or -EBADMSG with a sentence in *ret_why and
 * *p half filled: do not use it.  `blob` may be unaligned.
 */
int plan_decode(
	const void *blob, size_t len, struct plan *p, const char **ret_why);

/**
 * Map the memfd `fd` read-only (the mapping stays until the process ends),
 * insist that nobody can change it any more (sealed against writing, growing,
 * shrinking and unsealing), and decode it.  0, or -errno with a sentence.
 */
int plan_map(int fd, struct plan *p, const char **ret_why);

/**
 * The string of a decoded list at *at, which starts at 0 and moves on to the
 * next one; NULL behind the last.
 */
const char *plan_list_next(const struct plan_list *list, size_t *at);

#endif /* LAUNCHER_PLAN_WIRE_H */
