/* SPDX-License-Identifier: Apache-2.0 */
/* mount_overlay.c -- a writable directory over a skeleton (room: inside). */
#include "netns/mount_overlay.h"

#include <sys/socket.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <string.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "netns/mount_api.h"
#include "netns/mount_own.h"

/* Is the guard at `dest` an entry of the directory `dir` itself? */
static const char *
name_in(const char *dest, const char *dir)
{
	const size_t len = strlen(dir);
	if (strncmp(dest, dir, len) != 0 || dest[len] != '/' ||
		strchr(dest + len + 1, '/') != NULL)
		return NULL;
	return dest + len; /* with its slash, as own_make() takes it */
}

/* Mounts are sorted, so all that lies below i follows it. */
static int
fill(const struct own *own, int lower, const struct plan *plan, uint32_t i)
{
	const char *dir = plan->mounts[i].dest;
	const size_t len = strlen(dir);
	for (uint32_t j = i + 1; j < plan->n_mounts; j++) {
		const struct plan_mount *g = &plan->mounts[j];
		const char *name = name_in(g->dest, dir);
		if (strncmp(g->dest, dir, len) != 0)
			break;
		if (name == NULL ||
			(g->op != PLAN_GUARD_DIR && g->op != PLAN_GUARD_FILE))
			continue;
		own_fd int fd =
			own_make(own, lower, name, g->op == PLAN_GUARD_DIR);
		if (fd < 0)
			return fd;
	}
	return 0;
}

/* What the host's mount forbids stays forbidden. */
static uint64_t
attrs_like(int upper)
{
	struct statvfs v;
	if (fstatvfs(upper, &v) != 0)
		return ATTR_NOEXEC;
	return (v.f_flag & ST_NOEXEC) != 0 ? ATTR_NOEXEC : 0;
}

int
overlay_make(const struct own *own, int host, const struct plan *plan,
	uint32_t i, int upper)
{
	struct statvfs v;
	own_fd int work = mount_dest(host, plan->mounts[i].arg);
	if (work < 0)
		return work;
	own_fd int lower = own_skeleton(own, i);
	int r = lower < 0 ? lower : fill(own, lower, plan, i);
	if (r < 0)
		return r;
	own_fd int fd = mount_overlay(lower, upper, work, attrs_like(upper));
	if (fd < 0)
		return fd;
	/* Without a usable work directory it says so in the log alone. */
	if (fstatvfs(fd, &v) != 0 || (v.f_flag & ST_RDONLY) != 0)
		return -EROFS;
	return own_take_fd(&fd);
}

void
overlay_linger(const int *mounts, unsigned int n)
{
	int pair[2];
	union {
		char bytes[CMSG_SPACE(sizeof(int) * (OVERLAYS_MAX + 1))];
		struct cmsghdr head;
	} room = { { 0 } };
	char byte = 0;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	const size_t len = sizeof(int) * (n + 1);
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = (socklen_t)CMSG_SPACE(len) };
	if (n == 0 || n > OVERLAYS_MAX ||
		socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) != 0)
		return;
	room.head.cmsg_level = SOL_SOCKET;
	room.head.cmsg_type = SCM_RIGHTS;
	room.head.cmsg_len = (socklen_t)CMSG_LEN(len); /* of both libcs */
	memcpy(CMSG_DATA(&room.head), mounts, sizeof(int) * n);
	memcpy(CMSG_DATA(&room.head) + sizeof(int) * n, &pair[1], sizeof(int));
	/* Queued in pair[1] lies pair[1] itself: unreachable once we end. */
	(void)!sendmsg(pair[0], &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	own_close(&pair[0]);
}
