/* SPDX-License-Identifier: Apache-2.0 */
/* config_net_bounds.c -- what requirements let a network be (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/netpol.h"
#include "policy/netpol_within.h"

/* The bounds' lists, read as any policy's. */
struct bounds {
	struct netpol policy; /* owned */
	const struct config_value *domains, *cidrs, *loopback;
	/* Where one list is given, what the others do not hold is not allowed. */
	const struct config_value *any;
};

static const struct config_value *
bound(const struct config *c, const char *path)
{
	return config_find(&c->required, path);
}

/* "The administrator does not allow WHAT": at the bound, which is the mend. */
static int
refuse(struct config *c, const struct config_value *rule, struct diag *d,
	const char *what)
{
	own_buf struct buf value = { 0 };
	own_buf struct buf name = { 0 };
	char mend[DIAG_TEXT_MAX];

	toml_print(rule->node, &value);
	config_path_print(&rule->path, &name);
	(void)snprintf(mend, sizeof(mend), "stay within %s = %s",
		buf_str(&name), buf_str(&value)); /* cut is fine */
	return config_fail(c, rule, -EPERM, mend, d,
		"the administrator does not allow %s", what);
}

static int
read_bounds(struct config *c, struct bounds *b, struct diag *d)
{
	const struct toml *item = NULL;
	int err = 0;

	netpol_init(&b->policy);
	b->domains = bound(c, "network.allowed_domains");
	b->cidrs = bound(c, "network.allowed_cidrs");
	b->loopback = bound(c, "network.host_loopback");
	b->any = b->domains    ? b->domains
		 : b->cidrs    ? b->cidrs
		 : b->loopback ? b->loopback
			       : NULL;
	if (b->domains)
		for (item = b->domains->node->kids.first; item && err >= 0;
			item = item->next)
			err = netpol_add_rule(&b->policy, true, item->str.text,
				config_origin(c, b->domains), d);
	if (b->cidrs)
		for (item = b->cidrs->node->kids.first; item && err >= 0;
			item = item->next)
			err = netpol_add_cidr(&b->policy, true, item->str.text,
				config_origin(c, b->cidrs), d);
	return err;
}

static int
admit_rules(struct config *c, const struct bounds *b, const struct netpol *np,
	struct diag *d)
{
	for (size_t i = 0; i < np->n_rules; i++) {
		const struct netpol_rule *r = &np->rules[i];
		bool within = !r->allow;

		for (size_t k = 0; k < b->policy.n_rules && !within; k++)
			within = netpol_rule_within(r, &b->policy.rules[k]);
		if (within)
			continue;
		own_buf struct buf what = { 0 };
		netpol_rule_text(r, &what);
		buf_printf(&what, " (%s)", r->origin);
		return refuse(
			c, b->domains ? b->domains : b->any, d, buf_str(&what));
	}
	return 0;
}

static int
admit_cidrs(struct config *c, const struct bounds *b, const struct netpol *np,
	struct diag *d)
{
	for (size_t i = 0; i < np->n_cidrs; i++) {
		const struct netpol_cidr *n = &np->cidrs[i];
		bool within = !n->allow;

		for (size_t k = 0; k < b->policy.n_cidrs && !within; k++)
			within = netpol_cidr_within(
				&n->net, &b->policy.cidrs[k].net);
		if (within)
			continue;
		char text[NETADDR_TEXT_MAX];
		own_buf struct buf what = { 0 };
		netcidr_text(&n->net, text);
		buf_printf(&what, "%s (%s)", text, n->origin);
		return refuse(
			c, b->cidrs ? b->cidrs : b->any, d, buf_str(&what));
	}
	return 0;
}

static int
admit_loopback(struct config *c, const struct bounds *b,
	const struct netpol *np, struct diag *d)
{
	for (size_t i = 0; i < np->n_loopback; i++) {
		const struct toml *item =
			b->loopback ? b->loopback->node->kids.first : NULL;
		char what[64];

		while (item && item->integer != np->loopback[i])
			item = item->next;
		if (item)
			continue;
		(void)snprintf(what, sizeof(what),
			"port %u of the host's loopback", np->loopback[i]);
		return refuse(c, b->loopback ? b->loopback : b->any, d, what);
	}
	return 0;
}

/* Single values of a policy that go beyond a single value of the bounds. */
static int
admit_words(struct config *c, const struct netpol *np, struct diag *d)
{
	const struct {
		const char *path;
		bool beyond; /* what the policy asks for ... */
		bool unless; /* ... and the value that lets it */
		const char *what;
	} words[] = {
		{ "network.allow_local_binding",
			(np->flags & NETPOL_LOCAL) != 0, true,
			"allow_local_binding" },
		{ "network.allow_upstream_proxy", np->upstream.url != NULL,
			true, "a proxy beyond the sandbox" },
		{ "network.sni_check", (np->flags & NETPOL_NO_SNI_CHECK) != 0,
			false, "the check of names to be off" },
	};
	const struct config_value *mode = bound(c, "network.mode");

	if (mode && (np->flags & NETPOL_LIMITED) == 0 &&
		strcmp(mode->node->str.text, "limited") == 0)
		return refuse(c, mode, d, "a network in mode full");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct config_value *v = bound(c, words[i].path);

		if (v && words[i].beyond && v->node->truth != words[i].unless)
			return refuse(c, v, d, words[i].what);
	}
	return 0;
}

static int
admit_lists(struct config *c, const struct netpol *np, struct diag *d)
{
	struct bounds b = { .any = NULL };
	int err = read_bounds(c, &b, d);

	/* It lets hosts pass that no list holds. */
	if (err >= 0 && b.any && (np->flags & NETPOL_REPORT_ONLY) != 0)
		err = refuse(c, b.any, d, "report_only");
	if (err >= 0 && b.any)
		err = admit_rules(c, &b, np, d);
	if (err >= 0 && b.any)
		err = admit_cidrs(c, &b, np, d);
	if (err >= 0 && b.any)
		err = admit_loopback(c, &b, np, d);
	netpol_free(&b.policy);
	return err;
}

/* A bound that the host's network cannot keep; NULL: none. */
static const struct config_value *
bound_of_full(const struct config *c)
{
	static const char *const lists[] = { "network.allowed_domains",
		"network.allowed_cidrs", "network.host_loopback" };
	const struct config_value *mode = bound(c, "network.mode");

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (bound(c, lists[i]))
			return bound(c, lists[i]);
	return mode && strcmp(mode->node->str.text, "limited") == 0 ? mode
								    : NULL;
}

int
config_admit_network(struct config *c, enum config_access access,
	const struct netpol *np, struct diag *d)
{
	static const char *const words[] = { "none", "proxy", "full" };
	const struct config_value *most = bound(c, "network.access");
	enum config_access allowed = CONFIG_NET_NONE;

	while (most && allowed < CONFIG_NET_FULL &&
		strcmp(most->node->str.text, words[allowed]) != 0)
		allowed++;
	if (most && access > allowed)
		return refuse(c, most, d,
			access == CONFIG_NET_FULL ? "the host's network"
						  : "a network");
	if (access == CONFIG_NET_FULL) {
		most = bound_of_full(c);
		return most ? refuse(c, most, d, "the host's network") : 0;
	}
	if (access == CONFIG_NET_NONE)
		return 0;
	int err = admit_words(c, np, d);
	return err < 0 ? err : admit_lists(c, np, d);
}
