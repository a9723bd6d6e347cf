/* SPDX-License-Identifier: Apache-2.0 */
/* door_proxy.c -- one port, the first byte tells SOCKS from HTTP (room: user). */
#include "supervisor/door.h"

#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"

static void
proxy_input(struct conn *c)
{
	int got = conn_read(&c->client_side, &c->in, HTTP_HEAD_MAX);
	if (got == 0)
		return;
	if (got < 0) {
		conn_close(c);
		return;
	}
	uint64_t took = c->serve->loop.now_ms - c->begun_ms;
	uint64_t head = c->serve->limits->head_ms;
	/* The same deadline for all of the head, however slowly it drips. */
	conn_deadline(c, took < head ? head - took : 1);
	c->door = c->in.data[0] == 5 || c->in.data[0] == 4 ? &door_socks
							   : &door_http;
	c->door->input(c);
}

static const struct conn_door door_proxy = { .input = proxy_input };

void
door_proxy_accept(struct serve *s, const struct serve_listener *l, int fd)
{
	(void)l;
	struct conn *c = conn_new(s, fd, &door_proxy, DOOR_AT_PROXY);
	if (c == NULL)
		return;
	conn_deadline(c, s->limits->first_ms);
	/* Most clients have spoken by now. */
	c->client_side.in = true;
	proxy_input(c);
}
