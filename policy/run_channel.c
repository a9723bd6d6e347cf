/* SPDX-License-Identifier: Apache-2.0 */
/* run_channel.c -- packets to and from init (room: user). */
#include "policy/run_channel.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

void
run_send(int socket, enum control_type type, uint32_t value)
{
	uint32_t word[CONTROL_WORDS] = { type, value };
	uint8_t packet[CONTROL_LEN];
	control_put(packet, word);
	(void)!send(
		socket, packet, sizeof(packet), MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
run_receive(int socket, uint32_t word[CONTROL_WORDS], int *ret_fd)
{
	uint8_t packet[CONTROL_LEN];
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} room;
	struct iovec part = { .iov_base = packet, .iov_len = sizeof(packet) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		/* Not CMSG_SPACE: its padding has room for a second one. */
		.msg_controllen = CMSG_LEN(sizeof(int)) };
	ssize_t n = recvmsg(socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
		c->cmsg_type == SCM_RIGHTS &&
		c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
	if (n != (ssize_t)sizeof(packet) ||
		(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return -1;
	control_get(word, packet);
	return 1;
}
