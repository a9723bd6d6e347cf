/* SPDX-License-Identifier: Apache-2.0 */
/* run_channel_test.c -- what the front end takes from init's socket. */
#include "policy/run_channel.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/tap.h"

/* Send len bytes and n copies of descriptor 0. */
static void
put(int fd, const void *bytes, size_t len, int n)
{
	int fds[2] = { 0, 0 };
	union {
		char room[CMSG_SPACE(sizeof(fds))];
		struct cmsghdr align;
	} control = { { 0 } };
	char copy[2 * CONTROL_LEN];
	memcpy(copy, bytes, len);
	struct iovec part = { .iov_base = copy, .iov_len = len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	if (n > 0) {
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)n);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)n);
	}
	(void)!sendmsg(fd, &m, MSG_DONTWAIT);
}

static void
test_good(struct tap *t, int near, int far)
{
	uint32_t word[CONTROL_WORDS] = { 0 };
	int fd = -1;
	tap_int(t, run_receive(near, word, &fd), 0, "nothing there: 0");
	run_send(far, CONTROL_SIGNAL, 15);
	tap_int(t, run_receive(near, word, &fd), 1, "a message: 1");
	tap_ok(t, word[0] == CONTROL_SIGNAL && word[1] == 15 && word[2] == 0,
		"what was sent is what comes");
	tap_int(t, fd, -1, "no descriptor");
	uint8_t packet[CONTROL_LEN];
	control_put(packet, word);
	put(far, packet, sizeof(packet), 1);
	tap_int(t, run_receive(near, word, &fd), 1, "with a descriptor: 1");
	tap_ok(t, fd > 2 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0,
		"it is close-on-exec");
	(void)close(fd);
}

static void
test_bad(struct tap *t, int near, int far)
{
	static const uint8_t bytes[2 * CONTROL_LEN] = { CONTROL_READY };
	uint32_t word[CONTROL_WORDS] = { 0 };
	int fd = -1;
	put(far, bytes, CONTROL_LEN - 1, 0);
	tap_int(t, run_receive(near, word, &fd), -1, "one byte too few");
	put(far, bytes, CONTROL_LEN + 1, 0);
	tap_int(t, run_receive(near, word, &fd), -1, "one byte too many");
	put(far, bytes, CONTROL_LEN, 2);
	int before = dup(0);
	(void)close(before);
	tap_int(t, run_receive(near, word, &fd), -1, "two descriptors");
	if (fd >= 0)
		(void)close(fd);
	int after = dup(0);
	(void)close(after);
	tap_int(t, after, before, "and none of them stays open");
	(void)close(far);
	tap_int(t, run_receive(near, word, &fd), -1, "the other end is gone");
	run_send(near, CONTROL_CONTINUE, 1); /* SIGPIPE would end the test */
	tap_ok(t, true, "sending to nobody is no signal");
}

int
main(void)
{
	struct tap t = { 0 };
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return 1;
	test_good(&t, pair[0], pair[1]);
	test_bad(&t, pair[0], pair[1]);
	(void)close(pair[0]);
	return tap_end(&t);
}
