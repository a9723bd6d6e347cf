/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PLAN_ENCODE_H
#define POLICY_PLAN_ENCODE_H
/*
 * plan_encode.h -- struct plan becomes the blob that launcher and init read.
 *
 * The form is in launcher/plan.h, its only reader in launcher/plan_wire.c.
 */
struct buf;
struct diag;
struct plan;

/**
 * Append the wire form of *p to `out`, which has to be empty.  The command and
 * its environment, and what doors init makes, come from the NULL-terminated
 * vectors; where one is NULL, the plan's own list (as decoded) is taken instead,
 * so that decoding and encoding is a round trip.  p->argv, p->env and p->net are
 * not touched: decode the blob (cheap, no copy) for a plan that has them.
 * 0, -E2BIG with a sentence when a list, a string or the whole is too long,
 * -ENOMEM.
 */
int plan_encode(const struct plan *p, char *const *argv, char *const *env,
	char *const *net, struct buf *out, struct diag *d);

/**
 * An empty memfd for an encoded plan.  *ret_fd is close-on-exec and owned by the
 * caller.  0 or -errno.
 */
int plan_memfd_new(int *ret_fd, struct diag *d);

/** Put the plan into it; nobody can change it any more.  Its offset stays 0. */
int plan_memfd_fill(int fd, const struct buf *blob, struct diag *d);

/** Both. */
int plan_memfd(const struct buf *blob, int *ret_fd, struct diag *d);

#endif /* POLICY_PLAN_ENCODE_H */
