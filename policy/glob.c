/* SPDX-License-Identifier: Apache-2.0 */
/* glob.c -- matching a path against a pattern (room: user). */
#include "policy/glob.h"

#include <errno.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/glob_nfa.h"
#include "policy/utf8.h"

static const char magic[] = "*?[{";

/* A character of a path or pattern; a byte that is none gets a number of its
 * own above all characters. */
struct letter {
	const char *at;
	size_t len;
	uint32_t cp;
};

enum { NO_CHARACTER = 0x110000 };

static struct letter
letter_get(const char *at, size_t len)
{
	struct letter l = { .at = at };
	l.len = utf8_get(at, len, &l.cp);
	if (l.len == 0) {
		l.len = 1;
		l.cp = NO_CHARACTER | (unsigned char)at[0];
	}
	return l;
}

/* ---- the pattern ---- */

/* Offset behind the class that begins at i; 0 when it is not one. */
static size_t
class_end(const char *pattern, size_t i)
{
	size_t k = i + 1;
	if (pattern[k] == '!' || pattern[k] == '^')
		k++;
	if (pattern[k] == ']') /* a first one is a member */
		k++;
	k += strcspn(pattern + k, "]/");
	return pattern[k] == ']' ? k + 1 : 0;
}

/* Is the letter a member of the class at p (its "["), which is one? */
static bool
class_has(const char *p, const char *end, uint32_t cp)
{
	p++;
	bool negated = *p == '!' || *p == '^';
	bool found = false;
	if (negated)
		p++;
	end--; /* the "]" */
	do {
		struct letter first = letter_get(p, (size_t)(end - p));
		struct letter last = first;
		p += first.len;
		if (p[0] == '-' && p + 1 < end) {
			last = letter_get(p + 1, (size_t)(end - p - 1));
			p += 1 + last.len;
		}
		found = found || (cp >= first.cp && cp <= last.cp);
	} while (p < end);
	return found != negated;
}

/*
 * First pass: classes, and which braces belong together.  The open braces are
 * a stack that lies in to[] itself; the first byte is "/", so 0 is its end.
 * Leaves to[open] = its closing brace, and 1 in that and in every comma.
 */
static void
pair_braces(struct glob_nfa *n)
{
	size_t top = 0;
	for (size_t i = 0; i < n->len; i++) {
		size_t end = 0;
		n->to[i] = 0;
		switch (n->pattern[i]) {
		case '[':
			end = class_end(n->pattern, i);
			if (end == 0)
				break;
			n->to[i] = (uint16_t)end; /* <= GLOB_PATTERN_MAX */
			while (++i < end)
				n->to[i] = 0;
			i--;
			break;
		case '{':
			n->to[i] = (uint16_t)top;
			top = i;
			break;
		case ',': n->to[i] = 1; break;
		case '}':
			if (top == 0)
				break;
			end = top;
			top = n->to[end];
			n->to[end] = (uint16_t)i;
			n->to[i] = 1;
			break;
		default: break;
		}
	}
	while (top != 0) { /* never closed: literals */
		size_t up = n->to[top];
		n->to[top] = 0;
		top = up;
	}
}

/*
 * Second pass, from the end: link each brace to its first comma, each comma to
 * the next, the last to the closing brace.  head is the next link of the group
 * that we are in; an outer group's waits in the closing brace of the inner.
 */
static void
link_braces(struct glob_nfa *n)
{
	size_t head = 0;
	for (size_t i = n->len; i-- > 0;) {
		char c = n->pattern[i];
		if (n->to[i] == 0 || c == '[')
			continue;
		if (c == '}') {
			n->to[i] = (uint16_t)head;
			head = i;
		} else if (c == ',') {
			n->to[i] = (uint16_t)head; /* 0: in no braces */
			if (head != 0)
				head = i;
		} else {
			size_t close = n->to[i];
			size_t outer = n->to[close];
			bool literal = head == close;
			n->to[i] = (uint16_t)(literal ? 0 : head);
			n->to[close] = (uint16_t)(literal ? 0 : close + 1);
			head = outer;
		}
	}
}

bool
glob_compile(struct glob_nfa *n, const char *pattern)
{
	n->pattern = pattern;
	n->len = strlen(pattern);
	if (pattern[0] != '/' || n->len > GLOB_PATTERN_MAX)
		return false;
	n->to[n->len] = 0;
	pair_braces(n);
	link_braces(n);
	return true;
}

/* ---- the sets ---- */

static void
set_add(struct glob_set *s, enum glob_mode m, size_t i)
{
	s->bit[m][i / 64] |= UINT64_C(1) << i % 64;
}

static bool
set_has(const struct glob_set *s, enum glob_mode m, size_t i)
{
	return (s->bit[m][i / 64] >> i % 64 & 1) != 0;
}

static void
set_clear(const struct glob_nfa *n, struct glob_set *s)
{
	for (int m = 0; m < GLOB_MODES; m++)
		for (size_t w = 0; w <= n->len / 64; w++)
			s->bit[m][w] = 0;
}

/*
 * Where state (m, i) leads without reading.  Always to the right of i: so one
 * pass over the offsets in order closes a set.
 */
static void
move_free(const struct glob_nfa *n, struct glob_set *s, enum glob_mode m,
	size_t i)
{
	char c = n->pattern[i];
	size_t to = n->to[i];
	if (m == GLOB_DEEP) {
		set_add(s, GLOB_OUT, i + 1);
	} else if (c == '{' && to != 0) {
		set_add(s, m, i + 1);
		for (; n->pattern[to] == ','; to = n->to[to])
			set_add(s, m, to + 1);
	} else if ((c == ',' || c == '}') && to != 0) {
		set_add(s, m, to); /* this alternative, or all, is over */
	} else if (m == GLOB_NONE && c == '/') {
		set_add(s, GLOB_HEAD, i + 1);
	} else if (m == GLOB_HALF && c == '*') {
		set_add(s, GLOB_NONE, i + 1);
	} else if (m <= GLOB_HEAD && c == '*') {
		set_add(s, GLOB_MID, i + 1);
		if (m == GLOB_HEAD)
			set_add(s, GLOB_HALF, i + 1);
	}
}

/* Where state (m, i) leads when it reads the letter. */
static void
move_read(const struct glob_nfa *n, struct glob_set *next, enum glob_mode m,
	size_t i, const struct letter *l)
{
	char c = n->pattern[i];
	size_t to = n->to[i];
	bool slash = l->cp == '/';
	if (m == GLOB_DEEP || (m == GLOB_HALF && c == '*' && !slash)) {
		set_add(next, GLOB_DEEP, i);
	} else if (c == '/') {
		if (slash && (m <= GLOB_HEAD || m == GLOB_OUT))
			set_add(next, GLOB_HEAD, i + 1);
	} else if (m > GLOB_HEAD || slash) {
		return; /* nothing else may come there; nothing else reads it */
	} else if (c == '*') {
		set_add(next, GLOB_MID, i);
	} else if (c == '?') {
		set_add(next, GLOB_MID, i + 1);
	} else if (c == '[' && to != 0) {
		if (class_has(n->pattern + i, n->pattern + to, l->cp))
			set_add(next, GLOB_MID, to);
	} else if (to == 0 && i < n->len) {
		struct letter own = letter_get(n->pattern + i, n->len - i);
		if (own.cp == l->cp)
			set_add(next, GLOB_MID, i + own.len);
	}
}

/* Close *s; and when there is a letter, read it into the empty *next. */
static void
set_pass(const struct glob_nfa *n, struct glob_set *s, struct glob_set *next,
	const struct letter *l)
{
	for (size_t i = 0; i <= n->len; i++) {
		uint64_t any = 0;
		for (int m = 0; m < GLOB_MODES; m++)
			any |= s->bit[m][i / 64];
		any >>= i % 64;
		if (any == 0) {
			i |= 63; /* the next word */
			continue;
		}
		/* A word is not zero, so it has a lowest bit: 0..63. */
		i += (size_t)__builtin_ctzll(any);
		for (enum glob_mode m = 0; m < GLOB_MODES; m++) {
			if (!set_has(s, m, i))
				continue;
			if (i < n->len)
				move_free(n, s, m, i);
			if (l != NULL && i < n->len)
				move_read(n, next, m, i, l);
		}
	}
}

void
glob_begin(const struct glob_nfa *n, struct glob_set *s)
{
	set_clear(n, s);
	set_add(s, GLOB_MID, 0);
}

void
glob_feed(const struct glob_nfa *n, struct glob_set *s, const char *bytes,
	size_t len)
{
	struct glob_set spare;
	struct glob_set *now = s;
	struct glob_set *next = &spare;
	while (len > 0) {
		struct letter l = letter_get(bytes, len);
		set_clear(n, next);
		set_pass(n, now, next, &l);
		struct glob_set *done = now;
		now = next;
		next = done;
		bytes += l.len;
		len -= l.len;
	}
	if (now != s)
		for (int m = 0; m < GLOB_MODES; m++)
			memcpy(s->bit[m], now->bit[m],
				(n->len / 64 + 1) * sizeof(uint64_t));
}

bool
glob_matched(const struct glob_nfa *n, struct glob_set *s)
{
	set_pass(n, s, NULL, NULL);
	if (set_has(s, GLOB_MID, n->len) || set_has(s, GLOB_OUT, n->len))
		return true;
	/* A last `**` that takes nothing gives up the slash before it, too. */
	glob_feed(n, s, "/", 1);
	set_pass(n, s, NULL, NULL);
	return set_has(s, GLOB_NONE, n->len);
}

bool
glob_alive(const struct glob_nfa *n, const struct glob_set *s)
{
	for (int m = 0; m < GLOB_MODES; m++) {
		for (size_t w = 0; w < n->len / 64; w++)
			if (s->bit[m][w] != 0)
				return true;
		/* What stands at the very end cannot go on. */
		uint64_t before = (UINT64_C(1) << n->len % 64) - 1;
		if ((s->bit[m][n->len / 64] & before) != 0)
			return true;
	}
	return false;
}

bool
glob_match(const char *pattern, const char *path)
{
	struct glob_nfa n;
	struct glob_set s;
	if (path[0] != '/' || !glob_compile(&n, pattern))
		return false;
	glob_begin(&n, &s);
	glob_feed(&n, &s, path, strlen(path));
	if (path[1] != '\0')
		return glob_matched(&n, &s);
	/* "/" has no component, not an empty one that a star could take. */
	set_pass(&n, &s, NULL, NULL);
	return set_has(&s, GLOB_HEAD, n.len) || set_has(&s, GLOB_NONE, n.len);
}

bool
glob_has_magic(const char *s)
{
	return s[strcspn(s, magic)] != '\0';
}

size_t
glob_static_prefix(const char *pattern)
{
	size_t n = strcspn(pattern, magic);
	while (n > 0 && pattern[n] != '/')
		n--;
	/* Without magic that was the end: the last component is no prefix. */
	return n == 0 && pattern[0] == '/' ? 1 : n;
}

void
glob_quote(struct buf *out, const char *path)
{
	for (; *path != '\0'; path++) {
		bool quote = strchr(magic, *path) != NULL;
		if (quote)
			buf_char(out, '[');
		buf_char(out, *path);
		if (quote)
			buf_char(out, ']');
	}
}

int
glob_absolute(const char *base, const char *pattern, char **ret_pattern)
{
	own_buf struct buf out = { 0 };
	own_buf struct buf dir = { 0 };
	if (base[0] != '/')
		return -EINVAL;
	if (pattern[0] != '/') {
		size_t len = strlen(base);
		while (strncmp(pattern, "..", 2) == 0 &&
			(pattern[2] == '/' || pattern[2] == '\0')) {
			pattern += pattern[2] == '/' ? 3 : 2;
			while (len > 0 && base[--len] != '/')
				;
		}
		if (len > 0 && base[len - 1] == '/') /* base is "/" */
			len--;
		buf_add(&dir, base, len);
		glob_quote(&out, buf_str(&dir));
		buf_char(&out, '/');
	}
	buf_str_add(&out, pattern);
	if (out.len > GLOB_PATTERN_MAX)
		return -ENAMETOOLONG;
	*ret_pattern = buf_take(&out);
	return *ret_pattern == NULL ? -ENOMEM : 0;
}
