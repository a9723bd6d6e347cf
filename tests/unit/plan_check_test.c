/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check_test.c -- each rule: kept passes, broken is refused and named. */
/* links: launcher/plan_check.c */
#include "launcher/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "launcher/plan_check.h"
#include "tests/unit/tap.h"

/* One plan for all: every test starts from fresh() and changes it. */
static struct plan plan;
static struct tap tap;

static void
fresh(void)
{
	plan = (struct plan){
		.flags = PLAN_NAMESPACES | PLAN_NO_NEW_PRIVS | PLAN_PRIVATE_NET,
		.init_fd = 10,
		.control_fd = 11,
		.net_fd = -1,
		.stdio_fd = { 6, 7, 8 },
		.umask = 022,
		.cwd = "/home",
		.argv = { .count = 1 },
	};
}

/* Add a mount behind the others. */
static void
lay(enum plan_op op, unsigned int perms, int fd, const char *dest,
	const char *arg)
{
	plan.mounts[plan.n_mounts++] = (struct plan_mount){ .op = (uint8_t)op,
		.perms = (uint16_t)perms,
		.fd = fd,
		.dest = dest,
		.arg = arg };
}

static void
good(const char *name)
{
	struct plan_fault f = { .cause = "x" };
	int err = plan_check(&plan, &f);
	if (!tap_ok(&tap, err == 0 && f.cause == NULL, "%s", name))
		(void)printf("# %s, mount %d\n", f.cause, f.mount);
}

/* Refused, with this cause, about this mount (-1: none). */
static void
bad(int mount, const char *cause, const char *name)
{
	struct plan_fault f = { .cause = NULL };
	int err = plan_check(&plan, &f);
	if (!tap_ok(&tap,
		    err == -EINVAL && f.cause != NULL &&
			    strcmp(f.cause, cause) == 0 && f.mount == mount,
		    "%s", name))
		(void)printf("# %d: %s, mount %d\n", err,
			f.cause == NULL ? "(none)" : f.cause, f.mount);
}

static void
test_flags(void)
{
	fresh();
	good("the least plan");
	plan.flags |= PLAN_FLAGS_ALL & ~(unsigned int)PLAN_TTY;
	plan.net_fd = 9;
	good("every flag");
	plan.flags |= PLAN_FLAGS_ALL + 1u;
	bad(-1, "unknown flag", "a flag of a later version");
	fresh();
	plan.flags &= ~(unsigned int)PLAN_NAMESPACES;
	bad(-1, "a private network needs namespaces", "network, no namespaces");
	plan.flags = PLAN_NO_NEW_PRIVS;
	good("in place");
	lay(PLAN_PROC, 0, -1, "/proc", "");
	bad(-1, "mounts need namespaces", "mounts, no namespaces");
	fresh();
	plan.flags = PLAN_NAMESPACES | PLAN_NO_NEW_PRIVS | PLAN_NET_PROXY;
	bad(-1, "doors to nothing", "the host's network");
	fresh();
	plan.net.count = 1;
	bad(-1, "doors to nothing", "a door without the flag");
	plan.flags |= PLAN_NET_PROXY;
	plan.net_fd = 9;
	good("with it");
	fresh();
	plan.flags &= ~(unsigned int)PLAN_NO_NEW_PRIVS;
	bad(-1, "no_new_privs is missing", "namespaces, no no_new_privs");
	plan.flags = 0;
	good("nothing at all");
	plan.n_filter = 1;
	bad(-1, "no_new_privs is missing", "a filter, no no_new_privs");
	fresh();
	plan.tty_mask = 1;
	bad(-1, "tty_mask does not fit the flags", "tty_mask without a tty");
	plan.flags |= PLAN_TTY;
	good("with it");
	plan.tty_mask = 8;
	bad(-1, "tty_mask does not fit the flags", "tty_mask beyond fd 2");
	plan.tty_mask = 0;
	bad(-1, "tty_mask does not fit the flags", "a tty for nothing");
}

static void
test_descriptors(void)
{
	static const char range[] = "a descriptor is missing or out of range";
	static const char twice[] = "a descriptor has two roles";
	for (int fd = -1; fd < PLAN_FD_FIRST; fd++) {
		fresh();
		plan.control_fd = fd;
		bad(-1, range, "control_fd below 6");
	}
	plan.control_fd = PLAN_FD_MAX;
	good("the highest number");
	plan.control_fd = PLAN_FD_MAX + 1;
	bad(-1, range, "one more");
	fresh();
	plan.init_fd = -1;
	bad(-1, range, "no init_fd with namespaces");
	plan.flags = 0;
	good("no init_fd in place");
	plan.init_fd = -2;
	bad(-1, range, "-2 is not none");
	fresh();
	plan.flags |= PLAN_NET_PROXY;
	bad(-1, range, "doors, and nobody to hand them to");
	plan.net_fd = plan.control_fd;
	bad(-1, twice, "supervisor and front end the same");
	fresh();
	plan.init_fd = plan.control_fd;
	bad(-1, twice, "init and control the same");
	fresh();
	plan.stdio_fd[2] = plan.stdio_fd[1];
	bad(-1, twice, "stdout and stderr by one number");
	plan.stdio_fd[2] = -1;
	bad(-1, range, "no stderr");
	plan.flags |= PLAN_TTY;
	plan.tty_mask = 3;
	bad(-1, range, "no stderr, and the pty is not for it");
	plan.tty_mask = 7;
	good("the pty stands in");
	fresh();
	lay(PLAN_BIND_RO, 0, 8, "/", "/");
	bad(0, twice, "a mount's source is stderr");
	plan.mounts[0].fd = 3;
	bad(0, range, "a mount's source is the plan");
	plan.mounts[0].fd = 9;
	lay(PLAN_BIND_RO, 0, 9, "/a", "/a");
	bad(1, twice, "two mounts, one descriptor");
	plan.mounts[1].fd = 12;
	good("each its own");
}

static void
test_process(void)
{
	static const struct {
		const char *path;
		bool ok;
	} paths[] = { { "/", true }, { "/a", true }, { "/a/b.c/..d", true },
		{ "/...", true }, { "/.x/-/ \n", true }, { "", false },
		{ "a", false }, { "./a", false }, { "//", false },
		{ "/a/", false }, { "/a//b", false }, { "/.", false },
		{ "/..", false }, { "/a/./b", false }, { "/a/../b", false },
		{ "/a/..", false }, { "/../a", false }, { "/a/.", false } };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		fresh();
		plan.cwd = paths[i].path;
		if (paths[i].ok)
			good("a canonical cwd");
		else
			bad(-1, "cwd is not canonical", "a cwd that is not");
	}
	fresh();
	plan.argv.count = 0;
	bad(-1, "argv is empty", "no command");
	fresh();
	plan.umask = 0777;
	good("umask 0777");
	plan.umask = 01000;
	bad(-1, "umask out of range", "umask 01000");
	fresh();
	plan.timeout_ms = plan.grace_ms = PLAN_TIMEOUT_MAX_MS;
	good("the longest times");
	plan.timeout_ms++;
	bad(-1, "a time is out of range", "a longer timeout");
	plan.timeout_ms = 0;
	plan.grace_ms++;
	bad(-1, "a time is out of range", "a longer grace");
}

static void
test_limits(void)
{
	fresh();
	plan.n_limits = PLAN_LIMITS_MAX;
	for (uint32_t i = 0; i < PLAN_LIMITS_MAX; i++)
		plan.limits[i] = (struct plan_limit){ i, 5, UINT64_MAX };
	good("each limit once");
	plan.limits[3].hard = plan.limits[3].soft;
	good("soft equal to hard");
	plan.limits[3].resource = 4;
	bad(-1, "a limit is there twice", "one twice");
	plan.limits[3].resource = PLAN_LIMITS_MAX;
	bad(-1, "unknown limit", "one that does not exist");
	plan.limits[3].resource = 3;
	plan.limits[3].hard = 4;
	bad(-1, "a soft limit is above its hard", "soft above hard");
}

static void
test_shape(void)
{
	/* What each operation takes: one row is right, the others are not. */
	static const char no_fd[] = "it takes no descriptor";
	static const char by_init[] = "only init can lay it";
	static const char no_arg[] = "it takes no argument";
	static const char no_mode[] = "mode bits out of range";
	static const char source[] = "source is not canonical";
	static const char range[] = "a descriptor is missing or out of range";
	static const struct {
		struct plan_mount m;
		const char *cause; /* NULL: right */
	} rows[] = {
		{ { PLAN_BIND_RO, 0, 9, "/x", "for people" }, NULL },
		{ { PLAN_BIND_RO, 0, 9, "/x", "" }, NULL },
		{ { PLAN_BIND_RO, 0, -1, "/x", "/src" }, NULL },
		{ { PLAN_BIND_RO, 0, -1, "/x", "src" }, source },
		{ { PLAN_BIND_RO, 0, -1, "/x", "" }, source },
		{ { PLAN_BIND_RO, 0, -1, "/x", "/a/../b" }, source },
		{ { PLAN_BIND_RO, 0755, 9, "/x", "" }, no_mode },
		{ { PLAN_BIND_RO, 0, -2, "/x", "/src" }, range },
		{ { PLAN_BIND_RW, 0, 9, "/x", "" }, NULL },
		{ { PLAN_BIND_RW, 0, -1, "/x", "" }, source },
		{ { PLAN_BIND_DEV, 0, -1, "/x", "/dev/kvm" }, NULL },
		{ { PLAN_BIND_DEV, 0, -1, "/x", "" }, source },
		{ { PLAN_BIND_DEV, 0, 9, "/x", "/dev/kvm" }, no_fd },
		{ { PLAN_TMPFS, 01777, -1, "/x", "" }, NULL },
		{ { PLAN_TMPFS, 02000, -1, "/x", "" }, no_mode },
		{ { PLAN_TMPFS, 0, 9, "/x", "" }, no_fd },
		{ { PLAN_TMPFS, 0, -1, "/x", "y" }, no_arg },
		{ { PLAN_MASK_FILE, 0, 9, "/x", "" }, NULL },
		{ { PLAN_MASK_FILE, 0, -1, "/x", "" }, range },
		{ { PLAN_MASK_FILE, 0, 9, "/x", "y" }, no_arg },
		{ { PLAN_DEV, 0, -1, "/x", "" }, NULL },
		{ { PLAN_DEV, 0, 9, "/x", "" }, no_fd },
		{ { PLAN_DEV, 1, -1, "/x", "" }, no_mode },
		{ { PLAN_PROC, 0, -1, "/x", "" }, NULL },
		{ { PLAN_PROC, 0, 9, "/x", "" }, no_fd },
		{ { PLAN_PROC, 0, -1, "/x", "y" }, no_arg },
		{ { PLAN_DIR, 0700, -1, "/x", "" }, NULL },
		{ { PLAN_DIR, 0700, 9, "/x", "" }, no_fd },
		{ { PLAN_SYMLINK, 0, -1, "/x", "../any//where" }, NULL },
		{ { PLAN_SYMLINK, 0, -1, "/x", "" }, source },
		{ { PLAN_SYMLINK, 0, 9, "/x", "y" }, no_fd },
		{ { PLAN_GUARD_DIR, 0555, -1, "/x", "" }, NULL },
		{ { PLAN_GUARD_DIR, 0555, 9, "/x", "" }, no_fd },
		{ { PLAN_GUARD_FILE, 0444, 9, "/x", "" }, NULL },
		{ { PLAN_GUARD_FILE, 0444, -1, "/x", "" }, range },
		{ { PLAN_OVERLAY, 0, -1, "/x", "/y" }, by_init },
		{ { PLAN_PIN_LINK, 0, -1, "/x", "" }, by_init },
		{ { PLAN_REMOUNT_RO, 0, -1, "/", "" }, NULL },
		{ { PLAN_REMOUNT_RO, 0, 9, "/", "" }, no_fd },
		{ { PLAN_REMOUNT_RO, 0, -1, "/", "y" }, no_arg },
		{ { PLAN_OP_MAX, 0, -1, "/x", "" }, "unknown operation" },
		{ { 255, 0, -1, "/x", "" }, "unknown operation" },
		{ { PLAN_TMPFS, 0, -1, "", "" },
			"destination is not canonical" },
		{ { PLAN_TMPFS, 0, -1, "x", "" },
			"destination is not canonical" },
		{ { PLAN_TMPFS, 0, -1, "/x/", "" },
			"destination is not canonical" },
		{ { PLAN_REMOUNT_RO, 0, -1, "", "" },
			"destination is not canonical" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[64];
		fresh();
		plan.mounts[0] = rows[i].m;
		plan.n_mounts = 1;
		(void)snprintf(name, sizeof name, "shape %zu (operation %d)", i,
			rows[i].m.op);
		if (rows[i].cause == NULL)
			good(name);
		else
			bad(0, rows[i].cause, name);
	}
}

static void
test_places(void)
{
	static const char covered[] = "a later mount would cover it";
	static const char host[] =
		"it would be created on the host's file system";
	static const char leaf[] = "it lies below a file or symlink";
	fresh();
	lay(PLAN_BIND_RO, 0, 20, "/", "/");
	lay(PLAN_BIND_RW, 0, 21, "/w", "/w");
	lay(PLAN_MASK_FILE, 0, 22, "/w/a/secret", "");
	good("deeper and deeper");
	lay(PLAN_BIND_RW, 0, 23, "/w/a", "/w/a");
	bad(2, covered, "a bind over a mask");
	plan.mounts[3].dest = "/w/a/secret/x";
	bad(3, leaf, "something below a mask");
	plan.mounts[3].dest = "/w/a/secrets";
	good("a longer name is another place");
	plan.mounts[3].dest = "/w";
	bad(3, "destination is taken already", "the same place twice");
	fresh();
	lay(PLAN_TMPFS, 0, -1, "/tmp", "");
	lay(PLAN_BIND_RO, 0, 20, "/", "/");
	bad(0, covered, "the root over all");
	fresh();
	lay(PLAN_SYMLINK, 0, -1, "/bin", "usr/bin");
	lay(PLAN_DIR, 0755, -1, "/a", "");
	good("in bwrap's own root");
	lay(PLAN_BIND_RO, 0, 20, "/bin/x", "/");
	bad(2, leaf, "below a symlink");
	fresh();
	lay(PLAN_BIND_RO, 0, 20, "/", "/");
	lay(PLAN_SYMLINK, 0, -1, "/x", "y");
	bad(1, host, "a symlink on the host");
	plan.mounts[1].op = PLAN_DIR;
	plan.mounts[1].arg = "";
	bad(1, host, "a directory on the host");
	fresh();
	lay(PLAN_BIND_RO, 0, 20, "/", "/");
	lay(PLAN_TMPFS, 0755, -1, "/t", "");
	lay(PLAN_DEV, 0, -1, "/dev", "");
	lay(PLAN_DIR, 0755, -1, "/t/a/b", "");
	lay(PLAN_SYMLINK, 0, -1, "/t/a/b/c", "y");
	lay(PLAN_SYMLINK, 0, -1, "/dev/core", "y");
	good("in a tmpfs, a directory of it, and /dev");
	lay(PLAN_BIND_RO, 0, 21, "/t/a/h", "/h");
	lay(PLAN_DIR, 0, -1, "/t/a/h/x", "");
	bad(7, host, "below a bind inside a tmpfs");
	plan.n_mounts -= 2;
	lay(PLAN_PROC, 0, -1, "/proc", "");
	lay(PLAN_DIR, 0, -1, "/proc/x", "");
	bad(7, host, "below /proc");
}

static void
test_remounts(void)
{
	static const char none[] = "no own mount to make read-only";
	fresh();
	lay(PLAN_BIND_RO, 0, 20, "/", "/");
	lay(PLAN_TMPFS, 0, -1, "/t", "");
	lay(PLAN_DEV, 0, -1, "/dev", "");
	lay(PLAN_REMOUNT_RO, 0, -1, "/t", "");
	lay(PLAN_REMOUNT_RO, 0, -1, "/dev", "");
	lay(PLAN_REMOUNT_RO, 0, -1, "/", "");
	good("own mounts and the root");
	lay(PLAN_REMOUNT_RO, 0, -1, "/t", "");
	bad(6, "it is made read-only twice", "twice");
	plan.mounts[6].dest = "/";
	bad(6, "it is made read-only twice", "the root twice");
	plan.mounts[6].dest = "/u";
	bad(6, none, "where nothing is");
	plan.mounts[6].dest = "/t/x";
	bad(6, none, "below a mount");
	plan.mounts[6] = (struct plan_mount){ PLAN_TMPFS, 0, -1, "/v", "" };
	bad(6, "it follows a remount", "a mount behind remounts");
	fresh();
	lay(PLAN_BIND_RW, 0, 20, "/w", "/w");
	lay(PLAN_REMOUNT_RO, 0, -1, "/w", "");
	bad(1, none, "a bind of the host's");
	fresh();
	lay(PLAN_REMOUNT_RO, 0, -1, "/", "");
	good("the root that bwrap makes");
	lay(PLAN_REMOUNT_RO, 0, -1, "/", "");
	bad(1, "it is made read-only twice", "that twice");
}

static void
test_many(void)
{
	static char names[PLAN_MOUNTS_MAX][16];
	fresh();
	for (int i = 0; i < PLAN_MOUNTS_MAX; i++) {
		(void)snprintf(names[i], sizeof names[i], "/d/%d", i);
		lay(PLAN_TMPFS, 0, -1, names[i], "");
	}
	good("4096 mounts");
	plan.mounts[PLAN_MOUNTS_MAX - 1].dest = "/d/17";
	bad(PLAN_MOUNTS_MAX - 1, "destination is taken already",
		"the last of them a duplicate");
	plan.mounts[PLAN_MOUNTS_MAX - 1].dest = "/d";
	bad(0, "a later mount would cover it", "the last over all others");
}

int
main(void)
{
	test_flags();
	test_descriptors();
	test_process();
	test_limits();
	test_shape();
	test_places();
	test_remounts();
	test_many();
	return tap_end(&tap);
}
