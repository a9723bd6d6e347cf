/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup_limits.c -- limits of the whole sandbox, read and said; room: user. */
#include "policy/cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/num.h"
#include "policy/options.h"
#include "policy/vis.h"

enum {
	PIDS_MAX = 4194304,
	CPU_MAX = 1000000,
};

static int
usage(struct diag *d, const char *value, const char *cause, const char *mend)
{
	return diag_set(d, -EINVAL, DIAG_USAGE, value, cause, mend);
}

int
cgroup_limits(
	const struct options *o, struct cgroup_limits *ret, struct diag *d)
{
	char percent[32] = "";

	if (o->memory &&
		(num_parse_size(o->memory, INT64_MAX, &ret->memory_bytes) < 0 ||
			ret->memory_bytes == 0))
		return usage(d, o->memory, "is no size (--memory)",
			"write it like 512M or 2G");
	if (o->pids && num_parse(o->pids, 1, PIDS_MAX, &ret->pids) < 0)
		return usage(d, o->pids, "is no number of processes (--pids)",
			"write a number from 1 to 4194304");
	if (!o->cpu)
		return 0;
	(void)snprintf(percent, sizeof(percent), "%s", o->cpu);
	if (percent[0] && percent[strlen(percent) - 1] == '%')
		percent[strlen(percent) - 1] = '\0';
	if (strlen(o->cpu) >= sizeof(percent) ||
		num_parse(percent, 1, CPU_MAX, &ret->cpu_percent) < 0)
		return usage(d, o->cpu,
			"is no share of a processor in percent (--cpu)",
			"write it like 50% or 200%");
	return 0;
}

void
cgroup_words(const struct cgroup *g, struct buf *out)
{
	const char *sep = "";

	if (g->limits.memory_bytes > 0) {
		buf_printf(out, "memory %" PRIu64 " bytes",
			g->limits.memory_bytes);
		sep = ", ";
	}
	if (g->limits.pids > 0) {
		buf_printf(out, "%s%" PRIu64 " processes", sep, g->limits.pids);
		sep = ", ";
	}
	if (g->limits.cpu_percent > 0)
		buf_printf(out, "%s%" PRIu64 "%% of a processor", sep,
			g->limits.cpu_percent);
	buf_str_add(out, ", by a control group in ");
	vis_str(out, g->path ? g->path : "?");
}
