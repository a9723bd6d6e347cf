/* SPDX-License-Identifier: Apache-2.0 */
/* profile_net.c -- the network of a JSON profile (room: user). */
#include "policy/profile_net.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/json_read.h"
#include "policy/profile.h"
#include "policy/profile_print.h"

static const char *const kind_words[] = {
	[NET_RESTRICTED] = "restricted",
	[NET_ENABLED] = "enabled",
	[NET_PROXY] = "proxy",
	NULL,
};
static const char *const access_words[] = {
	[NET_RESTRICTED] = "none",
	[NET_ENABLED] = "full",
	[NET_PROXY] = "proxy",
	NULL,
};
static const char *const allow_words[] = { "deny", "allow", NULL };

/* true or false: the flag, and which of the two sets it. */
static const struct {
	const char *name;
	uint32_t flag;
	bool set_by;
} switches[] = {
	{ "allow_local_binding", NETPOL_LOCAL, true },
	{ "enable_socks5", NETPOL_NO_SOCKS, false },
	{ "enable_socks5_udp", NETPOL_NO_SOCKS_UDP, false },
	{ "report_only", NETPOL_REPORT_ONLY, true },
	{ "sni_check", NETPOL_NO_SNI_CHECK, false },
};

/* One word of several: the flag that each but the first stands for. */
static const struct {
	const char *name;
	const char *words[4];
	uint32_t flags[3];
} choices[] = {
	{ "all_proxy_scheme", { "http", "socks5h" },
		{ 0, NETPOL_SOCKS_VARIABLE } },
	{ "mode", { "full", "limited" }, { 0, NETPOL_LIMITED } },
	{ "on_supervisor_exit", { "isolate", "kill" },
		{ 0, NETPOL_EXIT_KILL } },
	{ "transparent", { "auto", "on", "off" },
		{ 0, NETPOL_NEED_TRANSPARENT, NETPOL_NO_TRANSPARENT } },
};

static int
add_allowed(
	struct netpol *np, const char *text, const char *origin, struct diag *d)
{
	return netpol_add_cidr(np, true, text, origin, d);
}

static int
add_denied(
	struct netpol *np, const char *text, const char *origin, struct diag *d)
{
	return netpol_add_cidr(np, false, text, origin, d);
}

static int
add_port(
	struct netpol *np, const char *text, const char *origin, struct diag *d)
{
	(void)origin; /* a port keeps none, as the next two */
	return netpol_add_port(np, text, d);
}

static int
add_loopback(
	struct netpol *np, const char *text, const char *origin, struct diag *d)
{
	(void)origin;
	return netpol_add_loopback(np, text, d);
}

static int
add_publish(
	struct netpol *np, const char *text, const char *origin, struct diag *d)
{
	(void)origin;
	return netpol_add_publish(np, text, d);
}

static const struct {
	const char *name;
	bool numbers;
	int (*add)(struct netpol *np, const char *text, const char *origin,
		struct diag *d);
} lists[] = {
	{ "allowed_cidrs", false, add_allowed },
	{ "denied_cidrs", false, add_denied },
	{ "host_loopback", true, add_loopback },
	{ "ports", true, add_port },
	{ "publish", false, add_publish },
};

static const struct json_member members[] = {
	{ "access", JSON_WANT_STRING, false },
	{ "all_proxy_scheme", JSON_WANT_STRING, false },
	{ "allow_local_binding", JSON_WANT_BOOL, false },
	{ "allowed_cidrs", JSON_WANT_ARRAY, false },
	{ "denied_cidrs", JSON_WANT_ARRAY, false },
	{ "domains", JSON_WANT_OBJECT, false },
	{ "egress_budget", JSON_WANT_INTEGER, false },
	{ "egress_budget_host", JSON_WANT_INTEGER, false },
	{ "enable_socks5", JSON_WANT_BOOL, false },
	{ "enable_socks5_udp", JSON_WANT_BOOL, false },
	{ "enabled", JSON_WANT_BOOL, false },
	{ "host_loopback", JSON_WANT_ARRAY, false },
	{ "mode", JSON_WANT_STRING, false },
	{ "on_supervisor_exit", JSON_WANT_STRING, false },
	{ "ports", JSON_WANT_ARRAY, false },
	{ "publish", JSON_WANT_ARRAY, false },
	{ "report_only", JSON_WANT_BOOL, false },
	{ "sni_check", JSON_WANT_BOOL, false },
	{ "transparent", JSON_WANT_STRING, false },
	{ "upstream_proxy", JSON_WANT_STRING, false },
};

/* Written into a file, as all of it may be: no slip of the command line. */
static int
relay(const struct json_reader *r, const struct json_at *at, int err,
	struct diag *why)
{
	why->code = DIAG_SETUP;
	return json_read_relay(r, at, err, why);
}

/* ---- reading ----------------------------------------------------------------- */

static int
read_domains(const struct json_reader *r, const struct json_at *at,
	json_t *domains, struct netpol *np)
{
	const char *pattern = NULL;
	json_t *word = NULL;

	json_object_foreach(domains, pattern, word)
	{
		struct json_at here = json_at_member(at, pattern);
		struct diag why = { 0 };
		size_t allow = 0;
		int err = json_read_word(r, &here, word, allow_words, &allow);

		if (err == 0) {
			err = netpol_add_rule(
				np, allow == 1, pattern, r->origin, &why);
			if (err < 0)
				err = relay(r, &here, err, &why);
		}
		if (err < 0)
			return err;
	}
	return 0;
}

static int
read_list(const struct json_reader *r, const struct json_at *at,
	const json_t *list, size_t which, struct netpol *np)
{
	const json_t *item = NULL;
	size_t i = 0;

	json_array_foreach(list, i, item)
	{
		struct json_at here = json_at_index(at, i);
		struct diag why = { 0 };
		char number[24];
		const char *text = json_string_value(item);
		int err;

		(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			json_integer_value(item));
		if (lists[which].numbers)
			text = json_is_integer(item) ? number : NULL;
		if (!text)
			return json_read_refuse(r, &here,
				lists[which].numbers ? "is no whole number"
						     : "is no string",
				"mend it or take it out");
		err = lists[which].add(np, text, r->origin, &why);
		if (err < 0)
			return relay(r, &here, err, &why);
	}
	return 0;
}

static int
read_budget(const struct json_reader *r, const struct json_at *at,
	const json_t *v, const char *name, uint64_t *ret)
{
	const json_t *n = json_object_get(v, name);
	struct json_at here = json_at_member(at, name);

	if (!n)
		return 0;
	if (json_integer_value(n) < 0)
		return json_read_refuse(r, &here, "is negative",
			"give bytes, or leave it out for no limit");
	*ret = (uint64_t)json_integer_value(n); /* not negative */
	return 0;
}

static int
read_words(const struct json_reader *r, const struct json_at *at,
	const json_t *v, struct netpol *np)
{
	for (size_t i = 0; i < JSON_COUNT(switches); i++)
		if (json_read_bool_of(v, switches[i].name,
			    !switches[i].set_by) == switches[i].set_by)
			np->flags |= switches[i].flag;
	for (size_t i = 0; i < JSON_COUNT(choices); i++) {
		const json_t *word = json_object_get(v, choices[i].name);
		struct json_at here = json_at_member(at, choices[i].name);
		size_t which = 0;
		int err = word ? json_read_word(r, &here, word,
					 choices[i].words, &which)
			       : 0;

		if (err < 0)
			return err;
		np->flags |= choices[i].flags[which];
	}
	return 0;
}

static int
read_upstream(const struct json_reader *r, const struct json_at *at,
	const json_t *v, struct netpol *np)
{
	const char *url = json_read_text_of(v, "upstream_proxy");
	struct json_at here = json_at_member(at, "upstream_proxy");
	struct diag why = { 0 };
	int err = url ? netpol_set_upstream(np, url, NULL, &why) : 0;

	return err < 0 ? relay(r, &here, err, &why) : 0;
}

/* `enabled` is the older word, and means the whole network. */
static int
read_access(const struct json_reader *r, const struct json_at *at,
	const json_t *v, struct profile *p)
{
	const json_t *access = json_object_get(v, "access");
	struct json_at here = json_at_member(at, "access");
	size_t which = NET_RESTRICTED;
	int err =
		access ? json_read_word(r, &here, access, access_words, &which)
		       : 0;

	if (err < 0)
		return err;
	if (!access && json_read_bool_of(v, "enabled", false))
		which = NET_ENABLED;
	else if (access &&
		 json_read_bool_of(v, "enabled", which != NET_RESTRICTED) !=
			 (which != NET_RESTRICTED))
		return json_read_refuse(r, &here,
			"says the contrary of enabled", "keep access only");
	p->net = (enum net_kind)which;
	return 0;
}

static int
read_object(const struct json_reader *r, const struct json_at *at, json_t *v,
	struct profile *p)
{
	struct netpol *np = &p->network;
	struct json_at domains = json_at_member(at, "domains");
	int err = json_read_object(r, at, v, members, JSON_COUNT(members));

	if (err == 0)
		err = read_access(r, at, v, p);
	if (err == 0)
		err = read_words(r, at, v, np);
	if (err == 0)
		err = read_domains(
			r, &domains, json_object_get(v, "domains"), np);
	for (size_t i = 0; err == 0 && i < JSON_COUNT(lists); i++) {
		struct json_at here = json_at_member(at, lists[i].name);

		err = read_list(
			r, &here, json_object_get(v, lists[i].name), i, np);
	}
	if (err == 0)
		err = read_budget(
			r, at, v, "egress_budget", &np->egress_budget);
	if (err == 0)
		err = read_budget(
			r, at, v, "egress_budget_host", &np->host_budget);
	return err < 0 ? err : read_upstream(r, at, v, np);
}

int
profile_net_read(const struct json_reader *r, const struct json_at *at,
	json_t *v, struct profile *p)
{
	size_t word = 0;
	int err;

	if (json_is_object(v))
		return read_object(r, at, v, p);
	err = json_read_word(r, at, v, kind_words, &word);
	if (err == 0)
		p->net = (enum net_kind)word;
	return err;
}

/* ---- printing ----------------------------------------------------------------- */

/* Of a pattern that is there twice the denial, which is what holds. */
static bool
is_repeated(const struct netpol *np, size_t at, const struct buf *text)
{
	for (size_t i = 0; i < np->n_rules; i++) {
		own_buf struct buf other = { 0 };
		bool denies = !np->rules[i].allow;

		if (i == at || (denies == !np->rules[at].allow && i > at) ||
			(!denies && !np->rules[at].allow))
			continue;
		netpol_rule_text(&np->rules[i], &other);
		if (strcmp(buf_str(&other), buf_str(text)) == 0)
			return true;
	}
	return false;
}

static void
domains_add(struct buf *out, const struct netpol *np)
{
	const char *sep = "";

	buf_str_add(out, "\"domains\":{");
	for (size_t i = 0; i < np->n_rules; i++) {
		own_buf struct buf text = { 0 };

		netpol_rule_text(&np->rules[i], &text);
		if (is_repeated(np, i, &text))
			continue;
		buf_str_add(out, sep);
		profile_string_add(out, buf_str(&text));
		buf_printf(out, ":\"%s\"", allow_words[np->rules[i].allow]);
		sep = ",";
	}
	buf_char(out, '}');
}

static void
cidrs_add(
	struct buf *out, const char *name, const struct netpol *np, bool allow)
{
	const char *sep = "";

	buf_printf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < np->n_cidrs; i++) {
		char text[NETADDR_TEXT_MAX];

		if (np->cidrs[i].allow != allow)
			continue;
		netcidr_text(&np->cidrs[i].net, text);
		buf_printf(out, "%s\"%s\"", sep, text);
		sep = ",";
	}
	buf_char(out, ']');
}

static void
ports_add(struct buf *out, const char *name, const uint16_t *ports, size_t n)
{
	buf_printf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%u", i ? "," : "", ports[i]);
	buf_char(out, ']');
}

void
profile_netpol_add(struct buf *out, const struct netpol *np)
{
	buf_str_add(out, "{\"access\":\"proxy\",");
	domains_add(out, np);
	cidrs_add(out, "allowed_cidrs", np, true);
	cidrs_add(out, "denied_cidrs", np, false);
	ports_add(out, "host_loopback", np->loopback, np->n_loopback);
	ports_add(out, "ports", np->ports, np->n_ports);
	buf_str_add(out, ",\"publish\":[");
	for (size_t i = 0; i < np->n_publish; i++) {
		const struct netpol_publish *pub = &np->publish[i];
		bool four = netaddr_is4(&pub->at);
		char text[NETADDR_TEXT_MAX];

		netaddr_text(&pub->at, text);
		buf_printf(out, "%s\"%s%s%s:%u:%u\"", i ? "," : "",
			four ? "" : "[", text, four ? "" : "]", pub->port,
			pub->inside);
	}
	buf_char(out, ']');
	for (size_t i = 0; i < JSON_COUNT(switches); i++)
		buf_printf(out, ",\"%s\":%s", switches[i].name,
			((np->flags & switches[i].flag) != 0) ==
					switches[i].set_by
				? "true"
				: "false");
	for (size_t i = 0; i < JSON_COUNT(choices); i++) {
		size_t which = 0;

		for (size_t k = 1; k < 3; k++)
			if (np->flags & choices[i].flags[k])
				which = k;
		buf_printf(out, ",\"%s\":\"%s\"", choices[i].name,
			choices[i].words[which]);
	}
	buf_printf(out,
		",\"egress_budget\":%" PRIu64
		",\"egress_budget_host\":%" PRIu64,
		np->egress_budget, np->host_budget);
	if (np->upstream.url) {
		buf_str_add(out, ",\"upstream_proxy\":");
		profile_string_add(out, np->upstream.url);
	}
	buf_char(out, '}');
}

void
profile_net_add(struct buf *out, const struct profile *p)
{
	if (p->net == NET_PROXY)
		profile_netpol_add(out, &p->network);
	else
		buf_printf(out, "\"%s\"", kind_words[p->net]);
}
