/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door_open.c -- connections of programs that know nothing of proxies (room:
 * user).
 *
 * Such a program believes to have reached its target, and the address it dialled
 * is the accepted socket's own name.  An address of the pool is the name that was
 * asked of our DNS; any other is judged as the address it is.  It cannot be told
 * why not, so a refusal is a reset, at once.  In mode limited everything has to
 * be a plain request, of which the door for those takes over.
 */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "supervisor/conn.h"
#include "supervisor/dns.h"
#include "supervisor/gate.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

/*
 * A proxy of the caller's own is told whose connection it is, as the program
 * that started us does it: NUL, "CDXPXY1", the length in two bytes, high one
 * first, and the token.
 */
static bool
introduce(struct conn *c)
{
	static const char magic[8] = "\0CDXPXY1";
	const char *token = c->serve->policy->attribution;
	own_buf struct buf out = { 0 };
	if (token == NULL || c->where != DOOR_AT_FORWARD)
		return true;
	const size_t len = strlen(token);
	buf_add(&out, magic, sizeof(magic));
	buf_u8(&out, (uint8_t)(len >> 8 & 0xff));
	buf_u8(&out, (uint8_t)(len & 0xff));
	buf_add(&out, token, len);
	if (!buf_failed(&out))
		return conn_ahead(c, &c->up, out.data, out.len);
	conn_reset(c);
	return false;
}

static void
open_open(struct conn *c)
{
	gate_begin(c);
	if (c->state != CONN_CLOSED && introduce(c))
		conn_relay(c);
}

static void
open_refused(struct conn *c, const struct conn_refusal *r)
{
	(void)r;
	conn_reset(c);
}

/* Never in HEAD but while accepting. */
static void
open_input(struct conn *c)
{
	(void)c;
}

static const struct conn_door door_open = {
	.input = open_input,
	.open = open_open,
	.refused = open_refused,
};

static void
literal(struct nethost *h, const struct netaddr *a)
{
	memset(h, 0, sizeof(*h));
	h->literal = true;
	h->addr = *a;
	netaddr_text(a, h->name);
}

int
door_open_host(
	const struct serve *s, const struct netaddr *a, struct nethost *ret)
{
	const char *name = dns_is_pool(a) ? dns_name_of(s->dns, a) : NULL;
	if (name != NULL)
		return nethost_parse(name, strlen(name), ret);
	literal(ret, a);
	return 0;
}

/* What the program dialled.  0 or -errno. */
static int
target(const struct serve *s, int fd, struct conn_want *w)
{
	struct sockaddr_storage to;
	socklen_t len = sizeof(to);
	struct netaddr a;
	if (getsockname(fd, (struct sockaddr *)&to, &len) < 0)
		return -errno;
	int err = netaddr_from_sockaddr(
		(const struct sockaddr *)&to, &a, &w->port);
	w->protocol = NETPOL_TCP;
	return err ? err : door_open_host(s, &a, &w->host);
}

static void
accepted(struct serve *s, int fd, enum event_door where,
	const struct conn_want *want)
{
	struct conn *c = conn_new(s, fd, &door_open, where);
	if (c == NULL)
		return;
	c->want = *want;
	conn_route(c);
}

void
door_open_accept(struct serve *s, const struct serve_listener *l, int fd)
{
	struct conn_want want = { .protocol = NETPOL_TCP };
	(void)l;
	if (target(s, fd, &want) < 0) {
		(void)close(fd); /* nothing can be done about it */
		return;
	}
	if ((s->policy->flags & NETPOL_LIMITED) == 0) {
		accepted(s, fd, DOOR_AT_TRANSPARENT, &want);
		return;
	}
	struct conn *c = conn_new(s, fd, &door_plain, DOOR_AT_TRANSPARENT);
	if (c == NULL)
		return;
	c->want = want;
	c->client_side.in = true;
	door_plain.input(c);
}

void
door_forward_accept(struct serve *s, const struct serve_listener *l, int fd)
{
	static const char here[] = "localhost";
	struct conn_want want = { .protocol = NETPOL_TCP, .port = l->port };
	if (nethost_parse(here, sizeof(here) - 1, &want.host) < 0) {
		(void)close(fd); /* cannot be: it is a host */
		return;
	}
	accepted(s, fd, DOOR_AT_FORWARD, &want);
}
