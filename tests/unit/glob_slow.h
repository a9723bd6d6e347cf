/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_GLOB_SLOW_H
#define TESTS_UNIT_GLOB_SLOW_H
/*
 * glob_slow.h -- the meaning of a glob, said in the plainest way.
 *
 * Cut the pattern into tokens, write every alternative out, cut each result and
 * the path at their slashes, and try everything.  Recursive and exponential;
 * only for tests, which compare policy/glob.c with it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum slow_kind {
	S_LETTER,
	S_SLASH,
	S_STAR,
	S_ANY,
	S_CLASS,
	S_OPEN,
	S_COMMA,
	S_CLOSE
};

struct slow_token {
	enum slow_kind kind;
	const char *text;
	size_t len;
};

enum { SLOW_TOKENS = 160, SLOW_BUDGET = 100000 };

struct slow_list {
	size_t n;
	struct slow_token t[SLOW_TOKENS];
};

/* Bytes of the character at s; tests only use well-formed text. */
static inline size_t
slow_letter(const char *s)
{
	unsigned char c = (unsigned char)s[0];
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Its code point. */
static inline unsigned long
slow_value(const char *s)
{
	size_t n = slow_letter(s);
	unsigned long v = (unsigned char)s[0];
	if (n > 1)
		v &= 0xfful >> (n + 1);
	for (size_t i = 1; i < n; i++)
		v = v << 6 | ((unsigned char)s[i] & 0x3ful);
	return v;
}

static inline size_t
slow_class(const char *s)
{
	size_t k = 1;
	if (s[k] == '!' || s[k] == '^')
		k++;
	if (s[k] == ']')
		k++;
	while (s[k] != '\0' && s[k] != ']' && s[k] != '/')
		k++;
	return s[k] == ']' ? k + 1 : 0;
}

static inline void
slow_cut(const char *s, struct slow_list *out)
{
	out->n = 0;
	while (*s != '\0') {
		struct slow_token *t = &out->t[out->n++];
		t->text = s;
		t->len = slow_letter(s);
		t->kind = *s == '/'   ? S_SLASH
			  : *s == '*' ? S_STAR
			  : *s == '?' ? S_ANY
			  : *s == '{' ? S_OPEN
			  : *s == ',' ? S_COMMA
			  : *s == '}' ? S_CLOSE
				      : S_LETTER;
		if (*s == '[' && slow_class(s) > 0) {
			t->kind = S_CLASS;
			t->len = slow_class(s);
		}
		s += t->len;
	}
}

/* The token that closes the brace at i; n when none does. */
static inline size_t
slow_close(const struct slow_list *l, size_t i)
{
	int depth = 0;
	for (size_t k = i; k < l->n; k++) {
		if (l->t[k].kind == S_OPEN)
			depth++;
		if (l->t[k].kind == S_CLOSE && --depth == 0)
			return k;
	}
	return l->n;
}

static inline bool
slow_class_has(const struct slow_token *t, const char *c)
{
	const char *p = t->text + 1;
	const char *end = t->text + t->len - 1;
	bool negated = *p == '!' || *p == '^';
	bool found = false;
	if (negated)
		p++;
	do {
		unsigned long from = slow_value(p);
		unsigned long to = from;
		p += slow_letter(p);
		if (p + 1 < end && *p == '-') {
			to = slow_value(p + 1);
			p += 1 + slow_letter(p + 1);
		}
		found = found || (slow_value(c) >= from && slow_value(c) <= to);
	} while (p < end);
	return found != negated;
}

/* One component against one: `n` tokens, path text up to `end`. */
static inline bool
slow_component(const struct slow_token *t, size_t n, const char *p,
	const char *end, int *budget)
{
	if (--*budget < 0)
		return false;
	if (n == 0)
		return p == end;
	if (t->kind == S_STAR)
		return slow_component(t + 1, n - 1, p, end, budget) ||
		       (p < end && slow_component(t, n, p + slow_letter(p), end,
					   budget));
	if (p == end)
		return false;
	size_t len = slow_letter(p);
	bool here = len == t->len && memcmp(p, t->text, len) == 0;
	if (t->kind == S_ANY)
		here = true;
	if (t->kind == S_CLASS)
		here = slow_class_has(t, p);
	return here && slow_component(t + 1, n - 1, p + len, end, budget);
}

/* Components against components; both point behind a slash, or are NULL. */
static inline bool
slow_components(const struct slow_token *t, const struct slow_token *t_end,
	const char *p, int *budget)
{
	if (--*budget < 0)
		return false;
	if (t == NULL)
		return p == NULL;
	size_t n = 0;
	while (t + n < t_end && t[n].kind != S_SLASH)
		n++;
	const struct slow_token *t_next = t + n < t_end ? t + n + 1 : NULL;
	const char *p_next = NULL;
	if (p != NULL && strchr(p, '/') != NULL)
		p_next = strchr(p, '/') + 1;
	if (n == 2 && t[0].kind == S_STAR && t[1].kind == S_STAR)
		return slow_components(t_next, t_end, p, budget) ||
		       (p != NULL && slow_components(t, t_end, p_next, budget));
	return p != NULL &&
	       slow_component(
		       t, n, p, p_next ? p_next - 1 : p + strlen(p), budget) &&
	       slow_components(t_next, t_end, p_next, budget);
}

/* Write the first braces that mean something out, go on with each result. */
static inline int
slow_expand(const struct slow_list *l, const char *path, int *budget)
{
	if (--*budget < 0)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		size_t close = l->t[i].kind == S_OPEN ? slow_close(l, i) : l->n;
		if (close == l->n)
			continue;
		int depth = 0;
		bool comma = false;
		for (size_t k = i; k < close; k++) {
			depth += l->t[k].kind == S_OPEN;
			depth -= l->t[k].kind == S_CLOSE;
			comma = comma ||
				(depth == 1 && l->t[k].kind == S_COMMA);
		}
		if (!comma)
			continue;
		size_t from = i + 1;
		depth = 0;
		for (size_t k = i + 1; k <= close; k++) {
			bool over = k == close ||
				    (depth == 0 && l->t[k].kind == S_COMMA);
			depth += l->t[k].kind == S_OPEN;
			depth -= l->t[k].kind == S_CLOSE;
			if (!over)
				continue;
			struct slow_list one = { .n = 0 };
			for (size_t m = 0; m < i; m++)
				one.t[one.n++] = l->t[m];
			for (size_t m = from; m < k; m++)
				one.t[one.n++] = l->t[m];
			for (size_t m = close + 1; m < l->n; m++)
				one.t[one.n++] = l->t[m];
			int r = slow_expand(&one, path, budget);
			if (r != 0)
				return r;
			from = k + 1;
		}
		return 0;
	}
	return slow_components(l->t + 1, l->t + l->n, path + 1, budget);
}

/**
 * 1 or 0; -1 when there are too many alternatives to try.  pattern and path
 * begin with "/", path does not end with it.
 */
static inline int
slow_match(const char *pattern, const char *path)
{
	struct slow_list l;
	int budget = SLOW_BUDGET;
	slow_cut(pattern, &l);
	int r = slow_expand(&l, path, &budget);
	return budget < 0 ? -1 : r;
}

#endif /* TESTS_UNIT_GLOB_SLOW_H */
