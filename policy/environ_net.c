/* SPDX-License-Identifier: Apache-2.0 */
/* environ_net.c -- proxy variables in every spelling; room: user. */
#include "policy/environ_net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind {
	URL,     /* http://127.0.0.1:PORT */
	ANY_URL, /* the same, or socks5h:// */
	DIRECT,  /* who needs no proxy */
	LOCAL,   /* 1 with allow_local_binding, else 0 */
	TEXT,    /* what stands there */
	PLACE,   /* 127.0.0.1:PORT */
	PORT,
	JAVA, /* system properties, behind those of the caller */
	GONE, /* never set, and not passed on */
};

struct row {
	const char *name;
	enum kind kind;
	const char *text;
};

/*
 * Loopback inside is the sandbox's own, where a granted port of the host
 * answers too (--host-loopback): it needs no proxy, and a server that the
 * command started itself could not be reached through one.
 */
static const char direct[] = "localhost,127.0.0.1,::1";

static const struct row rows[] = {
	{ "HTTP_PROXY", URL, NULL },
	{ "http_proxy", URL, NULL },
	{ "HTTPS_PROXY", URL, NULL },
	{ "https_proxy", URL, NULL },
	{ "WS_PROXY", URL, NULL },
	{ "ws_proxy", URL, NULL },
	{ "WSS_PROXY", URL, NULL },
	{ "wss_proxy", URL, NULL },
	{ "GRPC_PROXY", URL, NULL },
	{ "grpc_proxy", URL, NULL },
	{ "ALL_PROXY", ANY_URL, NULL },
	{ "all_proxy", ANY_URL, NULL },
	{ "FTP_PROXY", ANY_URL, NULL },
	{ "ftp_proxy", ANY_URL, NULL },
	{ "NO_PROXY", DIRECT, NULL },
	{ "no_proxy", DIRECT, NULL },
	{ "npm_config_proxy", URL, NULL },
	{ "NPM_CONFIG_PROXY", URL, NULL },
	{ "npm_config_http_proxy", URL, NULL },
	{ "NPM_CONFIG_HTTP_PROXY", URL, NULL },
	{ "npm_config_https_proxy", URL, NULL },
	{ "NPM_CONFIG_HTTPS_PROXY", URL, NULL },
	{ "npm_config_noproxy", DIRECT, NULL },
	{ "NPM_CONFIG_NOPROXY", DIRECT, NULL },
	{ "YARN_HTTP_PROXY", URL, NULL },
	{ "YARN_HTTPS_PROXY", URL, NULL },
	{ "YARN_NO_PROXY", GONE, NULL },
	{ "BUNDLE_HTTP_PROXY", URL, NULL },
	{ "BUNDLE_HTTPS_PROXY", URL, NULL },
	{ "BUNDLE_NO_PROXY", DIRECT, NULL },
	{ "PIP_PROXY", URL, NULL },
	{ "CARGO_HTTP_PROXY", URL, NULL },
	{ "DOCKER_HTTP_PROXY", URL, NULL },
	{ "DOCKER_HTTPS_PROXY", URL, NULL },
	{ "RSYNC_PROXY", PLACE, NULL },
	{ "CLOUDSDK_PROXY_TYPE", TEXT, "http" },
	{ "CLOUDSDK_PROXY_ADDRESS", TEXT, "127.0.0.1" },
	{ "CLOUDSDK_PROXY_PORT", PORT, NULL },
	{ "JAVA_TOOL_OPTIONS", JAVA, NULL },
	{ "NODE_USE_ENV_PROXY", TEXT, "1" },
	{ "ELECTRON_GET_USE_PROXY", TEXT, "true" },
	{ "CODEX_NETWORK_PROXY_ACTIVE", TEXT, "1" },
	{ "CODEX_NETWORK_ALLOW_LOCAL_BINDING", LOCAL, NULL },
	{ "CODEX_SANDBOX_NETWORK_PROXY", TEXT, "1" },
	{ "CODEX_NETWORK_PROXY_ATTRIBUTION", GONE, NULL },
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

bool
env_net_is(const char *name, size_t len)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (strlen(rows[i].name) == len &&
			strncasecmp(rows[i].name, name, len) == 0)
			return true;
	return false;
}

static int
print(const struct env_net *net, const struct row *row, const char *java,
	char **ret)
{
	const char *name = row->name;
	unsigned int port = net->port;

	switch (row->kind) {
	case URL: return asprintf(ret, "%s=http://127.0.0.1:%u", name, port);
	case ANY_URL:
		return asprintf(ret, "%s=%s://127.0.0.1:%u", name,
			net->socks ? "socks5h" : "http", port);
	case DIRECT: return asprintf(ret, "%s=%s", name, direct);
	case LOCAL: return asprintf(ret, "%s=%d", name, net->local);
	case TEXT: return asprintf(ret, "%s=%s", name, row->text);
	case PLACE: return asprintf(ret, "%s=127.0.0.1:%u", name, port);
	case PORT: return asprintf(ret, "%s=%u", name, port);
	case JAVA:
		return asprintf(ret,
			"%s=%s%s-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%u -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%u",
			name, java ? java : "", java && java[0] ? " " : "",
			port, port);
	case GONE: break;
	}
	*ret = NULL;
	return 0;
}

int
env_net_pair(const struct env_net *net, size_t i, const char *java, char **ret)
{
	if (i >= N_ROWS)
		return -ENOENT;
	return print(net, &rows[i], java, ret) < 0 ? -ENOMEM : 0;
}
