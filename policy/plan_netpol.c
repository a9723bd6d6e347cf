/* SPDX-License-Identifier: Apache-2.0 */
/* plan_netpol.c -- the network of a run; room: user. */
#include "policy/plan_netpol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/caller_proxy.h"
#include "policy/config.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/plan_rules.h"
#include "policy/rules.h"
#include "policy/vis.h"

/* ---- configuration ----------------------------------------------------------- */

/* The error of a value that somebody wrote into a file, with its place. */
static int
relay(const struct diag *why, int err, const char *origin, const char *value,
	struct diag *d)
{
	return err >= 0
		       ? err
		       : diag_setf(d, err, DIAG_SETUP, origin,
				 why->mend[0] ? why->mend : "free some memory",
				 "%s %s", value,
				 why->cause[0] ? why->cause : diag_errno(-err));
}

static int
configure_rules(const struct config_network *net, bool deny_only,
	struct netpol *np, struct diag *d)
{
	for (size_t i = 0; i < net->n_domains; i++) {
		const struct config_rule *r = &net->domains[i];
		struct diag why = { 0 };
		int err;

		if (deny_only && r->allow)
			continue;
		err = netpol_add_rule(
			np, r->allow, r->pattern, r->origin, &why);
		if (err < 0)
			return relay(&why, err, r->origin, r->pattern, d);
	}
	return 0;
}

static int
configure_cidrs(const struct config_list *l, bool allow, const char *name,
	struct netpol *np, struct diag *d)
{
	for (size_t i = 0; i < l->n; i++) {
		struct diag why = { 0 };
		int err = netpol_add_cidr(np, allow, l->items[i], name, &why);

		if (err < 0)
			return relay(&why, err, name, l->items[i], d);
	}
	return 0;
}

static int
configure_list(const struct config_list *l, const char *name,
	int (*add)(struct netpol *np, const char *text, struct diag *d),
	struct netpol *np, struct diag *d)
{
	for (size_t i = 0; i < l->n; i++) {
		struct diag why = { 0 };
		int err = add(np, l->items[i], &why);

		if (err < 0)
			return relay(&why, err, name, l->items[i], d);
	}
	return 0;
}

static uint32_t
configured_flags(const struct config_network *net)
{
	uint32_t flags = 0;

	flags |= net->limited ? NETPOL_LIMITED : 0u;
	flags |= net->local_binding ? NETPOL_LOCAL : 0u;
	flags |= net->socks5 ? 0u : NETPOL_NO_SOCKS;
	flags |= net->socks5_udp ? 0u : NETPOL_NO_SOCKS_UDP;
	flags |= net->sni_check ? 0u : NETPOL_NO_SNI_CHECK;
	flags |= net->report_only ? NETPOL_REPORT_ONLY : 0u;
	flags |= net->socks_all_proxy ? NETPOL_SOCKS_VARIABLE : 0u;
	flags |= net->kill_on_exit ? NETPOL_EXIT_KILL : 0u;
	flags |= net->transparent == CONFIG_ON ? NETPOL_NEED_TRANSPARENT : 0u;
	flags |= net->transparent == CONFIG_OFF ? NETPOL_NO_TRANSPARENT : 0u;
	return flags;
}

int
plan_netpol_configure(const struct config_network *net, bool deny_only,
	struct netpol *np, struct diag *d)
{
	int err = configure_rules(net, deny_only, np, d);

	if (err >= 0)
		err = configure_cidrs(&net->denied_cidrs, false,
			"network.denied_cidrs", np, d);
	if (err < 0 || deny_only)
		return err;
	err = configure_cidrs(
		&net->allowed_cidrs, true, "network.allowed_cidrs", np, d);
	if (err >= 0)
		err = configure_list(
			&net->ports, "network.ports", netpol_add_port, np, d);
	if (err >= 0)
		err = configure_list(&net->host_loopback,
			"network.host_loopback", netpol_add_loopback, np, d);
	if (err >= 0)
		err = configure_list(&net->publish, "network.publish",
			netpol_add_publish, np, d);
	np->flags |= configured_flags(net);
	np->egress_budget = net->egress_budget;
	np->host_budget = net->host_budget;
	return err;
}

/* ---- network_rule() ------------------------------------------------------------ */

/* Once for each host and protocol, however many rules name it. */
static bool
is_first(const struct rules *r, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (r->nets[i].protocol == r->nets[at].protocol &&
			strcmp(r->nets[i].host->s, r->nets[at].host->s) == 0)
			return false;
	return true;
}

static int
add_net_rule(struct netpol *np, const struct rules *r,
	const struct rules_net *n, struct diag *d)
{
	static const char *const words[] = {
		[RULES_HTTP] = "http",
		[RULES_HTTPS] = "https",
		[RULES_SOCKS5_TCP] = "socks5_tcp",
		[RULES_SOCKS5_UDP] = "socks5_udp",
	};
	enum rules_decision what = rules_net_decide(r, n->host->s, n->protocol);
	bool six = strchr(n->host->s, ':') != NULL;
	own_buf struct buf pattern = { 0 };
	own_buf struct buf origin = { 0 };
	struct diag why = { 0 };
	int err;

	if (what != RULES_ALLOW && what != RULES_FORBIDDEN)
		return 0;
	buf_printf(&pattern, "%s%s%s/%s", six ? "[" : "", n->host->s,
		six ? "]" : "", words[n->protocol]);
	buf_printf(&origin, "%s:%u", n->file, n->line);
	err = netpol_add_rule(np, what == RULES_ALLOW, buf_str(&pattern),
		buf_str(&origin), &why);
	return relay(&why, err, buf_str(&origin), n->host->s, d);
}

static int
add_net_rules(const struct plan_build *b, struct netpol *np, struct diag *d)
{
	struct rules r;
	int err;

	rules_init(&r, 0);
	err = plan_rules_load(b, &r, d);
	for (uint32_t i = 0; err >= 0 && i < r.n_nets; i++)
		if (is_first(&r, i))
			err = add_net_rule(np, &r, &r.nets[i], d);
	rules_free(&r);
	return err;
}

/* ---- options --------------------------------------------------------------------- */

static bool
opens(const struct options *o)
{
	return o->allow_domain.n + o->allow_cidr.n + o->host_loopback.n +
		       o->publish.n + (o->caller_proxy != NULL) >
	       0;
}

/* An option that says how the network by name is, where there is none. */
static const char *
idle_option(const struct options *o)
{
	static const char *const names[] = { "allow-domain", "deny-domain",
		"allow-cidr", "deny-cidr", "host-loopback", "publish",
		"net-mode", "transparent", "no-sni-check", "upstream-proxy",
		"egress-budget", "egress-budget-host", "net-events",
		"caller-proxy" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (options_given(o, names[i]))
			return names[i];
	return NULL;
}

static int
choose_kind(struct plan_build *b, struct diag *d)
{
	const struct options *o = b->options;
	struct profile *p = &b->profile;
	const char *idle = idle_option(o);
	char name[32];

	if (o->net == NET_OPT_PROXY ||
		(o->net == NET_OPT_POLICY && p->net == NET_RESTRICTED &&
			opens(o)))
		p->net = NET_PROXY;
	else if (o->net != NET_OPT_POLICY)
		p->net = o->net == NET_OPT_NONE ? NET_RESTRICTED : NET_ENABLED;
	if (p->net == NET_PROXY && p->fs == FS_KIND_EXTERNAL)
		return diag_set(d, -EOPNOTSUPP, DIAG_USAGE, "--net proxy",
			"needs a network namespace, and external-sandbox makes none",
			"use another policy, or --net none or full");
	if (o->caller_proxy && o->allow_domain.n + o->deny_domain.n +
					       o->allow_cidr.n +
					       o->host_loopback.n >
				       0)
		return diag_set(d, -EINVAL, DIAG_USAGE, "--caller-proxy",
			"leaves every decision to the caller's proxy, and contradicts options that decide here",
			"take one of them out");
	if (p->net == NET_PROXY || !idle)
		return 0;
	(void)snprintf(name, sizeof(name), "--%s", idle);
	return diag_setf(d, -EINVAL, DIAG_USAGE, name,
		"say --net proxy, or take it out", "means nothing with %s",
		p->net == NET_ENABLED ? "the host's network (full)"
				      : "no network");
}

static int
add_list(struct netpol *np, const struct option_list *l,
	int (*add)(struct netpol *np, const char *text, struct diag *d),
	struct diag *d)
{
	for (size_t i = 0; i < l->n; i++) {
		int err = add(np, l->items[i], d);

		if (err < 0)
			return err;
	}
	return 0;
}

static int
add_patterns(struct netpol *np, const struct options *o, struct diag *d)
{
	int err = 0;

	for (size_t i = 0; err >= 0 && i < o->allow_domain.n; i++)
		err = netpol_add_rule(np, true, o->allow_domain.items[i],
			"--allow-domain", d);
	for (size_t i = 0; err >= 0 && i < o->deny_domain.n; i++)
		err = netpol_add_rule(
			np, false, o->deny_domain.items[i], "--deny-domain", d);
	for (size_t i = 0; err >= 0 && i < o->allow_cidr.n; i++)
		err = netpol_add_cidr(
			np, true, o->allow_cidr.items[i], "--allow-cidr", d);
	for (size_t i = 0; err >= 0 && i < o->deny_cidr.n; i++)
		err = netpol_add_cidr(
			np, false, o->deny_cidr.items[i], "--deny-cidr", d);
	if (err >= 0)
		err = add_list(np, &o->host_loopback, netpol_add_loopback, d);
	return err < 0 ? err : add_list(np, &o->publish, netpol_add_publish, d);
}

/* The caller's own proxy: small letters win, as with curl. */
static const char *
caller_proxy(void)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY",
		"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		/* A CGI program gets HTTP_PROXY from a stranger's header. */
		if (i == 3 && getenv("REQUEST_METHOD"))
			continue;
		if (value && value[0])
			return value;
	}
	return NULL;
}

static int
set_upstream(struct netpol *np, const struct options *o, bool allowed,
	struct diag *d)
{
	bool env = o->upstream_proxy && strcmp(o->upstream_proxy, "env") == 0;
	const char *url = o->upstream_proxy;
	const char *direct = NULL;

	if (env || (!url && allowed && !np->upstream.url)) {
		url = caller_proxy();
		direct = getenv("no_proxy");
		if (!direct)
			direct = getenv("NO_PROXY");
	}
	if (env && !url)
		return diag_set(d, -ENOENT, DIAG_USAGE, "--upstream-proxy env",
			"finds no https_proxy, http_proxy or all_proxy in the environment",
			"set one, give the URL, or take it out");
	return url ? netpol_set_upstream(np, url, direct, d) : 0;
}

static void
set_words(struct netpol *np, const struct options *o)
{
	const uint32_t transparent =
		NETPOL_NEED_TRANSPARENT | NETPOL_NO_TRANSPARENT;

	if (options_given(o, "net-mode"))
		np->flags = (np->flags & ~(uint32_t)NETPOL_LIMITED) |
			    (o->net_mode ? NETPOL_LIMITED : 0u);
	if (options_given(o, "transparent"))
		np->flags = (np->flags & ~transparent) |
			    (o->transparent == 1     ? NETPOL_NEED_TRANSPARENT
				    : o->transparent ? NETPOL_NO_TRANSPARENT
						     : 0u);
	if (o->no_sni_check)
		np->flags |= NETPOL_NO_SNI_CHECK;
	if (o->net_events)
		np->flags |= NETPOL_EVENTS;
	if (o->egress_budget)
		np->egress_budget = o->egress_budget;
	if (o->host_budget)
		np->host_budget = o->host_budget;
}

int
plan_netpol_make(struct plan_build *b, struct diag *d)
{
	const struct options *o = b->options;
	struct netpol *np = &b->profile.network;
	int err = choose_kind(b, d);

	if (err < 0 || b->profile.net != NET_PROXY)
		return err;
	if (b->config.has_network)
		err = plan_netpol_configure(
			&b->config.network, o->profile || o->legacy, np, d);
	if (err >= 0)
		err = add_net_rules(b, np, d);
	if (err >= 0)
		err = add_patterns(np, o, d);
	if (err >= 0)
		err = set_upstream(np, o,
			b->config.has_network &&
				b->config.network.upstream_proxy,
			d);
	if (err >= 0)
		set_words(np, o);
	if (err >= 0 && o->caller_proxy)
		err = caller_proxy_grant(np, environ, o->caller_proxy, d);
	return err == -ENOMEM ? diag_set(d, err, DIAG_SETUP, "network policy",
					"out of memory", "use fewer patterns")
			      : err;
}

void
plan_netpol_notes(const struct plan_build *b, struct buf *out)
{
	const struct netpol *np = &b->profile.network;

	if (b->profile.net != NET_PROXY)
		return;
	for (size_t i = 0; i < np->n_rules; i++)
		if (np->rules[i].allow && np->rules[i].kind == NETPOL_ANY) {
			buf_str_add(out,
				"note: every public host can be reached: ");
			netpol_rule_text(&np->rules[i], out);
			buf_str_add(out, " (");
			vis_str(out, np->rules[i].origin);
			buf_str_add(out, ")\n");
			break;
		}
	if (np->flags & NETPOL_REPORT_ONLY)
		buf_str_add(out,
			"note: hosts that no rule allows are reported and not refused (report_only)\n");
	for (size_t i = 0; i < np->n_publish; i++) {
		char text[NETADDR_TEXT_MAX];

		if (netaddr_class(&np->publish[i].at) == NETADDR_LOOPBACK &&
			np->publish[i].at.bytes[12] == 127)
			continue;
		netaddr_text(&np->publish[i].at, text);
		buf_printf(out,
			"note: port %u of %s on this host leads into the sandbox\n",
			np->publish[i].port, text);
	}
}
