/* SPDX-License-Identifier: Apache-2.0 */
/* shell_fuzz.c -- any bytes as shell text: bounded, and bound to its promises. */
#include "policy/shell.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/shquote.h"
#include "policy/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* What is accepted, written down with quotes, is accepted again and the same. */
static void
round_trip(const struct shell_commands *c, enum shell_dialect dialect)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct shell_command *k = &c->items[i];
		own_buf struct buf text = { 0 };
		own_shell_commands struct shell_commands again = { 0 };
		must(k->argc > 0 && k->argv[k->argc] == NULL);
		buf_str_add(&text, k->argv[0]);
		for (size_t w = 1; w < k->argc; w++) {
			buf_char(&text, ' ');
			shquote_word(&text, k->argv[w]);
		}
		int r = shell_decompose(
			buf_str(&text), text.len, dialect, &again, NULL);
		if (r == -EOPNOTSUPP)
			continue; /* \ or ! in double quotes: opaque is fine */
		must(r == 0 && again.n == 1 && again.items[0].argc == k->argc);
		for (size_t w = 0; w < k->argc; w++)
			must(strcmp(k->argv[w], again.items[0].argv[w]) == 0);
	}
}

/* Where the plain reader sees commands, the scanner sees the same ones. */
static void
agree(const struct shell_commands *plain, const struct shell_commands *scan)
{
	must(plain->n == scan->n);
	for (size_t i = 0; i < plain->n; i++) {
		must(plain->items[i].argc == scan->items[i].argc);
		for (size_t w = 0; w < plain->items[i].argc; w++)
			must(strcmp(plain->items[i].argv[w],
				     scan->items[i].argv[w]) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	for (int d = SHELL_SH; d <= SHELL_ZSH; d++) {
		own_shell_commands struct shell_commands plain = { 0 };
		own_shell_commands struct shell_commands scan = { 0 };
		struct shell_why why = { 0 };
		enum shell_dialect dialect = (enum shell_dialect)d;
		int p = shell_decompose(text, size, dialect, &plain, &why);
		must(p == 0 ? why.reason == NULL
			    : why.reason != NULL && why.offset <= size);
		int s = shell_scan(text, size, &scan, NULL);
		if (p != 0)
			continue;
		must(s == 0);
		agree(&plain, &scan);
		round_trip(&plain, dialect);
	}
	if (memchr(text, '\0', size) == NULL) {
		own_summary struct summary s = { 0 };
		char sh[] = "sh", flag[] = "-c";
		/* strndup() looks for a NUL behind the end under strict ASan. */
		char *copy = calloc(1, size + 1);
		if (copy)
			memcpy(copy, text, size);
		char *argv[] = { sh, flag, copy, NULL };
		must(copy && summary_argv(3, argv, "/w", &s) == 0);
		free(copy);
	}
	return 0;
}
