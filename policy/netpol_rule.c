/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_rule.c -- host patterns; room: user. */
#include "policy/netpol_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/num.h"

enum { PATTERN_MAX = 512, HTTP_PORT = 80, HTTPS_PORT = 443 };

#define BIT(p) (1u << (p))

static const struct {
	const char *name;
	uint32_t protocols;
} words[] = {
	{ "tcp", BIT(NETPOL_HTTP) | BIT(NETPOL_HTTPS) | BIT(NETPOL_SOCKS_TCP) |
			 BIT(NETPOL_TCP) },
	{ "udp", BIT(NETPOL_SOCKS_UDP) },
	{ "http", BIT(NETPOL_HTTP) },
	{ "https", BIT(NETPOL_HTTPS) },
	/* The names that .rules use: */
	{ "https_connect", BIT(NETPOL_HTTPS) },
	{ "socks5_tcp", BIT(NETPOL_SOCKS_TCP) | BIT(NETPOL_TCP) },
	{ "socks5_udp", BIT(NETPOL_SOCKS_UDP) },
};
enum {
	N_WORDS = sizeof(words) / sizeof(words[0]),
	EVERY_PROTOCOL = BIT(NETPOL_PROTOCOLS) - 1
};

static int
bad(struct diag *d, const char *pattern, const char *cause, const char *mend)
{
	return diag_set(d, -EINVAL, DIAG_USAGE, pattern, cause, mend);
}

/* Cut "/proto" off the end. */
static int
take_protocol(
	const char *pattern, char *text, struct netpol_rule *r, struct diag *d)
{
	char *slash = strchr(text, '/');

	r->protocols = EVERY_PROTOCOL;
	if (!slash)
		return 0;
	if (strstr(text, "://"))
		return bad(d, pattern, "has a scheme",
			"write the host alone, or HOST:443/https");
	*slash = '\0';
	for (size_t i = 0; i < N_WORDS; i++)
		if (strcmp(words[i].name, slash + 1) == 0) {
			r->protocols = words[i].protocols;
			return 0;
		}
	return bad(d, pattern,
		"ends in something that is neither tcp, udp, http nor https",
		"write HOST[:PORT][/tcp]; networks such as 10.0.0.0/8 are given with --allow-cidr or --deny-cidr");
}

/* Cut ":PORT" or ":LO-HI" off the end; a bare IPv6 literal has none. */
static int
take_ports(
	const char *pattern, char *text, struct netpol_rule *r, struct diag *d)
{
	char *colon = strrchr(text, ':');
	const char *close = text[0] == '[' ? strchr(text, ']') : NULL;
	char *dash;
	uint64_t lo, hi;

	if (!colon || (close ? colon < close : strchr(text, ':') != colon))
		return 0;
	*colon = '\0';
	dash = strchr(colon + 1, '-');
	if (dash)
		*dash = '\0';
	if (num_parse(colon + 1, 1, UINT16_MAX, &lo) < 0 ||
		(dash && num_parse(dash + 1, lo, UINT16_MAX, &hi) < 0))
		return bad(d, pattern, "has no port behind its colon",
			"write HOST:443 or HOST:8000-8080 (1 to 65535), and IPv6 literals in brackets");
	r->port_lo = (uint16_t)lo; /* checked */
	r->port_hi = (uint16_t)(dash ? hi : lo);
	return 0;
}

/* Labels with `*` or `?` in them; small letters only, no other magic. */
static int
take_glob(
	const char *pattern, char *text, struct netpol_rule *r, struct diag *d)
{
	size_t n = strlen(text);
	size_t label = 0;

	if (n > 0 && text[n - 1] == '.')
		text[--n] = '\0';
	if (n > NETHOST_NAME_MAX)
		return bad(d, pattern, "is too long", "give a shorter pattern");
	for (size_t i = 0; i <= n; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			text[i] = c = (char)(c + ('a' - 'A')); /* stays ASCII */
		if (c == '.' || c == '\0') {
			if (label == 0)
				return bad(d, pattern, "has an empty label",
					"take the dot out");
			label = 0;
			continue;
		}
		label++;
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    strchr("-_*?", c)))
			return bad(d, pattern,
				"has a character that no pattern has",
				"use letters, digits, -, _, * and ?, and write international labels as xn--...");
	}
	if (strncmp(text, "*.", 2) == 0 || strncmp(text, "**", 2) == 0)
		return bad(d, pattern, "has * or ? beside a leading *. or **.",
			"use *.HOST for everything below HOST, or * inside of labels, not both");
	r->kind = NETPOL_GLOB;
	r->host = strdup(text);
	return r->host ? 0 : -ENOMEM;
}

static int
take_host(const char *pattern, const char *text, struct netpol_rule *r,
	struct diag *d)
{
	struct nethost h;

	if (nethost_parse(text, strlen(text), &h) < 0)
		return bad(d, pattern, "is no host",
			"write a name such as example.com or *.example.com, or an address; international names that are not understood as xn--...");
	if (h.literal && r->kind != NETPOL_EXACT)
		return bad(d, pattern, "is a wildcard before an address",
			"give networks with --allow-cidr or --deny-cidr");
	r->literal = h.literal;
	r->addr = h.addr;
	r->host = strdup(h.name);
	return r->host ? 0 : -ENOMEM;
}

int
netpol_rule_parse(const char *pattern, struct netpol_rule *r, struct diag *d)
{
	char text[PATTERN_MAX];
	size_t first = strspn(pattern, " \t");
	size_t n = strlen(pattern + first);
	char *host = text;
	int err;

	while (n > 0 && strchr(" \t", pattern[first + n - 1]))
		n--;
	if (n == 0 || n >= sizeof(text))
		return bad(d, pattern, n ? "is too long" : "is empty",
			"give a host pattern such as *.example.com");
	memcpy(text, pattern + first, n);
	text[n] = '\0';
	err = take_protocol(pattern, text, r, d);
	if (err >= 0)
		err = take_ports(pattern, text, r, d);
	if (err < 0)
		return err;
	r->kind = NETPOL_EXACT;
	if (strcmp(text, "*") == 0 || strcmp(text, "[*]") == 0 ||
		strcmp(text, "**.[*]") == 0) {
		r->kind = NETPOL_ANY;
		r->host = strdup("");
		return r->host ? 0 : -ENOMEM;
	}
	if (strncmp(text, "**.", 3) == 0) {
		r->kind = NETPOL_TREE;
		host += 3;
	} else if (strncmp(text, "*.", 2) == 0) {
		r->kind = NETPOL_BELOW;
		host += 2;
	}
	if (strpbrk(host, "*?"))
		return take_glob(pattern, text, r, d);
	return take_host(pattern, host, r, d);
}

/* One label of a glob; `*` is any number of characters, `?` one. */
static bool
label_matches(const char *glob, size_t n_glob, const char *s, size_t n)
{
	size_t g = 0, i = 0, star = SIZE_MAX, retry = 0;

	while (i < n) {
		if (g < n_glob && glob[g] == '*') {
			star = g++;
			retry = i;
		} else if (g < n_glob && (glob[g] == '?' || glob[g] == s[i])) {
			g++;
			i++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			i = ++retry;
		} else {
			return false;
		}
	}
	while (g < n_glob && glob[g] == '*')
		g++;
	return g == n_glob;
}

static bool
glob_matches(const char *glob, const char *name)
{
	for (;;) {
		size_t n_glob = strcspn(glob, ".");
		size_t n = strcspn(name, ".");

		if (!label_matches(glob, n_glob, name, n))
			return false;
		glob += n_glob;
		name += n;
		if (*glob == '\0' || *name == '\0')
			return *glob == *name;
		glob++;
		name++;
	}
}

/* Is `below` the name itself, or does it end in "." and it? */
static bool
is_below(const char *below, const char *top, bool itself)
{
	size_t n = strlen(below);
	size_t k = strlen(top);

	if (n <= k)
		return itself && n == k && memcmp(below, top, n) == 0;
	return below[n - k - 1] == '.' && memcmp(below + n - k, top, k) == 0;
}

bool
netpol_rule_has_host(const struct netpol_rule *r, const struct nethost *h)
{
	if (r->kind == NETPOL_ANY)
		return true;
	if (r->literal != h->literal)
		return false;
	if (h->literal)
		return netaddr_equal(&r->addr, &h->addr) &&
		       (r->addr.scope[0] == '\0' ||
			       strcmp(r->addr.scope, h->addr.scope) == 0);
	switch (r->kind) {
	case NETPOL_EXACT: return strcmp(r->host, h->name) == 0;
	case NETPOL_BELOW: return is_below(h->name, r->host, false);
	case NETPOL_TREE: return is_below(h->name, r->host, true);
	case NETPOL_GLOB: return glob_matches(r->host, h->name);
	case NETPOL_ANY: break;
	}
	return false;
}

bool
netpol_rule_has_way(const struct netpol_rule *r, enum netpol_protocol protocol,
	uint16_t port)
{
	uint32_t as = BIT(protocol);

	if (protocol == NETPOL_TCP && port == HTTP_PORT)
		as |= BIT(NETPOL_HTTP);
	if (protocol == NETPOL_TCP && port == HTTPS_PORT)
		as |= BIT(NETPOL_HTTPS);
	return (r->protocols & as) != 0 &&
	       (r->port_lo == 0 || (port >= r->port_lo && port <= r->port_hi));
}

void
netpol_rule_text(const struct netpol_rule *r, struct buf *out)
{
	static const char *const prefix[] = {
		[NETPOL_EXACT] = "",
		[NETPOL_BELOW] = "*.",
		[NETPOL_TREE] = "**.",
		[NETPOL_ANY] = "*",
		[NETPOL_GLOB] = "",
	};
	bool brackets = r->literal && !netaddr_is4(&r->addr);

	buf_printf(out, "%s%s%s%s", prefix[r->kind], brackets ? "[" : "",
		r->host, brackets ? "]" : "");
	if (r->port_lo > 0)
		buf_printf(out, ":%u", r->port_lo);
	if (r->port_hi > r->port_lo)
		buf_printf(out, "-%u", r->port_hi);
	for (size_t i = 0; i < N_WORDS; i++)
		if (words[i].protocols == r->protocols) {
			buf_printf(out, "/%s", words[i].name);
			return;
		}
}
