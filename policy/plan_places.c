/* SPDX-License-Identifier: Apache-2.0 */
/* plan_places.c -- directories of a run, and our programs; room: user. */
#include "policy/plan_places.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/path.h"
#include "policy/plan_build.h"
#include "policy/walk.h"

/* A directory named by a person: opened once, known by its canonical name. */
static int
find_dir(const char *base, const char *name, const char *what, char **ret,
	struct diag *d)
{
	own_walk struct walk w = WALK_EMPTY;
	char *path = NULL;
	int err;

	err = name[0] == '/' ? path_normalise(name, &path)
			     : path_join(base, name, &path);
	if (err < 0)
		return diag_set(d, err, DIAG_SETUP, name, diag_errno(-err),
			"give a path of at most 4095 bytes");
	err = walk_path(path, &w, d);
	free(path);
	if (err < 0)
		return err;
	if (w.missing || !S_ISDIR(w.mode))
		return diag_setf(d, -ENOTDIR, DIAG_SETUP, name,
			"give an existing directory that you may enter",
			"%s (%s)",
			w.missing ? diag_errno(w.missing)
				  : "is not a directory",
			what);
	*ret = strdup(w.canonical);
	return *ret ? 0 : -ENOMEM;
}

/*
 * A preset on / would make the whole system writable because somebody stood in
 * the wrong directory.  A profile that says root: write says so on purpose.
 */
static int
refuse_root(const struct plan_build *b, const struct options *o, struct diag *d)
{
	if (strcmp(b->workspace, "/") != 0 || o->profile || o->legacy ||
		(o->sandbox && strcmp(o->sandbox, "workspace-write") != 0))
		return 0;
	return diag_set(d, -EINVAL, DIAG_SETUP, "/",
		"as the workspace would make the whole system writable",
		"change to a project directory, use -C DIR, or --sandbox read-only");
}

int
plan_places_find(struct plan_build *b, const struct options *o, struct diag *d)
{
	char here[PATH_MAX];
	int err;

	if (!getcwd(here, sizeof(here)) || here[0] != '/')
		return diag_set(d, -ENOENT, DIAG_SETUP, "current directory",
			"was deleted, or cannot be reached from /",
			"change to an existing directory, or use -C DIR");
	err = find_dir(here, o->workspace ? o->workspace : ".",
		o->workspace ? "--workspace" : "current directory",
		&b->workspace, d);
	if (err < 0)
		return err;
	err = refuse_root(b, o, d);
	if (err < 0)
		return err;
	if (o->chdir)
		return find_dir(b->workspace, o->chdir, "--chdir", &b->cwd, d);
	b->cwd = strdup(b->workspace);
	return b->cwd ? 0 : -ENOMEM;
}

int
plan_places_open(char self[PATH_MAX], const char **ret_place)
{
	ssize_t n = readlink("/proc/self/exe", self, PATH_MAX - 1);
	own_fd int dir = -1;

	*ret_place = self;
	if (n > 0) {
		self[n] = '\0';
		*strrchr(self, '/') = '\0';
		dir = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir >= 0 &&
			faccessat(dir, "codex-sandbox-init", X_OK, 0) == 0)
			return own_take_fd(&dir);
	}
	*ret_place = LIBEXECDIR;
	return open(LIBEXECDIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/*
 * No file that the plan names gets the numbers of the plan itself and of the
 * namespaces that init finds (launcher/plan.h): what is open there now stays.
 */
static int
take_numbers(struct diag *d)
{
	for (int fd = PLAN_FD; fd <= PLAN_LINE_FD; fd++)
		if (fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, fd) < 0)
			return diag_set(d, -errno, DIAG_SETUP, "descriptors",
				diag_errno(errno),
				"raise the limit on open files (ulimit -n)");
	return 0;
}

int
plan_places_programs(struct plan_build *b, struct diag *d)
{
	char self[PATH_MAX];
	const char *place;
	own_fd int dir = -1;
	const char *launcher = b->cage == CAGE_NAMESPACES
				       ? "codex-sandbox-launch"
				       : "codex-sandbox-init";
	int err = take_numbers(d);

	if (err < 0)
		return err;
	dir = plan_places_open(self, &place);
	b->init_fd = openat(dir, "codex-sandbox-init", O_PATH | O_CLOEXEC);
	if (dir >= 0 && b->init_fd >= 0 &&
		faccessat(dir, launcher, X_OK, 0) < 0 && errno == EACCES)
		return diag_setf(d, -EACCES, DIAG_SETUP, launcher,
			"have an administrator add you to its group (ls -l shows it), then log in anew",
			"in %s may not be run by you", place);
	if (dir < 0 || b->init_fd < 0 || faccessat(dir, launcher, X_OK, 0) < 0)
		return diag_setf(d, -ENOENT, DIAG_SETUP, launcher,
			"install codex-sandbox completely (make install)",
			"is not in %s (%s)", place, diag_errno(errno));
	b->plan->init_fd = b->init_fd;
	b->place = strdup(place);
	return b->place ? path_join(place, launcher, &b->program) : -ENOMEM;
}
