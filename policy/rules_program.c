/* SPDX-License-Identifier: Apache-2.0 */
/* rules_program.c -- the file that the word of a command means (room: user). */
#include "policy/rules.h"

#include <string.h>

#include "policy/buf.h"

/* Append the components of path to out, with ".." taking one back. */
static void
fold_path(struct buf *out, const char *path)
{
	while (*path != '\0') {
		size_t n = strcspn(path, "/");
		if (n == 2 && memcmp(path, "..", 2) == 0) {
			while (out->len > 0 && out->data[--out->len] != '/')
				continue;
			if (out->data != NULL)
				out->data[out->len] = '\0';
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			buf_char(out, '/');
			buf_add(out, path, n);
		}
		path += n;
		path += strspn(path, "/");
	}
}

char *
rules_resolve(const char *word, const char *cwd, const char *home)
{
	own_buf struct buf out = { .max = 1 << 20 };
	if (strchr(word, '/') == NULL)
		return NULL;
	if (strncmp(word, "~/", 2) == 0 && home != NULL) {
		fold_path(&out, home);
		word += 2;
	} else if (word[0] != '/') {
		fold_path(&out, cwd);
	}
	fold_path(&out, word);
	if (out.len == 0)
		buf_char(&out, '/');
	return buf_take(&out);
}

bool
rules_writable(const char *program, const char *const *dirs, size_t n_dirs)
{
	for (size_t i = 0; program != NULL && i < n_dirs; i++) {
		size_t n = strlen(dirs[i]);
		while (n > 0 && dirs[i][n - 1] == '/')
			n--;
		if (strncmp(program, dirs[i], n) == 0 &&
			(program[n] == '/' || program[n] == '\0'))
			return true;
	}
	return false;
}
