/* SPDX-License-Identifier: Apache-2.0 */
/* netlink.c -- prepared messages to the kernel, and its answer (room: inside). */
#include "netns/netlink.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "launcher/own.h"

enum { ANSWER_MAX = 8192 };

/*
 * The kernel answers before sendto() returns, and says something about the last
 * message in any case: it alone, and what is refused, has an acknowledgement.
 */
static int
read_answer(int fd)
{
	union {
		struct nlmsghdr head;
		char bytes[ANSWER_MAX];
	} answer;
	struct nlmsgerr said = { .error = -EPROTO };
	int first = -EPROTO;
	ssize_t n = 0;
	while ((n = recv(fd, &answer, sizeof answer, MSG_DONTWAIT)) > 0) {
		const size_t len = (size_t)n; /* positive */
		if (len < NLMSG_HDRLEN + sizeof said ||
			answer.head.nlmsg_type != NLMSG_ERROR)
			return EPROTO;
		memcpy(&said, answer.bytes + NLMSG_HDRLEN, sizeof said);
		if (first == -EPROTO || first == 0)
			first = said.error;
	}
	return -first;
}

int
netlink_send(int protocol, const struct netlink_bytes *what)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	own_fd int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return errno;
	if (sendto(fd, what->bytes, what->len, 0,
		    (const struct sockaddr *)&kernel,
		    sizeof kernel) != (ssize_t)what->len)
		return errno != 0 ? errno : EPROTO;
	return read_answer(fd);
}
