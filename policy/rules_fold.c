/* SPDX-License-Identifier: Apache-2.0 */
/* rules_fold.c -- case folding and splitting of words (room: user). */
#include "policy/rules.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_fold_table.h"

/* ---- case ---------------------------------------------------------------------------- */

static void
add_char(struct buf *out, uint32_t cp)
{
	char text[UTF8_MAX];
	buf_add(out, text, utf8_put(text, cp));
}

static bool
fold_full(struct buf *out, uint32_t cp)
{
	size_t lo = 0;
	size_t hi = fold_fulls_n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (fold_fulls[mid].cp < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == fold_fulls_n || fold_fulls[lo].cp != cp)
		return false;
	for (size_t i = 0; i < 3 && fold_fulls[lo].to[i] != 0; i++)
		add_char(out, fold_fulls[lo].to[i]);
	return true;
}

static uint32_t
fold_one(uint32_t cp)
{
	size_t lo = 0;
	size_t hi = fold_rows_n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (fold_rows[mid].last < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == fold_rows_n || cp < fold_rows[lo].first ||
		(cp - fold_rows[lo].first) % fold_rows[lo].step != 0)
		return cp;
	return (uint32_t)((int64_t)cp + fold_rows[lo].delta);
}

void
rules_fold(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp = 0;
		size_t n = utf8_get(s + i, len - i, &cp);
		if (n == 0) { /* not UTF-8: such bytes have no case */
			buf_char(out, s[i++]);
			continue;
		}
		if (cp < 0x80)
			buf_char(out,
				(char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp));
		else if (!fold_full(out, cp))
			add_char(out, fold_one(cp));
		i += n;
	}
}

/* ---- words --------------------------------------------------------------------------- */

struct splitter {
	const char *p;
	const char *end;
	struct buf word;
};

/* Behind a double quote, up to the closing one. */
static int
double_quoted(struct splitter *s)
{
	while (s->p < s->end && *s->p != '"') {
		char c = *s->p++;
		if (c == '\\') {
			if (s->p == s->end)
				return -EINVAL;
			char next = *s->p++;
			if (next == '\n')
				continue;
			if (strchr("$`\"\\", next) == NULL || next == '\0')
				buf_char(&s->word, '\\');
			c = next;
		}
		buf_char(&s->word, c);
	}
	return s->p++ < s->end ? 0 : -EINVAL;
}

static int
single_quoted(struct splitter *s)
{
	const char *close = memchr(s->p, '\'', (size_t)(s->end - s->p));
	if (close == NULL)
		return -EINVAL;
	buf_add(&s->word, s->p, (size_t)(close - s->p));
	s->p = close + 1;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* One word into s->word; p is on its first character. */
static int
take_word(struct splitter *s)
{
	int r = 0;
	while (r == 0 && s->p < s->end && !is_blank(*s->p)) {
		char c = *s->p++;
		if (c == '"') {
			r = double_quoted(s);
		} else if (c == '\'') {
			r = single_quoted(s);
		} else if (c != '\\') {
			buf_char(&s->word, c);
		} else if (s->p == s->end) {
			r = -EINVAL;
		} else if (*s->p++ != '\n') {
			buf_char(&s->word, s->p[-1]);
		}
	}
	return buf_failed(&s->word) ? -EINVAL : r;
}

static int
add_word(struct arena *a, struct rules_argv *out, uint32_t *cap,
	const struct buf *word)
{
	if (out->n == *cap) {
		uint32_t wide = *cap == 0 ? 8 : *cap * 2;
		out->v = arena_grow(
			a, out->v, out->n, wide, sizeof(struct rstr *));
		if (out->v == NULL)
			return -ENOMEM;
		*cap = wide;
	}
	out->v[out->n] = rstr_new(a, buf_str(word), word->len);
	return out->v[out->n++] == NULL ? -ENOMEM : 0;
}

/* Skip blanks and comments; is there a word? */
static bool
find_word(struct splitter *s)
{
	while (s->p < s->end && (is_blank(*s->p) || *s->p == '#')) {
		if (*s->p != '#') {
			s->p++;
			continue;
		}
		const char *nl = memchr(s->p, '\n', (size_t)(s->end - s->p));
		s->p = nl == NULL ? s->end : nl;
	}
	return s->p < s->end;
}

int
rules_split(
	struct arena *a, const char *text, size_t len, struct rules_argv *ret)
{
	struct splitter s = { .p = text, .end = text + len };
	uint32_t cap = 0;
	int r = 0;
	*ret = (struct rules_argv){ 0 };
	while (r == 0 && find_word(&s)) {
		r = take_word(&s);
		if (r == 0)
			r = add_word(a, ret, &cap, &s.word);
		s.word.len = 0;
	}
	buf_free(&s.word);
	return r;
}
