/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_LIMITS_H
#define POLICY_LIMITS_H
/* limits.h -- resource limits of the command: the caller's, then --limit. */
#include <stddef.h>
#include <stdint.h>

struct diag;
struct plan;

/**
 * Fill p->limits with the caller's own limits (getrlimit(2)), a core limit of
 * one byte when `cage` (at that value the kernel starts no core_pattern helper
 * outside on our behalf), and each NAME=VALUE.  VALUE is a number, a size with
 * K, M, G, T, or "unlimited"; it sets both limits and never above the hard one.
 */
int limits_fill(struct plan *p, const char *const *settings, size_t n, int cage,
	struct diag *d);

/**
 * Read one NAME=VALUE of --limit; UINT64_MAX is "unlimited".  0, or -EINVAL
 * with a usage diag.
 */
int limits_read(const char *setting, int *ret_resource, uint64_t *ret_value,
	struct diag *d);

/** The name of a resource in a setting ("nofile"), or NULL. */
const char *limits_name(int resource);

/** Raise our own soft limit on open files to the hard one (many mounts). */
void limits_raise_files(void);

#endif /* POLICY_LIMITS_H */
