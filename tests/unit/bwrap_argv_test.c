/* SPDX-License-Identifier: Apache-2.0 */
/* bwrap_argv_test.c -- the exact options of a plan, and where bwrap's limit is. */
/* links: launcher/bwrap_argv.c */
#include "launcher/bwrap_argv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "tests/unit/tap.h"

enum { USERNS = 9 };

static char space[1 << 20];

/* The options behind the fixed ones, NULs as newlines; "" when it failed. */
static const char *
words(const struct plan *p, int *ret_err)
{
	static char text[sizeof space + 1];
	struct bwrap_args out = { .bytes = space, .size = sizeof space };
	*ret_err = bwrap_argv(p, USERNS, &out);
	if (*ret_err != 0)
		return "";
	for (size_t i = 0; i < out.len; i++)
		text[i] = space[i] == '\0' ? '\n' : space[i];
	text[out.len] = '\0';
	return text;
}

#define ALWAYS                                                              \
	"--userns\n9\n--unshare-pid\n--unshare-ipc\n--unshare-uts\n"        \
	"--unshare-cgroup-try\n--die-with-parent\n--as-pid-1\n--chdir\n/\n" \
	"--cap-drop\nALL\n--cap-add\nCAP_SYS_ADMIN\n"                       \
	"--cap-add\nCAP_SETPCAP\n"

static void
test_flags(struct tap *t, struct plan *p)
{
	int err;
	*p = (struct plan){ .flags = PLAN_NAMESPACES };
	tap_str(t, words(p, &err), ALWAYS, "the least: all but the network");
	p->flags |= PLAN_PRIVATE_NET;
	tap_str(t, words(p, &err), ALWAYS "--unshare-net\n", "private network");
	p->flags |= PLAN_NET_PROXY;
	tap_str(t, words(p, &err),
		ALWAYS "--unshare-net\n--cap-add\nCAP_NET_ADMIN\n"
		       "--cap-add\nCAP_NET_BIND_SERVICE\n"
		       "--cap-add\nCAP_NET_RAW\n",
		"and doors in it");
	p->flags = PLAN_FLAGS_ALL &
		   ~(PLAN_PRIVATE_NET | PLAN_NET_PROXY | PLAN_INIT_MOUNTS);
	tap_str(t, words(p, &err), ALWAYS, "no other flag is bwrap's business");
}

/* With mounts laid by init bwrap gets nothing of the plan, and no network: both
 * are made elsewhere.  A /proc is what it takes to start init. */
static void
test_init_mounts(struct tap *t, struct plan *p)
{
#define BY_INIT                                                           \
	ALWAYS "--cap-add\nCAP_SYS_CHROOT\n--cap-add\nCAP_DAC_OVERRIDE\n" \
	       "--cap-add\nCAP_SYS_PTRACE\n"
	int err;
	*p = (struct plan){ .flags = PLAN_INIT_MOUNTS | PLAN_PRIVATE_NET,
		.n_mounts = 1 };
	p->mounts[0] = (struct plan_mount){
		.op = PLAN_BIND_RW, .fd = -1, .dest = "/w", .arg = "/w"
	};
	tap_str(t, words(p, &err), BY_INIT "--dev-bind\n/proc\n/proc\n",
		"init's mounts, none of them a /proc");
	p->n_mounts = 2;
	p->mounts[1] = (struct plan_mount){
		.op = PLAN_PROC, .fd = -1, .dest = "/proc", .arg = ""
	};
	tap_str(t, words(p, &err), BY_INIT "--proc\n/proc\n",
		"init's mounts with a /proc");
}

static void
test_operations(struct tap *t, struct plan *p)
{
	static const struct {
		struct plan_mount m;
		const char *want;
		const char *name;
	} rows[] = {
		{ { PLAN_BIND_RO, 0, 12, "/", "/src" }, "--ro-bind-fd\n12\n/\n",
			"read-only bind of a descriptor" },
		{ { PLAN_BIND_RO, 0, -1, "/a", "/s c" },
			"--ro-bind\n/s c\n/a\n", "read-only bind of a path" },
		{ { PLAN_BIND_RW, 0, 65535, "/w", "/w" },
			"--bind-fd\n65535\n/w\n", "writable bind" },
		{ { PLAN_BIND_RW, 0, -1, "/w", "/v" }, "--bind\n/v\n/w\n",
			"writable bind of a path" },
		{ { PLAN_BIND_DEV, 0, -1, "/dev/kvm", "/dev/kvm" },
			"--dev-bind\n/dev/kvm\n/dev/kvm\n", "device" },
		{ { PLAN_TMPFS, 01777, -1, "/tmp", "" },
			"--perms\n1777\n--tmpfs\n/tmp\n", "tmpfs, octal mode" },
		{ { PLAN_TMPFS, 0, -1, "/x", "" }, "--perms\n0\n--tmpfs\n/x\n",
			"tmpfs of mode 0" },
		{ { PLAN_MASK_FILE, 0, 33, "/m", "" },
			"--perms\n0\n--ro-bind-data\n33\n/m\n", "file mask" },
		{ { PLAN_DEV, 0, -1, "/dev", "" }, "--dev\n/dev\n", "dev" },
		{ { PLAN_PROC, 0, -1, "/proc", "" }, "--proc\n/proc\n",
			"proc" },
		{ { PLAN_DIR, 0755, -1, "/d", "" }, "--perms\n755\n--dir\n/d\n",
			"directory" },
		{ { PLAN_SYMLINK, 0, -1, "/bin", "usr/bin" },
			"--symlink\nusr/bin\n/bin\n", "symlink" },
		{ { PLAN_SYMLINK, 0, -1, "/bin", "--bind" },
			"--symlink\n--bind\n/bin\n",
			"a target that looks like an option stays a target" },
		{ { PLAN_GUARD_DIR, 0555, -1, "/g", "" },
			"--perms\n555\n--tmpfs\n/g\n", "guard directory" },
		{ { PLAN_GUARD_FILE, 0444, 33, "/g", "" },
			"--perms\n444\n--ro-bind-data\n33\n/g\n",
			"guard file" },
		{ { PLAN_REMOUNT_RO, 0, -1, "/x", "" }, "--remount-ro\n/x\n",
			"remount" },
	};
	bool seen[PLAN_OP_MAX] = { false };
	int err;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		*p = (struct plan){ .n_mounts = 1 };
		p->mounts[0] = rows[i].m;
		seen[rows[i].m.op] = true;
		const char *got = words(p, &err);
		tap_str(t,
			strncmp(got, ALWAYS, strlen(ALWAYS)) == 0
				? got + strlen(ALWAYS)
				: got,
			rows[i].want, rows[i].name);
	}
	/* What only init lays is in no plan that comes here (plan_check). */
	seen[PLAN_OVERLAY] = seen[PLAN_PIN_LINK] = true;
	for (int op = 0; op < PLAN_OP_MAX; op++)
		tap_ok(t, seen[op], "operation %d has a row", op);
	*p = (struct plan){ .n_mounts = 2 };
	p->mounts[0] = rows[0].m;
	p->mounts[1] = rows[2].m;
	tap_str(t, words(p, &err),
		ALWAYS "--ro-bind-fd\n12\n/\n--bind-fd\n65535\n/w\n",
		"order is kept");
}

static void
test_limits(struct tap *t, struct plan *p)
{
	const struct plan_mount three = { PLAN_BIND_RO, 0, 12, "/", "/" };
	const struct plan_mount two = { PLAN_DEV, 0, -1, "/dev", "" };
	struct bwrap_args out = { .bytes = space, .size = sizeof space };
	uint32_t fixed;
	*p = (struct plan){ .n_mounts = 0 };
	(void)bwrap_argv(p, USERNS, &out); /* counted only */
	fixed = out.count;
	/* 3 x n + 2 x m + fixed == the maximum */
	while ((BWRAP_ARGUMENTS_MAX - fixed - 2 * p->n_mounts) % 3 != 0)
		p->mounts[p->n_mounts++] = two;
	while (fixed + 2 * p->n_mounts > BWRAP_ARGUMENTS_MAX)
		p->n_mounts--;
	for (uint32_t left =
			(BWRAP_ARGUMENTS_MAX - fixed - 2 * p->n_mounts) / 3;
		left > 0; left--)
		p->mounts[p->n_mounts++] = three;
	tap_int(t, bwrap_argv(p, USERNS, &out), 0, "the most that bwrap takes");
	tap_int(t, out.count, BWRAP_ARGUMENTS_MAX, "is counted exactly");
	p->mounts[p->n_mounts++] = two;
	tap_int(t, bwrap_argv(p, USERNS, &out), -E2BIG, "more is refused");
	*p = (struct plan){ .n_mounts = 1 };
	p->mounts[0] = three;
	(void)bwrap_argv(p, USERNS, &out);
	const size_t need = out.len;
	char *exact = malloc(need);
	if (!tap_ok(t, exact != NULL, "memory"))
		return;
	out = (struct bwrap_args){ .bytes = exact, .size = need };
	tap_int(t, bwrap_argv(p, USERNS, &out), 0, "exactly enough room");
	out.size = need - 1;
	tap_int(t, bwrap_argv(p, USERNS, &out), -ENOBUFS, "a byte too little");
	out.size = 0;
	tap_int(t, bwrap_argv(p, USERNS, &out), -ENOBUFS, "no room at all");
	free(exact);
}

int
main(void)
{
	static struct plan p;
	struct tap t = { 0 };
	test_flags(&t, &p);
	test_init_mounts(&t, &p);
	test_operations(&t, &p);
	test_limits(&t, &p);
	return tap_end(&t);
}
