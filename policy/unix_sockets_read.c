/* SPDX-License-Identifier: Apache-2.0 */
/* unix_sockets_read.c -- ask the kernel for its AF_UNIX sockets; room: user. */
#include "policy/unix_sockets.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"

enum {
	ANSWER_MAX = 32768, /* the kernel makes no larger message in a dump */
};

struct question {
	struct nlmsghdr head;
	struct unix_diag_req req;
};

static int
ask(int fd)
{
	const struct question q = {
		.head = { .nlmsg_len = sizeof(q),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = AF_UNIX,
			.udiag_states = UINT32_MAX, /* all */
			.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS },
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(fd, &q, sizeof(q), 0, (const struct sockaddr *)&kernel,
		       sizeof(kernel)) < 0
		       ? -errno
		       : 0;
}

/* The dump is made while we read, so there is never anything to wait for. */
static int
read_diag(struct unix_sockets *s)
{
	own_fd int fd = socket(AF_NETLINK,
		SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
	unsigned char answer[ANSWER_MAX];
	int err = fd < 0 ? -errno : ask(fd);

	while (err == 0) {
		struct sockaddr_nl from = { 0 };
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, answer, sizeof(answer), MSG_TRUNC,
			(struct sockaddr *)&from, &from_len);

		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		if ((size_t)n > sizeof(answer))
			return -EMSGSIZE;
		if (from.nl_pid != 0)
			continue; /* not from the kernel */
		err = unix_sockets_parse_diag(answer, (size_t)n, s);
	}
	return err < 0 ? err : 0;
}

/*
 * Is there an abstract socket of this name and type?  The text shows every NUL
 * as "@", so the first one is all that can be put back.
 */
static bool
is_abstract(const struct unix_socket *item)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(item->name);
	/* Linux numbers types below 16; they come from the kernel. */
	own_fd int fd =
		socket(AF_UNIX, (int)(item->type & 15u) | SOCK_CLOEXEC, 0);

	if (fd < 0 || len > sizeof(un.sun_path))
		return false;
	memcpy(un.sun_path, item->name, len);
	un.sun_path[0] = '\0';
	return bind(fd, (const struct sockaddr *)&un,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				   len)) < 0 &&
	       errno == EADDRINUSE;
}

/* Abstract sockets are no business of the view: the network namespace has them. */
static void
drop_abstract(struct unix_sockets *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct unix_socket *item = &s->items[i];

		if (item->name[0] != '@') {
			s->items[kept++] = *item;
			continue;
		}
		if (!s->unsure && !is_abstract(item))
			s->unsure = item->name;
		else
			free(item->name);
	}
	s->n = kept;
}

static int
read_text(struct unix_sockets *s, struct diag *d)
{
	own_fd int fd = open("/proc/net/unix", O_RDONLY | O_CLOEXEC);
	own_buf struct buf text = { .max = UNIX_SOCKETS_TEXT_MAX };
	int err =
		fd < 0 ? -errno : buf_read_fd(&text, fd, UNIX_SOCKETS_TEXT_MAX);

	if (err == -EFBIG) {
		s->over = true;
		return 0;
	}
	if (err < 0)
		return diag_setf(d, err, DIAG_SETUP, "/proc/net/unix",
			"mount /proc outside the sandbox",
			"cannot be read (%s), so host sockets cannot be kept out of reach",
			diag_errno(-err));
	err = unix_sockets_parse_text(buf_str(&text), text.len, s);
	if (err < 0)
		return diag_set(d, err, DIAG_SETUP, "/proc/net/unix",
			diag_errno(-err), "free some memory");
	drop_abstract(s);
	return 0;
}

int
unix_sockets_read(struct unix_sockets *ret, struct diag *d)
{
	struct unix_sockets s = { 0 };
	int err = read_diag(&s);

	s.exact = err >= 0;
	if (err < 0) {
		unix_sockets_free(&s);
		err = read_text(&s, d);
	}
	if (err < 0)
		return err;
	unix_sockets_sort(&s);
	*ret = s;
	return 0;
}
