/* SPDX-License-Identifier: Apache-2.0 */
/* hygiene.c -- undo what a hostile caller can leave behind (room: warm). */
#include "launcher/hygiene.h"

#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "launcher/fail.h"

extern char **environ; /* NOLINT(readability-redundant-declaration) */

/*
 * Limits as weapons (NOFILE 3, FSIZE 0, AS small...): a step that fails half
 * way could leave a weaker sandbox.  Soft limits below the floor are raised,
 * never above the hard ones; init gives the command its caller's limits again.
 * The stack has a floor of its own because "unlimited" changes the layout of
 * the address space of what we exec.
 */
static const struct {
	int resource;
	uint64_t floor;
} floors[] = {
	{ RLIMIT_CPU, UINT64_MAX },
	{ RLIMIT_FSIZE, UINT64_MAX },
	{ RLIMIT_DATA, UINT64_MAX },
	{ RLIMIT_AS, UINT64_MAX },
	{ RLIMIT_NPROC, UINT64_MAX },
	{ RLIMIT_STACK, 8 << 20 },
	{ RLIMIT_NOFILE, 8192 },
};

/*
 * A hard link, or a file that somebody still has from before an upgrade, keeps
 * its bit and its faults (CVE-2021-44730, threats C9, J9): what exec made
 * privileged has to be the one file that is installed.
 */
static void
refuse_other_copies(void)
{
	static const char place[] = LIBEXECDIR "/codex-sandbox-launch";
	struct stat own, there;
	if (getauxval(AT_SECURE) == 0)
		return;
	must(stat("/proc/self/exe", &own), "/proc/self/exe");
	must(lstat(place, &there), place);
	if (own.st_dev != there.st_dev || own.st_ino != there.st_ino ||
		own.st_nlink != 1)
		die(place, "another copy or name of it has a privilege, too",
			"remove that (find / -xdev -perm /6000)");
}

void
hygiene_fds(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		/* The lowest free number is fd: those below are open. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(FAIL_SETUP); /* and nowhere to say so */
	/* By number: glibc 2.33 and musl have no close_range(). */
	must(syscall(SYS_close_range, 3, UINT_MAX, CLOSE_RANGE_CLOEXEC),
		"close_range (Linux 5.11 or newer)");
}

static void
raise_limits(void)
{
	static const char thing[] = "resource limits";
	for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
		const int resource = floors[i].resource;
		uint64_t want = floors[i].floor;
		uint64_t now[2]; /* soft, hard */
		/* By number: the C libraries' types of a resource differ. */
		must(syscall(SYS_prlimit64, 0, resource, NULL, now), thing);
		if (want > now[1])
			want = now[1];
		if (now[0] >= want)
			continue;
		now[0] = want;
		must(syscall(SYS_prlimit64, 0, resource, now, NULL), thing);
	}
}

void
hygiene_process(void)
{
	const struct itimerval never = { .it_value = { .tv_sec = 0 } };
	/* Nobody below may find anything in it; bwrap gets an empty one. */
	environ = NULL;
	refuse_other_copies();
	/* The caller's directory may be deleted, remote, or a descriptor. */
	must(chdir("/"), "/");
	(void)umask(077); /* cannot fail; init sets the command's */
	raise_limits();
	/* A timer set before exec goes on and would kill us half way.  By
	 * number: the C libraries' types differ. */
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		must(syscall(SYS_setitimer, which, &never, NULL), "timers");
	/*
	 * Ignored signals stay ignored across exec, and with SIGCHLD ignored
	 * no child can be waited for, neither here nor in bwrap.  The other
	 * dispositions do nothing to either and are init's to reset; the mask
	 * stays, because the front end blocks on purpose what bwrap's monitor
	 * must not die of.
	 */
	must(signal(SIGCHLD, SIG_DFL) == SIG_ERR, "SIGCHLD");
	must(personality(PER_LINUX) < 0, "personality");
}
