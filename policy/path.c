/* SPDX-License-Identifier: Apache-2.0 */
/* path.c -- paths as text, and the name of what is open; room: user. */
#include "policy/path.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"

/* ---- text ---- */

/*
 * Write the components of `in` to `out`, which has room for strlen(in) + 2
 * bytes, with "/" between them and before the first when `absolute`.
 * A component that ".." could take back begins at or behind out + floor.
 */
static void
components_copy(const char *in, char *out, bool absolute)
{
	size_t len = 0;
	size_t floor = 0;
	while (*in != '\0') {
		size_t n = strcspn(in, "/");
		const char *next = in + n + (in[n] == '/');
		if (n == 0 || (n == 1 && in[0] == '.')) {
			in = next;
			continue;
		}
		bool up = n == 2 && in[0] == '.' && in[1] == '.';
		if (up && len > floor) {
			while (len > floor && out[len - 1] != '/')
				len--;
			if (len > 0)
				len--; /* the slash before it */
			if (len < floor)
				len = floor;
		} else if (!up || !absolute) {
			if (absolute || len > 0)
				out[len++] = '/';
			memcpy(out + len, in, n);
			len += n;
			if (up)
				floor = len;
		}
		in = next;
	}
	if (absolute && len == 0)
		out[len++] = '/';
	out[len] = '\0';
}

static int
normalise(const char *path, bool absolute, char **ret_path)
{
	size_t len = strlen(path);
	if (len > PLAN_PATH_MAX)
		return -ENAMETOOLONG;
	char *out = malloc(len + 2);
	if (out == NULL)
		return -ENOMEM;
	components_copy(path, out, absolute);
	*ret_path = out;
	return 0;
}

int
path_normalise(const char *path, char **ret_path)
{
	if (path[0] != '/')
		return -EINVAL;
	return normalise(path, true, ret_path);
}

int
path_normalise_relative(const char *path, char **ret_path)
{
	if (path[0] == '/')
		return -EINVAL;
	return normalise(path, false, ret_path);
}

int
path_join(const char *base, const char *sub, char **ret_path)
{
	if (base[0] != '/' || sub[0] == '/')
		return -EINVAL;
	own_buf struct buf b = { 0 };
	buf_str_add(&b, base);
	buf_char(&b, '/');
	buf_str_add(&b, sub);
	if (buf_failed(&b))
		return -ENOMEM;
	return path_normalise(buf_str(&b), ret_path);
}

bool
path_is_below(const char *p, const char *root)
{
	size_t n = 0;
	if (root[0] == '/' && root[1] == '\0')
		return p[0] == '/';
	/* One pass: views of thousands of paths ask this for each pair. */
	while (root[n] != '\0' && p[n] == root[n])
		n++;
	return root[n] == '\0' && (p[n] == '\0' || p[n] == '/');
}

size_t
path_depth(const char *p)
{
	size_t n = 0;
	if (p[0] == '/' && p[1] == '\0')
		return 0;
	for (; *p != '\0'; p++)
		if (*p == '/')
			n++;
	return n;
}

/* The end before '/', '/' before every other byte. */
static int
byte_rank(char c)
{
	if (c == '\0')
		return 0;
	return c == '/' ? 1 : 1 + (unsigned char)c;
}

int
path_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return byte_rank(*a) - byte_rank(*b);
}

/* ---- the name of what is open ---- */

/*
 * Does the name that ends in " (deleted)" belong to fd?  Then a file really is
 * called so.  The kernel puts the same words behind the name of a deleted one.
 */
static bool
name_is_real(int fd, const char *name)
{
	struct stat a;
	struct stat b;
	own_fd int other = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return other >= 0 && fstat(fd, &a) == 0 && fstat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int
path_of_fd(int fd, char **ret_canonical)
{
	static const char deleted[] = " (deleted)";
	char link[64];
	char name[PATH_MAX + 1];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, name, sizeof(name));
	if (n < 0)
		return -errno;
	size_t len = (size_t)n; /* n is not negative */
	if (len > PLAN_PATH_MAX)
		return -ENAMETOOLONG;
	name[len] = '\0';
	/* "(unreachable)/x", "pipe:[1]": nothing that a policy can name. */
	if (name[0] != '/')
		return -ESTALE;
	size_t tail = sizeof(deleted) - 1;
	if (len > tail && strcmp(name + len - tail, deleted) == 0 &&
		!name_is_real(fd, name))
		return -ESTALE;
	*ret_canonical = strdup(name);
	return *ret_canonical == NULL ? -ENOMEM : 0;
}
