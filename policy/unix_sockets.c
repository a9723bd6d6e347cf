/* SPDX-License-Identifier: Apache-2.0 */
/* unix_sockets.c -- parse the kernel's tables of AF_UNIX sockets; room: user. */
#include "policy/unix_sockets.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include "policy/buf.h"

enum {
	DEV_MINOR_BITS = 20, /* MINORBITS of the kernel */
	LISTENING = 0x10000, /* __SO_ACCEPTCON in the column Flags */
	UNCONNECTED = 1,     /* SS_UNCONNECTED in the column St */
	ESTABLISHED = 1,     /* TCP_ESTABLISHED, which unix_diag tells */
};

void
unix_sockets_free(struct unix_sockets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].name);
	free(s->items);
	free(s->unsure);
	*s = (struct unix_sockets){ 0 };
}

uint32_t
unix_sockets_dev(unsigned int major, unsigned int minor)
{
	return major << DEV_MINOR_BITS | minor;
}

/* A socket of the table; its name is copied. */
static int
add(struct unix_sockets *s, const struct unix_socket *item, const char *name,
	size_t len)
{
	struct unix_socket copy = *item;

	if (s->n == UNIX_SOCKETS_MAX) {
		s->over = true;
		return 0;
	}
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		struct unix_socket *items =
			reallocarray(s->items, cap, sizeof(*items));

		if (!items)
			return -ENOMEM;
		s->items = items;
		s->cap = cap;
	}
	copy.name = buf_copy_text(name, len);
	if (!copy.name)
		return -ENOMEM;
	s->items[s->n++] = copy;
	return 0;
}

static int
set_unsure(struct unix_sockets *s, const char *name, size_t len)
{
	if (s->unsure)
		return 0;
	s->unsure = buf_copy_text(name, len);
	return s->unsure ? 0 : -ENOMEM;
}

static int
by_place(const void *a, const void *b)
{
	const struct unix_socket *x = a;
	const struct unix_socket *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (strcmp(x->name, y->name) != 0)
		return strcmp(x->name, y->name);
	return x->type < y->type ? -1 : x->type > y->type;
}

void
unix_sockets_sort(struct unix_sockets *s)
{
	if (s->n > 0)
		qsort(s->items, s->n, sizeof(*s->items), by_place);
}

/* --- text ------------------------------------------------------------------ */

/* A cursor over one line; `bad` latches. */
struct cut {
	const char *at, *end;
	bool bad;
};

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Exactly so many hexadecimal digits and a blank, as printf has "%0*X ". */
static uint32_t
hex(struct cut *c, int digits)
{
	uint32_t v = 0;

	for (; digits > 0 && c->at < c->end && digit(*c->at) >= 0; digits--)
		v = v << 4 | (uint32_t)digit(*c->at++);
	if (digits > 0 || c->at == c->end || *c->at != ' ')
		c->bad = true;
	else
		c->at++;
	return v;
}

static void
skip(struct cut *c, const char *accept)
{
	while (c->at < c->end && strchr(accept, *c->at) && *c->at)
		c->at++;
}

/*
 * "Num: RefCount Protocol Flags Type St Inode[ Path]"; the address in Num may be
 * censored in several ways.  What is left of the line is the name.
 */
static bool
parse_columns(struct cut *c, struct unix_socket *ret, bool *ret_reachable)
{
	const char *colon = memchr(c->at, ':', (size_t)(c->end - c->at));
	const char *inode;
	uint32_t flags, state;

	if (!colon || memchr(c->at, ' ', (size_t)(colon - c->at)))
		return false;
	c->at = colon + 1;
	if (c->at == c->end || *c->at++ != ' ')
		return false;
	(void)hex(c, 8);
	(void)hex(c, 8);
	flags = hex(c, 8);
	ret->type = hex(c, 4);
	state = hex(c, 2);
	skip(c, " "); /* "%5lu" */
	inode = c->at;
	skip(c, "0123456789");
	if (c->bad || c->at == inode || (c->at < c->end && *c->at++ != ' '))
		return false;
	*ret_reachable = ret->type == SOCK_DGRAM || (flags & LISTENING) ||
			 state == UNCONNECTED;
	return true;
}

/*
 * The name that a line before this one began with has a newline in it: then
 * what was taken for the name is not it.
 */
static int
torn(struct unix_sockets *s, const char *line, const char *end)
{
	const char *name = s->n > 0 ? s->items[s->n - 1].name : line;

	return set_unsure(
		s, name, s->n > 0 ? strlen(name) : (size_t)(end - line));
}

static int
parse_line(struct unix_sockets *s, const char *line, const char *end)
{
	struct cut c = { line, end, false };
	struct unix_socket item = { 0 };
	bool reachable = false;

	if (!parse_columns(&c, &item, &reachable))
		return torn(s, line, end);
	if (c.at == c.end || !reachable ||
		(*c.at == '@' && item.type == SOCK_DGRAM))
		return 0;
	return add(s, &item, c.at, (size_t)(c.end - c.at));
}

/*
 * Two listeners of one name: one of them has lost its file, or it has moved.
 * Abstract names are apart by type.
 */
static int
find_twins(struct unix_sockets *s)
{
	unix_sockets_sort(s);
	for (size_t i = 1; i < s->n; i++) {
		const struct unix_socket *item = &s->items[i];

		if (strcmp(item->name, item[-1].name) == 0 &&
			(item->name[0] != '@' || item->type == item[-1].type) &&
			set_unsure(s, item->name, strlen(item->name)) < 0)
			return -ENOMEM;
	}
	return 0;
}

int
unix_sockets_parse_text(const char *text, size_t len, struct unix_sockets *ret)
{
	static const char head[] = "Num ";
	struct unix_sockets s = { 0 };
	const char *end = text + len;
	int err = 0;

	for (const char *line = text; err >= 0 && line < end;) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		const char *stop = nl ? nl : end;

		if (line > text || len < sizeof(head) ||
			memcmp(line, head, sizeof(head) - 1) != 0)
			err = parse_line(&s, line, stop);
		line = nl ? nl + 1 : end;
	}
	if (err >= 0)
		err = find_twins(&s);
	if (err < 0)
		unix_sockets_free(&s);
	else
		*ret = s;
	return err;
}

/* --- unix_diag ------------------------------------------------------------- */

/* Messages and attributes begin at multiples of four bytes. */
static size_t
padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Attributes of one socket; what is not asked for is skipped. */
struct attributes {
	const char *name; /* borrowed; name_len bytes */
	size_t name_len;
	bool has_file;
	struct unix_diag_vfs file;
};

static int
take_attribute(struct attributes *a, const struct nlattr *head,
	const unsigned char *data, size_t len)
{
	switch (head->nla_type & NLA_TYPE_MASK) {
	case UNIX_DIAG_NAME:
		/* The pointer is to bytes of unsigned type. */
		a->name = (const char *)data;
		a->name_len = len;
		return 0;
	case UNIX_DIAG_VFS:
		if (len < sizeof(a->file))
			return -EBADMSG;
		memcpy(&a->file, data, sizeof(a->file));
		a->has_file = true;
		return 0;
	default: return 0;
	}
}

static int
parse_attributes(const unsigned char *at, size_t len, struct attributes *ret)
{
	while (len > 0) {
		struct nlattr head;
		size_t step;

		if (len < sizeof(head))
			return -EBADMSG;
		memcpy(&head, at, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > len ||
			take_attribute(ret, &head, at + sizeof(head),
				head.nla_len - sizeof(head)) < 0)
			return -EBADMSG;
		step = padded(head.nla_len);
		at += step < len ? step : len;
		len -= step < len ? step : len;
	}
	return 0;
}

/*
 * A socket without a file is abstract or has no name.  One with a file and no
 * name is just being bound: it is listed, nameless.
 */
static int
take_socket(const unsigned char *at, size_t len, struct unix_sockets *s)
{
	struct unix_diag_msg m;
	struct attributes a = { 0 };
	struct unix_socket item = { 0 };

	if (len < sizeof(m))
		return -EBADMSG;
	memcpy(&m, at, sizeof(m));
	if (m.udiag_family != AF_UNIX ||
		parse_attributes(at + sizeof(m), len - sizeof(m), &a) < 0)
		return -EBADMSG;
	/* A datagram socket is called connected once anybody was to it. */
	if (!a.has_file ||
		(m.udiag_state == ESTABLISHED && m.udiag_type != SOCK_DGRAM))
		return 0;
	item.type = m.udiag_type;
	item.ino = a.file.udiag_vfs_ino;
	item.dev = a.file.udiag_vfs_dev;
	return add(s, &item, a.name ? a.name : "", a.name_len);
}

/* 1: the end; the kernel's number is 0 or a negative errno. */
static int
take_end(const unsigned char *at, size_t len)
{
	int32_t code = 0;

	if (len >= sizeof(code))
		memcpy(&code, at, sizeof(code));
	return code >= 0 ? 1 : code < -4095 ? -EBADMSG : code;
}

int
unix_sockets_parse_diag(const void *bytes, size_t len, struct unix_sockets *s)
{
	const unsigned char *at = bytes;
	int err = 0;

	while (err == 0 && len > 0) {
		struct nlmsghdr head;
		size_t step;

		if (len < sizeof(head))
			return -EBADMSG;
		memcpy(&head, at, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > len)
			return -EBADMSG;
		if (head.nlmsg_type == NLMSG_DONE ||
			head.nlmsg_type == NLMSG_ERROR)
			err = take_end(at + sizeof(head),
				head.nlmsg_len - sizeof(head));
		else if (head.nlmsg_type == SOCK_DIAG_BY_FAMILY)
			err = take_socket(at + sizeof(head),
				head.nlmsg_len - sizeof(head), s);
		step = padded(head.nlmsg_len);
		at += step < len ? step : len;
		len -= step < len ? step : len;
	}
	return err;
}
