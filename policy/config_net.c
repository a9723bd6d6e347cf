/* SPDX-License-Identifier: Apache-2.0 */
/* config_net.c -- the network of a profile (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Word or truth of a key of the profile, or what holds without one. */
static uint64_t
setting(const struct config_view *v, const char *suffix, uint64_t preset)
{
	const struct config_value *one = config_view_get(v, suffix);

	return one == NULL ? preset : config_measure(one->key, one->node);
}

/* A rule of a profile that extends another replaces its twin there. */
static void
put_rule(struct config_rule *rules, size_t *n, const struct config_rule *r)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(rules[i].pattern, r->pattern) == 0) {
			rules[i] = *r;
			return;
		}
	rules[(*n)++] = *r;
}

static size_t
fill_rules(struct config *c, const struct config_view *v, const char *table,
	struct config_rule *rules)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct config_path *p = &v->items[i]->path;
		if (p->n != 5 || strcmp(p->part[2], "network") != 0 ||
			strcmp(p->part[3], table) != 0)
			continue;
		struct config_rule r = {
			.pattern = p->part[4],
			.allow = v->items[i]->node->str.text[0] == 'a',
			.origin = config_origin(c, v->items[i]),
		};
		put_rule(rules, &n, &r);
	}
	return n;
}

/* network.denied_domains of every layer, a project's too. */
static size_t
count_denied(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->all.n; i++)
		if (config_path_is(
			    &c->all.items[i].path, 0, "network.denied_domains"))
			n += c->all.items[i].node->kids.n;
	return n;
}

static void
add_denied(struct config *c, struct config_network *net)
{
	for (size_t i = 0; i < c->all.n; i++) {
		const struct config_value *v = &c->all.items[i];
		if (!config_path_is(&v->path, 0, "network.denied_domains"))
			continue;
		const struct toml *item = v->node->kids.first;
		/* Not put_rule(): an allow of the same name stays, and loses,
		 * since a deny wins anyway. */
		for (; item != NULL; item = item->next)
			net->domains[net->n_domains++] = (struct config_rule){
				.pattern = item->str.text,
				.origin = config_origin(c, v),
			};
	}
}

static int
check_sockets(struct config *c, const struct config_view *v, struct diag *d)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct config_path *p = &v->items[i]->path;
		if (p->n == 5 && strcmp(p->part[3], "unix_sockets") == 0 &&
			p->part[4][0] != '/')
			return config_fail(c, v->items[i], -EINVAL,
				"give its absolute path", d,
				"\"%s\" is no path of a socket", p->part[4]);
	}
	return 0;
}

/* `enabled` is the older word for `access`; both must say the same. */
static int
fill_access(struct config *c, const struct config_view *v,
	struct config_network *net, enum config_access preset, struct diag *d)
{
	const struct config_value *access =
		config_view_get(v, "network.access");
	const struct config_value *older =
		config_view_get(v, "network.enabled");

	net->access = preset;
	if (access != NULL)
		net->access = (enum config_access)config_measure(
			access->key, access->node);
	else if (older != NULL)
		net->access =
			older->node->truth ? CONFIG_NET_PROXY : CONFIG_NET_NONE;
	if (access != NULL && older != NULL &&
		older->node->truth != (net->access != CONFIG_NET_NONE))
		return config_fail(c, older, -EINVAL, "keep access only", d,
			"network.enabled says the contrary of network.access");
	return 0;
}

static int
fill_lists(struct config *c, const struct config_view *v,
	struct config_network *net, struct diag *d)
{
	static const struct {
		const char *suffix, *top;
		size_t offset;
	} rows[] = {
		{ "network.allowed_cidrs", "-",
			offsetof(struct config_network, allowed_cidrs) },
		{ "network.denied_cidrs", "network.denied_cidrs",
			offsetof(struct config_network, denied_cidrs) },
		{ "network.publish", "-",
			offsetof(struct config_network, publish) },
		{ "network.ports", "-",
			offsetof(struct config_network, ports) },
		{ "network.host_loopback", "-",
			offsetof(struct config_network, host_loopback) },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* A table of members: the offset is that of a list. */
		void *list = (char *)net + rows[i].offset;
		rc = config_list_gather(
			c, v, rows[i].suffix, rows[i].top, list, d);
	}
	return rc;
}

static void
fill_switches(const struct config_view *v, struct config_network *net)
{
	const struct config_value *budget =
		config_view_get(v, "network.egress_budget");

	net->limited = setting(v, "network.mode", 1) == 0;
	net->local_binding = setting(v, "network.allow_local_binding", 0);
	net->upstream_proxy = setting(v, "network.allow_upstream_proxy", 0);
	net->socks5 = setting(v, "network.enable_socks5", 1);
	net->socks5_udp = setting(v, "network.enable_socks5_udp", 1);
	net->sni_check = setting(v, "network.sni_check", 1);
	net->report_only = setting(v, "network.report_only", 0);
	net->socks_all_proxy = setting(v, "network.all_proxy_scheme", 0);
	net->kill_on_exit = setting(v, "network.on_supervisor_exit", 0);
	net->transparent =
		(enum config_switch)setting(v, "network.transparent", 0);
	const struct config_value *host =
		config_view_get(v, "network.egress_budget_host");

	if (budget != NULL)
		net->egress_budget = config_measure(budget->key, budget->node);
	if (host != NULL)
		net->host_budget = config_measure(host->key, host->node);
}

int
config_fill_network(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d)
{
	struct config_network *net = &p->network;
	bool open = p->files.net == NET_ENABLED;
	size_t max = v->n + count_denied(c);

	*net = (struct config_network){ 0 };
	if (v->n_chain == 0 && strcmp(v->base, ":workspace") == 0)
		open = config_bool(c, "sandbox_workspace_write.network_access");
	int rc = fill_access(
		c, v, net, open ? CONFIG_NET_FULL : CONFIG_NET_NONE, d);
	if (rc == 0)
		rc = check_sockets(c, v, d);
	if (rc < 0)
		return rc;
	fill_switches(v, net);
	net->domains = arena_array(&c->arena, max, sizeof(*net->domains));
	net->sockets = arena_array(&c->arena, v->n, sizeof(*net->sockets));
	if (net->domains == NULL || net->sockets == NULL)
		return config_nomem(c, d);
	net->n_domains = fill_rules(c, v, "domains", net->domains);
	net->n_sockets = fill_rules(c, v, "unix_sockets", net->sockets);
	add_denied(c, net);
	return fill_lists(c, v, net, d);
}
