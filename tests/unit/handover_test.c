/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover_test.c -- doors are made by init's own code in a network namespace
 * and taken by the supervisor's, and what is not as it should be is refused.
 */
#include "supervisor/handover.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <net/if.h>
#include <netinet/in.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/doors.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

const char fail_program[] = "handover_test";

enum { NO_NAMESPACE = 77 };

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(NO_NAMESPACE);
	(void)close(fd);
}

/* A namespace of our own, with lo up, as bwrap leaves it. */
static void
enter_namespace(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	char map[64];
	(void)snprintf(map, sizeof map, "0 %u 1", (unsigned int)getuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		_exit(NO_NAMESPACE);
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", map);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
		_exit(NO_NAMESPACE);
	(void)close(fd);
}

/* The words as they lie in a plan. */
static void
list_of(struct plan_list *list, uint8_t *room, const char *const *words)
{
	list->count = 0;
	list->bytes = room;
	for (; *words != NULL; words++) {
		const size_t len = strlen(*words);
		const uint8_t head[4] = { (uint8_t)len };
		memcpy(room, head, 4);
		memcpy(room + 4, *words, len + 1);
		room += 4 + len + 1;
		list->count++;
	}
	list->len = (size_t)(room - list->bytes);
}

/*
 * In a child: doors by these words, then a connection to an address far away
 * and `port`, from inside, which is kept until our end of the socket is closed.
 */
static pid_t
init_with(const int pair[2], const char *const *words, const char *address,
	int port)
{
	static struct plan plan;
	static uint8_t room[8192];
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	(void)close(pair[0]);
	enter_namespace();
	plan.flags = PLAN_PRIVATE_NET | PLAN_NET_PROXY;
	list_of(&plan.net, room, words);
	/* doors_open() closes it. */
	plan.net_fd = fcntl(pair[1], F_DUPFD_CLOEXEC, 10);
	doors_open(&plan);
	if (address != NULL) {
		struct sockaddr_in to = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)port) };
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		char byte = 0;
		(void)inet_pton(AF_INET, address, &to.sin_addr);
		if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
			_exit(1);
		(void)!read(pair[1], &byte, 1);
	}
	_exit(0);
}

/* The first of its kind; one without a descriptor where there is none. */
static struct door
find(const struct handover *h, enum door_kind kind)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->door[i].kind == kind)
			return h->door[i];
	return (struct door){ .fd = -1 };
}

static size_t
count(const struct handover *h, enum door_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++)
		n += h->door[i].kind == kind;
	return n;
}

/* The address that somebody inside wanted, as "a.b.c.d:port"; waits for it. */
static const char *
asked_for(struct door listener)
{
	static char text[64];
	struct sockaddr_in name = { .sin_port = 0 };
	socklen_t len = sizeof name;
	char address[INET_ADDRSTRLEN] = "";
	int fd = -1;
	(void)fcntl(listener.fd, F_SETFL, 0);
	fd = accept(listener.fd, NULL, NULL);
	(void)getsockname(fd, (struct sockaddr *)&name, &len);
	(void)inet_ntop(AF_INET, &name.sin_addr, address, sizeof address);
	(void)snprintf(text, sizeof text, "%s:%u", address,
		(unsigned int)ntohs(name.sin_port));
	(void)close(fd);
	return text;
}

static int
ended(pid_t pid)
{
	int status = 0;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status)
		       ? WEXITSTATUS(status)
		       : -1;
}

static bool
test_doors(struct tap *t)
{
	static const char *const words[] = { "proxy 3128", "transparent 0",
		"port 22", "forward 5432", "publish 8080", NULL };
	struct handover h = { .n = 0 };
	struct diag d = { 0 };
	int pair[2];
	(void)socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	pid_t pid = init_with(pair, words, "203.0.113.9", 2222);
	(void)close(pair[1]);
	int err = handover_receive(pair[0], DOORS_NONE, &h, &d);
	if (err == -EPIPE && ended(pid) == NO_NAMESPACE) {
		(void)close(pair[0]);
		return false;
	}
	tap_int(t, err, 0, "doors are made, handed over and taken");
	tap_str(t, d.cause, "", "nothing is wrong with them");
	tap_ok(t, find(&h, DOOR_PROXY4).port == 3128, "explicit door");
	tap_int(t, (long long)count(&h, DOOR_RELAY_UDP4), 1, "UDP relay");
	tap_ok(t,
		find(&h, DOOR_DNS_UDP4).fd >= 0 &&
			find(&h, DOOR_DNS_TCP4).fd >= 0,
		"answerer");
	tap_ok(t, find(&h, DOOR_FORWARD4).port == 5432, "grant");
	tap_int(t, (long long)count(&h, DOOR_PUBLISH4), DOORS_PUBLISH_SOCKETS,
		"stock of a published port");
	if (h.level == DOORS_ALL) {
		tap_int(t, (long long)count(&h, DOOR_PORT4), 0,
			"no listed port where all are caught");
		tap_str(t, asked_for(find(&h, DOOR_ALL4)), "203.0.113.9:2222",
			"any port of any address arrives");
	} else {
		tap_skip(t, "any port of any address",
			"this kernel has no nftables TPROXY");
		tap_ok(t, find(&h, DOOR_REFUSED4).port == IPPROTO_TCP,
			"what the kernel refuses is heard of");
	}
	(void)close(pair[0]);
	tap_int(t, h.level == DOORS_ALL ? ended(pid) : 0, 0,
		"and was connected inside");
	handover_close(&h);
	return true;
}

/* Only what was asked for: of a caller's own proxy nothing but its port. */
static void
test_few(struct tap *t)
{
	static const char *const words[] = { "forward 3128", NULL };
	struct handover h = { .n = 0 };
	int pair[2];
	(void)socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	pid_t pid = init_with(pair, words, NULL, 0);
	(void)close(pair[1]);
	tap_int(t, handover_receive(pair[0], DOORS_NONE, &h, NULL), 0,
		"one grant alone");
	tap_int(t, h.level, DOORS_NONE, "no transparent door");
	tap_ok(t,
		h.n == count(&h, DOOR_FORWARD4) + count(&h, DOOR_FORWARD6) &&
			h.n > 0,
		"nothing else is open");
	tap_int(t, ended(pid), 0, "init goes on");
	handover_close(&h);
	(void)close(pair[0]);

	struct diag d = { 0 };
	(void)socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	pid = init_with(pair, words, NULL, 0);
	(void)close(pair[1]);
	tap_int(t, handover_receive(pair[0], DOORS_ALL, &h, &d), -EOPNOTSUPP,
		"less than the policy requires");
	tap_str(t, d.thing, "network", "is said");
	tap_int(t, ended(pid), FAIL_SETUP, "and ends init");
	(void)close(pair[0]);
}

static int
tcp_at(in_addr_t address, int backlog)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)bind(fd, (struct sockaddr *)&a, sizeof a);
	if (backlog > 0)
		(void)listen(fd, backlog);
	return fd;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in a = { .sin_port = 0 };
	socklen_t len = sizeof a;
	(void)getsockname(fd, (struct sockaddr *)&a, &len);
	return ntohs(a.sin_port);
}

struct forgery {
	uint8_t version, level, kind, zero;
	uint16_t said, port;
	size_t len;
	int fds[4];
	size_t n_fds;
};

static const char *
offer(const struct forgery *f)
{
	static struct diag d;
	struct handover h = { .n = 0 };
	uint8_t packet[16] = { f->version, f->level, 0, 0, f->kind, f->zero };
	union {
		char bytes[CMSG_SPACE(sizeof f->fds)];
		struct cmsghdr align;
	} room = { { 0 } };
	struct iovec part = { .iov_base = packet, .iov_len = f->len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	uint8_t answer = 0;
	int pair[2];
	doors_put(packet + 2, f->said);
	doors_put(packet + 6, f->port);
	if (f->n_fds > 0) {
		m.msg_control = room.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * f->n_fds);
		struct cmsghdr *c = &room.align; /* the first */
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * f->n_fds);
		memcpy(CMSG_DATA(c), f->fds, sizeof(int) * f->n_fds);
	}
	diag_reset(&d);
	(void)socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	(void)sendmsg(pair[1], &m, 0);
	int err = handover_receive(pair[0], DOORS_NONE, &h, &d);
	(void)recv(pair[1], &answer, 1, MSG_DONTWAIT);
	(void)close(pair[0]);
	(void)close(pair[1]);
	if (err == 0)
		handover_close(&h);
	return err == 0 && answer == DOORS_OK ? "taken"
	       : err < 0 && answer == DOORS_REFUSED
		       ? d.cause
		       : "answer and result differ";
}

static int
open_descriptors(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
test_forgeries(struct tap *t)
{
	static const char no_set[] =
		"was given something that is no set of doors";
	static const char kind[] = "was given a socket of the wrong kind";
	static const char place[] =
		"was given a socket bound to the wrong place";
	const int before = open_descriptors();
	int good = tcp_at(INADDR_LOOPBACK, 1);
	int wild = tcp_at(INADDR_ANY, 1);
	int idle = tcp_at(INADDR_LOOPBACK, 0);
	int file = open("/dev/null", O_RDWR | O_CLOEXEC);
	const struct forgery base = { DOORS_VERSION, DOORS_NONE, DOOR_PROXY4, 0,
		1, port_of(good), 8, { good }, 1 };
	struct forgery f = base;
	f.version = 2;
	tap_str(t, offer(&f), no_set, "another version");
	f = base;
	f.level = DOORS_ALL + 1;
	tap_str(t, offer(&f), no_set, "another level");
	f = base;
	f.kind = DOOR_KINDS;
	tap_str(t, offer(&f), no_set, "another kind");
	f = base;
	f.zero = 1;
	tap_str(t, offer(&f), no_set, "a byte that is not for use");
	f = base;
	f.len = 7;
	tap_str(t, offer(&f), no_set, "an entry cut short");
	f = base;
	f.len = 9;
	tap_str(t, offer(&f), no_set, "something behind the entries");
	f = base;
	f.n_fds = 2;
	f.fds[1] = good;
	tap_str(t, offer(&f), no_set, "a descriptor too many");
	f = base;
	f.n_fds = 0;
	tap_str(t, offer(&f), no_set, "no descriptor");
	f = base;
	f.fds[0] = file;
	tap_str(t, offer(&f), kind, "a file");
	f = base;
	f.fds[0] = idle;
	tap_str(t, offer(&f), kind, "a socket that does not listen");
	f = base;
	f.kind = DOOR_REFUSED4;
	f.port = IPPROTO_TCP;
	tap_str(t, offer(&f), kind, "a stream for a raw socket");
	f = base;
	f.fds[0] = wild;
	f.port = port_of(wild);
	tap_str(t, offer(&f), place, "every address in place of one");
	f = base;
	f.port++;
	tap_str(t, offer(&f), place, "another port");
	f = base;
	f.kind = DOOR_ALL4;
	tap_str(t, offer(&f), place, "a port that is not the door's");
	tap_str(t, offer(&base), "was given a socket of the host's network",
		"the one that is right, but of our own namespace");
	(void)close(good);
	(void)close(wild);
	(void)close(idle);
	(void)close(file);
	tap_int(t, open_descriptors(), before, "no descriptor stays behind");
}

int
main(void)
{
	struct tap t = { 0 };
	if (test_doors(&t))
		test_few(&t);
	else
		tap_skip(&t, "doors", "no user namespace here");
	test_forgeries(&t);
	return tap_end(&t);
}
