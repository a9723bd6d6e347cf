/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c -- resource limits of the command; room: user. */
#include "policy/limits.h"

#include <sys/resource.h>

#include <errno.h>
#include <string.h>

#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/num.h"

struct limit_name {
	const char *name;
	int resource;
};

static const struct limit_name limit_names[] = {
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "fsize", RLIMIT_FSIZE },
	{ "cpu", RLIMIT_CPU },
	{ "stack", RLIMIT_STACK },
	{ "data", RLIMIT_DATA },
	{ "memlock", RLIMIT_MEMLOCK },
};

enum { N_NAMES = sizeof(limit_names) / sizeof(limit_names[0]) };

const char *
limits_name(int resource)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (limit_names[i].resource == resource)
			return limit_names[i].name;
	return NULL;
}

static uint64_t
to_wire(rlim_t v)
{
	return v == RLIM_INFINITY ? UINT64_MAX : (uint64_t)v;
}

int
limits_read(const char *setting, int *ret_resource, uint64_t *ret_value,
	struct diag *d)
{
	size_t len = strcspn(setting, "=");
	size_t i = 0;
	uint64_t value = UINT64_MAX;

	while (i < N_NAMES &&
		(strlen(limit_names[i].name) != len ||
			strncmp(limit_names[i].name, setting, len) != 0))
		i++;
	if (i == N_NAMES || setting[len] != '=')
		return diag_set(d, -EINVAL, DIAG_USAGE, setting,
			"is no NAME=VALUE of a known limit",
			"use nofile, nproc, as, core, fsize, cpu, stack, data or memlock");
	if (strcmp(setting + len + 1, "unlimited") != 0 &&
		num_parse_size(setting + len + 1, UINT64_MAX - 1, &value) < 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, setting,
			"has no valid value",
			"give a number, one with K, M, G or T, or \"unlimited\"");
	*ret_resource = limit_names[i].resource;
	*ret_value = value;
	return 0;
}

static int
set_one(struct plan *p, const char *setting, struct diag *d)
{
	int resource = -1;
	uint64_t value = 0;
	int err = limits_read(setting, &resource, &value, d);

	if (err < 0)
		return err;
	for (size_t l = 0; l < p->n_limits; l++) {
		if (p->limits[l].resource != (uint32_t)resource)
			continue;
		if (value > p->limits[l].hard)
			return diag_set(d, -EPERM, DIAG_SETUP, setting,
				"is above the hard limit of the caller",
				"give a smaller value (see ulimit -H)");
		p->limits[l].soft = p->limits[l].hard = value;
	}
	return 0;
}

int
limits_fill(struct plan *p, const char *const *settings, size_t n, int cage,
	struct diag *d)
{
	p->n_limits = 0;
	for (int r = 0; r < PLAN_LIMITS_MAX; r++) {
		struct rlimit own;

		if (getrlimit((__rlimit_resource_t)r, &own) < 0)
			return diag_set(d, -errno, DIAG_SETUP,
				"resource limits", diag_errno(errno),
				"run where getrlimit is allowed");
		p->limits[p->n_limits++] = (struct plan_limit){ (uint32_t)r,
			to_wire(own.rlim_cur), to_wire(own.rlim_max) };
		if (cage && r == RLIMIT_CORE && own.rlim_cur != 1)
			p->limits[r].soft = own.rlim_max < 1 ? 0 : 1;
	}
	for (size_t i = 0; i < n; i++) {
		int err = set_one(p, settings[i], d);

		if (err < 0)
			return err;
	}
	return 0;
}

void
limits_raise_files(void)
{
	struct rlimit own;

	if (getrlimit(RLIMIT_NOFILE, &own) < 0 || own.rlim_cur == own.rlim_max)
		return;
	own.rlim_cur = own.rlim_max;
	/* Fewer descriptors only mean fewer mounts: the open that fails says so. */
	(void)setrlimit(RLIMIT_NOFILE, &own);
}
