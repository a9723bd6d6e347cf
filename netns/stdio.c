/* SPDX-License-Identifier: Apache-2.0 */
/* stdio.c -- descriptors of init and of the command (room: inside). */
#include "netns/stdio.h"

#include <sys/syscall.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "launcher/fail.h"
#include "launcher/plan.h"

enum { FIRST = STDERR_FILENO + 1, KEEP_MAX = 5 };

static void
close_from_to(unsigned int first, unsigned int last)
{
	/* No libc wrapper in musl 1.2.3. */
	if (first <= last && syscall(SYS_close_range, first, last, 0) != 0)
		die_errno("descriptors",
			"close_range is needed: Linux 5.9 or later, and a "
			"container whose filter allows it");
}

static bool
is_from_pty(const struct plan *plan, int n)
{
	return (plan->flags & PLAN_TTY) != 0 &&
	       (plan->tty_mask & (1u << n)) != 0;
}

/* Insert fd into the ascending list, once. */
static size_t
keep_add(int keep[KEEP_MAX], size_t n, int fd)
{
	size_t at = n;
	if (fd < FIRST)
		return n;
	while (at > 0 && keep[at - 1] > fd)
		at--;
	if (at > 0 && keep[at - 1] == fd)
		return n;
	for (size_t i = n; i > at; i--)
		keep[i] = keep[i - 1];
	keep[at] = fd;
	return n + 1;
}

void
stdio_close_rest(const struct plan *plan)
{
	int keep[KEEP_MAX] = { 0 };
	size_t n = keep_add(keep, 0, plan->control_fd);
	n = keep_add(keep, n, plan->net_fd);
	unsigned int next = FIRST;
	for (int i = 0; i < 3; i++)
		if (!is_from_pty(plan, i))
			n = keep_add(keep, n, plan->stdio_fd[i]);
	for (size_t i = 0; i < n; i++) {
		unsigned int fd = (unsigned int)keep[i]; /* FIRST or above */
		if (fd > next)
			close_from_to(next, fd - 1);
		next = fd + 1;
	}
	close_from_to(next, ~0u);
}

void
stdio_give(const struct plan *plan, int tty)
{
	for (int i = 0; i < 3; i++) {
		int from = is_from_pty(plan, i) ? tty : plan->stdio_fd[i];
		/* The caller had it closed: a command that opens its first
		 * file must not find it under a standard number. */
		if (from < 0)
			from = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (from < 0)
			die_errno("/dev/null", "codex-sandbox doctor");
		if (dup2(from, i) < 0)
			die_errno("standard descriptor of the command",
				"codex-sandbox doctor");
	}
}

void
stdio_shut(void)
{
	close_from_to(FIRST, ~0u);
}

void
stdio_drop(const struct plan *plan)
{
	int keep[KEEP_MAX] = { 0 };
	size_t n = 0;
	for (int i = 0; i < 3; i++)
		if (!is_from_pty(plan, i))
			n = keep_add(keep, n, plan->stdio_fd[i]);
	for (size_t i = 0; i < n; i++)
		(void)close(keep[i]); /* a failed close has closed it too */
}
