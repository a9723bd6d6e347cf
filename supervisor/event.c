/* SPDX-License-Identifier: Apache-2.0 */
/* event.c -- lines of JSON for the front end (room: user). */
#include "supervisor/event.h"

#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>

#include "policy/buf.h"
#include "supervisor/account.h"

enum {
	LINE_MAX_BYTES = 4096,
	SUMMARY_MAX_BYTES = 48 << 10,
	TOLD_PER_S = 100,
	SUMMARY_WAIT_MS = 1000,
};

static const char *const kinds[] = {
	[EVENT_DECISION] = "decision",
	[EVENT_FAILED] = "failed",
	[EVENT_CLOSED] = "closed",
};

static const char *const doors[] = {
	[DOOR_AT_PROXY] = "proxy",
	[DOOR_AT_TRANSPARENT] = "transparent",
	[DOOR_AT_DNS] = "dns",
	[DOOR_AT_UDP] = "socks_udp",
	[DOOR_AT_FORWARD] = "forward",
	[DOOR_AT_PUBLISH] = "publish",
};

void
event_json_text(struct buf *out, const char *s)
{
	buf_char(out, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') {
			buf_char(out, '\\');
			buf_char(out, (char)c);
		} else if (c < 0x20 || c > 0x7e) {
			/* Bytes, as Latin-1: a host is ASCII, or is wrong. */
			buf_printf(out, "\\u%04x", c);
		} else
			buf_char(out, (char)c);
	}
	buf_char(out, '"');
}

static void
member(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_printf(out, ",\"%s\":", name);
	event_json_text(out, value);
}

static void
time_json(struct buf *out, uint64_t unix_ms)
{
	time_t s = (time_t)(unix_ms / 1000);
	struct tm tm = { 0 };
	char text[sizeof("2026-01-02T03:04:05")];
	if (gmtime_r(&s, &tm) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		return;
	buf_printf(out, "\"time\":\"%s.%03uZ\",", text,
		(unsigned int)(unix_ms % 1000));
}

void
event_json(struct buf *out, const struct event *e, uint64_t unix_ms)
{
	char addr[NETADDR_TEXT_MAX] = "";
	if (e->addr != NULL)
		netaddr_text(e->addr, addr);
	buf_char(out, '{');
	time_json(out, unix_ms);
	buf_printf(
		out, "\"event\":\"network\",\"kind\":\"%s\"", kinds[e->kind]);
	member(out, "decision", netpol_decision_name(e->decision));
	member(out, "source", netpol_source_name(e->source));
	member(out, "reason", e->reason);
	member(out, "protocol", netpol_protocol_name(e->protocol));
	member(out, "host", e->host);
	if (e->port != 0)
		buf_printf(out, ",\"port\":%u", e->port);
	member(out, "address", addr);
	member(out, "door", doors[e->door]);
	member(out, "method", e->method);
	member(out, "sni", e->sni);
	member(out, "http_host", e->named);
	if (e->kind == EVENT_CLOSED)
		buf_printf(out,
			",\"bytes_up\":%" PRIu64 ",\"bytes_down\":%" PRIu64
			",\"duration_ms\":%" PRIu64,
			e->up, e->down, e->duration_ms);
	buf_char(out, '}');
}

static uint64_t
unix_now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t); /* cannot fail */
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Is this one told?  Counts it. */
static bool
worth(struct events *ev, uint64_t now_ms, const struct event *e)
{
	if (ev->all)
		return true;
	if (e->kind == EVENT_CLOSED ||
		(e->kind == EVENT_DECISION && e->decision == NETPOL_ALLOW))
		return false;
	if (now_ms - ev->told_at >= 1000) {
		ev->told_at = now_ms;
		ev->told = 0;
	}
	if (ev->told >= TOLD_PER_S) {
		ev->lost++;
		return false;
	}
	ev->told++;
	return true;
}

void
event_send(struct events *ev, uint64_t now_ms, const struct event *e)
{
	if (ev->fd < 0 || !worth(ev, now_ms, e))
		return;
	own_buf struct buf line = { .max = LINE_MAX_BYTES };
	buf_char(&line, 'E');
	event_json(&line, e, unix_now_ms());
	if (buf_failed(&line) || send(ev->fd, line.data, line.len,
					 MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		ev->lost++;
}

int
event_summary(const struct events *ev, const struct accounts *a,
	const struct event_totals *t)
{
	own_buf struct buf out = { .max = SUMMARY_MAX_BYTES };
	buf_printf(&out,
		"S{\"transparent\":\"%s\",\"allowed\":%" PRIu64
		",\"denied\":%" PRIu64 ",\"failed\":%" PRIu64
		",\"bytes_up\":%" PRIu64 ",\"bytes_down\":%" PRIu64
		",\"connections_peak\":%" PRIu64 ",\"dns_answered\":%" PRIu64
		",\"dns_refused\":%" PRIu64 ",\"dns_dropped\":%" PRIu64
		",\"events_lost\":%" PRIu64 ",",
		t->transparent, a->allowed, a->denied, a->failed, a->up,
		a->down, t->connections_peak, t->dns_answered, t->dns_refused,
		t->dns_dropped, ev->lost);
	accounts_json(a, &out);
	buf_char(&out, '}');
	if (buf_failed(&out))
		return -ENOMEM;
	struct pollfd p = { .fd = ev->fd, .events = POLLOUT };
	(void)poll(&p, 1, SUMMARY_WAIT_MS); /* else it is tried all the same */
	ssize_t n =
		send(ev->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	return n < 0 ? -errno : 0;
}
