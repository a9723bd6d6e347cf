/* SPDX-License-Identifier: Apache-2.0 */
/* toml_print.c -- TOML: values and source excerpts for people (room: user). */
#include "policy/toml.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/toml_lex.h"
#include "policy/utf8.h"
#include "policy/vis.h"

enum { EXCERPT_BEFORE = 60, EXCERPT_AFTER = 40 };

const struct toml *
toml_get(const struct toml_doc *doc, const struct toml *table, const char *key)
{
	return toml_find(doc, table, key, strlen(key));
}

const char *
toml_type_name(enum toml_type type)
{
	static const char *const names[] = {
		[TOML_TABLE] = "a table",
		[TOML_ARRAY] = "an array",
		[TOML_STRING] = "a string",
		[TOML_INTEGER] = "an integer",
		[TOML_FLOAT] = "a float",
		[TOML_BOOL] = "a boolean",
		[TOML_DATETIME] = "a date and time",
		[TOML_LOCAL_DATETIME] = "a local date and time",
		[TOML_LOCAL_DATE] = "a date",
		[TOML_LOCAL_TIME] = "a time",
	};

	return type < TOML_TYPE_MAX ? names[type] : "nothing";
}

bool
toml_has_nul(const char *text, size_t len)
{
	return memchr(text, '\0', len) != NULL;
}

/* Printed for terminals too: what would not be seen is written as an escape. */
static void
print_wide(const char *s, size_t len, uint32_t c, struct buf *out)
{
	if (!vis_is_hidden(c))
		buf_add(out, s, len);
	else if (c > 0xffff)
		buf_printf(out, "\\U%08" PRIX32, c);
	else
		buf_printf(out, "\\u%04" PRIX32, c);
}

static void
print_ascii(char c, struct buf *out)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *hit = c == '\0' ? NULL : strchr(from, c);

	if (hit != NULL)
		buf_printf(out, "\\%c", to[hit - from]);
	else if ((unsigned char)c < 0x20 || c == 0x7f)
		buf_printf(out, "\\u%04X", (unsigned)c);
	else
		buf_char(out, c);
}

static void
print_string(const char *s, size_t len, struct buf *out)
{
	buf_char(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t c = 0;
		size_t n = utf8_get(s + i, len - i, &c);
		if (n <= 1) {
			print_ascii(s[i], out); /* the text was checked */
			i++;
			continue;
		}
		print_wide(s + i, n, c, out);
		i += n;
	}
	buf_char(out, '"');
}

void
toml_print_key(const char *key, size_t len, struct buf *out)
{
	bool bare = len > 0;

	for (size_t i = 0; i < len && bare; i++)
		bare = isalnum((unsigned char)key[i]) || key[i] == '-' ||
		       key[i] == '_';
	if (bare)
		buf_add(out, key, len);
	else
		print_string(key, len, out);
}

static void
print_float(double v, struct buf *out)
{
	char text[40];

	if (isnan(v)) {
		buf_str_add(out, "nan");
		return;
	}
	if (isinf(v)) {
		buf_str_add(out, v < 0 ? "-inf" : "inf");
		return;
	}
	(void)snprintf(text, sizeof(text), "%.17g", v); /* it fits */
	buf_str_add(out, text);
	if (strpbrk(text, ".e") == NULL)
		buf_str_add(out, ".0");
}

static void
print_clock(const struct toml_time *t, struct buf *out)
{
	buf_printf(out, "%02u:%02u:%02u", t->hour, t->minute, t->second);
	if (t->nanosecond != 0)
		buf_printf(out, ".%09" PRIu32, t->nanosecond);
}

static void
print_time(const struct toml *v, struct buf *out)
{
	const struct toml_time *t = &v->time;

	if (v->type != TOML_LOCAL_TIME)
		buf_printf(out, "%04u-%02u-%02u", t->year, t->month, t->day);
	if (v->type == TOML_LOCAL_DATE)
		return;
	if (v->type != TOML_LOCAL_TIME)
		buf_char(out, 'T');
	print_clock(t, out);
	if (v->type != TOML_DATETIME)
		return;
	int m = abs(t->offset_minutes);
	if (m == 0)
		buf_char(out, 'Z');
	else
		buf_printf(out, "%c%02d:%02d",
			t->offset_minutes < 0 ? '-' : '+', m / 60, m % 60);
}

static void
print_scalar(const struct toml *v, struct buf *out)
{
	switch (v->type) {
	case TOML_STRING: print_string(v->str.text, v->str.len, out); break;
	case TOML_INTEGER: buf_printf(out, "%" PRId64, v->integer); break;
	case TOML_FLOAT: print_float(v->real, out); break;
	case TOML_BOOL: buf_str_add(out, v->truth ? "true" : "false"); break;
	default: print_time(v, out); break;
	}
}

static bool
is_box(const struct toml *v)
{
	return v->type == TOML_TABLE || v->type == TOML_ARRAY;
}

/* Print what comes before v's own value: its key. */
static void
print_name(const struct toml *v, const struct toml *top, struct buf *out)
{
	if (v == top || v->parent->type != TOML_TABLE)
		return;
	toml_print_key(v->key, v->key_len, out);
	buf_str_add(out, " = ");
}

/* Walks by parent and sibling, so depth costs no stack. */
void
toml_print(const struct toml *top, struct buf *out)
{
	const struct toml *v = top;

	for (;;) {
		print_name(v, top, out);
		if (is_box(v)) {
			buf_char(out, v->type == TOML_ARRAY ? '[' : '{');
			if (v->kids.first != NULL) {
				v = v->kids.first;
				continue;
			}
			buf_char(out, v->type == TOML_ARRAY ? ']' : '}');
		} else {
			print_scalar(v, out);
		}
		while (v != top && v->next == NULL) {
			v = v->parent;
			buf_char(out, v->type == TOML_ARRAY ? ']' : '}');
		}
		if (v == top)
			return;
		buf_str_add(out, ", ");
		v = v->next;
	}
}

/* The part of one line that is shown, and where its column lies in it. */
struct window {
	const char *start, *at, *end;
};

static bool
find_line(const struct toml_doc *doc, uint32_t line, const char **ret_start,
	const char **ret_end)
{
	const char *p = doc->text, *end = doc->text + doc->len;

	for (uint32_t n = 1; n < line; n++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			return false;
		p++;
	}
	const char *nl = memchr(p, '\n', (size_t)(end - p));
	*ret_start = p;
	*ret_end = nl == NULL ? end : nl;
	if (*ret_end > p && (*ret_end)[-1] == '\r')
		(*ret_end)--;
	return true;
}

static const char *
step(const char *p, const char *end)
{
	do
		p++;
	while (p < end && ((unsigned char)*p & 0xc0) == 0x80);
	return p;
}

static const char *
step_back(const char *p, const char *start)
{
	do
		p--;
	while (p > start && ((unsigned char)*p & 0xc0) == 0x80);
	return p;
}

static void
cut(struct window *w, const char *start, const char *end, uint32_t col)
{
	w->at = start;
	for (uint32_t i = 1; i < col && w->at < end; i++)
		w->at = step(w->at, end);
	w->start = w->at;
	for (int i = 0; i < EXCERPT_BEFORE && w->start > start; i++)
		w->start = step_back(w->start, start);
	w->end = w->at;
	for (int i = 0; i < EXCERPT_AFTER && w->end < end; i++)
		w->end = step(w->end, end);
}

/* One column for each character, so that the caret stands right. */
static void
show(const char *p, const char *end, struct buf *out)
{
	while (p < end) {
		const char *next = step(p, end);
		if (*p == '\t')
			buf_char(out, ' ');
		else
			vis_add(out, p, (size_t)(next - p));
		p = next;
	}
}

static size_t
columns(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void
toml_excerpt(const struct toml_doc *doc, uint32_t line, uint32_t col,
	struct buf *out)
{
	const char *start = NULL, *end = NULL;
	struct window w;

	if (line == 0 || doc->text == NULL ||
		!find_line(doc, line, &start, &end))
		return;
	cut(&w, start, end, col);
	buf_printf(out, "%5" PRIu32 " | ", line);
	if (w.start > start)
		buf_str_add(out, "...");
	size_t before = out->len;
	show(w.start, w.at, out);
	size_t pad = out->data == NULL
			     ? 0
			     : columns(out->data + before, out->len - before);
	show(w.at, w.end, out);
	if (w.end < end)
		buf_str_add(out, "...");
	buf_str_add(out, "\n      | ");
	for (size_t i = 0; i < pad + (w.start > start ? 3 : 0); i++)
		buf_char(out, ' ');
	buf_str_add(out, "^\n");
}
