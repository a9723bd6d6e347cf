/* SPDX-License-Identifier: Apache-2.0 */
/* rules_host.c -- host names of network_rule() (room: user). */
#include <arpa/inet.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_build.h"

struct view {
	const char *s;
	size_t n;
};

/* Take blanks off both ends; *inner: there is one in between. */
static struct view
trim(struct view v, bool *inner)
{
	size_t first = v.n;
	size_t last = 0;
	size_t blanks = 0;
	size_t seen = 0; /* blanks up to the last character that is none */
	for (size_t i = 0; i < v.n;) {
		uint32_t cp = 0;
		size_t n = utf8_get(v.s + i, v.n - i, &cp);
		n = n == 0 ? 1 : n;
		if (utf8_is_blank(cp)) {
			blanks++;
		} else {
			if (first == v.n) {
				first = i;
				blanks = 0;
			}
			last = i + n;
			seen = blanks;
		}
		i += n;
	}
	*inner = seen > 0;
	if (first == v.n)
		return (struct view){ v.s, 0 };
	return (struct view){ v.s + first, last - first };
}

static bool
all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

static bool
is_ipv6(struct view v)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	if (v.n >= sizeof(text))
		return false;
	memcpy(text, v.s, v.n);
	text[v.n] = '\0';
	return strlen(text) == v.n && inet_pton(AF_INET6, text, &addr) == 1;
}

/* [v6], [v6]:port */
static const char *
unbracket(struct view *v)
{
	const char *close = memchr(v->s, ']', v->n);
	if (close == NULL)
		return "has an invalid bracketed IPv6 literal";
	const char *tail = close + 1;
	size_t left = (size_t)(v->s + v->n - tail);
	if (left > 0 && (*tail != ':' || !all_digits(tail + 1, left - 1)))
		return "contains an unsupported suffix";
	*v = (struct view){ v->s + 1, (size_t)(close - v->s - 1) };
	return NULL;
}

/* host:port; with several colons only an address is meant. */
static void
cut_port(struct view *v)
{
	const char *colon = memchr(v->s, ':', v->n);
	if (colon == NULL)
		return;
	size_t left = (size_t)(v->s + v->n - colon - 1);
	if (memchr(colon + 1, ':', left) == NULL && all_digits(colon + 1, left))
		v->n = (size_t)(colon - v->s);
}

/*
 * What the original lets through although it can never be a host: refused here,
 * because a rule on such a name looks like protection and is none.
 */
static const char *
odd_host(struct view v)
{
	if (memchr(v.s, ':', v.n) != NULL && !is_ipv6(v))
		return "has an invalid port or address";
	if (memchr(v.s, '@', v.n) != NULL)
		return "cannot contain user information";
	if (memchr(v.s, '\\', v.n) != NULL)
		return "cannot contain a backslash";
	return v.s[0] == '.' ? "cannot begin with a dot" : NULL;
}

const char *
rules_host_check(struct buf *out, const char *s, size_t len, bool compat)
{
	bool inner = false;
	struct view v = trim((struct view){ s, len }, &inner);
	if (v.n == 0)
		return "cannot be empty";
	if (memmem(v.s, v.n, "://", 3) != NULL ||
		memchr(v.s, '/', v.n) != NULL ||
		memchr(v.s, '?', v.n) != NULL || memchr(v.s, '#', v.n) != NULL)
		return "must be a hostname or IP literal (without scheme or path)";
	const char *bad = NULL;
	if (v.s[0] == '[')
		bad = unbracket(&v);
	else
		cut_port(&v);
	if (bad != NULL)
		return bad;
	v = trim(v, &inner);
	while (v.n > 0 && v.s[v.n - 1] == '.')
		v.n--;
	if (v.n == 0 && !(compat && len > 0 && memchr(s, ':', len) != NULL))
		return "cannot be empty";
	if (memchr(v.s, '*', v.n) != NULL)
		return "must be a specific host; wildcards are not allowed";
	if (inner)
		return "cannot contain whitespace";
	if (!compat && (bad = odd_host(v)) != NULL)
		return bad;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.s[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A')); /* stays a letter */
		buf_char(out, c);
	}
	return NULL;
}
