/* SPDX-License-Identifier: Apache-2.0 */
/* gate.c -- the server name of a ClientHello (room: user). */
#include "supervisor/gate.h"

#include <errno.h>
#include <string.h>

#include "supervisor/client_hello.h"
#include "supervisor/conn.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

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
mismatch(struct conn *c, const char *sni)
{
	const struct netpol_verdict v = { .decision = NETPOL_DENY,
		.source = NETPOL_BASELINE,
		.reason = NETPOL_SNI_MISMATCH };
	conn_tell(c, &v, sni);
	conn_reset(c);
}

/* True: judged. */
static bool
judge(struct conn *c)
{
	struct client_hello hello;
	switch (client_hello_read(
		(const uint8_t *)c->in.data, c->in.len, &hello)) {
	case CLIENT_HELLO_MORE: return false;
	case CLIENT_HELLO_NOT_TLS: pass(c); break;
	case CLIENT_HELLO_NAME:
		if (strcmp(hello.host.name, c->want.host.name) == 0)
			pass(c);
		else
			mismatch(c, hello.host.name);
		break;
	case CLIENT_HELLO_NO_NAME: mismatch(c, "(none)"); break;
	case CLIENT_HELLO_BAD: mismatch(c, "(malformed)"); break;
	}
	return true;
}

static void
look(struct conn *c)
{
	for (;;) {
		int got = conn_read(
			&c->client_side, &c->in, CLIENT_HELLO_STREAM_MAX);
		if (got == 1 && judge(c))
			return;
		if (got == 1)
			continue;
		if (got == 0)
			break;
		if (got == -EPIPE) {
			/* The end before a whole hello: nothing for a server
			 * to answer in another's name. */
			c->up.ended = true;
			pass(c);
		} else if (got == -ENOBUFS)
			mismatch(c, "(too long)");
		else
			conn_reset(c);
		return;
	}
	if (c->in.len > 0 && c->timer.due_ms == 0)
		conn_deadline(c, c->serve->limits->hello_ms);
}

void
gate_begin(struct conn *c)
{
	c->up.held = true;
	if ((c->serve->policy->flags & NETPOL_NO_SNI_CHECK) != 0 ||
		c->want.host.literal || c->verdict.host_loopback)
		pass(c);
	else if (c->in.len == 0 || !judge(c))
		c->look_up = look;
}
