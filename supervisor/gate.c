/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c -- whom the first bytes name: a ClientHello, a request (room: user). */
#include "supervisor/gate.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "supervisor/client_hello.h"
#include "supervisor/conn.h"
#include "supervisor/http_begin.h"
#include "supervisor/http_head.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

enum { TLS_HANDSHAKE = 22, WEB_PORT = 80 };

/* The bytes in c->in go on, and everything after them. */
static void
pass(struct conn *c)
{
	c->look_up = NULL;
	c->up.held = false;
	conn_deadline(c, 0);
	if (conn_ahead(c, &c->up, c->in.data, c->in.len))
		conn_bytes_free(&c->in);
}

static void
mismatch(struct conn *c, enum netpol_reason reason, const char *named)
{
	const struct netpol_verdict v = { .decision = NETPOL_DENY,
		.source = NETPOL_BASELINE,
		.reason = reason };
	conn_tell(c, &v, named);
	conn_reset(c);
}

/* ---- a request ------------------------------------------------------------------ */

/* Is c->in a request of HTTP, and does it name whom we know?  True: judged. */
static bool
judge_plain(struct conn *c, unsigned int ended)
{
	struct http_head head;
	const unsigned int web = c->want.port == WEB_PORT ? HTTP_BEGIN_WEB : 0;
	switch (http_begin(c->in.data, c->in.len, web | ended)) {
	case HTTP_BEGIN_MORE: return false;
	case HTTP_BEGIN_NOT: pass(c); return true;
	case HTTP_BEGIN_REQUEST: break;
	}
	long n = http_request_names(c->in.data, c->in.len, &head);
	if (n == 0 && !ended)
		return false;
	const bool nobody =
		head.form == HTTP_ORIGIN && head.host.name[0] == '\0';
	if (n <= 0)
		mismatch(c, NETPOL_HOST_MISMATCH, "(malformed)");
	else if (!nobody && strcmp(head.host.name, c->want.host.name) != 0)
		mismatch(c, NETPOL_HOST_MISMATCH, head.host.name);
	else
		pass(c);
	return true;
}

/*
 * Servers skip empty lines before a request, and other protocols wait for an
 * answer to one: they go on, and what follows is looked at.  False: c is closed.
 */
static bool
skip_lines(struct conn *c)
{
	size_t n = 0;
	while (n < c->in.len &&
		(c->in.data[n] == '\r' || c->in.data[n] == '\n'))
		n++;
	if (n == 0)
		return true;
	if (!conn_ahead(c, &c->up, c->in.data, n))
		return false;
	conn_bytes_drop(&c->in, n);
	return true;
}

/* ---- a second hello ------------------------------------------------------------- */

static bool judge(struct conn *c, bool first);

/* As judge(); what may stand before the second hello goes on as it comes. */
static bool
judge_second(struct conn *c)
{
	long n;
	while ((n = client_hello_between(
			(const uint8_t *)c->in.data, c->in.len)) > 0) {
		if (!conn_ahead(c, &c->up, c->in.data, (size_t)n))
			return true;
		conn_bytes_drop(&c->in, (size_t)n);
	}
	return n < 0 && judge(c, false);
}

static void look_second(struct conn *c);

static bool
has_ended(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) != 0;
}

/* The first bytes of the server, which stay where they are. */
static void
look_answer(struct conn *c)
{
	uint8_t bytes[SERVER_HELLO_LOOK];
	ssize_t n = recv(c->outside.fd, bytes, sizeof(bytes), MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		c->outside_side.in = false;
		return;
	}
	enum server_hello_state state =
		n > 0 ? server_hello_read(bytes, (size_t)n)
		      : SERVER_HELLO_OTHER;
	if (state == SERVER_HELLO_MORE && !has_ended(c->outside.fd))
		return;
	c->look_down = NULL;
	c->down.held = false;
	if (state != SERVER_HELLO_RETRY) {
		pass(c);
		return;
	}
	c->look_up = look_second;
	if (!judge_second(c))
		look_second(c);
}

/* The first hello goes on, and nothing behind it until the server has answered. */
static void
await_answer(struct conn *c, size_t used)
{
	c->look_up = NULL;
	if (!conn_ahead(c, &c->up, c->in.data, used))
		return;
	conn_bytes_drop(&c->in, used);
	conn_deadline(c, 0);
	c->down.held = true;
	c->look_down = look_answer;
}

/* ---- any hello ------------------------------------------------------------------ */

/* True: judged. */
static bool
judge(struct conn *c, bool first)
{
	struct client_hello hello;
	switch (client_hello_read(
		(const uint8_t *)c->in.data, c->in.len, &hello)) {
	case CLIENT_HELLO_MORE: return false;
	case CLIENT_HELLO_NOT_TLS:
		if (first)
			return judge_plain(c, 0);
		pass(c);
		break;
	case CLIENT_HELLO_NAME:
		if (strcmp(hello.host.name, c->want.host.name) != 0)
			mismatch(c, NETPOL_SNI_MISMATCH, hello.host.name);
		else if (first && hello.may_retry)
			await_answer(c, hello.used);
		else
			pass(c);
		break;
	case CLIENT_HELLO_NO_NAME:
		mismatch(c, NETPOL_SNI_MISMATCH, "(none)");
		break;
	case CLIENT_HELLO_BAD:
		mismatch(c, NETPOL_SNI_MISMATCH, "(malformed)");
		break;
	}
	return true;
}

static bool
judge_first(struct conn *c)
{
	return !skip_lines(c) || judge(c, true);
}

/* ---- both ----------------------------------------------------------------------- */

static bool
is_tls(const struct conn *c)
{
	return c->in.len > 0 && c->in.data[0] == TLS_HANDSHAKE;
}

/* The end before the whole of it. */
static void
ended(struct conn *c)
{
	c->up.ended = true;
	/* Half a hello: nothing for a server to answer in another's name. */
	if (is_tls(c) || c->in.len == 0)
		pass(c);
	else
		(void)judge_plain(c, HTTP_BEGIN_ENDED); /* always judged */
}

/* Not forever, once it has begun; moved bytes do not put it off. */
static void
limit_look(struct conn *c)
{
	const struct serve_limits *l = c->serve->limits;
	uint64_t ms = is_tls(c) ? l->hello_ms : l->head_ms;
	uint64_t due = c->timer.due_ms;
	if (c->in.len > 0 && ms != 0 &&
		(due == 0 || due > c->serve->loop.now_ms + ms))
		conn_deadline(c, ms);
}

static void
look(struct conn *c, bool (*judged)(struct conn *c))
{
	for (;;) {
		int got = conn_read(&c->client_side, &c->in,
			is_tls(c) ? CLIENT_HELLO_STREAM_MAX : HTTP_HEAD_MAX);
		if (got == 1 && judged(c))
			return;
		if (got == 1)
			continue;
		if (got == 0)
			break;
		if (got == -EPIPE)
			ended(c);
		else if (got == -ENOBUFS)
			mismatch(c,
				is_tls(c) ? NETPOL_SNI_MISMATCH
					  : NETPOL_HOST_MISMATCH,
				"(too long)");
		else
			conn_reset(c);
		return;
	}
	limit_look(c);
}

static void
look_first(struct conn *c)
{
	look(c, judge_first);
}

static void
look_second(struct conn *c)
{
	look(c, judge_second);
}

void
gate_begin(struct conn *c)
{
	c->up.held = true;
	if ((c->serve->policy->flags & NETPOL_NO_SNI_CHECK) != 0 ||
		c->want.host.literal || c->verdict.host_loopback)
		pass(c);
	else if (c->in.len == 0 || !judge_first(c))
		c->look_up = look_first;
}
