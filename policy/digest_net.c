/* SPDX-License-Identifier: Apache-2.0 */
/* digest_net.c -- the network in the canonical policy; room: user. */
#include "policy/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/buf.h"
#include "policy/netpol.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/profile_print.h"

/* Texts that a list is printed of; freed with it. */
struct gathered {
	struct option_list list;
	char **texts; /* owned, owned strings */
	bool failed;
};

static void
gather(struct gathered *g, struct buf *text)
{
	char **texts = reallocarray(g->texts, g->list.n + 1, sizeof(*texts));

	if (texts)
		g->texts = texts;
	if (texts)
		texts[g->list.n] = buf_take(text);
	if (texts && texts[g->list.n])
		g->list.n++;
	else
		g->failed = true;
}

static void
print(struct gathered *g, const char *name, struct buf *out)
{
	const char **items = calloc(g->list.n + 1, sizeof(*items));

	for (size_t i = 0; items && i < g->list.n; i++)
		items[i] = g->texts[i];
	g->list.items = items;
	if (items && !g->failed)
		digest_list(out, name, &g->list);
	else
		out->failed = true;
	for (size_t i = 0; i < g->list.n; i++)
		free(g->texts[i]);
	free(g->texts);
	free(items);
	*g = (struct gathered){ 0 };
}

static void
rules(const struct netpol *np, const char *name, bool allow, struct buf *out)
{
	struct gathered g = { 0 };

	for (size_t i = 0; i < np->n_rules; i++) {
		own_buf struct buf text = { 0 };

		if (np->rules[i].allow != allow)
			continue;
		netpol_rule_text(&np->rules[i], &text);
		gather(&g, &text);
	}
	print(&g, name, out);
}

static void
networks(const struct netpol *np, const char *name, bool allow, struct buf *out)
{
	struct gathered g = { 0 };

	for (size_t i = 0; i < np->n_cidrs; i++) {
		own_buf struct buf text = { 0 };
		char net[NETADDR_TEXT_MAX];

		if (np->cidrs[i].allow != allow)
			continue;
		netcidr_text(&np->cidrs[i].net, net);
		buf_str_add(&text, net);
		gather(&g, &text);
	}
	print(&g, name, out);
}

static void
flags(const struct netpol *np, struct buf *out)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} words[] = {
		{ NETPOL_LIMITED, "limited" },
		{ NETPOL_LOCAL, "local_binding" },
		{ NETPOL_NO_SOCKS, "no_socks5" },
		{ NETPOL_NO_SOCKS_UDP, "no_socks5_udp" },
		{ NETPOL_NO_SNI_CHECK, "no_sni_check" },
		{ NETPOL_REPORT_ONLY, "report_only" },
		{ NETPOL_EXIT_KILL, "kill_on_exit" },
		{ NETPOL_NO_TRANSPARENT, "not_transparent" },
		{ NETPOL_NEED_TRANSPARENT, "transparent" },
		{ NETPOL_SOCKS_VARIABLE, "socks5h_variable" },
		{ NETPOL_FORWARD_ONLY, "loopback_only" },
	};
	struct gathered g = { 0 };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		own_buf struct buf text = { 0 };

		if (!(np->flags & words[i].flag))
			continue;
		buf_str_add(&text, words[i].name);
		gather(&g, &text);
	}
	print(&g, "flags", out);
}

static void
ports(const char *name, const uint16_t *list, size_t n, struct buf *out)
{
	struct gathered g = { 0 };

	for (size_t i = 0; i < n; i++) {
		own_buf struct buf text = { 0 };

		buf_printf(&text, "%u", list[i]);
		gather(&g, &text);
	}
	print(&g, name, out);
}

static void
published(const struct netpol *np, struct buf *out)
{
	struct gathered g = { 0 };

	for (size_t i = 0; i < np->n_publish; i++) {
		own_buf struct buf text = { 0 };
		char at[NETADDR_TEXT_MAX];

		netaddr_text(&np->publish[i].at, at);
		buf_printf(&text, "%s %u %u", at, np->publish[i].port,
			np->publish[i].inside);
		gather(&g, &text);
	}
	print(&g, "publish", out);
}

void
digest_network(const struct plan_build *b, struct buf *out)
{
	const struct netpol *np = &b->profile.network;

	if (b->profile.net != NET_PROXY) {
		buf_str_add(out, b->profile.net == NET_RESTRICTED ? "\"none\""
								  : "\"full\"");
		return;
	}
	buf_char(out, '{');
	rules(np, "allow", true, out);
	buf_char(out, ',');
	networks(np, "allow_networks", true, out);
	buf_printf(out, ",\"budget\":%" PRIu64 ",\"budget_host\":%" PRIu64 ",",
		np->egress_budget, np->host_budget);
	rules(np, "deny", false, out);
	buf_char(out, ',');
	networks(np, "deny_networks", false, out);
	buf_char(out, ',');
	flags(np, out);
	buf_char(out, ',');
	ports("host_loopback", np->loopback, np->n_loopback, out);
	buf_char(out, ',');
	ports("ports", np->ports, np->n_ports, out);
	buf_char(out, ',');
	published(np, out);
	buf_str_add(out, ",\"upstream\":");
	if (np->upstream.url)
		profile_string_add(out, np->upstream.url);
	else
		buf_str_add(out, "null");
	buf_char(out, '}');
}
