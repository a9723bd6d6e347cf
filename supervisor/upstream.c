/* SPDX-License-Identifier: Apache-2.0 */
/* upstream.c -- CONNECT to the proxy beyond us (room: user). */
#include "supervisor/upstream.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "policy/buf.h"
#include "supervisor/conn.h"
#include "supervisor/http_head.h"
#include "supervisor/serve_impl.h"

enum { ANSWER_MAX = 16 << 10 };

void
upstream_auth(const struct conn *c, struct buf *out)
{
	const char *auth = c->serve->policy->upstream.auth;
	if (auth != NULL)
		buf_printf(out, "Proxy-Authorization: Basic %s\r\n", auth);
}

/*
 * Peek, and take only the head: what follows belongs to the tunnel.  1: whole,
 * and taken; 0: more is needed; negative: no.
 */
static int
take_answer(struct conn *c)
{
	char bytes[ANSWER_MAX];
	struct http_head head;
	ssize_t n = recv(c->outside.fd, bytes, sizeof(bytes), MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -EPIPE;
	long whole = http_response_read(bytes, (size_t)n, "CONNECT", &head);
	if (whole == 0)
		return n < ANSWER_MAX ? 0 : -EMSGSIZE;
	if (whole < 0)
		return -EBADMSG;
	/* It was there a moment ago. */
	if (recv(c->outside.fd, bytes, (size_t)whole, 0) != whole)
		return -EPIPE;
	return head.status >= 200 && head.status < 300 ? 1 : -ECONNREFUSED;
}

static void
answer(struct conn *c)
{
	int got = take_answer(c);
	if (got == 0)
		return;
	c->look_down = NULL;
	if (got < 0) {
		conn_route_failed(c, FAIL_UPSTREAM);
		return;
	}
	c->outside_side.in = true; /* more may have come with it */
	conn_route_open(c);
}

void
upstream_connect(struct conn *c)
{
	own_buf struct buf out = { .max = 4096 };
	const struct nethost *h = &c->want.host;
	const char *open = h->literal && !netaddr_is4(&h->addr) ? "[" : "";
	const char *close = *open ? "]" : "";
	buf_printf(&out, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n",
		open, h->name, close, c->want.port, open, h->name, close,
		c->want.port);
	upstream_auth(c, &out);
	buf_str_add(&out, "\r\n");
	/* The first bytes of a connection: they fit. */
	if (buf_failed(&out) || send(c->outside.fd, out.data, out.len,
					MSG_NOSIGNAL) != (ssize_t)out.len) {
		conn_route_failed(c, FAIL_UPSTREAM);
		return;
	}
	c->look_down = answer;
}
