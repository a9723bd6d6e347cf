/* SPDX-License-Identifier: Apache-2.0 */
/* plan_wire.c -- sealed blob to struct plan (room: cold, inside, user). */
#include "launcher/plan_wire.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/*
 * Reads from the front and latches the first failure: later gets return zero or
 * an empty view, so a decoder is a straight list of gets and one question.
 */
struct cursor {
	const uint8_t *at;
	size_t left;
	const char *why; /* NULL while all is well */
};

static void
expect(struct cursor *c, bool holds, const char *or_else)
{
	if (!holds && c->why == NULL)
		c->why = or_else;
}

/* The next `len` bytes, or NULL. */
static const uint8_t *
get_bytes(struct cursor *c, size_t len)
{
	const uint8_t *bytes = c->at;
	expect(c, len <= c->left, "it ends too early");
	if (c->why != NULL)
		return NULL;
	c->at += len;
	c->left -= len;
	return bytes;
}

static uint64_t
get_uint(struct cursor *c, size_t len)
{
	const uint8_t *bytes = get_bytes(c, len);
	uint64_t value = 0;
	while (bytes != NULL && len-- > 0)
		value = value << 8 | bytes[len];
	return value;
}

/* Also a descriptor: -1 is two's complement, by which compilers convert. */
static uint32_t
get_u32(struct cursor *c)
{
	return (uint32_t)get_uint(c, 4); /* four bytes */
}

/* How many things come; never more than `max`, so no table overflows. */
static uint32_t
get_count(struct cursor *c, uint32_t max)
{
	const uint32_t count = get_u32(c);
	expect(c, count <= max, "a list in it is too long");
	return c->why == NULL ? count : 0;
}

static const char *
get_str(struct cursor *c, size_t max)
{
	const size_t len = get_u32(c);
	expect(c, len <= max, "a string in it is too long");
	const uint8_t *bytes = get_bytes(c, len + 1);
	if (bytes == NULL)
		return "";
	expect(c, memchr(bytes, 0, len + 1) == bytes + len, "NUL astray");
	return c->why == NULL ? (const char *)bytes : ""; /* bytes are text */
}

static void
get_process(struct cursor *c, struct plan *p)
{
	p->flags = get_u32(c);
	p->init_fd = (int32_t)get_u32(c);
	p->control_fd = (int32_t)get_u32(c);
	p->net_fd = (int32_t)get_u32(c);
	for (size_t i = 0; i < 3; i++)
		p->stdio_fd[i] = (int32_t)get_u32(c);
	p->tty_mask = get_u32(c);
	p->umask = get_u32(c);
	p->timeout_ms = get_u32(c);
	p->grace_ms = get_u32(c);
	p->cwd = get_str(c, PLAN_PATH_MAX);
}

static void
get_tables(struct cursor *c, struct plan *p)
{
	p->n_mounts = get_count(c, PLAN_MOUNTS_MAX);
	for (uint32_t i = 0; i < p->n_mounts; i++) {
		struct plan_mount *m = &p->mounts[i];
		m->op = (uint8_t)get_uint(c, 1);     /* one byte */
		m->perms = (uint16_t)get_uint(c, 2); /* two bytes */
		m->fd = (int32_t)get_u32(c);
		m->dest = get_str(c, PLAN_PATH_MAX);
		m->arg = get_str(c, PLAN_PATH_MAX);
		m->dev = get_uint(c, 8);
		m->ino = get_uint(c, 8);
	}
	p->n_limits = get_count(c, PLAN_LIMITS_MAX);
	for (uint32_t i = 0; i < p->n_limits; i++) {
		p->limits[i].resource = get_u32(c);
		p->limits[i].soft = get_uint(c, 8);
		p->limits[i].hard = get_uint(c, 8);
	}
	p->n_filter = get_count(c, PLAN_FILTER_MAX);
	p->filter = get_bytes(c, (size_t)p->n_filter * 8);
}

/* Walk the strings once, so that plan_list_next() need not doubt them. */
static void
get_list(struct cursor *c, struct plan_list *list)
{
	list->count = get_count(c, PLAN_LIST_MAX);
	list->bytes = c->at;
	for (uint32_t i = 0; i < list->count && c->why == NULL; i++)
		(void)get_str(c, PLAN_BLOB_MAX); /* only its bounds */
	list->len = (size_t)(c->at - list->bytes);
}

int
plan_decode(const void *blob, size_t len, struct plan *p, const char **ret_why)
{
	static const char magic[8] = "CSBPLAN";
	struct cursor c = { .at = blob, .left = len };
	const uint8_t *head = get_bytes(&c, sizeof magic);
	expect(&c, head && !memcmp(head, magic, sizeof magic), "no plan");
	expect(&c, get_u32(&c) == PLAN_VERSION, "it is of another release");
	expect(&c, get_u32(&c) == len, "its length is not what it says");
	get_process(&c, p);
	get_tables(&c, p);
	get_list(&c, &p->argv);
	get_list(&c, &p->env);
	get_list(&c, &p->net);
	expect(&c, c.left == 0, "something follows its end");
	*ret_why = c.why;
	return c.why == NULL ? 0 : -EBADMSG;
}

int
plan_map(int fd, struct plan *p, const char **ret_why)
{
	struct stat st;
	const int seals = fcntl(fd, F_GET_SEALS);
	*ret_why = "it is not sealed memory";
	if (seals < 0 || (~seals & PLAN_SEALS) != 0 || fstat(fd, &st) != 0)
		return -EPERM;
	*ret_why = "its size is out of bounds";
	if (st.st_size <= 0 || st.st_size > PLAN_BLOB_MAX)
		return -EFBIG;
	const size_t len = (size_t)st.st_size; /* positive, see above */
	const int how = MAP_PRIVATE | MAP_POPULATE;
	void *blob = mmap(NULL, len, PROT_READ, how, fd, 0);
	*ret_why = "it cannot be mapped";
	if (blob == MAP_FAILED)
		return -errno;
	return plan_decode(blob, len, p, ret_why);
}
