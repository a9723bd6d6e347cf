/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CONFIG_FIXTURE_H
#define TESTS_UNIT_CONFIG_FIXTURE_H
/*
 * config_fixture.h -- a directory with managed/, user/, profiles/ and project/,
 * written and loaded by the tests of the configuration.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/config.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

enum { FIXTURE_PATH_MAX = 512 };

struct fixture {
	char dir[FIXTURE_PATH_MAX];
	char managed[FIXTURE_PATH_MAX + 16], user[FIXTURE_PATH_MAX + 16];
	char profiles[FIXTURE_PATH_MAX + 16], project[FIXTURE_PATH_MAX + 16];
	struct config_options o;
	struct config *c;
	struct diag d;
};

static inline void
fixture_path(char *out, size_t size, const char *dir, const char *name)
{
	if (snprintf(out, size, "%s/%s", dir, name) >= (int)size)
		abort();
}

/* Write (or, with NULL, remove) DIR/name; directories are made on the way. */
static inline void
fixture_write(const struct fixture *f, const char *name, const char *text)
{
	char path[2 * FIXTURE_PATH_MAX];

	fixture_path(path, sizeof(path), f->dir, name);
	if (text == NULL) {
		(void)unlink(path); /* it need not be there */
		return;
	}
	for (char *p = path + strlen(f->dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0755); /* it may be there */
		*p = '/';
	}
	FILE *out = fopen(path, "we");
	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0)
		abort();
}

/* A copy of packaging/profiles/NAME.toml: the tree's own may be of any mode. */
static inline void
fixture_ship(const struct fixture *f, const char *name)
{
	char from[FIXTURE_PATH_MAX], to[FIXTURE_PATH_MAX];
	char text[1 << 14];

	(void)snprintf(from, sizeof(from), "packaging/profiles/%s.toml", name);
	(void)snprintf(to, sizeof(to), "profiles/%s.toml", name);
	FILE *in = fopen(from, "re");
	if (in == NULL)
		return; /* the test sees that there is none */
	size_t n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	(void)fclose(in); /* it was read only */
	fixture_write(f, to, text);
}

static inline void
fixture_begin(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	(void)umask(022);
	(void)snprintf(f->dir, sizeof(f->dir), "%s/config-test.XXXXXX",
		getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(f->dir) == NULL)
		abort();
	char *real = realpath(f->dir, NULL);
	(void)snprintf(f->dir, sizeof(f->dir), "%s", real);
	free(real);
	fixture_path(f->managed, sizeof(f->managed), f->dir, "managed");
	fixture_path(f->user, sizeof(f->user), f->dir, "user");
	fixture_path(f->profiles, sizeof(f->profiles), f->dir, "profiles");
	fixture_path(f->project, sizeof(f->project), f->dir, "project");
	fixture_write(f, "project/.git/HEAD", "ref: x\n");
	f->o = (struct config_options){
		.managed_dir = f->managed,
		.user_dir = f->user,
		.profiles_dir = f->profiles,
		.home = "/home/somebody",
		.workspace = f->project,
		.managed_uid = geteuid(),
	};
}

/* Read everything anew. */
static inline int
fixture_load(struct fixture *f)
{
	config_free(f->c);
	diag_reset(&f->d);
	f->c = config_new();
	return config_load(f->c, &f->o, &f->d);
}

static inline int
fixture_end(struct fixture *f, const struct tap *t)
{
	config_free(f->c);
	pid_t pid = fork();
	if (pid == 0)
		(void)execlp("rm", "rm", "-rf", f->dir, (char *)NULL);
	(void)waitpid(pid, NULL, 0); /* a directory left over is no failure */
	return tap_end(t);
}

/* It fails, and the error says cause; *thing names the place (NULL: any). */
static inline void
fixture_fails(struct tap *t, struct fixture *f, int rc, const char *thing,
	const char *cause)
{
	bool ok = rc < 0 && strstr(f->d.cause, cause) != NULL &&
		  f->d.mend[0] != '\0' &&
		  (thing == NULL || strstr(f->d.thing, thing) != NULL);

	if (!tap_ok(t, ok, "refused: %s", cause))
		printf("# rc %d, %s: %s; %s\n", rc, f->d.thing, f->d.cause,
			f->d.mend);
}

static inline void
fixture_works(struct tap *t, const struct fixture *f, int rc, const char *name)
{
	if (!tap_ok(t, rc == 0, "%s", name))
		printf("# rc %d, %s: %s; %s\n", rc, f->d.thing, f->d.cause,
			f->d.mend);
}

#endif /* TESTS_UNIT_CONFIG_FIXTURE_H */
