/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trusted_fuzz.c -- a name that a command chose is matched as the pattern
 * language of deny globs would match it, and the first pattern wins.
 */
#include "policy/trusted.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/glob.h"
#include "policy/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_buf struct buf path = { 0 };
	char *normal = NULL;
	long got;
	long want = -1;

	buf_char(&path, '/');
	buf_add(&path, data, size);
	path.data[strlen(path.data)] = '\0';
	(void)trusted_match(path.data); /* whatever it is */
	if (path_normalise(path.data, &normal) < 0)
		return 0;
	got = trusted_match(normal);
	for (size_t i = 0; i < trusted_patterns_n && want < 0; i++) {
		own_buf struct buf pattern = { 0 };

		buf_printf(&pattern, "/**/%s", trusted_patterns[i].pattern);
		if (glob_match(buf_str(&pattern), normal))
			want = (long)i;
	}
	if (got != want)
		abort();
	free(normal);
	return 0;
}
