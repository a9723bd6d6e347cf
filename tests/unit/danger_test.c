/* SPDX-License-Identifier: Apache-2.0 */
/* danger_test.c -- forced removal found, and only that; room: test. */
#include "policy/danger.h"

#include <stdlib.h>
#include <string.h>

#include "policy/safe.h"
#include "policy/shell.h"
#include "tests/unit/tap.h"

struct row {
	const char *text;
	enum danger want;
};

static const struct row rows[] = {
	{ "rm -f", DANGER_FORCED_RM },
	{ "rm -f x;;", DANGER_FORCED_RM },
	{ "rm \\\n-f x", DANGER_FORCED_RM },
	{ "echo `true &&`; rm -f x", DANGER_NONE },
	{ "echo $(( (1) )); rm -f x", DANGER_FORCED_RM },
	{ "x;; rm -f x", DANGER_FORCED_RM },
	{ "rm -rf x", DANGER_FORCED_RM },
	{ "rm -r --force x", DANGER_FORCED_RM },
	{ "/usr/bin/rm -vrf x", DANGER_FORCED_RM },
	{ "rm -r x", DANGER_NONE },
	{ "rm -- -f", DANGER_NONE },
	{ "rm --forc x", DANGER_NONE },
	{ "\\rm -f x", DANGER_NONE },
	{ "sudo rm -f x", DANGER_FORCED_RM },
	{ "sudo -n rm -f x", DANGER_NONE },
	{ "env A=1 -i rm -f x", DANGER_FORCED_RM },
	{ "env -- rm -f x", DANGER_FORCED_RM },
	{ "env -- A=1 rm -f x", DANGER_NONE },
	{ "env -u A -C / --unset=B rm -f x", DANGER_FORCED_RM },
	{ "env -uA --chdir / -S '' rm -f x", DANGER_FORCED_RM },
	{ "env --bogus rm -f x", DANGER_NONE },
	{ "trap 'rm -f x' EXIT", DANGER_FORCED_RM },
	{ "trap -- 'rm -f x' 0", DANGER_FORCED_RM },
	{ "trap -p 'rm -f x'", DANGER_NONE },
	{ "bash -c 'sh -lc \"rm -f x\"'", DANGER_FORCED_RM },
	{ "bash -c 'rm -f x' y", DANGER_NONE },
	{ "env env env env env env env env rm -f x", DANGER_FORCED_RM },
	{ "env env env env env env env env env true", DANGER_OTHER },
	{ "((a; rm -f x) | b)", DANGER_FORCED_RM },
	{ "if a; then rm -f x; fi &", DANGER_FORCED_RM },
	{ "echo rm -f x", DANGER_NONE },
	{ "rm -f x; if", DANGER_NONE },
	{ "rm -f x\nif", DANGER_FORCED_RM },
};

static const struct {
	const char *text;
	bool safe;
} safe_rows[] = {
	{ "ls -l", true },
	{ "/usr/bin/ls", true },
	{ "./ls", false },
	{ "git status", false },
	{ "base64 x", true },
	{ "base64 -o y x", false },
	{ "base64 --output=y x", false },
	{ "find . -name x", true },
	{ "find . -delete", false },
	{ "rg x", true },
	{ "rg --pre=y x", false },
	{ "rg -nz x", false },
	{ "sed -n 1,5p x", true },
	{ "sed -n 5p", true },
	{ "sed -n 1,5p -i", false },
	{ "sed -i s/a/b/ x", false },
	{ "sed -n 1,p x", false },
	{ "bash -lc 'ls | wc -l'", true },
	{ "bash -lc 'ls > x'", false },
	{ "bash -lc 'ls; rm x'", false },
	{ "./bash -lc ls", false },
};

/* What is too long to be looked through is dangerous. */
static void
long_text(struct tap *t, size_t len, enum danger want)
{
	char *text = malloc(len);
	enum danger d = DANGER_NONE;
	if (text == NULL)
		return;
	memset(text, 'a', len);
	tap_ok(t, danger_text(text, len, &d) == 0 && d == want,
		"a text of %zu bytes", len);
	free(text);
}

int
main(void)
{
	struct tap t = { 0 };
	long_text(&t, SHELL_TEXT_MAX, DANGER_NONE);
	long_text(&t, (size_t)SHELL_TEXT_MAX + 1, DANGER_OTHER);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum danger d = DANGER_NONE;
		const char *s = rows[i].text;
		int r = danger_text(s, strlen(s), &d);
		tap_ok(&t, r == 0 && d == rows[i].want, "%s", s);
	}
	for (size_t i = 0; i < sizeof(safe_rows) / sizeof(safe_rows[0]); i++) {
		own_shell_commands struct shell_commands c = { 0 };
		const char *s = safe_rows[i].text;
		int r = shell_decompose(s, strlen(s), SHELL_SH, &c, NULL);
		bool got =
			r == 0 && safe_argv(c.items[0].argc, c.items[0].argv);
		tap_ok(&t, r == 0 && got == safe_rows[i].safe, "safe: %s", s);
	}
	tap_ok(&t, !safe_argv(0, NULL), "nothing is not safe");
	return tap_end(&t);
}
