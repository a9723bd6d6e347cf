/* SPDX-License-Identifier: Apache-2.0 */
/* journal_record.c -- the form of a record of placeholders; room: user. */
#include "policy/journal_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"

static const char head[] = "codex-sandbox placeholders 1 ";

enum {
	HEAD_LEN = sizeof(head) - 1 + 2, /* "0\n" */
	DIGITS = 16,
	/* "d INODE PARENT DEVICE TIME " */
	FIXED = 2 + 4 * (DIGITS + 1),
};

void
record_begin(struct buf *text, bool late)
{
	buf_printf(text, "%s%d\n", head, late);
}

size_t
record_add(struct buf *text, const struct record *r)
{
	const size_t at = text->len + 2; /* behind the kind */

	buf_printf(text, "%c %016jx %016jx %016jx %016jx %s",
		r->is_dir ? 'd' : 'f', (uintmax_t)r->ino, (uintmax_t)r->parent,
		(uintmax_t)r->dev, (uintmax_t)r->time, r->path);
	buf_add(text, "\0\n", 2);
	return at;
}

void
record_put_inode(int fd, size_t at, uint64_t ino)
{
	char digits[DIGITS + 1];

	(void)snprintf(digits, sizeof(digits), "%016jx", (uintmax_t)ino);
	(void)!pwrite(fd, digits, DIGITS, (off_t)at);
}

int
record_open(struct record_reader *r, const char *text, size_t len)
{
	if (len < HEAD_LEN || memcmp(text, head, sizeof(head) - 1) != 0 ||
		text[HEAD_LEN - 1] != '\n' || text[len - 1] != '\n')
		return -EBADMSG;
	*r = (struct record_reader){ .at = text + HEAD_LEN,
		.end = text + len,
		.late = text[HEAD_LEN - 2] != '0' };
	return 0;
}

/* Sixteen hex digits and a blank. */
static bool
number(const char *at, uint64_t *ret)
{
	*ret = 0;
	for (int i = 0; i < DIGITS; i++) {
		static const char hex[] = "0123456789abcdef";
		const char *digit = at[i] ? strchr(hex, at[i]) : NULL;

		if (!digit)
			return false;
		*ret = *ret << 4 | (uint64_t)(digit - hex);
	}
	return at[DIGITS] == ' ';
}

static bool
is_path(const char *path)
{
	const char *name = strrchr(path, '/');

	return path[0] == '/' && name[1] != '\0' && strcmp(name, "/.") != 0 &&
	       strcmp(name, "/..") != 0;
}

bool
record_next(struct record_reader *r, struct record *ret)
{
	const char *at = r->at;
	uint64_t time = 0;
	uint64_t *const numbers[] = { &ret->ino, &ret->parent, &ret->dev,
		&time };
	const char *nul;

	if (r->end - at < FIXED + 3 || (at[0] != 'd' && at[0] != 'f') ||
		at[1] != ' ')
		return false;
	*ret = (struct record){ .is_dir = at[0] == 'd' };
	at += 2;
	for (size_t i = 0; i < 4; i++, at += DIGITS + 1)
		if (!number(at, numbers[i]))
			return false;
	nul = memchr(at, '\0', (size_t)(r->end - at));
	if (!nul || r->end - nul < 2 || nul[1] != '\n' || !is_path(at))
		return false;
	ret->time = (int64_t)time; /* as it was written */
	ret->path = at;
	r->at = nul + 2;
	return true;
}
