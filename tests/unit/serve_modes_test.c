/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve_modes_test.c -- mode limited, no SOCKS, no check of names in TLS, and a
 * proxy beyond us, which the test plays.
 */
#include "tests/unit/serve_kit.h"

static void
ask_plain(const struct kit *k, const char *method, uint16_t port,
	char text[512], int *ret_client)
{
	char ask[300];
	*ret_client = kit_connect(k->proxy);
	(void)snprintf(ask, sizeof(ask),
		"%s http://127.0.0.1:%u/x HTTP/1.1\r\n\r\n", method, port);
	(void)kit_say(*ret_client, ask);
	text[0] = '\0';
}

static void
test_limited(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	char text[512];
	int c;
	kit_policy(&np);
	np.flags |= NETPOL_LIMITED | NETPOL_NO_SOCKS;
	kit_start(k, &np, &kit_limits, port);
	ask_plain(k, "GET", port, text, &c);
	int s = kit_accept(server);
	tap_ok(t,
		kit_head(s, text, sizeof(text)) &&
			strncmp(text, "GET /x HTTP/1.1\r\n", 17) == 0,
		"limited: GET passes");
	(void)close(s);
	(void)close(c);
	static const char *const no[] = { "POST", "get", "DELETE" };
	for (size_t i = 0; i < 3; i++) {
		ask_plain(k, no[i], port, text, &c);
		(void)kit_read_all(c, text, sizeof(text));
		tap_ok(t,
			strncmp(text, "HTTP/1.1 403 ", 13) == 0 &&
				strstr(text, "x-proxy-error: blocked-by-method-"
					     "policy\r\n"),
			"limited: %s does not", no[i]);
		(void)close(c);
	}
	c = kit_tunnel(k, "127.0.0.1", port, text);
	tap_ok(t,
		strncmp(text, "HTTP/1.1 403 ", 13) == 0 &&
			strstr(text, "x-proxy-error: blocked-by-mitm-required"),
		"nor does CONNECT");
	(void)close(c);
	c = kit_connect_to(KIT_ELSEWHERE, k->open);
	(void)!send(c, "\x16\3\1\0\xc8\1", 6, 0);
	tap_int(t, kit_end(c), -ECONNRESET, "nor TLS without a proxy");
	(void)close(c);
	tap_ok(t,
		kit_events(
			k, "\"reason\":\"mitm_required\",\"protocol\":\"tcp\""),
		"which is told");
	c = kit_connect(k->proxy);
	(void)!send(c, "\5\1\0\5\1\0\1\x7f\0\0\1\0\x50", 13, 0);
	(void)kit_read_all(c, text, sizeof(text));
	tap_ok(t, text[0] == 5 && text[3] == 2, "no SOCKS: 02");
	(void)close(c);
	tap_int(t, kit_stop(k), 0, "it ends in order");
	netpol_free(&np);
}

/* The proxy door of another, and what it heard. */
static void
test_upstream(struct tap *t, struct kit *k, int server, uint16_t port)
{
	struct netpol np;
	char text[512], url[64], want[256];
	kit_policy(&np);
	(void)netpol_add_rule(&np, true, "only.beyond.test", "test", NULL);
	(void)netpol_add_rule(&np, true, "direct.allowed.test", "test", NULL);
	(void)snprintf(url, sizeof(url), "http://me:secret@127.0.0.1:%u", port);
	tap_int(t, netpol_set_upstream(&np, url, "direct.allowed.test", NULL),
		0, "a proxy beyond");
	kit_start(k, &np, &kit_limits, port);
	int c = kit_connect(k->proxy);
	(void)kit_say(c, "CONNECT only.beyond.test:443 HTTP/1.1\r\n\r\n");
	int s = kit_accept(server);
	(void)kit_head(s, text, sizeof(text));
	tap_str(t, text,
		"CONNECT only.beyond.test:443 HTTP/1.1\r\n"
		"Host: only.beyond.test:443\r\n"
		"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n",
		"is asked by name, with its password, and nothing is looked up");
	(void)kit_say(s, "HTTP/1.1 200 OK\r\nX: y\r\n\r\nearly");
	tap_ok(t,
		kit_head(c, text, sizeof(text)) &&
			strncmp(text, "HTTP/1.1 200 ", 13) == 0,
		"its yes is ours");
	(void)kit_read(c, text, 5);
	tap_str(t, text, "early", "and what came with it is not lost");
	(void)kit_say(c, "up");
	(void)kit_read(s, text, 2);
	tap_str(t, text, "up", "both ways are open");
	(void)close(s);
	(void)close(c);
	c = kit_connect(k->proxy);
	(void)kit_say(c, "CONNECT only.beyond.test:443 HTTP/1.1\r\n\r\n");
	s = kit_accept(server);
	(void)kit_head(s, text, sizeof(text));
	(void)kit_say(s, "HTTP/1.1 407 Who\r\n\r\n");
	(void)kit_head(c, text, sizeof(text));
	tap_ok(t,
		strncmp(text, "HTTP/1.1 502 ", 13) == 0 &&
			strstr(text, "x-proxy-error: upstream-proxy\r\n"),
		"its no is a 502");
	(void)close(s);
	(void)close(c);
	c = kit_connect(k->proxy);
	(void)kit_say(c, "GET http://only.beyond.test/x HTTP/1.1\r\n\r\n");
	s = kit_accept(server);
	(void)kit_head(s, text, sizeof(text));
	tap_str(t, text,
		"GET http://only.beyond.test/x HTTP/1.1\r\n"
		"Host: only.beyond.test\r\nConnection: close\r\n"
		"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n",
		"a plain request goes there in absolute form");
	(void)close(s);
	(void)close(c);
	c = kit_tunnel(k, "x.other.test", 443, text);
	tap_ok(t,
		strncmp(text, "HTTP/1.1 403 ", 13) == 0 &&
			!kit_readable(server, 0),
		"what is not allowed is not asked there");
	(void)close(c);
	c = kit_tunnel(k, "direct.allowed.test", port, text);
	s = kit_accept(server);
	(void)kit_say(c, "straight");
	(void)kit_read(s, want, 8);
	tap_str(t, want, "straight", "NO_PROXY is honoured");
	(void)close(s);
	(void)close(c);
	tap_int(t, kit_stop(k), 0, "it ends in order");
	netpol_free(&np);
}

static void
test_no_check(struct tap *t, struct kit *k, int server, uint16_t port)
{
	static const char bytes[] = "\x16\3\1\0\xff not a hello at all";
	struct netpol np;
	char text[512];
	for (int check = 0; check < 2; check++) {
		kit_policy(&np);
		np.flags |= check ? 0 : NETPOL_NO_SNI_CHECK;
		kit_start(k, &np, &kit_limits, port);
		int c = kit_tunnel(k, "a.allowed.test", port, text);
		int s = kit_accept(server);
		(void)!send(c, bytes, sizeof(bytes) - 1, MSG_NOSIGNAL);
		if (check)
			tap_int(t, kit_end(c), -ECONNRESET,
				"nonsense in TLS is cut off");
		else
			tap_int(t,
				(long long)kit_read(s, text, sizeof(bytes) - 1),
				sizeof(bytes) - 1, "but not unchecked");
		(void)close(s);
		(void)close(c);
		tap_int(t, kit_stop(k), 0, "it ends in order");
		netpol_free(&np);
	}
}

/* Questions go to the test, which is the person; answers come back. */
struct message {
	uint64_t id;
	enum netdesk_answer answer;
	char host[NETHOST_TEXT_MAX];
};

static int
put_question(void *ctx, const struct netdesk_question *q)
{
	struct message m = { .id = q->id };
	(void)snprintf(m.host, sizeof(m.host), "%s", q->host);
	return send(*(int *)ctx, &m, sizeof(m), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void
withdraw_question(void *ctx, uint64_t id)
{
	struct message m = { .id = id };
	(void)!send(*(int *)ctx, &m, sizeof(m), MSG_NOSIGNAL);
}

static bool
take_answer(void *ctx, struct netdesk *desk)
{
	struct message m;
	if (recv(*(int *)ctx, &m, sizeof(m), 0) != sizeof(m))
		return false;
	(void)netdesk_answer(desk, m.id, m.answer);
	return true;
}

static bool
hear_question(int person, struct message *m)
{
	return kit_readable(person, KIT_WAIT_MS) &&
	       recv(person, m, sizeof(*m), 0) == sizeof(*m);
}

static int
ask_for(const struct kit *k, uint16_t port)
{
	char ask[128];
	int c = kit_connect(k->proxy);
	(void)snprintf(ask, sizeof(ask),
		"CONNECT 127.0.0.3:%u HTTP/1.1\r\n\r\n", port);
	(void)kit_say(c, ask);
	return c;
}

static void
test_asking(struct tap *t, struct kit *k, uint16_t port)
{
	struct netpol np;
	struct message m;
	char text[512];
	int pair[2], c[3];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	const struct serve_asking asking = {
		.decider = { .ctx = &pair[0],
			.ask = put_question,
			.withdraw = withdraw_question },
		.fd = pair[0],
		.ready = take_answer
	};
	int server = kit_socket_at(0x7f000003, SOCK_STREAM, &port);
	netpol_init(&np);
	np.flags |= NETPOL_EVENTS | NETPOL_LOCAL;
	k->asking = &asking;
	kit_start(k, &np, &kit_limits, port);
	c[0] = ask_for(k, port);
	c[1] = ask_for(k, port);
	tap_ok(t,
		hear_question(pair[1], &m) && strcmp(m.host, "127.0.0.3") == 0,
		"what no rule allows is asked about");
	tap_ok(t, !kit_readable(c[0], 100) && !kit_readable(pair[1], 0),
		"once, and both wait");
	m.answer = NETDESK_ALLOW_SESSION;
	(void)!send(pair[1], &m, sizeof(m), MSG_NOSIGNAL);
	for (int i = 0; i < 2; i++) {
		(void)kit_head(c[i], text, sizeof(text));
		tap_ok(t, strncmp(text, "HTTP/1.1 200 ", 13) == 0,
			"a yes is one for both");
		(void)close(c[i]);
	}
	c[2] = ask_for(k, port);
	(void)kit_head(c[2], text, sizeof(text));
	tap_ok(t,
		strncmp(text, "HTTP/1.1 200 ", 13) == 0 &&
			!kit_readable(pair[1], 0),
		"and for those after them");
	(void)close(c[2]);
	tap_ok(t, kit_events(k, "\"source\":\"decider\""), "as is told");
	c[0] = ask_for(k, 9);
	(void)hear_question(pair[1], &m);
	uint64_t id = m.id;
	(void)close(c[0]);
	tap_ok(t, hear_question(pair[1], &m) && m.id == id,
		"who goes away withdraws the question");
	c[0] = ask_for(k, 9);
	(void)hear_question(pair[1], &m);
	(void)shutdown(pair[1], SHUT_RDWR);
	(void)kit_head(c[0], text, sizeof(text));
	tap_ok(t, strncmp(text, "HTTP/1.1 403 ", 13) == 0,
		"nobody there to answer is a no");
	(void)close(c[0]);
	tap_int(t, kit_stop(k), 0, "it ends in order");
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(server);
	netpol_free(&np);
}

int
main(void)
{
	struct tap t = { 0 };
	static struct kit k;
	uint16_t port;
	int server = kit_server(&port);
	test_limited(&t, &k, server, port);
	test_upstream(&t, &k, server, port);
	test_no_check(&t, &k, server, port);
	test_asking(&t, &k, 0);
	return tap_end(&t);
}
