/* SPDX-License-Identifier: Apache-2.0 */
/* run_net.c -- start, hear and end the network supervisor (room: user). */
#include "policy/run_net.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "launcher/own.h"
#include "policy/diag.h"
#include "policy/plan_net.h"
#include "policy/run_spawn.h"

enum {
	/* Above every number that is handed on. */
	PARKED = 128,
	HANDED_MAX = RUN_NET_PUBLISH + PLAN_NET_PUBLISH_MAX,
	END_MS = 3000,
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
};

/* ---- in the child: system calls only, our memory is still the parent's --- */

/* Source of each descriptor from RUN_NET_POLICY on; -1 ends the list. */
static int
hand_on(int handed[HANDED_MAX])
{
	int n = 0;

	/* First out of each other's way. */
	for (; handed[n] >= 0; n++) {
		handed[n] = fcntl(handed[n], F_DUPFD_CLOEXEC, PARKED);
		if (handed[n] < 0)
			return -1;
	}
	for (int i = 0; i < n; i++)
		if (dup2(handed[i], RUN_NET_POLICY + i) < 0)
			return -1;
	return close_range(RUN_NET_POLICY + (unsigned int)n, UINT_MAX,
		CLOSE_RANGE_CLOEXEC);
}

/* Returns only when it failed; errno says why. */
static void
become(const char *program, int handed[HANDED_MAX], int errlog_fd)
{
	static const char name[] = "codex-sandbox-supervisor";
	const char *argv[] = { name, NULL };
	const char *env[] = { NULL };
	union {
		const char **ours;
		char **execs; /* which does not write to it */
	} words = { .ours = argv }, none = { .ours = env };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(errlog_fd, STDERR_FILENO) >= 0 &&
		dup2(null, STDIN_FILENO) >= 0 &&
		dup2(null, STDOUT_FILENO) >= 0 && hand_on(handed) == 0)
		(void)execve(program, words.execs, none.execs);
}

/* ---- in the parent ------------------------------------------------------- */

int
run_net_events(const char *path, int *ret_fd, struct diag *d)
{
	struct stat st;
	own_fd int fd = open(path,
		O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			O_NOCTTY | O_CLOEXEC,
		0600);

	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_setf(d, -errno, DIAG_SETUP, path,
			"name a file that you can write to",
			"%s (--net-events)",
			errno == ELOOP ? "is a symlink" : diag_errno(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(d, -EINVAL, DIAG_SETUP, path,
			"is not a regular file (--net-events)", "name another");
	*ret_fd = own_take_fd(&fd);
	return 0;
}

int
run_net_start(
	struct run_net *rn, struct plan_net *net, int errlog_fd, struct diag *d)
{
	volatile int failed = 0; /* written by the child, in our memory */
	int handed[HANDED_MAX];
	size_t n = 0;
	pid_t pid;

	handed[n++] = net->policy_fd;
	handed[n++] = net->init_near;
	handed[n++] = net->front_far;
	for (size_t i = 0; i < net->n_publish; i++)
		handed[n++] = net->publish[i];
	handed[n] = -1;
	/* As run_spawn() does, and for the same reasons. */
	pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (pid == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		become(net->program, handed, errlog_fd);
		failed = errno;
		_exit(DIAG_SETUP);
	}
	int err = run_spawned(pid, failed, net->program, d);
	if (err < 0)
		return err;
	plan_net_started(net);
	rn->pid = pid;
	rn->ends_run = net->ends_run;
	rn->front = net->front_near;
	return 0;
}

void
run_net_poll(const struct run_net *rn, struct pollfd *slot)
{
	*slot = (struct pollfd){ .fd = rn->front, .events = POLLIN };
}

static void
write_event(const struct run_net *rn, char *line, size_t len)
{
	if (rn->events < 0)
		return;
	line[len] = '\n'; /* there is room */
	/* A record that cannot be kept must not keep the command waiting. */
	(void)!write(rn->events, line, len + 1);
}

static void
take_packet(struct run_net *rn, char *packet, size_t len)
{
	if (packet[0] == RUN_NET_READY) {
		rn->ready = true;
	} else if (packet[0] == RUN_NET_EVENT) {
		write_event(rn, packet + 1, len - 1);
	} else if (packet[0] == RUN_NET_SUMMARY && !rn->summary) {
		packet[len] = '\0';
		rn->summary = strdup(packet + 1);
	}
}

void
run_net_serve(struct run_net *rn, const struct pollfd *slot)
{
	char packet[RUN_NET_PACKET_MAX + 1];

	while (slot->revents != 0 && rn->front >= 0) {
		ssize_t n = recv(rn->front, packet, RUN_NET_PACKET_MAX,
			MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0 || n > RUN_NET_PACKET_MAX)
			rn->front = -1;
		else
			take_packet(rn, packet, (size_t)n); /* positive */
	}
}

bool
run_net_is_over(struct run_net *rn)
{
	bool over = rn->pid > 0 && rn->front < 0 && rn->ends_run;

	if (over)
		rn->ends_run = false;
	return over;
}

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * MS_PER_S + t.tv_nsec / NS_PER_MS;
}

/* Until the end of the channel, or for END_MS. */
static void
hear_out(struct run_net *rn)
{
	const int64_t end = now_ms() + END_MS;

	while (rn->front >= 0) {
		struct pollfd slot;
		int64_t left = end - now_ms();

		run_net_poll(rn, &slot);
		if (left <= 0)
			return;
		if (poll(&slot, 1, (int)left) > 0) /* at most END_MS */
			run_net_serve(rn, &slot);
	}
}

void
run_net_end(struct run_net *rn, struct diag *d)
{
	const bool gone = rn->front < 0;
	int wstatus = 0;

	if (rn->pid <= 0)
		return;
	if (!gone) {
		(void)shutdown(rn->front, SHUT_WR);
		hear_out(rn);
		/* It has nothing to say or to do any more. */
		(void)kill(rn->pid, SIGKILL);
	}
	(void)waitpid(rn->pid, &wstatus, 0);
	rn->pid = 0;
	if (!gone || !rn->ready)
		return;
	if (WIFSIGNALED(wstatus))
		(void)diag_setf(d, 0, 0, "network supervisor",
			"look for who killed it (out of memory?)",
			"was killed by signal %d while the command ran, which had no network from then on",
			WTERMSIG(wstatus));
	else
		(void)diag_setf(d, 0, 0, "network supervisor",
			"report this defect",
			"ended with status %d while the command ran, which had no network from then on",
			WEXITSTATUS(wstatus));
}
