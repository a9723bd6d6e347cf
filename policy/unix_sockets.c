/* SPDX-License-Identifier: Apache-2.0 */
/* unix_sockets.c -- named sockets of the host, from /proc/net/unix; room: user. */
#include "policy/unix_sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"

void
unix_sockets_free(struct unix_sockets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->paths[i]);
	free(s->paths);
	*s = (struct unix_sockets){ 0 };
}

/*
 * "Num RefCount Protocol Flags Type St Inode Path": seven blank-separated
 * fields, then the path, which may hold blanks itself.
 */
static const char *
path_of_line(const char *line, const char *end)
{
	const char *p = line;

	for (int field = 0; field < 7; field++) {
		while (p < end && *p == ' ')
			p++;
		while (p < end && *p != ' ')
			p++;
	}
	return p < end ? p + 1 : end;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_unique(struct unix_sockets *s)
{
	size_t kept = 0;

	if (s->n == 0)
		return;
	qsort(s->paths, s->n, sizeof(*s->paths), by_text);
	for (size_t i = 1; i < s->n; i++) {
		if (strcmp(s->paths[i], s->paths[kept]) == 0)
			free(s->paths[i]);
		else
			s->paths[++kept] = s->paths[i];
	}
	s->n = kept + 1;
}

static int
add_path(struct unix_sockets *s, const char *path, size_t len)
{
	if (s->n == UNIX_SOCKETS_MAX)
		return -E2BIG;
	if (!s->paths)
		s->paths = calloc(UNIX_SOCKETS_MAX, sizeof(*s->paths));
	if (!s->paths)
		return -ENOMEM;
	s->paths[s->n] = strndup(path, len);
	if (!s->paths[s->n])
		return -ENOMEM;
	s->n++;
	return 0;
}

int
unix_sockets_parse(
	const char *text, size_t len, struct unix_sockets *ret, struct diag *d)
{
	struct unix_sockets s = { 0 };
	const char *end = text + len;

	for (const char *line = text; line < end;) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		const char *stop = nl ? nl : end;
		const char *path = path_of_line(line, stop);
		int err = 0;

		if (path < stop && *path == '/')
			err = add_path(&s, path, (size_t)(stop - path));
		if (err < 0) {
			unix_sockets_free(&s);
			return diag_set(d, err, DIAG_SETUP, "/proc/net/unix",
				err == -E2BIG
					? "lists more than 8192 named sockets, too many to keep out of reach one by one"
					: "out of memory",
				"grant fewer directories, so that fewer sockets are visible");
		}
		line = nl ? nl + 1 : end;
	}
	sort_unique(&s);
	*ret = s;
	return 0;
}

int
unix_sockets_read(struct unix_sockets *ret, struct diag *d)
{
	own_fd int fd = open("/proc/net/unix", O_RDONLY | O_CLOEXEC);
	own_buf struct buf text = { .max = UNIX_SOCKETS_TEXT_MAX };
	int err =
		fd < 0 ? -errno : buf_read_fd(&text, fd, UNIX_SOCKETS_TEXT_MAX);

	if (err < 0)
		return diag_setf(d, err, DIAG_SETUP, "/proc/net/unix",
			"mount /proc outside the sandbox",
			"cannot be read (%s), so host sockets cannot be kept out of reach",
			diag_errno(-err));
	return unix_sockets_parse(buf_str(&text), text.len, ret, d);
}
