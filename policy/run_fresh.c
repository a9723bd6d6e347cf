/* SPDX-License-Identifier: Apache-2.0 */
/* run_fresh.c -- overlays that look at the host again (room: user). */
#include "policy/run_fresh.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "launcher/own.h"

enum {
	RECONFIGURE = 7, /* FSCONFIG_CMD_RECONFIGURE */
	MS = 1000,       /* in a second */
	NS = 1000000,    /* in a millisecond */
};

/* The same on every machine, and newer than some headers. */
#ifndef SYS_fsconfig
#	define SYS_fsconfig 431
#endif

static uint64_t
now_ms(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* it always can */
	return (uint64_t)t.tv_sec * MS + (uint64_t)t.tv_nsec / NS;
}

void
fresh_add(struct fresh *f, int context)
{
	if (f->n < FRESH_MAX)
		f->context[f->n++] = context;
	else
		own_close(&context);
}

int
fresh_wait(struct fresh *f)
{
	uint64_t now;

	if (f->n == 0)
		return -1;
	now = now_ms();
	if (f->due_ms == 0)
		f->due_ms = now + FRESH_MS;
	return f->due_ms > now ? (int)(f->due_ms - now) : 0;
}

void
fresh_look(struct fresh *f)
{
	if (f->n == 0 || f->due_ms == 0 || now_ms() < f->due_ms)
		return;
	/* A kernel or a filter that refuses it refuses it next time as well. */
	for (unsigned int i = 0; i < f->n; i++)
		(void)syscall(SYS_fsconfig, f->context[i], RECONFIGURE, NULL,
			NULL, 0);
	f->due_ms = now_ms() + FRESH_MS;
}

/*
 * Into the queue of a socket that lies in its own queue: unreachable, and so
 * collected by a thread of the kernel (as in netns/mount_overlay.c).
 */
static void
bury(const int *fds, unsigned int n)
{
	int pair[2];
	char byte = 0;
	union {
		char bytes[CMSG_SPACE(sizeof(int) * (FRESH_MAX + 1))];
		struct cmsghdr head;
	} room = { .bytes = { 0 } };
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	const size_t len = sizeof(int) * (n + 1);
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = (socklen_t)CMSG_SPACE(len) };

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	room.head.cmsg_level = SOL_SOCKET;
	room.head.cmsg_type = SCM_RIGHTS;
	room.head.cmsg_len = (socklen_t)CMSG_LEN(len); /* of both libcs */
	memcpy(CMSG_DATA(&room.head), fds, sizeof(int) * n);
	memcpy(CMSG_DATA(&room.head) + sizeof(int) * n, &pair[1], sizeof(int));
	(void)!sendmsg(pair[0], &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	own_close(&pair[0]);
	own_close(&pair[1]);
}

void
fresh_end(struct fresh *f)
{
	if (f->n > 0)
		bury(f->context, f->n);
	for (unsigned int i = 0; i < f->n; i++)
		own_close(&f->context[i]);
	f->n = 0;
}
