/* SPDX-License-Identifier: Apache-2.0 */
/* caller_proxy_test.c -- which ports the variables of a caller grant. */
#include "policy/caller_proxy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/netpol.h"
#include "tests/unit/tap.h"

static const struct {
	const char *url;
	unsigned int port;
} urls[] = {
	{ "http://127.0.0.1:3128", 3128 },
	{ "http://127.0.0.1:3128/", 3128 },
	{ "127.0.0.1:3128", 3128 },
	{ "HTTP://LOCALHOST:8080/path?query", 8080 },
	{ "http://user:p%40ss@localhost:1/", 1 },
	{ "http://us@er:pass@127.0.0.1:2", 2 },
	{ "http://[::1]:3", 3 },
	{ "https://localhost", 443 },
	{ "http://localhost", 80 },
	{ "localhost", 80 },
	{ "socks5h://127.0.0.1", 1080 },
	{ "socks4://127.0.0.1:65535", 65535 },
	{ "http://127.0.0.1:0", 0 },
	{ "http://127.0.0.1:65536", 0 },
	{ "http://127.0.0.1:", 0 },
	{ "http://127.0.0.1:80x", 0 },
	{ "http://127.0.0.1:-1", 0 },
	{ "http://127.0.0.2:80", 0 },
	{ "http://127.0.0.1.example.com:80", 0 },
	{ "http://example.com:80", 0 },
	{ "http://example.com:80@127.0.0.1:81", 81 },
	{ "http://127.0.0.1:80@example.com", 0 },
	{ "http://localhost@example.com/", 0 },
	{ "http://[::1", 0 },
	{ "http://[::1]x:80", 0 },
	{ "http://[", 0 },
	{ "http://", 0 },
	{ "", 0 },
};

struct granted {
	int err;
	struct netpol np;
	struct diag d;
};

static void
grant(struct granted *g, const char *ports, const char *a, const char *b,
	const char *c)
{
	char room[3][256] = { "", "", "" };
	char *envp[4] = { NULL };
	const char *given[] = { a, b, c };
	size_t n = 0;

	netpol_free(&g->np);
	*g = (struct granted){ .err = 0 };
	for (size_t i = 0; i < 3; i++)
		if (given[i]) {
			(void)snprintf(
				room[i], sizeof(room[i]), "%s", given[i]);
			envp[n++] = room[i];
		}
	g->err = caller_proxy_grant(&g->np, envp, ports, &g->d);
}

static void
test_grants(struct tap *t)
{
	struct granted g = { .err = 0 };

	grant(&g, "any", "http_proxy=http://127.0.0.1:1",
		"Wss_Proxy=http://localhost:2", "HTTPS_PROXY=127.0.0.1:1");
	tap_ok(t,
		g.err == 0 && g.np.n_loopback == 2 && g.np.loopback[0] == 1 &&
			g.np.loopback[1] == 2,
		"in any mix of cases, each port once");
	tap_ok(t,
		(g.np.flags & NETPOL_FORWARD_ONLY) != 0 &&
			(g.np.flags & NETPOL_NO_TRANSPARENT) != 0,
		"and nothing else");
	grant(&g, "any", "PATH=/bin", "NO_PROXY=localhost", "HTTP_PROXY= ");
	tap_int(t, g.err, -EINVAL, "no variable");
	tap_ok(t,
		strstr(g.d.cause,
			"managed proxy mode requires proxy environment variables"),
		"is said");
	grant(&g, "any", "ALL_PROXY=http://192.0.2.1:80", NULL, NULL);
	tap_ok(t,
		g.err == -EINVAL &&
			strstr(g.d.cause, "parseable loopback proxy endpoints"),
		"none that is of the loopback");
	grant(&g, "any", "ALL_PROXY=http://192.0.2.1:80",
		"PIP_PROXY=http://localhost:9", NULL);
	tap_ok(t, g.err == 0 && g.np.n_loopback == 1,
		"one beside another of elsewhere");
	grant(&g, "7,8", "HTTP_PROXY=http://localhost:8", NULL, NULL);
	tap_int(t, g.err, 0, "a port of the list");
	grant(&g, "7,8", "HTTP_PROXY=http://localhost:8",
		"ALL_PROXY=http://localhost:9", NULL);
	tap_ok(t,
		g.err == -EINVAL && strcmp(g.d.thing, "ALL_PROXY") == 0 &&
			strstr(g.d.cause,
				"outside of the managed sandbox context"),
		"one that is not, named by its variable");
	for (size_t i = 0; i < 5; i++) {
		static const char *const lists[] = { "", "x", "7,", ",7",
			"70000" };

		grant(&g, lists[i], "HTTP_PROXY=http://localhost:8", NULL,
			NULL);
		tap_ok(t, g.err == -EINVAL && g.d.code == DIAG_USAGE,
			"no list: \"%s\"", lists[i]);
	}
	netpol_free(&g.np);
}

static void
test_attribution(struct tap *t)
{
	char longest[NETPOL_ATTRIBUTION_MAX + 64] =
		"CODEX_NETWORK_PROXY_ATTRIBUTION=";
	const size_t head = strlen(longest);
	struct granted g = { .err = 0 };

	grant(&g, "any", "HTTP_PROXY=http://localhost:8",
		"CODEX_NETWORK_PROXY_ATTRIBUTION=token", NULL);
	tap_str(t, g.np.attribution, "token", "an attribution");
	grant(&g, "any", "HTTP_PROXY=http://localhost:8",
		"CODEX_NETWORK_PROXY_ATTRIBUTION=", NULL);
	tap_ok(t, g.err == 0 && !g.np.attribution, "an empty one is none");
	memset(longest + head, 'x', NETPOL_ATTRIBUTION_MAX);
	grant(&g, "any", "HTTP_PROXY=http://localhost:8", longest, NULL);
	tap_int(t, g.err, 0, "one of 128 bytes");
	longest[head + NETPOL_ATTRIBUTION_MAX] = 'x';
	grant(&g, "any", "HTTP_PROXY=http://localhost:8", longest, NULL);
	tap_int(t, g.err, -EINVAL, "one of 129");
	netpol_free(&g.np);
}

int
main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		tap_int(&t, caller_proxy_port(urls[i].url), urls[i].port,
			urls[i].url);
	test_grants(&t);
	test_attribution(&t);
	return tap_end(&t);
}
