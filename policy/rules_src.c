/* SPDX-License-Identifier: Apache-2.0 */
/* rules_src.c -- places in a rules text, and errors about them (room: user). */
#include "policy/rules_src.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { FRAME_LINE_MAX = 80 }; /* characters of a source line in a traceback */

void
rules_error_free(struct rules_error *e)
{
	if (e == NULL)
		return;
	buf_free(&e->msg);
	*e = (struct rules_error){ 0 };
}

static void fail_args(struct rules_error *e, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void
fail_args(struct rules_error *e, const char *fmt, va_list ap)
{
	e->set = true;
	e->msg.max = 4 << 20;
	buf_vprintf(&e->msg, fmt, ap);
	if (!buf_failed(&e->msg))
		return;
	/* What it quotes is too long: say at least which error it is. */
	buf_free(&e->msg);
	buf_printf(&e->msg, "(too long to be shown) %.200s", fmt);
}

int
rules_fail(struct rules_error *e, struct rules_span at, const char *fmt, ...)
{
	va_list ap;
	if (e->set)
		return -EINVAL;
	e->has_span = true;
	e->span = at;
	va_start(ap, fmt);
	fail_args(e, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int
rules_fail_plain(struct rules_error *e, const char *fmt, ...)
{
	va_list ap;
	if (e->set)
		return -EINVAL;
	e->has_span = false;
	va_start(ap, fmt);
	fail_args(e, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Characters (not bytes) of well-formed UTF-8 in [begin, end). */
static uint32_t
chars_in(const char *text, uint32_t begin, uint32_t end)
{
	uint32_t n = 0;
	for (uint32_t i = begin; i < end; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			n++;
	return n;
}

struct rules_place
rules_place_of(const struct rules_src *src, uint32_t offset)
{
	struct rules_place p = { .line = 1 };
	if (offset > src->len)
		offset = src->len;
	for (uint32_t i = 0; i < offset; i++) {
		if (src->text[i] != '\n')
			continue;
		p.line++;
		p.line_begin = i + 1;
	}
	p.column = chars_in(src->text, p.line_begin, offset) + 1;
	p.line_end = p.line_begin;
	while (p.line_end < src->len && src->text[p.line_end] != '\n')
		p.line_end++;
	if (p.line_end > p.line_begin && src->text[p.line_end - 1] == '\r')
		p.line_end--;
	return p;
}

static void
repeat(struct buf *out, char c, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_char(out, c);
}

/* " 12 | " or, for line 0, "    | "; no blank behind the bar when bare. */
static void
gutter(struct buf *out, uint32_t width, uint32_t line)
{
	if (line == 0)
		repeat(out, ' ', width);
	else
		buf_printf(out, "%*u", (int)width, line); /* width is < 12 */
	buf_str_add(out, " |");
}

static void
add_line(struct buf *out, const struct rules_src *src, struct rules_place p)
{
	buf_add(out, src->text + p.line_begin, p.line_end - p.line_begin);
}

static void
format_one_line(struct buf *out, const struct rules_src *src,
	struct rules_place p, uint32_t n, uint32_t width)
{
	gutter(out, width, p.line);
	buf_char(out, ' ');
	add_line(out, src, p);
	buf_char(out, '\n');
	gutter(out, width, 0);
	buf_char(out, ' ');
	repeat(out, ' ', p.column - 1);
	repeat(out, '^', n == 0 ? 1 : n);
	buf_char(out, '\n');
}

/* A span over several lines: a line along the left edge joins both ends. */
static void
format_lines(struct buf *out, const struct rules_src *src, struct rules_place p,
	struct rules_place last, uint32_t width)
{
	bool from_edge = p.column == 1;
	gutter(out, width, p.line);
	buf_str_add(out, from_edge ? " / " : "   ");
	add_line(out, src, p);
	buf_char(out, '\n');
	if (!from_edge) {
		gutter(out, width, 0);
		buf_str_add(out, "  _");
		repeat(out, '_', p.column - 1);
		buf_str_add(out, "^\n");
	}
	for (uint32_t line = p.line; line < last.line; line++) {
		p = rules_place_of(
			src, p.line_end + 1 <= src->len &&
					     src->text[p.line_end] == '\r'
				     ? p.line_end + 2
				     : p.line_end + 1);
		gutter(out, width, p.line);
		buf_str_add(out, p.line_begin == p.line_end ? " |" : " | ");
		add_line(out, src, p);
		buf_char(out, '\n');
	}
	gutter(out, width, 0);
	buf_str_add(out, " |_");
	repeat(out, '_', last.column < 2 ? 0 : last.column - 2);
	buf_str_add(out, "^\n");
}

static void
format_span(
	struct buf *out, const struct rules_src *src, struct rules_span span)
{
	struct rules_place p = rules_place_of(src, span.begin);
	struct rules_place last = rules_place_of(src, span.end);
	uint32_t width = 1;
	for (uint32_t n = last.line; n >= 10; n /= 10)
		width++;
	repeat(out, ' ', width);
	buf_printf(out, "--> %s:%u:%u\n", src->name, p.line, p.column);
	gutter(out, width, 0);
	buf_char(out, '\n');
	if (last.line == p.line)
		format_one_line(out, src, p, last.column - p.column, width);
	else
		format_lines(out, src, p, last, width);
	gutter(out, width, 0);
	buf_char(out, '\n');
}

/* The line of a call, without indentation, cut like the original cuts it. */
static void
format_frame(struct buf *out, const struct rules_src *src,
	const struct rules_frame *f)
{
	struct rules_place p = rules_place_of(src, f->at.begin);
	uint32_t begin = p.line_begin;
	while (begin < p.line_end && src->text[begin] == ' ')
		begin++;
	buf_printf(out, "  * %s:%u, in %s\n      ", src->name, p.line, f->in);
	uint32_t n = chars_in(src->text, begin, p.line_end);
	if (n <= FRAME_LINE_MAX) {
		buf_add(out, src->text + begin, p.line_end - begin);
		buf_char(out, '\n');
		return;
	}
	uint32_t end = begin;
	for (n = 0; end < p.line_end; end++)
		if (((unsigned char)src->text[end] & 0xc0) != 0x80 &&
			n++ == FRAME_LINE_MAX - 3)
			break;
	buf_add(out, src->text + begin, end - begin);
	buf_str_add(out, "...\n");
}

void
rules_error_format(struct buf *out, const struct rules_error *e)
{
	if (e->n_frames > 0 && e->src.text != NULL) {
		buf_str_add(out, "Traceback (most recent call last):\n");
		for (unsigned int i = 0; i < e->n_frames; i++)
			format_frame(out, &e->src, &e->frames[i]);
	}
	if (e->has_span)
		buf_str_add(out, "error: ");
	buf_add(out, buf_str(&e->msg), e->msg.len);
	buf_char(out, '\n');
	if ((e->has_span || e->at_rule) && e->src.text != NULL)
		format_span(out, &e->src, e->span);
}
