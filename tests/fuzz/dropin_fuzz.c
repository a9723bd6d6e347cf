/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dropin_fuzz.c -- any words are either refused with a complete error, or a
 * command line of exec that holds what was given and nothing else.
 */
#include "policy/dropin.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 64 };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Ours, by name: whatever else stands before "--" is a value of one of them. */
static bool
is_ours(const char *word)
{
	static const char *const ours[] = { "--workspace", "--chdir",
		"--permission-profile", "--sandbox-policy", "--env-inherit",
		"--proc", "--net", "--caller-proxy", "--unix" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(word, ours[i]) == 0)
			return true;
	return false;
}

static void
check(const struct dropin *p, char **words, int n)
{
	int at = 1;

	must(strcmp(p->argv[0], "exec") == 0 && !p->argv[p->argc]);
	for (; strcmp(p->argv[at], "--") != 0; at += 2) {
		if (strcmp(p->argv[at], "--approved") == 0)
			at++; /* the one that takes no value */
		if (strcmp(p->argv[at], "--") == 0)
			break;
		must(is_ours(p->argv[at]));
		must(strcmp(p->argv[at], "--chdir") != 0 ||
			p->argv[at + 1][0] == '/');
		must(strcmp(p->argv[at], "--permission-profile") != 0 ||
			p->argv[at + 1][0] != '@');
		must(strcmp(p->argv[at], "--sandbox-policy") != 0 ||
			p->argv[at + 1][0] != '@');
	}
	/* The command is the end of what was given, word by word. */
	at++;
	must(at < p->argc && p->argc - at < n);
	for (int i = 0; at + i < p->argc; i++)
		must(p->argv[at + i] == words[n - (p->argc - at) + i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_buf struct buf text = { 0 };
	own_dropin struct dropin p = { 0 };
	struct diag d = { 0 };
	char name[] = "codex-linux-sandbox";
	char *words[WORDS_MAX + 1] = { name };
	int n = 1;
	int r;

	buf_add(&text, data, size); /* ends with a NUL */
	for (size_t i = 0; i < size && n < WORDS_MAX;
		i += strlen(text.data + i) + 1)
		words[n++] = text.data + i;
	r = dropin_translate(n, words, "/here", &p, &d);
	if (r < 0) {
		must((r == -EINVAL && d.code == DIAG_USAGE) ||
			(r == -EOPNOTSUPP && d.code == DIAG_SETUP) ||
			r == -ENAMETOOLONG);
		must(d.thing[0] && d.cause[0] && d.mend[0] && !p.argv);
		return 0;
	}
	must(d.code == 0);
	if (p.help)
		must(!p.argv);
	else
		check(&p, words, n);
	return 0;
}
