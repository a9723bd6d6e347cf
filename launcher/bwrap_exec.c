/* SPDX-License-Identifier: Apache-2.0 */
/* bwrap_exec.c -- the steps behind the drop, to the last one (room: cold). */
#include "launcher/bwrap_exec.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/bwrap_argv.h"
#include "launcher/fail.h"
#include "launcher/plan_check.h"
#include "launcher/plan_wire.h"
#include "launcher/priv.h"
#include "launcher/userns.h"

/*
 * In a container without the host's root, root's files show the overflow id.
 * It stands for "nobody here" then, unless it is the caller's own.
 *
 * MFD_NOEXEC_SEAL is required where vm.memfd_noexec is 2, and unknown to kernels
 * before 6.3 and to older headers.
 */
enum { OVERFLOW_UID = 65534, NOEXEC_SEAL = 8 };

static const char what_it_is[] = "a part of codex-sandbox, not for use by hand";
static const char instead[] = "run: codex-sandbox exec -- COMMAND";

void
cold_answer(int argc, char *const *argv)
{
	static const char version[] = "codex-sandbox-launch " VERSION "\n";
	const ssize_t len = sizeof version - 1;
	if (argc == 1)
		die("no plan on descriptor 3", what_it_is, instead);
	if (argc != 2 || strcmp(argv[1], "--version") != 0)
		fail(FAIL_USAGE, "usage: [--version]", what_it_is, instead);
	must(write(STDOUT_FILENO, version, (size_t)len) != len, "output");
	_exit(0);
}

void
cold_plan(const struct userns *ns, struct plan *p)
{
	struct plan_fault f = { .mount = -1 };
	char byte;
	/* Nothing comes: the pipe ends when the plan is ready. */
	if (ns->early)
		(void)!read(PLAN_HOLDER_FD, &byte, 1);
	bool good = !plan_map(PLAN_FD, p, &f.cause) && !plan_check(p, &f);
	if (good && (p->flags & PLAN_NAMESPACES) == 0)
		f.cause = "it asks for no namespaces";
	/* Nested user namespaces are stopped twice, or once, but stopped. */
	else if (good && !ns->sealed && p->n_filter == 0)
		f.cause = "nothing in it stops nested user namespaces";
	if (f.cause != NULL)
		die("the plan on descriptor 3", f.cause, instead);
}

static int
make_options(const struct userns *ns, const struct plan *p)
{
	static const char thing[] = "bwrap's options";
	static char bytes[BWRAP_ARGS_BYTES];
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	struct bwrap_args args = { .bytes = bytes, .size = sizeof bytes };
	if (bwrap_argv(p, ns->fd, &args) != 0)
		die(thing, "the plan takes more than the 9000 bwrap accepts",
			"name a directory in place of many files");
	int fd = (int)syscall(SYS_memfd_create, thing, flags | NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = (int)syscall(SYS_memfd_create, thing, flags);
	/* pwrite leaves the offset at 0, where bwrap begins to read. */
	if (fd < 0 || pwrite(fd, bytes, args.len, 0) != (ssize_t)args.len)
		die_errno(thing, NULL);
	must(fcntl(fd, F_ADD_SEALS, PLAN_SEALS), thing);
	return fd;
}

static int
open_bwrap(const struct caller *who)
{
	static const char thing[] = BWRAP_PATH;
	const char *odd = NULL;
	struct stat st;
	/* O_PATH: the file that is checked is the file that is executed. */
	int fd = open(thing, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		die_errno(thing, "install the package bubblewrap");
	if (!S_ISREG(st.st_mode))
		odd = "it is no program";
	else if (st.st_uid != 0 &&
		 (st.st_uid != OVERFLOW_UID || who->uid == OVERFLOW_UID))
		odd = "it does not belong to root";
	else if ((st.st_mode & (S_IWGRP | S_IWOTH | S_ISUID | S_ISGID)) != 0)
		odd = "others may write it, or it is setuid (CVE-2026-41163)";
	if (odd != NULL)
		die(thing, odd, "install the package bubblewrap again");
	return fd;
}

/*
 * Everything is close-on-exec since hygiene_fds(); what is declared is kept if
 * it is of the kind it should be.  -1 is no descriptor.
 */
static void
keep_fd(int fd, mode_t kind)
{
	static const char thing[] = "a descriptor of the plan";
	struct stat st = { .st_mode = kind };
	if (fd < 0)
		return;
	must(fcntl(fd, F_SETFD, 0), thing);
	if (kind != 0)
		must(fstat(fd, &st), thing);
	if ((st.st_mode & S_IFMT) != kind)
		die(thing, "it is of another kind", instead);
}

static void
keep_declared(const struct userns *ns, const struct plan *p)
{
	keep_fd(PLAN_FD, 0);
	keep_fd(ns->fd, 0);
	/* In the places of the pipes, and not close-on-exec.  Should one fail,
	 * init does not find what it needs, and refuses. */
	if (ns->early && dup2(ns->holder, PLAN_HOLDER_FD) >= 0)
		(void)dup2(ns->line, PLAN_LINE_FD);
	keep_fd(p->init_fd, S_IFREG);
	keep_fd(p->control_fd, S_IFSOCK);
	keep_fd(p->net_fd, S_IFSOCK);
	for (size_t i = 0; i < 3; i++)
		keep_fd(p->stdio_fd[i], 0);
	for (uint32_t i = 0; i < p->n_mounts; i++)
		keep_fd(p->mounts[i].fd, 0);
}

void
cold_exec(
	const struct caller *who, const struct userns *ns, const struct plan *p)
{
	struct sentence options = { .len = 0 }, init = { .len = 0 };
	const int options_fd = make_options(ns, p);
	const int bwrap_fd = open_bwrap(who);
	say_number(&options, (uint64_t)options_fd); /* not negative */
	say(&init, "/proc/self/fd/");
	say_number(&init, (uint64_t)p->init_fd); /* checked */
	/* bwrap takes the command from its command line only. */
	const char *const argv[] = { "bwrap", "--args", options.text, "--",
		init.text, NULL };
	const char *const envp[] = { NULL };
	keep_declared(ns, p);
	keep_fd(options_fd, S_IFREG);
	(void)syscall(SYS_execveat, bwrap_fd, "", argv, envp, AT_EMPTY_PATH);
	die_errno(BWRAP_PATH, "install the package bubblewrap again");
}
