/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts_test.c -- init lays a plan: what comes out, and what is refused.
 *
 * Every plan is laid in a child, which has a mount namespace of its own and may
 * end with 125.
 */
#include "netns/mounts.h"

#include <linux/capability.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "tests/unit/own_ns.h"
#include "tests/unit/tap.h"

const char fail_program[] = "mounts_test";

static char place[] = "/tmp/csb-mounts.XXXXXX";

/* Paths of mounts live here; the plan only points to them. */
struct made {
	struct plan plan;
	char text[64][2][256];
};

static struct plan_mount *
add(struct made *m, enum plan_op op, const char *dest)
{
	const uint32_t i = m->plan.n_mounts++;
	char(*text)[256] = m->text[i];
	(void)snprintf(text[0], 256, "%s%s", dest[0] == '@' ? place : "",
		dest + (dest[0] == '@'));
	m->plan.mounts[i] = (struct plan_mount){
		.op = (uint8_t)op, .fd = -1, .dest = text[0], .arg = ""
	};
	return &m->plan.mounts[i];
}

static struct plan_mount *
bind_at(struct made *m, enum plan_op op, const char *dest)
{
	struct plan_mount *mount = add(m, op, dest);
	struct stat st;
	mount->arg = mount->dest;
	if (stat(mount->dest, &st) == 0) {
		mount->dev = st.st_dev;
		mount->ino = st.st_ino;
	}
	return mount;
}

static void
begin(struct made *m, enum plan_op base)
{
	*m = (struct made){ .plan = {
				    .flags = PLAN_INIT_MOUNTS | PLAN_NAMESPACES,
				    .control_fd = -1,
				    .net_fd = -1 } };
	struct plan_mount *root = add(m, base, "/");
	if (base == PLAN_TMPFS)
		root->perms = 0755;
	else
		root->arg = root->dest;
}

/* As init does it next. */
static bool
drop_all(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };
	return syscall(SYS_capset, &head, none) == 0;
}

/* Lay it, then look with `check`; 0 when that says so, or 125 and a line. */
static int
laid(const struct made *m, const char *(*check)(void), char said[512])
{
	int line[2], status = -1;
	(void)!pipe2(line, O_CLOEXEC);
	pid_t pid = fork();
	if (pid == 0) {
		(void)dup2(line[1], STDERR_FILENO);
		if (unshare(CLONE_NEWNS) != 0)
			_exit(99);
		mounts_lay(&m->plan);
		if (!drop_all())
			_exit(98);
		const char *hole = check();
		if (hole != NULL)
			dprintf(STDERR_FILENO, "%s\n", hole);
		_exit(hole != NULL);
	}
	close(line[1]);
	(void)waitpid(pid, &status, 0);
	ssize_t n = read(line[0], said, 511);
	said[n > 0 ? n : 0] = '\0';
	close(line[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static const char *
in_place(const char *name)
{
	static char path[2][256];
	static int turn;
	turn = !turn;
	(void)snprintf(path[turn], 256, "%s%s", place, name);
	return path[turn];
}

static bool
shut(const char *name)
{
	return open(in_place(name), O_RDONLY | O_CLOEXEC) < 0 &&
	       errno == EACCES;
}

/* --- a view ------------------------------------------------------------------ */

static const char *
check_view(void)
{
	struct stat st;
	if (ns_try_file("/csb-x") != EROFS)
		return "the base is writable";
	if (ns_try_file(in_place("/kept/x")) != EROFS)
		return "what is read-only is writable";
	if (ns_try_file(in_place("/x")) != 0)
		return "what is writable is not";
	if (!shut("/hidden") || !shut("/secret"))
		return "a mask can be read";
	if (chmod(in_place("/hidden"), 0700) == 0 ||
		chmod(in_place("/secret"), 0600) == 0)
		return "a mask can be changed";
	if (rename(in_place("/pinned"), in_place("/moved")) == 0 ||
		errno != EBUSY)
		return "what is pinned can be moved";
	if (unlink(in_place("/link")) == 0 || errno != EBUSY)
		return "a pinned link can be removed";
	if (stat(in_place("/link"), &st) != 0 || !S_ISDIR(st.st_mode))
		return "a pinned link leads nowhere";
	if (ns_try_file(in_place("/empty/x")) != EROFS)
		return "an empty directory is writable";
	if (access(in_place("/empty/in"), F_OK) == 0)
		return "an empty directory shows what was there";
	if (ns_try_file(in_place("/scratch/x")) != 0)
		return "a private directory is not writable";
	if (access("/dev/kmsg", F_OK) == 0 || ns_try_file("/dev/null") == 0)
		return "/dev is not minimal";
	return NULL;
}

static void
test_view(struct tap *t)
{
	static struct made m;
	char said[512];
	begin(&m, PLAN_BIND_RO);
	add(&m, PLAN_DEV, "/dev");
	bind_at(&m, PLAN_BIND_RW, "@");
	add(&m, PLAN_TMPFS, "@/empty")->perms = 0755;
	bind_at(&m, PLAN_TMPFS, "@/hidden");
	bind_at(&m, PLAN_BIND_RO, "@/kept");
	struct plan_mount *link = add(&m, PLAN_PIN_LINK, "@/link");
	struct stat st;
	(void)lstat(link->dest, &st);
	link->dev = st.st_dev;
	link->ino = st.st_ino;
	bind_at(&m, PLAN_BIND_RW, "@/pinned");
	add(&m, PLAN_TMPFS, "@/scratch")->perms = 01777;
	bind_at(&m, PLAN_MASK_FILE, "@/secret");
	add(&m, PLAN_REMOUNT_RO, "@/empty");
	tap_int(t, laid(&m, check_view, said), 0,
		"a view over the host's tree");
	tap_str(t, said, "", "nothing is said");
	/* The host sees none of it. */
	tap_ok(t,
		access(in_place("/empty/in"), F_OK) == 0 &&
			ns_try_file(in_place("/kept/x")) == 0,
		"outside nothing has changed");
}

static const char *
check_restricted(void)
{
	char text[64] = "";
	if (ns_try_file("/csb-x") != EROFS)
		return "the base is writable";
	if (access("/etc", F_OK) == 0 || access("/tmp/..csb", F_OK) == 0)
		return "something of the host is there";
	if (ns_try_file(in_place("/x")) != 0)
		return "what is writable is not";
	if (access(in_place("/kept"), F_OK) != 0)
		return "what is in it is not there";
	if (readlink("/by/link", text, sizeof text - 1) < 0 ||
		strcmp(text, "../usr") != 0)
		return "a symlink is not made";
	if (ns_try_file("/by/x") != EROFS)
		return "a directory of ours is writable";
	if (access("/", F_OK) != 0 || chdir("..") != 0 ||
		access("etc", F_OK) == 0)
		return "the host's tree is still there";
	return NULL;
}

static void
test_restricted(struct tap *t)
{
	static struct made m;
	char said[512];
	begin(&m, PLAN_TMPFS);
	add(&m, PLAN_SYMLINK, "/by/link")->arg = "../usr";
	bind_at(&m, PLAN_BIND_RW, "@");
	add(&m, PLAN_REMOUNT_RO, "/");
	tap_int(t, laid(&m, check_restricted, said), 0,
		"a view over nothing: mount points are made in it");
	tap_str(t, said, "", "nothing is said");
}

/* --- refusals ------------------------------------------------------------------ */

static const char *
unreachable(void)
{
	return "it was laid";
}

static void
refuses(struct tap *t, const struct made *m, const char *name,
	const char *words)
{
	char said[512];
	int status = laid(m, unreachable, said);
	if (!tap_ok(t,
		    status == 125 && strstr(said, words) != NULL &&
			    strchr(said, '\n') == said + strlen(said) - 1,
		    "%s", name))
		printf("# status %d: %s\n", status, said);
}

static void
test_refusals(struct tap *t)
{
	static struct made m;
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@/kept")->ino++;
	refuses(t, &m, "another object under the name", "was replaced");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@/kept")->dev++;
	refuses(t, &m, "another file system under it", "was replaced");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RO, "@/nowhere");
	refuses(t, &m, "nothing under the name", "no such file");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@/link")->ino = 0;
	refuses(t, &m, "a symlink in its place", "symbolic links");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@/link/x")->ino = 0;
	refuses(t, &m, "a symlink on the way", "symbolic links");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@");
	add(&m, PLAN_TMPFS, "@/missing")->perms = 0755;
	refuses(t, &m, "a mount point that the host has not", "read-only");
	tap_ok(t, access(in_place("/missing"), F_OK) != 0,
		"and nothing was made there");
	begin(&m, PLAN_BIND_RO);
	add(&m, PLAN_SYMLINK, "@/new")->arg = "x";
	refuses(t, &m, "a symlink on the host's", "read-only");
	tap_ok(t, access(in_place("/new"), F_OK) != 0, "nor this");
	begin(&m, PLAN_BIND_RO);
	bind_at(&m, PLAN_BIND_RW, "@/secret");
	m.plan.mounts[1].dest = m.text[40][0];
	(void)snprintf(m.text[40][0], 256, "%s/kept", place);
	refuses(t, &m, "a file on a directory", "does not accept");
	begin(&m, PLAN_BIND_RO);
	struct plan_mount *over = bind_at(&m, PLAN_OVERLAY, "@/kept");
	over->arg = m.text[41][0];
	(void)snprintf(m.text[41][0], 256, "%s/no-work", place);
	refuses(t, &m, "an overlay without its work directory", "no such file");
}

static const char *
check_denied(void)
{
	return access(in_place("/gone"), F_OK) == 0 ? "it is there" : NULL;
}

/* A denial is about a name. */
static void
test_denied_name(struct tap *t)
{
	static struct made m;
	char said[512];
	begin(&m, PLAN_BIND_RO);
	add(&m, PLAN_MASK_FILE, "@/gone")->ino = 4711;
	tap_int(t, laid(&m, check_denied, said), 0,
		"a denied file that has gone stops nobody");
	tap_ok(t, access(in_place("/gone"), F_OK) != 0, "nor is it made");
}

static void
make_tree(void)
{
	static const char *const dirs[] = { "empty", "hidden", "kept", "pinned",
		"scratch" };
	if (chdir(place) != 0)
		return;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		(void)mkdir(dirs[i], 0755);
	ns_file("empty/in");
	ns_file("hidden/in");
	ns_file("pinned/in");
	ns_file("secret");
	(void)!symlink("kept", "link");
	(void)chdir("/");
}

int
main(void)
{
	struct tap t = { 0 };
	if (mkdtemp(place) == NULL)
		return 1;
	const char *why = ns_enter(place);
	if (why == NULL) {
		make_tree();
		test_view(&t);
		test_restricted(&t);
		test_refusals(&t);
		test_denied_name(&t);
		(void)umount2(place, MNT_DETACH);
	} else {
		printf("1..0 # SKIP %s\n", why);
	}
	(void)rmdir(place);
	return why == NULL ? tap_end(&t) : 0;
}
