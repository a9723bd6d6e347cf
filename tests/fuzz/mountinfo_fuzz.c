/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mountinfo_fuzz.c -- whatever the text, lines are read whole or refused whole,
 * and what is inside a mount comes out where it was.
 */
#include "policy/mountinfo.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static size_t
count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n + (len > 0 && text[len - 1] != '\n');
}

/* As the kernel writes names: no empty component. */
static bool
is_normal(const char *path)
{
	size_t len = strlen(path);

	return !strstr(path, "//") && (len == 1 || path[len - 1] != '/');
}

/* There and back again. */
static void
check_places(const struct mountinfo_line *line, const char *path)
{
	char inside[4096];
	char back[4096];

	if (!is_normal(path) || !is_normal(line->root) ||
		!is_normal(line->point) ||
		!mountinfo_inside(line, path, inside, sizeof(inside)))
		return;
	must(inside[0] == '/');
	must(mountinfo_outside(line, inside, back, sizeof(back)));
	must(strcmp(back, path) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mountinfo m = { 0 };
	/* Text is bytes of type char. */
	const char *text = (const char *)data;
	int err = mountinfo_parse(text, size, &m, NULL);

	must(err == 0 || err == -EBADMSG || err == -E2BIG);
	must(err == 0 ? m.n == count_lines(text, size) : m.n == 0);
	must(err != 0 || size == 0 || !memchr(text, '\0', size));
	for (size_t i = 0; i < m.n; i++) {
		const struct mountinfo_line *line = &m.lines[i];
		const struct mountinfo_line *found;

		must(line->point[0] == '/' && line->type[0] && line->root[0]);
		found = mountinfo_of(&m, line->point);
		must(found && strlen(found->point) >= strlen(line->point));
		must(mountinfo_by_id(&m, line->id)->id == line->id);
		for (size_t k = 0; k < m.n && k < 16; k++)
			check_places(line, m.lines[k].point);
	}
	mountinfo_free(&m);
	return 0;
}
