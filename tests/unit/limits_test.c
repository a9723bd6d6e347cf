/* SPDX-License-Identifier: Apache-2.0 */
/* limits_test.c -- the caller's resource limits, and what --limit makes of them. */
#include "policy/limits.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/plan.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

enum { INSIDE = 1, OUTSIDE = 0 };

/* The plan's row of resource; one of resource UINT32_MAX where it has none. */
static struct plan_limit
limit(const struct plan *p, int resource)
{
	for (size_t i = 0; i < p->n_limits; i++)
		if (p->limits[i].resource == (uint32_t)resource)
			return p->limits[i];
	return (struct plan_limit){ .resource = UINT32_MAX,
		.soft = UINT64_MAX - 1,
		.hard = UINT64_MAX - 1 };
}

static uint64_t
wire(rlim_t v)
{
	return v == RLIM_INFINITY ? UINT64_MAX : (uint64_t)v;
}

static void
test_own(struct tap *t, struct plan *p)
{
	size_t same = 0;

	tap_int(t, limits_fill(p, NULL, 0, OUTSIDE, NULL), 0, "without a cage");
	tap_int(t, p->n_limits, RLIM_NLIMITS, "every limit of the kernel");
	for (int r = 0; r < RLIM_NLIMITS; r++) {
		struct plan_limit l = limit(p, r);
		struct rlimit own;

		same += l.resource == (uint32_t)r &&
			getrlimit((__rlimit_resource_t)r, &own) == 0 &&
			l.soft == wire(own.rlim_cur) &&
			l.hard == wire(own.rlim_max);
	}
	tap_int(t, (long long)same, RLIM_NLIMITS, "is the caller's");
}

struct row {
	const char *setting;
	int err;
	int resource;
	uint64_t value;
};

/* The test's own limits are lowered to these before. */
enum { FILES_SOFT = 64, FILES_HARD = 128 };

static const struct row rows[] = {
	{ "nofile=100", 0, RLIMIT_NOFILE, 100 },
	{ "nofile=128", 0, RLIMIT_NOFILE, 128 },
	{ "nofile=0", 0, RLIMIT_NOFILE, 0 },
	{ "nofile=129", -EPERM, 0, 0 },
	{ "nofile=1K", -EPERM, 0, 0 },
	{ "nofile=unlimited", -EPERM, 0, 0 },
	{ "as=1G", 0, RLIMIT_AS, 1 << 30 },
	{ "fsize=2M", 0, RLIMIT_FSIZE, 2 << 20 },
	{ "cpu=10", 0, RLIMIT_CPU, 10 },
	{ "stack=64K", 0, RLIMIT_STACK, 64 << 10 },
	{ "data=1", 0, RLIMIT_DATA, 1 },
	{ "memlock=0", 0, RLIMIT_MEMLOCK, 0 },
	{ "nproc=1", 0, RLIMIT_NPROC, 1 },
	{ "core=0", 0, RLIMIT_CORE, 0 },
	{ "nofile", -EINVAL, 0, 0 },
	{ "nofile=", -EINVAL, 0, 0 },
	{ "nofile=-1", -EINVAL, 0, 0 },
	{ "nofile=1x", -EINVAL, 0, 0 },
	{ "nofile= 1", -EINVAL, 0, 0 },
	{ "nofile=18446744073709551615", -EINVAL, 0, 0 },
	{ "nofile=99999999999999999999", -EINVAL, 0, 0 },
	{ "nofile=Unlimited", -EINVAL, 0, 0 },
	{ "nofil=1", -EINVAL, 0, 0 },
	{ "nofiles=1", -EINVAL, 0, 0 },
	{ "NOFILE=1", -EINVAL, 0, 0 },
	{ "=1", -EINVAL, 0, 0 },
	{ "", -EINVAL, 0, 0 },
};

static void
test_settings(struct tap *t, struct plan *p)
{
	const char *two[] = { "nofile=100", "nofile=50" };
	const char *up[] = { "nofile=50", "nofile=100" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct diag d = { 0 };
		int err = limits_fill(p, &r->setting, 1, INSIDE, &d);
		struct plan_limit l = limit(p, r->resource);

		tap_int(t, err, r->err, r->setting);
		if (r->err == 0)
			tap_ok(t, l.soft == r->value && l.hard == r->value,
				"sets both limits");
		else
			tap_ok(t,
				strcmp(d.thing, r->setting) == 0 &&
					d.code == (r->err == -EPERM
								  ? DIAG_SETUP
								  : DIAG_USAGE),
				"and says so");
	}
	tap_int(t, limits_fill(p, two, 2, INSIDE, NULL), 0, "twice, lower");
	tap_int(t, (long long)limit(p, RLIMIT_NOFILE).hard, 50, "the last one");
	tap_int(t, limits_fill(p, up, 2, INSIDE, NULL), -EPERM,
		"twice, higher: no way back");
}

/* One byte: the only value at which no helper outside gets our core dumps. */
static void
test_core(struct tap *t, struct plan *p)
{
	struct rlimit core = { 0, 4096 };
	int status;
	pid_t pid;

	(void)setrlimit(RLIMIT_CORE, &core);
	(void)limits_fill(p, NULL, 0, INSIDE, NULL);
	tap_int(t, (long long)limit(p, RLIMIT_CORE).soft, 1,
		"in a cage the core limit is one byte");
	(void)limits_fill(p, NULL, 0, OUTSIDE, NULL);
	tap_int(t, (long long)limit(p, RLIMIT_CORE).soft, 0,
		"without one it is the caller's");
	pid = fork();
	if (pid == 0) {
		core.rlim_max = 0;
		(void)setrlimit(RLIMIT_CORE, &core);
		(void)limits_fill(p, NULL, 0, INSIDE, NULL);
		_exit((int)limit(p, RLIMIT_CORE).soft);
	}
	(void)waitpid(pid, &status, 0);
	tap_int(t, status, 0, "never more than the hard limit");
}

static void
test_raise(struct tap *t)
{
	struct rlimit files;

	limits_raise_files();
	(void)getrlimit(RLIMIT_NOFILE, &files);
	tap_int(t, (long long)files.rlim_cur, FILES_HARD,
		"our own soft limit on files is raised");
}

int
main(void)
{
	struct tap t = { 0 };
	struct plan *p = calloc(1, sizeof(*p));
	const struct rlimit files = { FILES_SOFT, FILES_HARD };

	if (!p || setrlimit(RLIMIT_NOFILE, &files) < 0)
		return 99;
	test_own(&t, p);
	test_settings(&t, p);
	test_core(&t, p);
	test_raise(&t);
	free(p);
	return tap_end(&t);
}
