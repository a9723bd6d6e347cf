/* SPDX-License-Identifier: Apache-2.0 */
/* netpol.c -- the network policy: its words and its parts; room: user. */
#include "policy/netpol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/netpol_rule.h"
#include "policy/num.h"

const char *
netpol_protocol_name(enum netpol_protocol p)
{
	static const char *const names[NETPOL_PROTOCOLS] = {
		[NETPOL_HTTP] = "http",
		[NETPOL_HTTPS] = "https_connect",
		[NETPOL_SOCKS_TCP] = "socks5_tcp",
		[NETPOL_SOCKS_UDP] = "socks5_udp",
		[NETPOL_TCP] = "tcp",
		[NETPOL_DNS] = "dns",
	};

	return p < NETPOL_PROTOCOLS ? names[p] : "unknown";
}

const char *
netpol_decision_name(enum netpol_decision d)
{
	return d == NETPOL_ALLOW ? "allow" : d == NETPOL_ASK ? "ask" : "deny";
}

const char *
netpol_source_name(enum netpol_source s)
{
	switch (s) {
	case NETPOL_BASELINE: return "baseline_policy";
	case NETPOL_MODE_GUARD: return "mode_guard";
	case NETPOL_PROXY_STATE: return "proxy_state";
	case NETPOL_DECIDER: return "decider";
	}
	return "unknown";
}

/* Header values are a protocol that agents look for: not ours to reword. */
static const struct {
	const char *name, *header, *text;
} reasons[NETPOL_REASONS] = {
	[NETPOL_ALLOWED] = { "allow", "blocked-by-policy",
		"Request blocked by network policy." },
	[NETPOL_DENIED] = { "denied", "blocked-by-denylist",
		"Domain denied by the sandbox policy." },
	[NETPOL_NOT_ALLOWED] = { "not_allowed", "blocked-by-allowlist",
		"Domain not in allowlist." },
	[NETPOL_NOT_ALLOWED_LOCAL] = { "not_allowed_local",
		"blocked-by-allowlist",
		"Sandbox policy blocks local/private network addresses." },
	[NETPOL_METHOD] = { "method_not_allowed", "blocked-by-method-policy",
		"Method not allowed in limited mode." },
	[NETPOL_TLS_IN_LIMITED] = { "mitm_required", "blocked-by-mitm-required",
		"HTTPS is not available in limited mode." },
	[NETPOL_POLICY_DENIED] = { "policy_denied", "blocked-by-policy",
		"Request blocked by network policy." },
	[NETPOL_SNI_MISMATCH] = { "sni_mismatch", "blocked-by-policy",
		"The TLS server name is not the host that was asked for." },
	[NETPOL_HOST_MISMATCH] = { "host_mismatch", "blocked-by-policy",
		"The request names another host than was asked for." },
	[NETPOL_BUDGET] = { "budget_exceeded", "blocked-by-policy",
		"The egress budget of this run is used up." },
	[NETPOL_RATE] = { "rate_limited", "blocked-by-policy",
		"Too many requests." },
};

const char *
netpol_reason_name(enum netpol_reason r)
{
	return r < NETPOL_REASONS ? reasons[r].name : "unknown";
}

const char *
netpol_reason_header(enum netpol_reason r)
{
	return reasons[r < NETPOL_REASONS ? r : NETPOL_POLICY_DENIED].header;
}

const char *
netpol_reason_text(enum netpol_reason r)
{
	return reasons[r < NETPOL_REASONS ? r : NETPOL_POLICY_DENIED].text;
}

void
netpol_init(struct netpol *np)
{
	*np = (struct netpol){ 0 };
}

void
netpol_free(struct netpol *np)
{
	if (!np)
		return;
	for (size_t i = 0; i < np->n_rules; i++) {
		free(np->rules[i].host);
		free(np->rules[i].origin);
	}
	for (size_t i = 0; i < np->n_cidrs; i++)
		free(np->cidrs[i].origin);
	free(np->rules);
	free(np->cidrs);
	free(np->upstream.url);
	free(np->upstream.host);
	free(np->upstream.auth);
	free(np->upstream.no_proxy);
	free(np->attribution);
	netpol_init(np);
}

int
netpol_add_rule(struct netpol *np, bool allow, const char *pattern,
	const char *origin, struct diag *d)
{
	struct netpol_rule r = { .allow = allow };
	struct netpol_rule *rules;
	int err;

	if (np->n_rules == NETPOL_RULES_MAX)
		return diag_setf(d, -E2BIG, DIAG_SETUP, pattern,
			"use fewer, wider patterns",
			"is a host pattern too many, %d fit", NETPOL_RULES_MAX);
	err = netpol_rule_parse(pattern, &r, d);
	if (err < 0)
		return err;
	if (!allow && r.kind == NETPOL_ANY) {
		free(r.host);
		return diag_set(d, -EINVAL, DIAG_USAGE, pattern,
			"would refuse every host",
			"use --net none, or refuse exact hosts and *.HOST");
	}
	rules = reallocarray(np->rules, np->n_rules + 1, sizeof(*rules));
	if (rules)
		np->rules = rules;
	r.origin = strdup(origin);
	if (!rules || !r.origin) {
		free(r.host);
		free(r.origin);
		return -ENOMEM;
	}
	rules[np->n_rules++] = r;
	return 0;
}

int
netpol_add_cidr(struct netpol *np, bool allow, const char *cidr,
	const char *origin, struct diag *d)
{
	struct netpol_cidr c = { .allow = allow };
	struct netpol_cidr *cidrs;

	if (np->n_cidrs == NETPOL_CIDRS_MAX)
		return diag_setf(d, -E2BIG, DIAG_SETUP, cidr,
			"use fewer, wider networks",
			"is a network too many, %d fit", NETPOL_CIDRS_MAX);
	if (netcidr_parse(cidr, &c.net) < 0)
		return diag_setf(d, -EINVAL, DIAG_USAGE, cidr,
			"write an address or a network whose host bits are zero, such as 10.0.0.0/8 or fd00::/8",
			"is no network (%s)", origin);
	cidrs = reallocarray(np->cidrs, np->n_cidrs + 1, sizeof(*cidrs));
	if (!cidrs)
		return -ENOMEM;
	np->cidrs = cidrs;
	c.origin = strdup(origin);
	if (!c.origin)
		return -ENOMEM;
	cidrs[np->n_cidrs++] = c;
	return 0;
}

static int
add_port(uint16_t *ports, size_t *n, size_t max, const char *text,
	struct diag *d)
{
	uint64_t port;

	if (num_parse(text, 1, UINT16_MAX, &port) < 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, text, "is no port",
			"give a number from 1 to 65535");
	for (size_t i = 0; i < *n; i++)
		if (ports[i] == port)
			return 0;
	if (*n == max)
		return diag_setf(d, -E2BIG, DIAG_USAGE, text,
			"name fewer ports", "is a port too many, %zu fit", max);
	ports[(*n)++] = (uint16_t)port; /* checked */
	return 0;
}

int
netpol_add_port(struct netpol *np, const char *port, struct diag *d)
{
	return add_port(np->ports, &np->n_ports, NETPOL_PORTS_MAX, port, d);
}

int
netpol_add_loopback(struct netpol *np, const char *port, struct diag *d)
{
	return add_port(
		np->loopback, &np->n_loopback, NETPOL_LOOPBACK_MAX, port, d);
}

static int
bad_publish(const char *text, struct diag *d)
{
	return diag_set(d, -EINVAL, DIAG_USAGE, text,
		"is nothing to publish (--publish)",
		"write [ADDRESS:]PORT[:INSIDE], such as 8080 or 127.0.0.1:8080:80");
}

/* What stands before the ports, "" where nothing does; where they begin. */
static const char *
publish_address(const char *text, struct nethost *ret)
{
	const char *end = text[0] == '[' ? strstr(text, "]:") : NULL;
	size_t n;

	if (end)
		n = (size_t)(end + 1 - text);
	else if (strchr(text, '.'))
		n = strcspn(text, ":");
	else
		return nethost_parse("127.0.0.1", 9, ret) < 0 ? NULL : text;
	if (text[n] != ':' || nethost_parse(text, n, ret) < 0 || !ret->literal)
		return NULL;
	return text + n + 1;
}

int
netpol_add_publish(struct netpol *np, const char *text, struct diag *d)
{
	struct nethost at;
	char port[8];
	uint64_t outside, inside;
	const char *rest = publish_address(text, &at);
	size_t n = rest ? strcspn(rest, ":") : 0;

	if (n == 0 || n >= sizeof(port))
		return bad_publish(text, d);
	memcpy(port, rest, n);
	port[n] = '\0';
	if (num_parse(port, 1, UINT16_MAX, &outside) < 0)
		return bad_publish(text, d);
	inside = outside;
	if (rest[n] == ':' &&
		num_parse(rest + n + 1, 1, UINT16_MAX, &inside) < 0)
		return bad_publish(text, d);
	if (np->n_publish == NETPOL_PUBLISH_MAX)
		return diag_setf(d, -E2BIG, DIAG_USAGE, text,
			"publish fewer ports", "is one too many, %d fit",
			NETPOL_PUBLISH_MAX);
	np->publish[np->n_publish++] = (struct netpol_publish){ at.addr,
		(uint16_t)outside, (uint16_t)inside }; /* checked */
	return 0;
}

size_t
netpol_capture_ports(const struct netpol *np, uint16_t ret[NETPOL_CAPTURE_MAX])
{
	static const uint16_t usual[] = { 22, 80, 443 };
	size_t n = sizeof(usual) / sizeof(usual[0]);

	memcpy(ret, usual, sizeof(usual));
	for (size_t i = 0; i < np->n_rules && n < NETPOL_CAPTURE_MAX; i++) {
		const struct netpol_rule *r = &np->rules[i];
		bool known = !r->allow || r->port_lo == 0 ||
			     r->port_lo != r->port_hi;

		for (size_t k = 0; k < n; k++)
			known = known || ret[k] == r->port_lo;
		if (!known)
			ret[n++] = r->port_lo;
	}
	return n;
}
