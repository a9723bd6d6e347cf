/* SPDX-License-Identifier: Apache-2.0 */
/* backend.c -- namespaces, or Landlock in place; room: user. */
#include "policy/backend.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_facts.h"

enum {
	ABI_WANTED = 6, /* before, signals reach the user's other processes */
	/* How far the try came. */
	TRY_USER = 1,
	TRY_MAP,
	TRY_MOUNT,
};

static bool
write_map(const char *path, unsigned int id)
{
	own_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[32];
	int n = snprintf(text, sizeof(text), "%u %u 1", id, id);

	return fd >= 0 && write(fd, text, (size_t)n) == n; /* a short text */
}

/* As far as a mount: Ubuntu gives a user namespace in which nothing is allowed. */
static _Noreturn void
try_namespaces(void)
{
	unsigned int uid = getuid();

	if (unshare(CLONE_NEWUSER) != 0)
		_exit(TRY_USER);
	if (!write_map("/proc/self/uid_map", uid))
		_exit(TRY_MAP);
	if (unshare(CLONE_NEWNS) != 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", "/", "tmpfs", 0, NULL) != 0)
		_exit(TRY_MOUNT);
	_exit(0);
}

const char *
backend_no_namespaces(bool privileged_launcher)
{
	int status = 0;
	pid_t pid;

	if (privileged_launcher && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
		return NULL;
	pid = fork();
	if (pid == 0)
		try_namespaces();
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return "whether user namespaces work could not be tried";
	switch (WEXITSTATUS(status)) {
	case 0: return NULL;
	case TRY_USER: return "user namespaces are refused";
	case TRY_MAP: return "user namespaces give no rights";
	default: return "mounts in a user namespace are refused";
	}
}

static int
refuse(struct diag *d, const char *thing, const char *cause, const char *mend)
{
	return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, thing, cause, mend);
}

int
backend_admit(enum backend backend, const struct options *o,
	const struct profile *p, struct diag *d)
{
	static const char sockets[] =
		"no socket of any kind is made or connected without namespaces, since those of the host would be in reach";
	int abi = plan_landlock_abi();

	if (abi == 0)
		return refuse(d, "--backend landlock",
			"this kernel has no Landlock, or it is not switched on",
			"boot with lsm=landlock,..., or use --backend namespaces");
	if (abi < ABI_WANTED)
		return diag_setf(d, -EOPNOTSUPP, DIAG_SETUP,
			"--backend landlock",
			"use Linux 6.12 or later, or --backend namespaces",
			"this kernel's Landlock (ABI %d) can keep %s from nobody outside (that needs ABI 6)",
			abi,
			abi < 3 ? "neither cut files nor signals" : "signals");
	if (p->net != NET_RESTRICTED)
		return refuse(d, "--net", sockets,
			"use --net none, or --backend namespaces");
	if (o->devices.n > 0 && backend == BACKEND_LANDLOCK)
		return refuse(d, "--device",
			"the calls of a device cannot be told from those that change files",
			"use --backend landlock-loose, or --backend namespaces");
	if (o->sockets.n > 0)
		return refuse(d, o->sockets.items[0], sockets,
			"take --socket out, or use --backend namespaces");
	return 0;
}

void
backend_words(enum backend backend, struct buf *out)
{
	static const char *const words[] = {
		"names, sizes and times of all files are visible",
		"the user's other processes are visible, and their scheduling can be changed",
		"no sockets at all, not even of its own; no shared memory, no new terminals",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		buf_printf(out, "%-13s%s\n", i == 0 ? "weaker" : "", words[i]);
	buf_printf(out, "%-13s%s\n", "",
		backend == BACKEND_LANDLOCK_LOOSE
			? "modes, owners, times and attributes of ALL files of the user can be changed"
			: "modes, owners, times and attributes of files cannot be changed at all (compilers: --backend landlock-loose)");
}
