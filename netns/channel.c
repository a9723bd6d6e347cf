/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c -- packets between init and the front end (room: inside). */
#include "netns/channel.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

bool
channel_send(int fd, const uint32_t word[CONTROL_WORDS], int pass_fd)
{
	uint8_t packet[CONTROL_LEN];
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} room = { { 0 } };
	struct iovec part = { .iov_base = packet, .iov_len = sizeof packet };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	control_put(packet, word);
	if (pass_fd >= 0) {
		message.msg_control = room.bytes;
		message.msg_controllen = sizeof room.bytes;
		struct cmsghdr *c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof pass_fd);
		memcpy(CMSG_DATA(c), &pass_fd, sizeof pass_fd);
	}
	/* Never blocks for long: a handful of small packets at most wait. */
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (ssize_t)sizeof packet;
}

enum channel_got
channel_recv(int fd, int wait, uint32_t word[CONTROL_WORDS])
{
	uint8_t packet[CONTROL_LEN];
	ssize_t n = 0;
	do
		n = recv(fd, packet, sizeof packet,
			MSG_TRUNC | (wait != 0 ? 0 : MSG_DONTWAIT));
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return CHANNEL_NOTHING;
	if (n != (ssize_t)sizeof packet)
		return CHANNEL_CLOSED;
	control_get(word, packet);
	return CHANNEL_MESSAGE;
}
