/* SPDX-License-Identifier: Apache-2.0 */
/* explain_net.c -- the network policy in words; room: user. */
#include "policy/explain.h"

#include <inttypes.h>

#include "policy/buf.h"
#include "policy/netpol.h"
#include "policy/plan_build.h"
#include "policy/vis.h"

enum { TEXT_COLUMN = 36 };

/* "  allow        *.example.com:443                   --allow-domain" */
static void
line(struct buf *out, const char *what, const char *text, const char *origin)
{
	own_buf struct buf shown = { 0 };

	vis_str(&shown, text);
	buf_printf(out, "  %-14s", what);
	if (!origin) {
		buf_printf(out, "%s\n", buf_str(&shown));
		return;
	}
	buf_printf(out, "%-*s ", TEXT_COLUMN, buf_str(&shown));
	vis_str(out, origin);
	buf_char(out, '\n');
}

static void
print_rules(const struct netpol *np, bool allow, struct buf *out)
{
	for (size_t i = 0; i < np->n_rules; i++) {
		own_buf struct buf text = { 0 };

		if (np->rules[i].allow != allow)
			continue;
		netpol_rule_text(&np->rules[i], &text);
		line(out, allow ? "allow" : "deny", buf_str(&text),
			np->rules[i].origin);
	}
	for (size_t i = 0; i < np->n_cidrs; i++) {
		char text[NETADDR_TEXT_MAX];

		if (np->cidrs[i].allow != allow)
			continue;
		netcidr_text(&np->cidrs[i].net, text);
		line(out, allow ? "allow" : "deny", text, np->cidrs[i].origin);
	}
}

static void
print_ports(struct buf *out, const char *what, const uint16_t *ports, size_t n)
{
	own_buf struct buf text = { 0 };

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%u", i ? ", " : "", ports[i]);
	if (n > 0)
		line(out, what, buf_str(&text), NULL);
}

static void
print_published(const struct netpol *np, struct buf *out)
{
	for (size_t i = 0; i < np->n_publish; i++) {
		own_buf struct buf text = { 0 };
		char at[NETADDR_TEXT_MAX];

		netaddr_text(&np->publish[i].at, at);
		buf_printf(&text,
			"%s port %u of this host leads to port %u inside", at,
			np->publish[i].port, np->publish[i].inside);
		line(out, "publish", buf_str(&text), NULL);
	}
}

static void
print_budget(struct buf *out, const char *what, uint64_t bytes)
{
	own_buf struct buf text = { 0 };

	buf_printf(&text, "%" PRIu64 " bytes", bytes);
	if (bytes > 0)
		line(out, what, buf_str(&text), NULL);
}

/* What is asked for; whether the kernel can do all of it is for doctor to try. */
static void
print_doors(const struct plan_build *b, struct buf *out)
{
	own_buf struct buf text = { 0 };

	if (b->net.proxy_port > 0)
		buf_printf(&text, "proxy 127.0.0.1:%u", b->net.proxy_port);
	if (b->net.transparent)
		buf_printf(&text,
			"%snames, any TCP connection (codex-sandbox doctor tries it)",
			text.len > 0 ? ", " : "");
	if (text.len > 0)
		line(out, "doors", buf_str(&text), NULL);
}

void
explain_network(const struct plan_build *b, struct buf *out)
{
	const struct netpol *np = &b->profile.network;
	static const struct {
		uint32_t flag;
		const char *text;
	} words[] = {
		{ NETPOL_LIMITED,
			"limited: plain HTTP with GET, HEAD and OPTIONS only" },
		{ NETPOL_LOCAL,
			"local binding: private and loopback addresses need no grant of their own" },
		{ NETPOL_REPORT_ONLY,
			"report only: what no rule allows is said and not refused" },
		{ NETPOL_NO_SOCKS, "no SOCKS5 at the proxy door" },
		{ NETPOL_NO_SOCKS_UDP, "no UDP by SOCKS5" },
		{ NETPOL_NO_SNI_CHECK,
			"TLS and Host may name another server than the one asked for" },
		{ NETPOL_NO_TRANSPARENT,
			"only for programs that use the proxy variables" },
		{ NETPOL_NEED_TRANSPARENT,
			"no start unless every program can be let through" },
		{ NETPOL_EXIT_KILL,
			"without the supervisor the command is ended too" },
	};

	if (b->profile.net != NET_PROXY)
		return;
	print_doors(b, out);
	print_rules(np, false, out);
	print_rules(np, true, out);
	print_ports(out, "ports", np->ports, np->n_ports);
	print_ports(out, "host loopback", np->loopback, np->n_loopback);
	print_published(np, out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (np->flags & words[i].flag)
			line(out, "mode", words[i].text, NULL);
	print_budget(out, "budget", np->egress_budget);
	print_budget(out, "host budget", np->host_budget);
	if (np->upstream.url)
		line(out, "upstream", np->upstream.url, NULL);
	if (np->n_rules + np->n_cidrs + np->n_loopback == 0)
		line(out, "allow", "nothing", NULL);
}
