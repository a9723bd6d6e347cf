/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo.c -- which mount a path lies on; room: user. */
#include "policy/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/path.h"

void
mountinfo_free(struct mountinfo *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		free(m->lines[i].root);
		free(m->lines[i].point);
		free(m->lines[i].type);
	}
	free(m->lines);
	*m = (struct mountinfo){ 0 };
}

/* A cursor over one line; `bad` latches. */
struct cut {
	const char *at, *end;
	bool bad;
};

static uint64_t
number(struct cut *c, char stop)
{
	uint64_t v = 0;
	const char *start = c->at;

	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
			__builtin_add_overflow(v, (uint64_t)(*c->at - '0'), &v))
			c->bad = true;
	if (c->at == start || c->at == c->end || *c->at != stop)
		c->bad = true;
	else
		c->at++;
	return v;
}

static unsigned int
device_number(struct cut *c, char stop)
{
	uint64_t v = number(c, stop);

	if (v > UINT_MAX)
		c->bad = true;
	return (unsigned int)v;
}

/* The next blank-separated field. */
static void
field(struct cut *c, const char **ret, size_t *ret_len)
{
	const char *blank = memchr(c->at, ' ', (size_t)(c->end - c->at));
	const char *stop = blank ? blank : c->end;

	*ret = c->at;
	*ret_len = (size_t)(stop - c->at);
	if (*ret_len == 0)
		c->bad = true;
	c->at = blank ? blank + 1 : c->end;
}

/* A byte as three digits; a NUL is none, it would end the name. */
static bool
octal(const char *s, const char *end)
{
	return end - s >= 4 && s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
	       s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7' &&
	       memcmp(s + 1, "000", 3) != 0;
}

static char *
unescape(const char *s, size_t len)
{
	const char *end = s + len;
	char *out = malloc(len + 1);
	size_t n = 0;

	if (!out)
		return NULL;
	while (s < end) {
		if (octal(s, end)) {
			out[n++] = (char)((s[1] - '0') << 6 |
					  (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			out[n++] = *s++;
		}
	}
	out[n] = '\0';
	return out;
}

/* "36 35 98:0 /root /point opts tag... - type source superopts" */
static int
parse_line(const char *line, const char *end, struct mountinfo_line *ret)
{
	struct cut c = { line, end, false };
	const char *root, *point, *word;
	size_t root_len, point_len, len;

	ret->id = number(&c, ' ');
	ret->parent = number(&c, ' ');
	ret->major = device_number(&c, ':');
	ret->minor = device_number(&c, ' ');
	field(&c, &root, &root_len);
	field(&c, &point, &point_len);
	field(&c, &word, &len); /* options */
	do
		field(&c, &word, &len); /* optional tags, then "-" */
	while (!c.bad && !(len == 1 && word[0] == '-'));
	field(&c, &word, &len);
	if (c.bad || point[0] != '/')
		return -EBADMSG;
	ret->root = unescape(root, root_len);
	ret->point = unescape(point, point_len);
	ret->type = buf_copy_text(word, len);
	return ret->root && ret->point && ret->type ? 0 : -ENOMEM;
}

static int
add_line(struct mountinfo *m, const char *line, const char *end)
{
	struct mountinfo_line *lines;

	if (m->n == MOUNTINFO_MAX)
		return -E2BIG;
	if ((m->n & (m->n - 1)) == 0) {
		lines = reallocarray(
			m->lines, m->n ? m->n * 2 : 1, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		m->lines = lines;
	}
	m->lines[m->n] = (struct mountinfo_line){ 0 };
	return parse_line(line, end, &m->lines[m->n++]);
}

int
mountinfo_parse(
	const char *text, size_t len, struct mountinfo *ret, struct diag *d)
{
	struct mountinfo m = { 0 };
	const char *end = text + len;
	int err = 0;

	/* A NUL in it would end a name early and hide the rest. */
	if (len > 0 && memchr(text, '\0', len))
		err = -EBADMSG;
	for (const char *line = text; err >= 0 && line < end;) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		const char *stop = nl ? nl : end;

		err = add_line(&m, line, stop);
		line = nl ? nl + 1 : end;
	}
	if (err < 0) {
		mountinfo_free(&m);
		return diag_set(d, err, DIAG_SETUP, "mountinfo",
			err == -EBADMSG ? "has a line of unknown form"
			: err == -E2BIG ? "has more than 65536 lines"
					: "does not fit into memory",
			"report this with the file");
	}
	*ret = m;
	return 0;
}

int
mountinfo_read(const char *file, struct mountinfo *ret, struct diag *d)
{
	own_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
	own_buf struct buf text = { .max = MOUNTINFO_TEXT_MAX };
	int err = fd < 0 ? -errno : buf_read_fd(&text, fd, MOUNTINFO_TEXT_MAX);

	if (err < 0)
		return diag_set(d, err, DIAG_SETUP, file, diag_errno(-err),
			"mount /proc outside the sandbox");
	return mountinfo_parse(buf_str(&text), text.len, ret, d);
}

const struct mountinfo_line *
mountinfo_of(const struct mountinfo *m, const char *path)
{
	const struct mountinfo_line *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < m->n; i++) {
		size_t len = strlen(m->lines[i].point);

		if (len >= best_len && path_is_below(path, m->lines[i].point)) {
			best = &m->lines[i];
			best_len = len;
		}
	}
	return best;
}

const struct mountinfo_line *
mountinfo_by_id(const struct mountinfo *m, uint64_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->lines[i].id == id)
			return &m->lines[i];
	return NULL;
}

/* What follows top in path: "" or "/..."; NULL when it is not below. */
static const char *
rest_below(const char *path, const char *top)
{
	if (path[0] != '/' || top[0] != '/' || !path_is_below(path, top))
		return NULL;
	if (strcmp(path, "/") == 0)
		return "";
	return strcmp(top, "/") == 0 ? path : path + strlen(top);
}

static bool
compose(const char *top, const char *rest, char *ret, size_t size)
{
	int n;

	if (!rest)
		return false;
	if (strcmp(top, "/") == 0 && rest[0])
		top = "";
	n = snprintf(ret, size, "%s%s", top, rest);
	return n >= 0 && (size_t)n < size;
}

bool
mountinfo_inside(const struct mountinfo_line *line, const char *path, char *ret,
	size_t size)
{
	return line->root[0] == '/' &&
	       compose(line->root, rest_below(path, line->point), ret, size);
}

bool
mountinfo_outside(const struct mountinfo_line *line, const char *inside,
	char *ret, size_t size)
{
	return compose(line->point, rest_below(inside, line->root), ret, size);
}
