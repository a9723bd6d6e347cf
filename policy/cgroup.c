/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup.c -- limits of the whole sandbox; room: user. */
#include "policy/cgroup.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/magic.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/num.h"
#include "policy/scope.h"

enum {
	TEXT_MAX = 4096,
	LEVELS_MAX = 64,
	CPU_PERIOD_US = 100000,
	US_PER_PERCENT = CPU_PERIOD_US / 100,
	REMOVE_TRIES = 100,
	REMOVE_WAIT_MS = 20,
};

static const char *const mounts[] = { "/sys/fs/cgroup",
	"/sys/fs/cgroup/unified" };
static const char prefix[] = "codex-sandbox-";

static const struct controller {
	const char *name, *option;
	size_t offset; /* into struct cgroup_limits */
} controllers[] = {
	{ "memory", "--memory", offsetof(struct cgroup_limits, memory_bytes) },
	{ "pids", "--pids", offsetof(struct cgroup_limits, pids) },
	{ "cpu", "--cpu", offsetof(struct cgroup_limits, cpu_percent) },
};
enum { CONTROLLERS = sizeof(controllers) / sizeof(controllers[0]) };

static uint64_t
limit_of(const struct cgroup_limits *l, const struct controller *c)
{
	return *(const uint64_t *)(const void *)((const char *)l + c->offset);
}

/* --- small files --------------------------------------------------------------- */

/* The text of a file in a group; false when there is none. */
static bool
read_at(int dir, const char *name, char text[TEXT_MAX])
{
	own_fd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);

	text[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

static int
write_at(int dir, const char *name, const char *text)
{
	own_fd int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -errno;
}

/* The number behind a word at the beginning of a line. */
static uint64_t
number_at(int dir, const char *name, const char *word)
{
	char text[TEXT_MAX];
	size_t len = strlen(word);
	uint64_t value = 0;
	char *line = text;

	if (!read_at(dir, name, text))
		return 0;
	while (*line) {
		char *end = strchrnul(line, '\n');
		bool last = *end == '\0';

		*end = '\0';
		if (strncmp(line, word, len) == 0 &&
			(len == 0 || line[len] == ' ') &&
			num_parse(line + len + (len > 0), 0, UINT64_MAX,
				&value) >= 0)
			return value;
		line = end + !last;
	}
	return 0;
}

static bool
has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += len)
		if ((at == text || at[-1] == ' ') &&
			(at[len] == ' ' || at[len] == '\n' || at[len] == '\0'))
			return true;
	return false;
}

/* --- where ------------------------------------------------------------------------ */

static const char *
mount_point(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		struct statfs fs;

		if (statfs(mounts[i], &fs) == 0 &&
			fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	}
	return NULL;
}

/* Our own group of version 2, as a path; NULL when there is none. */
static char *
own_group(void)
{
	const char *mount = mount_point();
	char text[TEXT_MAX];
	char *path = NULL;
	const char *line;

	if (!mount || !read_at(AT_FDCWD, "/proc/self/cgroup", text))
		return NULL;
	line = strncmp(text, "0::/", 4) == 0 ? text : strstr(text, "\n0::/");
	if (!line)
		return NULL;
	line = strchr(line, '/');
	if (asprintf(&path, "%s%.*s", mount, (int)strcspn(line, "\n"), line) <
		0)
		return NULL;
	/* Of another cgroup namespace: its names are not the ones we see. */
	if (strstr(path, "/..")) {
		free(path);
		return NULL;
	}
	return path;
}

/* The first option whose controller this group does not hand down, or NULL. */
static const char *
lacks(int dir, const struct cgroup_limits *l)
{
	char text[TEXT_MAX];

	if (!read_at(dir, "cgroup.subtree_control", text))
		text[0] = '\0';
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (limit_of(l, &controllers[i]) > 0 &&
			!has_word(text, controllers[i].name))
			return controllers[i].option;
	return NULL;
}

/* Only a group without processes hands controllers down, and a scope that was
 * made for us has none but this. */
static void
step_aside(int scope, const struct cgroup_limits *l)
{
	own_fd int front = -1;
	char text[64] = "";
	size_t len = 0;

	if (mkdirat(scope, "front", 0700) == 0)
		front = openat(scope, "front",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (front < 0 || write_at(front, "cgroup.procs", "0") < 0)
		return; /* what is lacking is said by lacks() */
	for (size_t i = 0; i < CONTROLLERS; i++)
		if (limit_of(l, &controllers[i]) > 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
				"+%s ", controllers[i].name);
	(void)write_at(scope, "cgroup.subtree_control", text);
}

/* Would be made in a scope; a dry run makes none. */
static int
scope_instead(struct cgroup *g, bool dry)
{
	char *own = own_group();

	g->scope = scope_possible(own);
	free(own);
	if (!g->scope || !dry)
		return -EOPNOTSUPP;
	g->path = strdup("a scope of systemd's user manager");
	return g->path ? 0 : -ENOMEM;
}

/*
 * The nearest group above, or ours, where we may make one and enter it: the
 * kernel asks the nearest common one of where a process comes from and goes.
 */
static int
find_parent(struct cgroup *g, const struct cgroup_limits *l, bool dry,
	struct diag *d)
{
	const char *option = NULL;
	char *path = own_group();
	int levels = 0;

	if (!path)
		return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, "control group",
			"this host has no control groups of version 2 in /sys/fs/cgroup, or we are in none of them",
			"boot with systemd.unified_cgroup_hierarchy=1, or take --memory, --pids and --cpu out");
	while (levels++ < LEVELS_MAX && path[0]) {
		own_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char *slash = strrchr(path, '/');
		struct statfs fs;

		if (dir < 0 || fstatfs(dir, &fs) < 0 ||
			fs.f_type != CGROUP2_SUPER_MAGIC)
			break;
		if (faccessat(dir, ".", W_OK, AT_EACCESS) == 0 &&
			faccessat(dir, "cgroup.procs", W_OK, AT_EACCESS) == 0) {
			if (levels == 1 && !dry && scope_is_ours(path))
				step_aside(dir, l);
			option = lacks(dir, l);
			if (!option) {
				g->parent = own_take_fd(&dir);
				g->path = path;
				return 0;
			}
		}
		*slash = '\0';
	}
	free(path);
	if (scope_instead(g, dry) == 0)
		return 0;
	return diag_set(d, -EOPNOTSUPP, DIAG_SETUP,
		option ? option : "--memory, --pids, --cpu",
		option ? "no control group above is delegated to you with that controller"
		       : "no control group above is delegated to you",
		"start it with systemd-run --user --scope -p Delegate=yes codex-sandbox ..., or have the administrator delegate one (Delegate=yes)");
}

/* --- making and removing ------------------------------------------------------------ */

/* Empty ones of runs that were killed: nobody holds their lock. */
static void
sweep(int parent)
{
	int copy = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		own_fd int fd = -1;

		if (strncmp(e->d_name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		fd = openat(parent, e->d_name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			(void)unlinkat(parent, e->d_name, AT_REMOVEDIR);
	}
	if (dir)
		(void)closedir(dir);
	else
		own_close(&copy);
}

static int
set_limits(struct cgroup *g, unsigned int spare)
{
	const struct cgroup_limits *l = &g->limits;
	char text[64];
	int err = 0;

	if (l->memory_bytes > 0) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, l->memory_bytes);
		err = write_at(g->dir, "memory.max", text);
		/* Not there without swap. */
		if (err == 0 &&
			faccessat(g->dir, "memory.swap.max", F_OK, 0) == 0)
			err = write_at(g->dir, "memory.swap.max", "0");
	}
	if (err == 0 && l->pids > 0) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, l->pids + spare);
		err = write_at(g->dir, "pids.max", text);
	}
	if (err == 0 && l->cpu_percent > 0) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 " %d",
			l->cpu_percent * US_PER_PERCENT, CPU_PERIOD_US);
		err = write_at(g->dir, "cpu.max", text);
	}
	return err;
}

/* A lock before a name: who sweeps meanwhile removes it, and we try again. */
static int
make_group(struct cgroup *g)
{
	for (unsigned int i = 0; i < REMOVE_TRIES; i++) {
		char name[sizeof(g->name)];
		struct stat st;
		struct stat there;

		(void)snprintf(name, sizeof(name), "%s%d-%u", prefix,
			(int)getpid(), i);
		if (mkdirat(g->parent, name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return -errno;
		}
		g->dir = openat(g->parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (g->dir >= 0 && flock(g->dir, LOCK_EX | LOCK_NB) == 0 &&
			fstat(g->dir, &st) == 0 &&
			fstatat(g->parent, name, &there, AT_SYMLINK_NOFOLLOW) ==
				0 &&
			st.st_ino == there.st_ino) {
			memcpy(g->name, name, sizeof(g->name));
			return 0;
		}
		own_close(&g->dir);
	}
	return -EBUSY;
}

int
cgroup_begin(struct cgroup *g, const struct cgroup_limits *limits,
	unsigned int spare, bool dry, struct diag *d)
{
	int err;

	*g = CGROUP_EMPTY;
	g->limits = *limits;
	if (limits->memory_bytes == 0 && limits->pids == 0 &&
		limits->cpu_percent == 0)
		return 0;
	err = find_parent(g, limits, dry, d);
	if (err < 0 || dry)
		return err;
	sweep(g->parent);
	err = make_group(g);
	if (err == 0)
		err = set_limits(g, spare);
	if (err == 0) {
		g->procs = openat(g->dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
		err = g->procs < 0 ? -errno : 0;
	}
	return err == 0
		       ? 0
		       : diag_setf(d, -EOPNOTSUPP, DIAG_SETUP, g->path,
				 "take --memory, --pids and --cpu out, or have another one delegated",
				 "no control group with limits can be made in it (%s)",
				 diag_errno(-err));
}

void
cgroup_look(const struct cgroup *g, struct cgroup_events *ret)
{
	*ret = (struct cgroup_events){ .known = g->dir >= 0 };
	if (g->dir < 0)
		return;
	ret->oom_kills = number_at(g->dir, "memory.events", "oom_kill");
	ret->memory_peak = number_at(g->dir, "memory.peak", "");
	ret->pids_refused = number_at(g->dir, "pids.events", "max");
	ret->throttled_us = number_at(g->dir, "cpu.stat", "throttled_usec");
}

/* What was killed is gone a moment later: the kernel tells when. */
static void
wait_until_empty(int dir)
{
	own_fd int events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd p = { .fd = events, .events = POLLPRI };

	if (number_at(dir, "cgroup.events", "populated") != 0)
		(void)poll(&p, 1, REMOVE_WAIT_MS);
}

void
cgroup_end(struct cgroup *g)
{
	for (int i = 0; g->dir >= 0 && i < REMOVE_TRIES; i++) {
		if (unlinkat(g->parent, g->name, AT_REMOVEDIR) == 0 ||
			errno != EBUSY)
			break;
		(void)write_at(g->dir, "cgroup.kill", "1"); /* Linux 5.14 */
		wait_until_empty(g->dir);
	}
	own_close(&g->procs);
	own_close(&g->dir);
	own_close(&g->parent);
	free(g->path);
	*g = CGROUP_EMPTY;
}
