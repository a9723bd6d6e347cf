/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unix_sockets_fuzz.c -- the kernel's tables of sockets, as text (first byte
 * even) and as unix_diag messages (odd).  Whatever comes in, what is kept is
 * bounded, in order, and of the kinds that are asked for.
 */
/* links: policy/unix_sockets.c policy/buf.c */
#include "policy/unix_sockets.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
in_order(const struct unix_socket *a, const struct unix_socket *b)
{
	int names = strcmp(a->name, b->name);

	return a->dev < b->dev ||
	       (a->dev == b->dev &&
		       (names < 0 || (names == 0 && a->type <= b->type)));
}

static void
check_table(const struct unix_sockets *s)
{
	must(s->n <= UNIX_SOCKETS_MAX && s->n <= s->cap);
	for (size_t i = 1; i < s->n; i++)
		must(in_order(&s->items[i - 1], &s->items[i]));
}

static void
check_text(const char *text, size_t len)
{
	struct unix_sockets s = { 0 };

	must(unix_sockets_parse_text(text, len, &s) == 0);
	check_table(&s);
	for (size_t i = 0; i < s.n; i++) {
		must(s.items[i].name[0] || memchr(text, '\0', len));
		must(!strchr(s.items[i].name, '\n'));
		must(s.items[i].name[0] != '@' ||
			s.items[i].type != SOCK_DGRAM);
		/* What is a line of its own cannot hide a name from us. */
		must(i == 0 || s.unsure || s.items[i].name[0] == '@' ||
			strcmp(s.items[i].name, s.items[i - 1].name) != 0);
	}
	unix_sockets_free(&s);
}

static void
check_diag(const uint8_t *bytes, size_t len)
{
	struct unix_sockets s = { 0 };
	int err = unix_sockets_parse_diag(bytes, len, &s);

	must(err <= 1 && err >= -4095);
	must(s.n == 0 || len >= 32 * s.n);
	unix_sockets_sort(&s);
	check_table(&s);
	must(s.unsure == NULL && !s.over);
	unix_sockets_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		/* Text is bytes of type char. */
		check_text((const char *)data + 1, size - 1);
	else
		check_diag(data + 1, size - 1);
	return 0;
}
