/* SPDX-License-Identifier: Apache-2.0 */
/* http_scan.c -- the lexical part of HTTP/1, strict (room: user). */
#include "supervisor/http_scan.h"

#include <string.h>
#include <strings.h>

size_t
scan_head(const char *bytes, size_t len, struct scan *ret)
{
	/* A bare LF ends a line here too, so that a head that ends with two of
	 * them is seen, and refused, and not waited for. */
	for (const char *p = bytes; p < bytes + len;) {
		const char *lf = memchr(p, '\n', len - (size_t)(p - bytes));
		if (lf == NULL)
			return 0;
		bool empty = lf == p || (lf == p + 1 && *p == '\r');
		p = lf + 1;
		if (!empty || lf < bytes + 2)
			continue;
		*ret = (struct scan){ .at = bytes, .end = p };
		return (size_t)(p - bytes);
	}
	return 0;
}

bool
scan_line(struct scan *s, struct span *ret)
{
	if (s->bad || s->at == s->end)
		return false;
	const char *lf = memchr(s->at, '\n', (size_t)(s->end - s->at));
	if (lf == NULL || lf == s->at || lf[-1] != '\r') {
		s->bad = true;
		return false;
	}
	*ret = (struct span){ s->at, (size_t)(lf - 1 - s->at) };
	s->at = lf + 1;
	if (memchr(ret->at, '\r', ret->len) != NULL ||
		memchr(ret->at, '\0', ret->len) != NULL) {
		s->bad = true;
		return false;
	}
	/* The empty line is the last. */
	if (ret->len == 0)
		s->bad = s->at != s->end;
	return ret->len != 0;
}

static bool
token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool
scan_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!token_char(s.at[i]))
			return false;
	return s.len > 0;
}

bool
scan_begins_token(const char *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && token_char(bytes[n]))
		n++;
	return n == len || (n > 0 && bytes[n] == ' ');
}

bool
scan_field(struct span line, struct span *ret_name, struct span *ret_value)
{
	const char *colon = memchr(line.at, ':', line.len);
	if (colon == NULL)
		return false;
	*ret_name = (struct span){ line.at, (size_t)(colon - line.at) };
	/* A folded line begins with a blank, and a blank before the colon has
	 * been read in two ways: neither is a token. */
	if (!scan_token(*ret_name))
		return false;
	const char *at = colon + 1;
	const char *end = line.at + line.len;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*ret_value = (struct span){ at, (size_t)(end - at) };
	for (const char *p = at; p < end; p++)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
			return false;
	return true;
}

bool
scan_is(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.at, word, s.len) == 0;
}

/* The next element of a list with commas; false: there is none. */
static bool
element(struct span *list, struct span *ret)
{
	while (list->len > 0 && strchr(", \t", *list->at) != NULL) {
		list->at++;
		list->len--;
	}
	if (list->len == 0)
		return false;
	const char *comma = memchr(list->at, ',', list->len);
	size_t len = comma != NULL ? (size_t)(comma - list->at) : list->len;
	*ret = (struct span){ list->at, len };
	list->at += len;
	list->len -= len;
	while (ret->len > 0 &&
		(ret->at[ret->len - 1] == ' ' || ret->at[ret->len - 1] == '\t'))
		ret->len--;
	return true;
}

bool
scan_list_names(struct span list, struct span name)
{
	struct span e;
	while (element(&list, &e))
		if (e.len == name.len && strncasecmp(e.at, name.at, e.len) == 0)
			return true;
	return false;
}

bool
scan_list_has(struct span list, const char *word)
{
	return scan_list_names(list, (struct span){ word, strlen(word) });
}

bool
scan_number(struct span s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9' ||
			__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(
				v, (uint64_t)(s.at[i] - '0'), &v) ||
			v > max)
			return false;
	}
	*ret = v;
	return true;
}
