/* SPDX-License-Identifier: Apache-2.0 */
/* caller_proxy.c -- proxy variables to granted ports; room: user. */
#include "policy/caller_proxy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/diag.h"
#include "policy/netpol.h"

enum {
	PORT_MAX = 65535,
	DECIMAL = 10,
	TOKEN_MAX = NETPOL_ATTRIBUTION_MAX,
	TEXT_MAX = 160
};

static const char attribution[] = "CODEX_NETWORK_PROXY_ATTRIBUTION";

const char *const caller_proxy_names[] = { "HTTP_PROXY", "HTTPS_PROXY",
	"WS_PROXY", "WSS_PROXY", "ALL_PROXY", "FTP_PROXY", "YARN_HTTP_PROXY",
	"YARN_HTTPS_PROXY", "NPM_CONFIG_HTTP_PROXY", "NPM_CONFIG_HTTPS_PROXY",
	"NPM_CONFIG_PROXY", "BUNDLE_HTTP_PROXY", "BUNDLE_HTTPS_PROXY",
	"PIP_PROXY", "DOCKER_HTTP_PROXY", "DOCKER_HTTPS_PROXY", NULL };

/* ---- URL ----------------------------------------------------------------- */

static unsigned int
scheme_port(const char *scheme, size_t len)
{
	if (len == 5 && strncasecmp(scheme, "https", len) == 0)
		return 443;
	if (len >= 5 && strncasecmp(scheme, "socks", 5) == 0)
		return 1080;
	return 80;
}

/* All digits, 1 to 65535; else 0. */
static unsigned int
read_port(const char *text, size_t len)
{
	unsigned int port = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		port = port * DECIMAL + (unsigned int)(text[i] - '0');
		if (port > PORT_MAX)
			return 0;
	}
	return port;
}

static bool
is_loopback(const char *host, size_t len)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		"[::1]" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len &&
			strncasecmp(names[i], host, len) == 0)
			return true;
	return false;
}

unsigned int
caller_proxy_port(const char *url)
{
	const char *colons = strstr(url, "://");
	const char *at = colons ? colons + 3 : url;
	unsigned int port =
		colons ? scheme_port(url, (size_t)(colons - url)) : 80;
	size_t len = strcspn(at, "/?#");
	size_t host;

	/* Behind the last "@": what is before may hold one. */
	for (size_t i = len; i > 0; i--)
		if (at[i - 1] == '@') {
			at += i;
			len -= i;
			break;
		}
	host = len > 0 && at[0] == '[' ? strcspn(at, "]") + 1
				       : strcspn(at, ":");
	if (host > len)
		host = len;
	if (host < len) {
		if (at[host] != ':')
			return 0;
		port = read_port(at + host + 1, len - host - 1);
	}
	return is_loopback(at, host) ? port : 0;
}

/* ---- ports --------------------------------------------------------------- */

/* Is it in "3128,8080"?  -EINVAL: that is no list of ports. */
static int
is_listed(const char *ports, unsigned int port)
{
	int found = 0;

	if (strcmp(ports, "any") == 0)
		return 1;
	for (const char *at = ports;; at++) {
		size_t len = strcspn(at, ",");
		unsigned int one = read_port(at, len);

		if (one == 0)
			return -EINVAL;
		found = found || one == port;
		at += len;
		if (*at == '\0')
			return found;
	}
}

static int
add_port(struct netpol *np, unsigned int port, struct diag *d)
{
	char text[16];

	for (size_t i = 0; i < np->n_loopback; i++)
		if (np->loopback[i] == port)
			return 0;
	(void)snprintf(text, sizeof(text), "%u", port);
	return netpol_add_loopback(np, text, d);
}

static bool
is_proxy_name(const char *pair, size_t len)
{
	for (size_t i = 0; caller_proxy_names[i]; i++)
		if (strlen(caller_proxy_names[i]) == len &&
			strncasecmp(caller_proxy_names[i], pair, len) == 0)
			return true;
	return false;
}

/* One variable; *seen when it says anything. */
static int
grant_one(struct netpol *np, const char *pair, const char *ports, bool *seen,
	struct diag *d)
{
	size_t len = strcspn(pair, "=");
	const char *value = pair[len] == '=' ? pair + len + 1 : "";
	unsigned int port;
	char name[TEXT_MAX];

	if (!is_proxy_name(pair, len) || strspn(value, " \t") == strlen(value))
		return 0;
	*seen = true;
	port = caller_proxy_port(value);
	if (port == 0)
		return 0;
	if (is_listed(ports, port) == 1)
		return add_port(np, port, d);
	(void)snprintf(name, sizeof(name), "%.*s", (int)len, pair);
	return diag_setf(d, -EINVAL, DIAG_SETUP, name,
		"use a proxy of that context, or take the variable out",
		"names port %u of loopback, which is outside of the managed sandbox context (%s)",
		port, ports);
}

static int
take_attribution(struct netpol *np, const char *token, struct diag *d)
{
	size_t len = strlen(token);

	if (len == 0)
		return 0;
	if (len > TOKEN_MAX)
		return diag_set(d, -EINVAL, DIAG_SETUP, attribution,
			"is longer than 128 bytes", "take it out");
	np->attribution = strdup(token);
	return np->attribution ? 0
			       : diag_set(d, -ENOMEM, DIAG_SETUP, attribution,
					 "out of memory", "free some memory");
}

int
caller_proxy_grant(
	struct netpol *np, char *const *envp, const char *ports, struct diag *d)
{
	const size_t len = sizeof(attribution) - 1;
	bool seen = false;
	int err = is_listed(ports, 0);

	if (err < 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, ports,
			"is no list of ports (--caller-proxy)",
			"write any, or numbers with commas between them");
	np->flags |= NETPOL_FORWARD_ONLY | NETPOL_NO_TRANSPARENT;
	for (; *envp && err >= 0; envp++) {
		if (strncmp(*envp, attribution, len) == 0 &&
			(*envp)[len] == '=')
			err = take_attribution(np, *envp + len + 1, d);
		else
			err = grant_one(np, *envp, ports, &seen, d);
	}
	if (err < 0 || np->n_loopback > 0)
		return err < 0 ? err : 0;
	return diag_set(d, -EINVAL, DIAG_SETUP, "--caller-proxy",
		seen ? "managed proxy mode requires parseable loopback proxy endpoints, and no proxy variable names one"
		     : "managed proxy mode requires proxy environment variables, and none is set",
		"set HTTP_PROXY and the like to http://127.0.0.1:PORT");
}
