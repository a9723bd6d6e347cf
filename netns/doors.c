/* SPDX-License-Identifier: Apache-2.0 */
/* doors.c -- routes, sockets, and the packet that carries them (room: inside). */
#include "netns/doors.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include "launcher/doors.h"
#include "launcher/fail.h"
#include "launcher/plan.h"
#include "launcher/plan_wire.h"
#include "netns/broken.h"
#include "netns/netlink.h"

enum { BACKLOG = 4096, ANSWER_S = 20, DECIMAL = 10, PORT_MAX = 65535 };

/* musl keeps them for itself. */
#ifndef IPV6_TRANSPARENT
#	define IPV6_TRANSPARENT 75
#endif
#ifndef IPV6_FREEBIND
#	define IPV6_FREEBIND 78
#endif

struct doors {
	uint8_t level; /* enum door_level */
	bool has6;     /* there is IPv6 in this namespace */
	uint16_t n;
	uint8_t packet[DOORS_PACKET_MAX];
	int fd[DOORS_MAX];
};

/* What a socket is, before it is anybody's door. */
struct kind {
	enum door_kind kind; /* of IPv4; that of IPv6 follows */
	int type;
	bool everywhere;  /* else on lo's own addresses */
	bool transparent; /* TPROXY may give it connections to others */
	bool only4;
};

static const char thing[] = "private network";
static const char doctor[] = "codex-sandbox doctor";

/* ---- the plan's words ---------------------------------------------------- */

/* The number behind "WORD ", or -1 when the word is another one. */
static long
word_value(const char *text, const char *word)
{
	const size_t len = strlen(word);
	long value = 0;
	if (strncmp(text, word, len) != 0 || text[len] != ' ')
		return -1;
	text += len + 1;
	for (; *text >= '0' && *text <= '9' && value <= PORT_MAX; text++)
		value = value * DECIMAL + (*text - '0');
	if (*text != '\0' || value > PORT_MAX)
		die("plan", "it asks for a door that there is not",
			"please report this defect");
	return value;
}

bool
doors_are_transparent(const struct plan *plan)
{
	size_t at = 0;
	const char *text = NULL;
	while ((text = plan_list_next(&plan->net, &at)) != NULL)
		if (word_value(text, "transparent") >= 0)
			return true;
	return false;
}

/* ---- sockets ------------------------------------------------------------- */

static void
add(struct doors *d, unsigned int kind, uint16_t port, int fd)
{
	uint8_t *entry = d->packet + DOORS_HEAD + (size_t)d->n * DOORS_ENTRY;
	if (d->n >= DOORS_MAX)
		die(thing, "more doors than fit into one message",
			"name fewer ports");
	entry[0] = (uint8_t)kind; /* below DOOR_KINDS */
	doors_put(entry + 2, port);
	d->fd[d->n++] = fd;
}

static int
switch_on(int fd, int level, int option)
{
	const int on = 1;
	return setsockopt(fd, level, option, &on, sizeof on);
}

/* Made for IPv6, it must not stand in the way of IPv4. */
static int
set_options(int fd, const struct kind *k, bool is6)
{
	const int level = is6 ? IPPROTO_IPV6 : IPPROTO_IP;
	if (is6 && switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0)
		return -1;
	if (k->transparent &&
		switch_on(fd, level, is6 ? IPV6_TRANSPARENT : IP_TRANSPARENT) !=
			0)
		return -1;
	if (k->type != SOCK_DGRAM || !k->everywhere)
		return 0;
	/* To answer from an address that only the route makes one of ours. */
	if (is6 && switch_on(fd, level, IPV6_FREEBIND) != 0)
		return -1;
	return switch_on(fd, level, is6 ? IPV6_RECVPKTINFO : IP_PKTINFO);
}

static int
bind_to(int fd, const struct kind *k, uint16_t port, bool is6)
{
	const struct sockaddr_in a4 = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr =
			htonl(k->everywhere ? INADDR_ANY : INADDR_LOOPBACK) };
	const struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr.s6_addr = { [15] = k->everywhere ? 0 : 1 } };
	return is6 ? bind(fd, (const struct sockaddr *)&a6, sizeof a6)
		   : bind(fd, (const struct sockaddr *)&a4, sizeof a4);
}

static void
open_one(struct doors *d, const struct kind *k, uint16_t port, bool is6)
{
	const unsigned int kind = k->kind + (is6 ? 1u : 0u);
	int fd = socket(is6 ? AF_INET6 : AF_INET,
		k->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || set_options(fd, k, is6) != 0 ||
		bind_to(fd, k, port, is6) != 0 ||
		(k->type == SOCK_STREAM && listen(fd, BACKLOG) != 0))
		die_errno(errno == EADDRINUSE
				  ? "two doors of the private network"
				  : thing,
			doctor);
	if (port == 0) { /* the kernel has chosen */
		struct sockaddr_in name = { .sin_port = 0 };
		socklen_t len = sizeof name;
		if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
			die_errno(thing, doctor);
		port = ntohs(name.sin_port);
	}
	add(d, kind, port, fd);
}

static void
open_pair(struct doors *d, struct kind k, uint16_t port)
{
	open_one(d, &k, port, false);
	if (d->has6 && !k.only4)
		open_one(d, &k, port, true);
}

/*
 * A connected socket has to be of this namespace to reach a server in it, so
 * there is a stock of them, each used again and again.
 */
static void
open_stock(struct doors *d, uint16_t port)
{
	for (size_t i = 0; i < DOORS_PUBLISH_SOCKETS; i++) {
		int fd = socket(
			AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd < 0)
			die_errno(thing, doctor);
		add(d, DOOR_PUBLISH4, port, fd);
	}
}

/* ---- what the kernel refuses --------------------------------------------- */

/*
 * Without TPROXY the kernel refuses what no listener catches, and nobody would
 * hear of it.  A raw socket gets a copy of every segment of TCP; this one lets
 * through what answers a SYN that nobody wants: RST and ACK, and no sequence
 * number (RFC 9293, 3.10.7.1).  Of IPv4 a raw socket has the header too.  It
 * tells and enforces nothing: a host without raw sockets does without.
 */
static void
open_refusals(struct doors *d, bool is6)
{
	enum { SEQUENCE = 4, FLAGS = 13, RST_ACK = 0x14, WHOLE = 0xffff };
	struct sock_filter lines[] = {
		is6 ? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0)
		    : (struct sock_filter)BPF_STMT(
			      BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RST_ACK, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, SEQUENCE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, WHOLE),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog prog = { .len = sizeof lines / sizeof *lines,
		.filter = lines };
	int fd = socket(is6 ? AF_INET6 : AF_INET,
		SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (fd < 0)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof prog) ==
		0)
		add(d, is6 ? DOOR_REFUSED6 : DOOR_REFUSED4, IPPROTO_TCP, fd);
	else
		(void)close(fd); /* a failed close has closed it too */
}

/* ---- the doors ----------------------------------------------------------- */

/* lo's own ::1 is there, or the kernel was told to have no IPv6. */
static bool
find_ipv6(void)
{
	const struct kind k = { .type = SOCK_DGRAM };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const bool has = fd >= 0 && bind_to(fd, &k, 0, true) == 0;
	if (fd >= 0)
		(void)close(fd);
	return has;
}

static void
open_proxy(struct doors *d, uint16_t port)
{
	open_pair(d, (struct kind){ DOOR_PROXY4, .type = SOCK_STREAM }, port);
	open_pair(d,
		(struct kind){
			DOOR_RELAY_UDP4, .type = SOCK_DGRAM, .only4 = true },
		0);
}

static void
open_transparent(const struct plan *plan, struct doors *d)
{
	int err = netlink_send(NETLINK_ROUTE, &netlink_address4);
	if (err == 0)
		err = netlink_send(NETLINK_ROUTE, &netlink_route4);
	if (err != 0) {
		errno = err;
		die_errno("route of the private network", doctor);
	}
	/* Without these IPv6 leads nowhere, which is no door either. */
	if (d->has6 &&
		(netlink_send(NETLINK_ROUTE, &netlink_address6) != 0 ||
			netlink_send(NETLINK_ROUTE, &netlink_route6) != 0))
		d->has6 = false;
	d->level = DOORS_PORTS;
	if (!broken(plan, "tproxy") &&
		netlink_send(NETLINK_NETFILTER,
			d->has6 ? &netlink_tproxy : &netlink_tproxy4) == 0)
		d->level = DOORS_ALL;
	if (d->level == DOORS_ALL)
		open_pair(d,
			(struct kind){ DOOR_ALL4, .type = SOCK_STREAM,
				.transparent = true },
			DOORS_ALL_PORT);
	else
		open_refusals(d, false);
	if (d->level == DOORS_PORTS && d->has6)
		open_refusals(d, true);
	open_pair(d,
		(struct kind){
			DOOR_DNS_UDP4, .type = SOCK_DGRAM, .everywhere = true },
		DOORS_DNS_PORT);
	open_pair(d,
		(struct kind){ DOOR_DNS_TCP4, .type = SOCK_STREAM,
			.everywhere = true },
		DOORS_DNS_PORT);
}

/* One word of the plan; `transparent` was done before. */
static void
open_word(struct doors *d, const char *text)
{
	const struct kind port = { DOOR_PORT4, .type = SOCK_STREAM,
		.everywhere = true };
	const struct kind forward = { DOOR_FORWARD4, .type = SOCK_STREAM };
	long value = 0;
	if ((value = word_value(text, "proxy")) > 0) {
		open_proxy(d, (uint16_t)value); /* in range, as all of them */
	} else if ((value = word_value(text, "port")) > 0) {
		if (d->level == DOORS_PORTS)
			open_pair(d, port, (uint16_t)value);
	} else if ((value = word_value(text, "forward")) > 0) {
		open_pair(d, forward, (uint16_t)value);
	} else if ((value = word_value(text, "publish")) > 0) {
		open_stock(d, (uint16_t)value);
	} else if (word_value(text, "transparent") < 0) {
		die("plan", "it asks for a door that there is not",
			"please report this defect");
	}
}

/* ---- handing over -------------------------------------------------------- */

static void
send_doors(int to, struct doors *d)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * DOORS_MAX)];
		struct cmsghdr align;
	} room = { { 0 } };
	const size_t fds_len = sizeof(int) * d->n;
	struct iovec part = { .iov_base = d->packet,
		.iov_len = DOORS_HEAD + (size_t)d->n * DOORS_ENTRY };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	d->packet[0] = DOORS_VERSION;
	d->packet[1] = d->level;
	doors_put(d->packet + 2, d->n);
	if (d->n > 0) {
		m.msg_control = room.bytes;
		m.msg_controllen = (socklen_t)CMSG_SPACE(fds_len);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = (socklen_t)CMSG_LEN(fds_len);
		memcpy(CMSG_DATA(c), d->fd, fds_len);
	}
	if (sendmsg(to, &m, MSG_NOSIGNAL) == (ssize_t)part.iov_len)
		return;
	/* Its own line says why it is gone. */
	if (errno == EPIPE || errno == ECONNRESET)
		_exit(FAIL_SETUP);
	die_errno("handing the doors to the network supervisor", doctor);
}

static void
await_answer(int from)
{
	const struct timeval limit = { .tv_sec = ANSWER_S };
	uint8_t answer = 0;
	ssize_t n = -1;
	if (setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) !=
		0)
		die_errno("network supervisor", doctor);
	do
		n = recv(from, &answer, sizeof answer, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		die("network supervisor", "it did not answer in 20 seconds",
			"try again on a less busy machine");
	if (n != 1 || answer != DOORS_OK)
		_exit(FAIL_SETUP); /* its own line says why */
}

void
doors_open(const struct plan *plan)
{
	struct doors d = { .level = DOORS_NONE, .has6 = find_ipv6() };
	size_t at = 0;
	const char *text = NULL;
	if (doors_are_transparent(plan))
		open_transparent(plan, &d);
	while ((text = plan_list_next(&plan->net, &at)) != NULL)
		open_word(&d, text);
	send_doors(plan->net_fd, &d);
	for (size_t i = 0; i < d.n; i++)
		(void)close(d.fd[i]); /* a failed close has closed it too */
	await_answer(plan->net_fd);
	(void)close(plan->net_fd);
}
