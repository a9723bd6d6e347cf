/* SPDX-License-Identifier: Apache-2.0 */
/* door_socks.c -- SOCKS5, and 4a: TCP, and the begin of UDP (room: user). */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>

#include "supervisor/conn.h"
#include "supervisor/gate.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"
#include "supervisor/socks.h"

enum { IN_MAX = SOCKS4_REQUEST_MAX + SOCKS_HELLO_MAX };

/* c->extra */
struct greeting {
	bool greeted; /* version 5: the methods were answered */
	uint8_t version;
};

static bool
say(struct conn *c, const void *bytes, size_t len)
{
	/* The first bytes of a connection: they fit. */
	if (send(c->client.fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len)
		return true;
	conn_reset(c);
	return false;
}

static void
refuse(struct conn *c, enum socks_reply reply)
{
	const struct greeting *g = c->extra;
	static const struct netaddr none;
	uint8_t out[SOCKS_REPLY_MAX];
	size_t len = socks_reply_write(out, g->version, reply, &none, 0);
	conn_linger(c, out, len);
}

static void
begin(struct conn *c, const struct socks_request *r)
{
	struct greeting *g = c->extra;
	g->version = r->version;
	if ((c->serve->policy->flags & NETPOL_NO_SOCKS) != 0) {
		refuse(c, SOCKS_NOT_ALLOWED);
		return;
	}
	if (r->refuse != SOCKS_OK) {
		refuse(c, r->refuse);
		return;
	}
	if (r->command == SOCKS_UDP && r->version == 5) {
		if (udp_relay_open(c, r->port) < 0)
			refuse(c, SOCKS_NOT_ALLOWED);
		return;
	}
	if (r->command != SOCKS_CONNECT) {
		refuse(c, SOCKS_BAD_COMMAND);
		return;
	}
	c->want.protocol = NETPOL_SOCKS_TCP;
	c->want.host = r->host;
	c->want.port = r->port;
	conn_route(c);
}

/* True: go on with what else is there. */
static bool
greet(struct conn *c)
{
	struct greeting *g = c->extra;
	bool ok = false;
	uint8_t out[2];
	long n = socks_hello_read((const uint8_t *)c->in.data, c->in.len, &ok);
	if (n == 0)
		return false;
	if (n < 0) {
		conn_close(c);
		return false;
	}
	conn_bytes_drop(&c->in, (size_t)n);
	g->greeted = true;
	size_t len = socks_hello_write(out, ok);
	if (!ok) {
		conn_linger(c, out, len);
		return false;
	}
	return say(c, out, len);
}

/* One message.  True: there may be another. */
static bool
step(struct conn *c)
{
	struct greeting *g = c->extra;
	struct socks_request r;
	const uint8_t *bytes = (const uint8_t *)c->in.data;
	bool v5 = g->greeted || (c->in.len > 0 && bytes[0] == 5);
	if (v5 && !g->greeted)
		return greet(c);
	if (c->in.len == 0)
		return false;
	long n = v5 ? socks_request_read(bytes, c->in.len, &r)
		    : socks4_request_read(bytes, c->in.len, &r);
	if (n == 0)
		return false;
	if (n < 0) {
		conn_close(c);
		return false;
	}
	conn_bytes_drop(&c->in, (size_t)n);
	begin(c, &r);
	return false;
}

static void
socks_input(struct conn *c)
{
	if (c->extra == NULL) {
		c->extra = calloc(1, sizeof(struct greeting));
		if (c->extra == NULL) {
			conn_reset(c);
			return;
		}
	}
	for (;;) {
		while (step(c))
			continue;
		if (c->state != CONN_HEAD)
			return;
		/* An association has begun, and has a reader of its own: a
		 * second request behind the first is none. */
		if (c->door != &door_socks) {
			c->door->input(c);
			return;
		}
		int got = conn_read(&c->client_side, &c->in, IN_MAX);
		if (got == 0)
			return;
		if (got < 0) {
			conn_close(c);
			return;
		}
	}
}

static void
socks_open(struct conn *c)
{
	const struct greeting *g = c->extra;
	static const struct netaddr none;
	uint8_t out[SOCKS_REPLY_MAX];
	size_t len = socks_reply_write(out, g->version, SOCKS_OK, &none, 0);
	if (!say(c, out, len))
		return;
	free(c->extra);
	c->extra = NULL;
	gate_begin(c);
	if (c->state != CONN_CLOSED)
		conn_relay(c);
}

static void
socks_refused(struct conn *c, const struct conn_refusal *r)
{
	if (r->failure == FAIL_NONE)
		refuse(c, SOCKS_NOT_ALLOWED);
	else
		refuse(c, socks_reply_of(conn_failure_words(r->failure)->err));
}

const struct conn_door door_socks = {
	.input = socks_input,
	.open = socks_open,
	.refused = socks_refused,
};
