/* SPDX-License-Identifier: Apache-2.0 */
/* live_test.c -- the compiled filters in the kernel that runs this test. */
/* links: tests/seccomp/acts.c tests/seccomp/cases.c gen/seccomp_programs.c -lseccomp */
/*
 * Every act (acts.c) and every case marked live (*.tests) is performed in a
 * child: once as the kernel alone has it, once under each program.  An act that
 * a program refuses must work without it, else its refusal proves nothing: that
 * part is then skipped with the kernel's own answer.  A call that is allowed
 * must get the same answer with and without the filter.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "policy/seccomp.h"
#include "tests/seccomp/acts.h"
#include "tests/seccomp/cases.h"
#include "tests/unit/tap.h"

enum {
	BARE = -1, /* no program */
	/* Answers that are no errno. */
	ENDED = 1000,  /* the child ended without one */
	BROKEN = 1001, /* the filter could not be installed */
};

struct live {
	struct tap tap;
	struct place place;
	volatile int *answer; /* shared with the child */
	const char *file;
	unsigned int cases;
	unsigned int same; /* refusals that the kernel gives by itself too */
};

static int
install(int id)
{
	const struct seccomp_bpf *b = seccomp_get((enum seccomp_program)id);
	struct sock_filter code[BPF_MAXINSNS];
	const struct sock_fprog prog = { (unsigned short)b->n, code };

	memcpy(code, b->bytes, b->n * sizeof(code[0]));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static const char *
answer_name(int answer)
{
	if (answer == 0)
		return "success";
	if (answer == ENDED)
		return "the end of the process";
	if (answer == BROKEN)
		return "no filter";
	return strerrorname_np(answer) != NULL ? strerrorname_np(answer) : "?";
}

/* ---- acts --------------------------------------------------------- */

static int
in_child(const struct live *l, const struct act *act, int id)
{
	pid_t pid;

	*l->answer = ENDED;
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (id != BARE && install(id) != 0)
			*l->answer = BROKEN;
		else
			*l->answer = act->perform(&l->place);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return BROKEN;
	return *l->answer;
}

static void
check_act(struct live *l, const struct act *act)
{
	int bare = in_child(l, act, BARE);

	if (bare == ACT_NOT_HERE) {
		tap_skip(&l->tap, act->name, "the kernel has not loaded it");
		return;
	}
	if (bare == 0)
		(void)tap_ok(
			&l->tap, true, "%s: works without a filter", act->name);
	else if (act->refused != 0)
		tap_skip(&l->tap, act->name, answer_name(bare));
	else
		(void)tap_ok(&l->tap, false, "%s: works without a filter (%s)",
			act->name, answer_name(bare));
	for (int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		int want = act->refused >> id & 1 ? act->error : bare;
		int got = in_child(l, act, id);

		(void)tap_ok(&l->tap, got == want, "%s: %s: %s", act->name,
			seccomp_get((enum seccomp_program)id)->name,
			answer_name(got));
	}
}

/* ---- cases -------------------------------------------------------- */

static long
enter(const struct seccomp_case *c)
{
	const uint64_t *a = c->arg;

	if (c->arch == CASE_NATIVE)
		return syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
#ifdef __x86_64__
	if (c->arch == CASE_X32)
		return syscall((long)((uint32_t)c->nr | 0x40000000), a[0], a[1],
			a[2], a[3], a[4], a[5]);
	long rc;
	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(c->nr), "b"(a[0]), "c"(a[1]), "d"(a[2]),
			 "S"(a[3]), "D"(a[4])
			 : "r8", "r9", "r10", "r11", "memory");
	errno = rc < 0 ? (int)-rc : 0;
	return rc < 0 ? -1 : rc;
#else
	errno = ENOSYS;
	return -1;
#endif
}

static int
case_in_child(const struct live *l, const struct seccomp_case *c, int id)
{
	pid_t pid;

	*l->answer = ENDED;
	pid = fork();
	if (pid == 0) {
		if (id != BARE && install(id) != 0)
			*l->answer = BROKEN;
		else
			*l->answer = enter(c) < 0 ? errno : 0;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return BROKEN;
	return *l->answer;
}

static void
check_case(const struct seccomp_case *c, void *arg)
{
	struct live *l = arg;
	const char *file = l->file + strlen("tests/seccomp/");
	bool ok = true;
	int bare;

	if (!c->live)
		return;
	(void)fflush(stdout);
	bare = case_in_child(l, c, BARE);
	if (c->arch == CASE_I386 && bare == ENDED &&
		strstr(c->text, "exit") == NULL) {
		tap_skip(&l->tap, c->text, "this kernel has no int 0x80");
		return;
	}
	l->cases++;
	l->same += c->error != 0 && bare == c->error;
	for (int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		int want = c->error != 0 ? c->error : bare;
		int got;

		if (!(c->set >> id & 1))
			continue;
		got = case_in_child(l, c, id);
		if (got == want)
			continue;
		ok = false;
		(void)printf("# %s: %s\n",
			seccomp_get((enum seccomp_program)id)->name,
			answer_name(got));
	}
	(void)tap_ok(&l->tap, ok, "%s:%u: %s (alone: %s)", file, c->line,
		c->text, answer_name(bare));
}

static void
check_cases(struct live *l)
{
	for (size_t i = 0; cases_files[i] != NULL; i++) {
		l->file = cases_files[i];
		if (cases_read(l->file, check_case, l) < 0)
			(void)tap_ok(
				&l->tap, false, "%s is understood", l->file);
	}
	(void)printf("# %u cases; the kernel alone answers %u of the refused "
		     "ones in the same way\n",
		l->cases, l->same);
	(void)tap_ok(&l->tap, l->cases > 100, "there were cases");
}

/* ---- how long the kernel takes ------------------------------------ */

/* The quickest of several: what the work costs when nothing disturbs it. */
static void
tell_install_time(struct live *l, int id)
{
	enum { TRIES = 40 };
	int best = 0;

	for (int i = 0; i < TRIES; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct timespec a;
			struct timespec b;

			(void)clock_gettime(CLOCK_MONOTONIC, &a);
			if (install(id) != 0)
				_exit(1);
			(void)clock_gettime(CLOCK_MONOTONIC, &b);
			*l->answer = (int)((b.tv_sec - a.tv_sec) * 1000000000 +
					   b.tv_nsec - a.tv_nsec);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return;
		if (best == 0 || *l->answer < best)
			best = *l->answer;
	}
	(void)printf("# %s: %u instructions, installed in %d.%d us\n",
		seccomp_get((enum seccomp_program)id)->name,
		seccomp_get((enum seccomp_program)id)->n, best / 1000,
		best % 1000 / 100);
}

/* ---- the place ---------------------------------------------------- */

static bool
open_place(struct place *p, char *dir, char *path, size_t size)
{
	struct sockaddr_un host = { .sun_family = AF_UNIX };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	if (mkdtemp(dir) == NULL)
		return false;
	(void)snprintf(path, size, "%s/host", dir);
	memccpy(host.sun_path, path, 0, sizeof(host.sun_path) - 1);
	p->host_path = path;
	p->host_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	p->udp_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	p->udp_out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(p->host_fd, (struct sockaddr *)&host, sizeof(host)) != 0 ||
		bind(p->udp_fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
		getsockname(p->udp_fd, (struct sockaddr *)&a, &len) != 0 ||
		p->udp_out < 0)
		return false;
	p->udp_port = a.sin_port;
	return true;
}

int
main(void)
{
	struct live l = { 0 };
	char dir[] = "/tmp/csb-live.XXXXXX";
	char path[64] = "";
	size_t n;
	const struct act *act = acts(&n);
	void *shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED ||
		!open_place(&l.place, dir, path, sizeof(path))) {
		(void)printf("not ok 1 - set-up\n1..1\n");
		return 1;
	}
	l.answer = shared;
	for (size_t i = 0; i < n; i++)
		check_act(&l, &act[i]);
	check_cases(&l);
	for (int id = 0; id < SECCOMP_PROGRAM_MAX; id++)
		tell_install_time(&l, id);
	(void)unlink(path);
	(void)rmdir(dir);
	return tap_end(&l.tap);
}
