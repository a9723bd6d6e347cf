/* SPDX-License-Identifier: Apache-2.0 */
/* netpol_upstream.c -- the proxy beyond us, and who does not use it; room: user. */
#include "policy/netpol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/num.h"

enum { PROXY_PORT = 80, NO_PROXY_MAX = 16 << 10, ENTRY_MAX = 300 };

static int
bad(struct diag *d, const char *url, const char *cause)
{
	(void)url; /* may hold a password: not shown */
	return diag_set(d, -EINVAL, DIAG_USAGE, "--upstream-proxy", cause,
		"write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT");
}

/* %41 becomes A; control bytes never get into a header. */
static bool
unescape(const char *s, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)s[i];

		if (c == '%') {
			if (i + 2 >= len || num_hex(s[i + 1]) < 0 ||
				num_hex(s[i + 2]) < 0)
				return false;
			c = num_hex(s[i + 1]) << 4 |
			    num_hex(s[i + 2]); /* two digits */
			i += 2;
		}
		if (c < ' ' || c == 0x7f)
			return false;
		buf_u8(out, (uint8_t)c); /* at most 255 */
	}
	return true;
}

static void
base64(const struct buf *in, struct buf *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < in->len; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 |
			    (i + k < in->len ? (uint8_t)in->data[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			buf_add(out,
				i + k > in->len
					? "="
					: &digits[v >> (18 - 6 * k) & 63],
				1);
	}
}

/* HOST[:PORT] at s; the port that stands there, or the scheme's. */
static int
take_authority(const char *s, size_t len, struct nethost *h, uint16_t *port)
{
	const char *colon = memrchr(s, ':', len);
	const char *close = memrchr(s, ']', len);
	char text[8];
	uint64_t v = PROXY_PORT;

	if (colon && (!close || colon > close)) {
		size_t n = (size_t)(s + len - colon - 1);

		if (n == 0 || n >= sizeof(text))
			return -EINVAL;
		memcpy(text, colon + 1, n);
		text[n] = '\0';
		if (num_parse(text, 1, UINT16_MAX, &v) < 0)
			return -EINVAL;
		len = (size_t)(colon - s);
	}
	*port = (uint16_t)v; /* checked */
	return nethost_parse(s, len, h);
}

static int
keep(struct netpol_upstream *up, const struct nethost *h, uint16_t port,
	const struct buf *auth, const char *no_proxy)
{
	bool six = h->literal && !netaddr_is4(&h->addr);
	char *url = NULL;

	if (asprintf(&url, "http://%s%s%s:%u", six ? "[" : "", h->name,
		    six ? "]" : "", port) < 0)
		return -ENOMEM;
	free(up->url);
	free(up->host);
	free(up->auth);
	free(up->no_proxy);
	up->url = url;
	up->host = strdup(h->name);
	up->auth = auth->len > 0 ? strdup(buf_str(auth)) : NULL;
	up->no_proxy = strdup(no_proxy ? no_proxy : "");
	up->port = port;
	return up->host && up->no_proxy && (auth->len == 0 || up->auth)
		       ? 0
		       : -ENOMEM;
}

int
netpol_set_upstream(struct netpol *np, const char *url, const char *no_proxy,
	struct diag *d)
{
	own_buf struct buf plain = { .max = NETPOL_URL_MAX };
	own_buf struct buf auth = { .max = NETPOL_AUTH_MAX };
	struct nethost h;
	uint16_t port;
	const char *s = strstr(url, "://");
	const char *at;
	size_t n;

	if (strlen(url) > NETPOL_URL_MAX ||
		(no_proxy && strlen(no_proxy) > NO_PROXY_MAX))
		return bad(d, url, "is too long");
	if (s && (s - url != 4 || strncasecmp(url, "http", 4) != 0))
		return bad(d, url, "is no http:// URL, and no other is spoken");
	s = s ? s + 3 : url;
	n = strcspn(s, "/?#");
	if (s[n] != '\0' && strcmp(s + n, "/") != 0)
		return bad(d, url, "has a path");
	at = memrchr(s, '@', n);
	if (at) {
		if (!unescape(s, (size_t)(at - s), &plain))
			return bad(d, url,
				"has a user or password that is not escaped as %XX");
		if (!memchr(s, ':', (size_t)(at - s)))
			buf_char(&plain, ':');
		base64(&plain, &auth);
		n -= (size_t)(at + 1 - s);
		s = at + 1;
	}
	if (take_authority(s, n, &h, &port) < 0)
		return bad(d, url,
			"has no host, or no port, that can be understood");
	return buf_failed(&plain) || buf_failed(&auth)
		       ? -ENOMEM
		       : keep(&np->upstream, &h, port, &auth, no_proxy);
}

/* One entry of NO_PROXY: *, .suffix, name, address, network, any with :port. */
static bool
entry_names(const char *s, size_t len, const struct nethost *h, uint16_t port)
{
	struct nethost e;
	struct netcidr c;
	char text[ENTRY_MAX];
	uint16_t only = 0;
	size_t k, n;

	if (len >= sizeof(text))
		return false;
	if (len == 1 && *s == '*')
		return true;
	if (len > 1 && s[0] == '*' && s[1] == '.') {
		s++;
		len--;
	}
	if (*s == '.') {
		s++;
		len--;
	}
	memcpy(text, s, len);
	text[len] = '\0';
	if (strchr(text, '/'))
		return h->literal && netcidr_parse(text, &c) == 0 &&
		       netcidr_has(&c, &h->addr);
	if (nethost_parse(text, len, &e) < 0) {
		if (!strchr(text, ':') ||
			take_authority(text, len, &e, &only) < 0 ||
			only != port)
			return false;
	}
	if (e.literal || h->literal)
		return e.literal && h->literal &&
		       netaddr_equal(&e.addr, &h->addr);
	n = strlen(h->name);
	k = strlen(e.name);
	return n >= k && strcmp(h->name + n - k, e.name) == 0 &&
	       (n == k || h->name[n - k - 1] == '.');
}

bool
netpol_upstream_skips(
	const struct netpol *np, const struct nethost *h, uint16_t port)
{
	const char *s = np->upstream.no_proxy ? np->upstream.no_proxy : "";

	while (*s != '\0') {
		size_t n = strcspn(s, ", \t");

		if (n > 0 && entry_names(s, n, h, port))
			return true;
		s += n;
		s += strspn(s, ", \t");
	}
	return false;
}
