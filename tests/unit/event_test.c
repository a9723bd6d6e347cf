/* SPDX-License-Identifier: Apache-2.0 */
/* event_test.c -- lines that harm nobody, accounts that nobody evades. */
#include "supervisor/event.h"

#include <sys/socket.h>

#include <stdio.h>
#include <unistd.h>

#include "policy/buf.h"
#include "supervisor/account.h"
#include "tests/unit/tap.h"

static void
test_line(struct tap *t)
{
	own_buf struct buf out = { 0 };
	struct netaddr a;
	netaddr_from4(&a, 0x5db8d822);
	const struct event e = { .kind = EVENT_DECISION,
		.door = DOOR_AT_TRANSPARENT,
		.protocol = NETPOL_TCP,
		.decision = NETPOL_DENY,
		.source = NETPOL_BASELINE,
		.reason = "not_allowed",
		.host = "a\"b\\c\n\x1b[31m\xff",
		.port = 22,
		.addr = &a,
		.sni = "x.example" };
	event_json(&out, &e, 1767323045006);
	tap_str(t, buf_str(&out),
		"{\"time\":\"2026-01-02T03:04:05.006Z\",\"event\":\"network\","
		"\"kind\":\"decision\",\"decision\":\"deny\","
		"\"source\":\"baseline_policy\",\"reason\":\"not_allowed\","
		"\"protocol\":\"tcp\",\"host\":\"a\\\"b\\\\c\\u000a\\u001b"
		"[31m\\u00ff\",\"port\":22,\"address\":\"93.184.216.34\","
		"\"door\":\"transparent\",\"sni\":\"x.example\"}",
		"a line, and every odd byte in it escaped");
}

static size_t
packets(int fd)
{
	char away[8192];
	size_t n = 0;
	while (recv(fd, away, sizeof(away), MSG_DONTWAIT) > 0)
		n++;
	return n;
}

static void
test_flood(struct tap *t)
{
	int pair[2];
	if (!tap_ok(t, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0,
		    "a pair"))
		return;
	struct events ev = { .fd = pair[0] };
	struct event e = { .kind = EVENT_DECISION,
		.decision = NETPOL_DENY,
		.reason = "denied",
		.host = "x.example" };
	size_t got = 0;
	for (int i = 0; i < 1000; i++) {
		event_send(&ev, 5000, &e);
		got += packets(pair[1]);
	}
	tap_int(t, (long long)got, 100, "of a flood as much as can be read");
	tap_int(t, (long long)ev.lost, 900, "and the rest is counted");
	event_send(&ev, 6000, &e);
	tap_int(t, (long long)packets(pair[1]), 1, "a second later it goes on");
	e.decision = NETPOL_ALLOW;
	event_send(&ev, 7000, &e);
	tap_int(t, (long long)packets(pair[1]), 0,
		"what is allowed is not told");
	ev.all = true;
	event_send(&ev, 7000, &e);
	tap_int(t, (long long)packets(pair[1]), 1,
		"but where it was asked for");
	uint64_t lost = ev.lost;
	for (int i = 0; i < 100000 && ev.lost == lost; i++)
		event_send(&ev, 7000, &e);
	tap_ok(t, ev.lost > lost, "nobody waits for who does not listen");
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static void
test_accounts(struct tap *t)
{
	own_buf struct buf out = { 0 };
	struct netpol np;
	struct accounts a;
	char host[64];
	netpol_init(&np);
	np.host_budget = 100;
	np.egress_budget = 1000;
	accounts_init(&a, &np);
	struct account *x = account_get(&a, "x.example", NETPOL_HTTPS, 443);
	struct account *y = account_get(&a, "x.example", NETPOL_TCP, 22);
	tap_ok(t, x != y && x->purse == y->purse,
		"two ports of a host: two rows, one purse");
	tap_ok(t, account_get(&a, "x.example", NETPOL_TCP, 22) == y,
		"the same again is the same");
	tap_int(t, (long long)x->purse->left, 100, "with its budget");
	for (int i = 0; i < 2 * ACCOUNT_ROWS_MAX; i++) {
		(void)snprintf(host, sizeof(host), "h%d.example", i);
		uint64_t *left =
			&account_get(&a, host, NETPOL_TCP, 22)->purse->left;
		*left -= *left > 0;
	}
	const struct account *rest =
		account_get(&a, "one.more.example", NETPOL_TCP, 22);
	tap_ok(t, rest == account_get(&a, "two.more.example", NETPOL_TCP, 22),
		"beyond the table all share a row");
	tap_int(t, (long long)rest->purse->left, 0,
		"and a purse: many names are no way around a budget");
	tap_ok(t, account_get(&a, "x.example", NETPOL_HTTPS, 443) == x,
		"those in the table stay");
	a.rest.denied = 1;
	accounts_json(&a, &out);
	tap_ok(t,
		out.len < 40000 && strstr(out.data, "\"hosts_more\":") != NULL,
		"the summary has a size");
	accounts_free(&a);
	netpol_free(&np);
}

int
main(void)
{
	struct tap t = { 0 };
	test_line(&t);
	test_flood(&t);
	test_accounts(&t);
	return tap_end(&t);
}
