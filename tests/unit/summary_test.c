/* SPDX-License-Identifier: Apache-2.0 */
/* summary_test.c -- display summaries, and words quoted; room: test. */
#include "policy/summary.h"

#include <string.h>

#include "policy/buf.h"
#include "policy/shquote.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text;
	const char *want; /* kind(command;name or query;path) ... */
} rows[] = {
	{ "cat a; cat a", "read(cat a;a;/w/a)" },
	{ "cd x; cat ../b/./c", "read(cat ../b/./c;c;/w/b/c)" },
	{ "cd -- -d && cat y", "read(cat y;y;/w/-d/y)" },
	{ "cd a b; cat y", "read(cat y;y;/w/b/y)" },
	{ "cat a | sed -n 1,5p", "read(cat a | sed -n 1,5p;a;/w/a)" },
	{ "sed -n '1,5p' a/src", "read(sed -n '1,5p' a/src;a;/w/a/src)" },
	{ "tail -n +5 a", "read(tail -n +5 a;a;/w/a)" },
	{ "head -n5 a", "read(head -n5 a;a;/w/a)" },
	{ "awk -F : '{print}' a", "read(awk -F : '{print}' a;a;/w/a)" },
	{ "rg --files src/x | head -n 5", "listFiles(rg --files src/x;-;x)" },
	{ "ls || true", "listFiles(ls;-;-)" },
	{ "echo a; ls", "listFiles(ls;-;-)" },
	{ "find . -name x", "search(find . -name x;x;.)" },
	{ "fd x a/b", "search(fd x a/b;x;b)" },
	{ "fd ./a", "listFiles(fd ./a;-;a)" },
	{ "grep -rn -e x a", "search(grep -rn -e x a;x;a)" },
	{ "grep -f p a", "search(grep -f p a;p;a)" },
	{ "git grep -n x", "search(git grep -n x;x;-)" },
	{ "rg -l x | xargs perl -pi -e y",
		"unknown(rg -l x | xargs perl -pi -e y;-;-)" },
	{ "ls | nl -b a", "unknown(ls | nl -b a;-;-)" },
	{ "rg --files | nl -ba", "listFiles(rg --files;-;-)" },
	{ "ls >x", "unknown(ls >x;-;-)" },
	{ "cd x", "" },
	{ "true; true", "" },
	{ "head -n +5 a", "unknown(head -n +5 a;-;-)" },
	{ "cat a | head -n -5", "unknown(cat a | head -n -5;-;-)" },
	{ "cat a | tail -c +5", "read(cat a;a;/w/a)" },
	{ "cat a | tail -n 5 -", "unknown(cat a | tail -n 5 -;-;-)" },
	{ "rg -- -x b c", "search(rg -- -x b c;b;c)" },
	{ "grep -- -x b", "search(grep -- -x b;-x;b)" },
	{ "grep --include b c", "search(grep --include b c;b;c)" },
	{ "nl -- -f", "unknown(nl -- -f;-;-)" },
	{ "find -L a -name b", "search(find -L a -name b;b;a)" },
	{ "python3.11 -c os.walk", "listFiles(python3.11 -c os.walk;-;-)" },
	{ "python3x -c os.walk", "unknown(python3x -c os.walk;-;-)" },
	{ "sed --quiet 1,5p a", "unknown(sed --quiet 1,5p a;-;-)" },
	{ "sed -n -i 1,5p a", "unknown(sed -n -i 1,5p a;-;-)" },
	{ "sed -n 1,5p -e 6p a", "read(sed -n '1,5p' -e 6p a;a;/w/a)" },
	{ "cat a | sed s/b/c/", "read(cat a;a;/w/a)" },
	{ "cat a | sed -ni 1,5p b", "unknown(cat a | sed -ni 1,5p b;-;-)" },
	{ "ls | xargs sed -ri b", "unknown(ls | xargs sed -ri b;-;-)" },
};

static void
row_check(struct tap *t, const char *text, const char *want)
{
	own_summary struct summary s = { 0 };
	own_buf struct buf got = { 0 };
	own_buf struct buf copy = { 0 };
	char sh[] = "sh", flag[] = "-c";
	buf_str_add(&copy, text);
	char *argv[] = { sh, flag, copy.data, NULL };
	if (summary_argv(3, argv, "/w", &s) != 0)
		buf_str_add(&got, "failed");
	for (size_t i = 0; i < s.n; i++) {
		const struct summary_action *a = &s.actions[i];
		const char *middle = a->name ? a->name : a->query;
		buf_printf(&got, "%s%s(%s;%s;%s)", i > 0 ? " " : "",
			summary_kind_name(a->kind), a->command,
			middle ? middle : "-", a->path ? a->path : "-");
	}
	tap_str(t, buf_str(&got), want, text);
}

static void
quote_check(struct tap *t, const char *word, const char *want)
{
	own_buf struct buf got = { 0 };
	shquote_word(&got, word);
	tap_str(t, buf_str(&got), want, "quoted");
}

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		row_check(&t, rows[i].text, rows[i].want);
	own_summary struct summary s = { 0 };
	char ls[] = "ls", dir[] = "a b";
	char *const argv[] = { ls, dir, NULL };
	tap_ok(&t,
		summary_argv(2, argv, "/w", &s) == 0 && s.n == 1 &&
			s.actions[0].kind == SUMMARY_LIST &&
			strcmp(s.actions[0].command, "ls 'a b'") == 0,
		"an argument vector that is no shell");
	quote_check(&t, "", "''");
	quote_check(&t, "a-b/c.d:e@f_", "a-b/c.d:e@f_");
	quote_check(&t, "a=b", "'a=b'");
	quote_check(&t, "a b\"c", "'a b\"c'");
	quote_check(&t, "c'd", "\"c'd\"");
	quote_check(&t, "c'\"\\", "\"c'\\\"\\\\\"");
	quote_check(&t, "$c'd", "'$c'\"'d\"");
	quote_check(&t, "a\\b", "\"a\\\\b\"");
	quote_check(&t, "a^b", "a'^b'");
	quote_check(&t, "[{=\\!\\", "\"[{=\\\\\"'!'\"\\\\\"");
	return tap_end(&t);
}
