/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door_http.c -- plain requests and CONNECT (room: user).
 *
 * One request a connection: the answer says "Connection: close", and what comes
 * behind the body of the first is never sent on, so no second request passes
 * unjudged and nobody can disagree with us about where it begins.  CONNECT is
 * answered when the target has been dialled, so 200 means that it is there.
 */
#include "supervisor/door.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "supervisor/conn.h"
#include "supervisor/gate.h"
#include "supervisor/serve.h"
#include "supervisor/serve_impl.h"
#include "supervisor/upstream.h"

enum {
	ANSWER_MAX = 4096,
	/* A head as it is sent on: with Host made anew and the like. */
	WRITTEN_MAX = 2 * HTTP_HEAD_MAX,
	/* Of an answer, before the last head: a server that never comes to it
	 * would fill our memory. */
	INTERIM_MAX = 32,
};

/* A request on its way; c->extra. */
struct exchange {
	struct http_head head;
	size_t head_len;
	struct http_body up;
	struct http_body down;
	unsigned int interims;
};

static void
say(struct conn *c, unsigned int status, const char *error, bool json,
	const char *text)
{
	own_buf struct buf out = { .max = ANSWER_MAX };
	http_answer(&out, status, error, json, text);
	if (buf_failed(&out))
		conn_reset(c);
	else
		conn_linger(c, out.data, out.len);
}

/* ---- the request ---------------------------------------------------------------- */

/* Is there an empty line that begins in the last `fresh` bytes or just before? */
static bool
has_end(const struct conn_bytes *b, size_t fresh)
{
	size_t at = b->len - fresh;
	at = at > 2 ? at - 2 : 0;
	for (; at + 1 < b->len; at++)
		if (b->data[at] == '\n' &&
			(b->data[at + 1] == '\n' ||
				(at + 2 < b->len && b->data[at + 1] == '\r' &&
					b->data[at + 2] == '\n')))
			return true;
	return false;
}

/* Nothing but plain requests, at the transparent door in mode limited. */
static void
not_plain(struct conn *c)
{
	const struct netpol_verdict v = { .decision = NETPOL_DENY,
		.source = NETPOL_MODE_GUARD,
		.reason = NETPOL_TLS_IN_LIMITED };
	conn_tell(c, &v, NULL);
	conn_reset(c);
}

/* The head is whole: go. */
static void
want(struct conn *c, struct exchange *x)
{
	if (c->where == DOOR_AT_TRANSPARENT &&
		(x->head.form != HTTP_ORIGIN || x->head.port != c->want.port ||
			strcmp(x->head.host.name, c->want.host.name) != 0)) {
		const struct netpol_verdict v = { .decision = NETPOL_DENY,
			.source = NETPOL_BASELINE,
			.reason = NETPOL_HOST_MISMATCH };
		conn_tell(c, &v, x->head.host.name);
		say(c, 400, NULL, false,
			"Host header does not match the destination\n");
		return;
	}
	c->want.protocol =
		x->head.form == HTTP_CONNECT ? NETPOL_HTTPS : NETPOL_HTTP;
	c->want.host = x->head.host;
	c->want.port = x->head.port;
	if (x->head.form != HTTP_CONNECT)
		memcpy(c->want.method, x->head.method, sizeof(x->head.method));
	conn_route(c);
}

/* True: done with the head, in whatever way. */
static bool
parse(struct conn *c)
{
	struct exchange *x = c->extra;
	long n = http_request_read(c->in.data, c->in.len, &x->head);
	if (n == 0 && c->in.len < HTTP_HEAD_MAX)
		return false;
	if (n == 0)
		say(c, 431, NULL, false, "request head too large\n");
	else if (n < 0 && c->where == DOOR_AT_TRANSPARENT)
		not_plain(c);
	else if (n < 0)
		say(c, x->head.refuse, NULL, false, x->head.why);
	else {
		x->head_len = (size_t)n;
		want(c, x);
	}
	return true;
}

static void
http_input(struct conn *c)
{
	/* The first bytes were read by the proxy door. */
	size_t seen = c->extra == NULL ? 0 : c->in.len;
	if (c->extra == NULL) {
		c->extra = calloc(1, sizeof(struct exchange));
		if (c->extra == NULL) {
			conn_reset(c);
			return;
		}
	}
	for (;;) {
		/* A parse costs all of the head: not one for each byte. */
		if (c->in.len > seen &&
			(seen == 0 || c->in.len == HTTP_HEAD_MAX ||
				has_end(&c->in, c->in.len - seen)) &&
			parse(c))
			return;
		seen = c->in.len;
		int got = conn_read(&c->client_side, &c->in, HTTP_HEAD_MAX);
		if (got == 0)
			return;
		if (got < 0) {
			conn_close(c);
			return;
		}
	}
}

static void
http_late(struct conn *c)
{
	if (c->in.len > 0)
		say(c, 408, NULL, false, "request head not complete in time\n");
	else
		conn_close(c);
}

/* ---- the answer ----------------------------------------------------------------- */

/* What limits the flow of a body whose first bytes are there: how many of them
 * belong to it, or negative. */
static long
body_begin(struct relay_flow *f, struct http_body *body,
	const struct http_head *head, const char *bytes, size_t len)
{
	http_body_begin(body, head);
	long part = body->done ? 0 : http_body_take(body, bytes, len);
	if (part < 0)
		return part;
	if (body->done)
		f->left = 0;
	else if (head->framing == HTTP_LENGTH)
		f->left = body->left;
	else if (head->framing == HTTP_CHUNKED)
		f->body = body;
	return part;
}

static void
bad_answer(struct conn *c)
{
	say(c, 502, "bad-response", false, "upstream failure\n");
}

/* A head of the answer is there, n bytes long.  True: it is the last one. */
static bool
answer_head(struct conn *c, struct http_head *head, size_t n)
{
	struct exchange *x = c->extra;
	own_buf struct buf out = { .max = WRITTEN_MAX };
	bool interim = head->status < 200;
	if (interim && ++x->interims > INTERIM_MAX) {
		bad_answer(c);
		return true;
	}
	http_response_write(
		head, c->back.data, n, interim ? 0 : HTTP_WRITE_CLOSE, &out);
	long part = 0;
	if (!interim)
		part = body_begin(&c->down, &x->down, head, c->back.data + n,
			c->back.len - n);
	if (part < 0) {
		bad_answer(c);
		return true;
	}
	buf_add(&out, c->back.data + n, (size_t)part);
	if (buf_failed(&out)) {
		conn_reset(c);
		return true;
	}
	if (!conn_ahead(c, &c->down, out.data, out.len))
		return true;
	conn_bytes_drop(&c->back, n + (size_t)part);
	if (interim)
		return false;
	conn_bytes_free(&c->back);
	c->down.held = false;
	c->look_down = NULL;
	return true;
}

/* True: no more heads are wanted. */
static bool
answer_parse(struct conn *c)
{
	const struct exchange *x = c->extra;
	for (;;) {
		struct http_head head;
		long n = http_response_read(
			c->back.data, c->back.len, x->head.method, &head);
		if (n == 0)
			return false;
		if (n < 0 || head.status == 101) { /* Upgrade was not asked */
			bad_answer(c);
			return true;
		}
		if (answer_head(c, &head, (size_t)n))
			return true;
	}
}

static void
answer_look(struct conn *c)
{
	for (;;) {
		size_t had = c->back.len;
		int got = conn_read(&c->outside_side, &c->back, HTTP_HEAD_MAX);
		if (got == 0)
			return;
		if (got < 0) {
			bad_answer(c);
			return;
		}
		if ((had == 0 || has_end(&c->back, c->back.len - had)) &&
			answer_parse(c))
			return;
	}
}

/* ---- the way is open ------------------------------------------------------------ */

static void
open_tunnel(struct conn *c, const struct exchange *x)
{
	static const char ok[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	const ssize_t len = sizeof(ok) - 1;
	/* The first bytes of a connection: they fit. */
	if (send(c->client.fd, ok, (size_t)len, MSG_NOSIGNAL) != len) {
		conn_reset(c);
		return;
	}
	conn_bytes_drop(&c->in, x->head_len);
	if (c->in.len == 0)
		conn_bytes_free(&c->in);
	free(c->extra);
	c->extra = NULL;
	gate_begin(c);
	if (c->state != CONN_CLOSED)
		conn_relay(c);
}

static void
http_open(struct conn *c)
{
	struct exchange *x = c->extra;
	if (x->head.form == HTTP_CONNECT) {
		open_tunnel(c, x);
		return;
	}
	own_buf struct buf auth = { .max = ANSWER_MAX };
	own_buf struct buf out = { .max = WRITTEN_MAX };
	unsigned int flags = HTTP_WRITE_CLOSE;
	if (c->by_upstream) {
		flags |= HTTP_WRITE_ABSOLUTE;
		upstream_auth(c, &auth);
	}
	http_request_write(
		&x->head, c->in.data, x->head_len, flags, buf_str(&auth), &out);
	long part = body_begin(&c->up, &x->up, &x->head,
		c->in.data + x->head_len, c->in.len - x->head_len);
	if (part < 0) {
		say(c, 400, NULL, false, "bad body\n");
		return;
	}
	buf_add(&out, c->in.data + x->head_len, (size_t)part);
	conn_bytes_free(&c->in);
	if (buf_failed(&auth) || buf_failed(&out)) {
		conn_reset(c);
		return;
	}
	if (!conn_ahead(c, &c->up, out.data, out.len))
		return;
	c->down.held = true;
	c->look_down = answer_look;
	c->ends_with_down = true;
	conn_relay(c);
}

/* ---- it is not ------------------------------------------------------------------ */

/* The body of a 403 for programs and people: flat, one line. */
static void
say_refused(struct conn *c, const struct netpol_verdict *v)
{
	own_buf struct buf body = { .max = ANSWER_MAX / 2 };
	buf_str_add(&body, "{\"status\":\"blocked\",\"host\":");
	event_json_text(&body, c->want.host.name);
	buf_printf(&body,
		",\"port\":%u,\"protocol\":\"%s\",\"decision\":\"%s\","
		"\"source\":\"%s\",\"reason\":\"%s\",\"message\":",
		c->want.port, netpol_protocol_name(c->want.protocol),
		netpol_decision_name(v->decision),
		netpol_source_name(v->source), netpol_reason_name(v->reason));
	event_json_text(&body, netpol_reason_text(v->reason));
	buf_str_add(&body, "}\n");
	say(c, 403, netpol_reason_header(v->reason), true, buf_str(&body));
}

static void
http_refused(struct conn *c, const struct conn_refusal *r)
{
	own_buf struct buf text = { .max = ANSWER_MAX / 2 };
	const struct conn_failure_words *w = conn_failure_words(r->failure);
	if (r->failure == FAIL_NONE && c->want.protocol == NETPOL_HTTP) {
		say_refused(c, &r->verdict);
		return;
	}
	if (r->failure == FAIL_NONE) {
		buf_printf(
			&text, "%s\n", netpol_reason_text(r->verdict.reason));
		say(c, 403, netpol_reason_header(r->verdict.reason), false,
			buf_str(&text));
		return;
	}
	buf_printf(&text, "%s\n", w->text);
	say(c, w->status, w->header, false, buf_str(&text));
}

static void
plain_late(struct conn *c)
{
	/* Who waits for the server to speak first is here too. */
	not_plain(c);
}

const struct conn_door door_plain = {
	.input = http_input,
	.open = http_open,
	.refused = http_refused,
	.late = plain_late,
};

const struct conn_door door_http = {
	.input = http_input,
	.open = http_open,
	.refused = http_refused,
	.late = http_late,
};
