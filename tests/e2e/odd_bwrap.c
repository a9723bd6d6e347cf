/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odd_bwrap.c -- a bwrap that builds less than it was asked for; room: test.
 *
 * Mounted over the real one by a test.  What it leaves out is in the plan's
 * environment, since its own is empty: CSB_BREAK=WORD,... as for
 * tests/broken/broken.c, of which these are for us
 *
 *   no:OPTION       the option is left out, with its arguments
 *   add:OPTION+ARG  the option is added at the front
 *   unmount:PATH    what has PATH as its destination is left out
 *   rw:PATH         it is mounted writable
 *
 * and CSB_BWRAP=PATH, the real one.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLAN_FD = 3, WORDS_MAX = 9000 };

/* How many arguments follow, and whether the last is a destination. */
static const struct {
	const char *option;
	int args;
	bool mounts;
} options[] = {
	{ "--userns", 1, false },
	{ "--chdir", 1, false },
	{ "--cap-drop", 1, false },
	{ "--cap-add", 1, false },
	{ "--perms", 1, false },
	{ "--ro-bind-fd", 2, true },
	{ "--ro-bind", 2, true },
	{ "--bind-fd", 2, true },
	{ "--bind", 2, true },
	{ "--dev-bind", 2, true },
	{ "--tmpfs", 1, true },
	{ "--ro-bind-data", 2, true },
	{ "--dev", 1, true },
	{ "--proc", 1, true },
	{ "--dir", 1, true },
	{ "--symlink", 2, true },
	{ "--remount-ro", 1, true },
};

/* The whole of a descriptor that is a file, with a NUL behind. */
static char *
slurp(int fd, size_t *ret_len)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return NULL;
	char *text = calloc((size_t)st.st_size + 1, 1);
	if (text == NULL ||
		pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
		return NULL;
	*ret_len = (size_t)st.st_size;
	return text;
}

static const char *
variable(const char *plan, size_t len, const char *name)
{
	const char *at = memmem(plan, len, name, strlen(name));
	return at == NULL ? "" : at + strlen(name);
}

static bool
wished(const char *list, const char *kind, const char *name)
{
	const size_t kind_len = strlen(kind), name_len = strlen(name);
	for (const char *w = list; *w != '\0';
		w += strcspn(w, ","), w += *w == ',')
		if (strcspn(w, ",") == kind_len + name_len &&
			strncmp(w, kind, kind_len) == 0 &&
			strncmp(w + kind_len, name, name_len) == 0)
			return true;
	return false;
}

static size_t
add(const char *list, char *out, size_t at)
{
	static const char kind[] = "add:";
	for (const char *w = list; *w != '\0';
		w += strcspn(w, ","), w += *w == ',') {
		size_t len = strcspn(w, ",");
		if (strncmp(w, kind, sizeof kind - 1) != 0)
			continue;
		for (size_t i = sizeof kind - 1; i < len; i++)
			out[at++] = w[i] == '+' ? '\0' : w[i];
		out[at++] = '\0';
	}
	return at;
}

/* Copy what is not left out; returns the new length. */
static size_t
change(const char *list, const char *in, size_t len, char *out)
{
	size_t at = add(list, out, 0);
	size_t perms_at =
		0; /* where a --perms that waits for its mount began */
	bool perms = false;
	for (const char *p = in; p < in + len;) {
		const char *option = p;
		const char *last = p;
		int args = 0;
		bool mounts = false;
		for (size_t i = 0; i < sizeof options / sizeof *options; i++)
			if (strcmp(p, options[i].option) == 0) {
				args = options[i].args;
				mounts = options[i].mounts;
			}
		for (; args > 0; args--)
			last += strlen(last) + 1;
		const char *end = last + strlen(last) + 1;
		p = end;
		if (strcmp(option, "--perms") == 0) {
			perms = true;
			perms_at = at;
		}
		if (wished(list, "no:", option) ||
			(mounts && wished(list, "unmount:", last))) {
			at = perms && mounts ? perms_at : at;
		} else if (mounts && wished(list, "rw:", last) &&
			   strncmp(option, "--ro-", 5) == 0) {
			memcpy(out + at, "--", 2);
			memcpy(out + at + 2, option + 5,
				(size_t)(end - option) - 5);
			at += (size_t)(end - option) - 3;
		} else if (!(mounts && wished(list, "rw:", last) &&
				   strcmp(option, "--remount-ro") == 0)) {
			memcpy(out + at, option, (size_t)(end - option));
			at += (size_t)(end - option);
		}
		perms = perms && !mounts;
	}
	return at;
}

int
main(int argc, char **argv)
{
	size_t plan_len = 0, len = 0;
	if (argc < 5 || strcmp(argv[1], "--args") != 0)
		return 3;
	const char *plan = slurp(PLAN_FD, &plan_len);
	const char *in = slurp((int)strtol(argv[2], NULL, 10), &len);
	char *out = calloc(len + 4096, 1);
	char number[16];
	if (plan == NULL || in == NULL || out == NULL)
		return 4;
	const char *list = variable(plan, plan_len, "CSB_BREAK=");
	int fd = memfd_create("options", 0);
	len = change(list, in, len, out);
	if (write(fd, out, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		return 5;
	(void)snprintf(number, sizeof number, "%d", fd);
	argv[2] = number;
	(void)execv(variable(plan, plan_len, "CSB_BWRAP="), argv);
	perror("odd_bwrap: CSB_BWRAP");
	return 6;
}
