/* SPDX-License-Identifier: Apache-2.0 */
/* state_test.c -- where our own directories are, and what is not used as one. */
#include "policy/state.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static char top[] = "/tmp/state-test.XXXXXX";

static struct state
look(const char *state_home, const char *home)
{
	struct state s;

	state_look(state_home, home, &s);
	return s;
}

static bool
exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static void
test_places(struct tap *t)
{
	struct state s = look(NULL, top);
	struct stat st;
	char want[128];

	(void)snprintf(
		want, sizeof(want), "%s/.local/state/codex-sandbox", top);
	tap_str(t, s.place[0].path, want, "at home");
	tap_ok(t, s.place[0].fd < 0 && !exists(".local"),
		"looking makes nothing");
	tap_ok(t, !s.place[0].shared && s.place[1].shared && s.place[2].shared,
		"which of them are shared");
	tap_int(t, state_make(&s.place[0]), 0, "made");
	tap_ok(t,
		lstat(".local/state/codex-sandbox", &st) == 0 &&
			(st.st_mode & 07777) == 0700,
		"with mode 0700, and what is above it");
	state_free(&s);
	s = look(NULL, top);
	tap_ok(t, s.place[0].fd >= 0 && !s.place[0].fault, "found again");
	state_free(&s);
	s = look("relative", NULL);
	tap_ok(t, !s.place[0].path, "a relative $XDG_STATE_HOME and no home");
	state_free(&s);
	s = look("/proc", NULL);
	tap_ok(t, state_make(&s.place[0]) < 0, "where nothing can be made");
	state_free(&s);
}

static const char *
fault(const char *state_home, struct state *s)
{
	char dir[128];

	(void)snprintf(dir, sizeof(dir), "%s/%s", top, state_home);
	*s = look(dir, NULL);
	return s->place[0].fault ? s->place[0].fault : "none";
}

static void
test_faults(struct tap *t)
{
	struct state s;

	(void)mkdir("a", 0700);
	(void)mkdir("a/codex-sandbox", 0755);
	tap_ok(t, strstr(fault("a", &s), "others"), "open to others");
	tap_ok(t, state_make(&s.place[0]) < 0, "is not used");
	state_free(&s);
	(void)chmod("a/codex-sandbox", 0700);
	tap_str(t, fault("a", &s), "none", "closed to others");
	state_free(&s);
	(void)rename("a/codex-sandbox", "a/real");
	(void)symlink("real", "a/codex-sandbox");
	tap_ok(t, strstr(fault("a", &s), "symlink"), "a symlink");
	state_free(&s);
	(void)unlink("a/codex-sandbox");
	(void)symlink("nowhere", "a/codex-sandbox");
	tap_ok(t, strstr(fault("a", &s), "symlink"), "a dangling symlink");
	state_free(&s);
	(void)unlink("a/codex-sandbox");
	(void)close(open("a/codex-sandbox", O_CREAT | O_WRONLY, 0600));
	tap_ok(t, strcmp(fault("a", &s), "none") != 0, "a file");
	state_free(&s);
	(void)unlink("a/codex-sandbox");
	/* Above it: others may replace what is in there. */
	(void)chmod("a", 0777);
	tap_str(t, fault("a", &s), "none", "in a directory of everybody's:");
	tap_ok(t, !s.place[0].path, "no place");
	state_free(&s);
	(void)chmod("a", 01777);
	(void)fault("a", &s);
	tap_ok(t, s.place[0].path && s.place[0].shared, "sticky: a shared one");
	state_free(&s);
	(void)rmdir("a/real");
	(void)rmdir("a");
}

static void
test_runs(struct tap *t)
{
	struct state s = look(NULL, top);
	const struct state_place *p = &s.place[0];
	struct state_run r = { .fd = -1 };
	struct state_run dead = { .fd = -1 };
	char path[256];

	tap_int(t, state_run_make(p, &r), 0, "a directory of a run");
	tap_int(t, state_run_make(p, &dead), 0, "another");
	/* As the kernel leaves it behind an overlay, and a killed run. */
	(void)snprintf(path, sizeof(path), "%s/work", dead.path);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/work/#1", dead.path);
	(void)mkdir(path, 0);
	(void)snprintf(path, sizeof(path), "%s/work/#2", dead.path);
	(void)close(open(path, O_CREAT | O_WRONLY, 0));
	(void)snprintf(path, sizeof(path), "%s/work", dead.path);
	(void)chmod(path, 0);
	(void)state_sweep_runs(p, "x");
	tap_ok(t, exists(r.path) && exists(dead.path),
		"what is locked is not swept away");
	(void)close(dead.fd);
	tap_ok(t, state_sweep_runs(p, "run-"), "it says what else is there");
	tap_ok(t, exists(r.path), "nor is what is alive");
	tap_ok(t, !exists(dead.path), "what is dead is");
	(void)snprintf(path, sizeof(path), "%s", r.path);
	state_run_end(&r);
	tap_ok(t, !exists(path), "the end removes it");
	free(dead.path);
	state_free(&s);
}

static void
test_mounts(struct tap *t)
{
	struct state s = look(NULL, top);
	struct state_mount here;
	struct state_mount there;
	int proc = open("/proc", O_PATH | O_CLOEXEC);
	int dir = open(top, O_PATH | O_CLOEXEC);

	if (state_mount_of(dir, &here) < 0) {
		tap_skip(t, "mounts", "this kernel does not number them");
	} else {
		tap_int(t, state_place_mount(&s.place[0], &there), 0, "asked");
		tap_ok(t, here.mount == there.mount && here.dev == there.dev,
			"our place is on the mount of its directory");
		(void)state_mount_of(proc, &there);
		tap_ok(t, here.mount != there.mount && here.dev != there.dev,
			"/proc is on another");
	}
	(void)close(proc);
	(void)close(dir);
	state_free(&s);
}

int
main(void)
{
	struct tap t = { 0 };

	(void)umask(022);
	if (!mkdtemp(top) || chdir(top) < 0)
		return 99;
	test_places(&t);
	test_faults(&t);
	test_runs(&t);
	test_mounts(&t);
	tap_ok(&t,
		rmdir(".local/state/codex-sandbox") == 0 &&
			rmdir(".local/state") == 0 && rmdir(".local") == 0 &&
			rmdir(top) == 0,
		"nothing else is left");
	return tap_end(&t);
}
