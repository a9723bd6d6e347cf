/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob_fuzz.c -- input: pattern, NUL, path.  Checks promises that hold for any
 * pattern; short ones are compared with the slow matcher of the unit test.
 */
#include "policy/glob.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/path.h"
#include "policy/utf8.h"
#include "tests/unit/glob_slow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_text(const char *s)
{
	size_t len = strlen(s);
	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_get(s, len, &cp);
		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_slow(const char *pattern, const char *path)
{
	enum { SHORT = 24 };
	if (strlen(pattern) > SHORT || strlen(path) > SHORT ||
		strcmp(path, "/") == 0 || !is_text(pattern) || !is_text(path))
		return;
	int want = slow_match(pattern, path);
	must(want < 0 || glob_match(pattern, path) == (want == 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_buf struct buf in = { 0 };
	own_buf struct buf quoted = { 0 };
	char *path = NULL;
	buf_char(&in, '/');
	buf_add(&in, data, size);
	buf_str_add(&in, "");
	const char *pattern = buf_str(&in);
	size_t len = strlen(pattern);
	size_t prefix = glob_static_prefix(pattern);
	must(prefix >= 1 && prefix <= len);
	must(prefix == 1 || pattern[prefix] == '/');
	must(strcspn(pattern, "*?[{") >= prefix);
	/* What is behind the NUL, as a path; without one, the pattern itself. */
	const char *rest = len < in.len ? pattern + len + 1 : pattern;
	buf_str_add(&quoted, "/");
	buf_str_add(&quoted, rest);
	if (path_normalise(buf_str(&quoted), &path) < 0)
		return 0;
	bool got = glob_match(pattern, path);
	must(!got || strncmp(pattern, path, prefix) == 0);
	check_slow(pattern, path);
	buf_free(&quoted);
	glob_quote(&quoted, path);
	if (quoted.len <= GLOB_PATTERN_MAX)
		must(glob_match(buf_str(&quoted), path));
	free(path);
	return 0;
}
