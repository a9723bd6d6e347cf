/* SPDX-License-Identifier: Apache-2.0 */
/* shell_test.c -- shell text: plain, opaque, scanned, wrapped; room: test. */
#include "policy/shell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

/* Commands as "op:word|word", one after the other, with a blank between. */
static void
show(struct buf *out, const struct shell_commands *c)
{
	static const char *const ops[] = { "", ";", "&&", "||", "|" };
	for (size_t i = 0; i < c->n; i++) {
		buf_printf(
			out, "%s%s:", i > 0 ? " " : "", ops[c->items[i].join]);
		for (size_t k = 0; k < c->items[i].argc; k++)
			buf_printf(out, "%s%s", k > 0 ? "," : "",
				c->items[i].argv[k]);
		if (c->items[i].argv[c->items[i].argc] != NULL)
			buf_str_add(out, " NOT ENDED");
	}
}

struct plain_row {
	enum shell_dialect dialect;
	const char *text;
	const char *want; /* as show() prints it, or the reason after "!" */
};

static const struct plain_row plain_rows[] = {
	{ SHELL_SH, "ls -l", ":ls,-l" },
	{ SHELL_SH, "a&&b||c;d|e\nf", ":a &&:b ||:c ;:d |:e ;:f" },
	{ SHELL_SH, "\n\n a;\n b \n", ":a ;:b" },
	{ SHELL_SH, "a 'x y'\"z\"w ''", ":a,x yzw," },
	{ SHELL_SH, "a -g\"*.py\" b='c d'", ":a,-g*.py,b=c d" },
	{ SHELL_SH, "a \"x\\y\"", ":a,x\\y" },
	{ SHELL_SH, "", "!no command" },
	{ SHELL_SH, " \n\t", "!no command" },
	{ SHELL_SH, "a \"\"''", "!an empty word of several parts" },
	{ SHELL_SH, "a &&", "!an operator without a command behind" },
	{ SHELL_SH, "a\n&& b", "!an operator without a command before" },
	{ SHELL_SH, "a;;b", "!an operator without a command before" },
	{ SHELL_SH, "a &", "!a background job" },
	{ SHELL_SH, "a |& b", "!a background job" },
	{ SHELL_SH, "a >b", "!a redirection" },
	{ SHELL_SH, "a $b", "!an expansion" },
	{ SHELL_SH, "a \"$b\"", "!an expansion" },
	{ SHELL_SH, "a `b`", "!a command substitution" },
	{ SHELL_SH, "a \\b", "!a backslash" },
	{ SHELL_SH, "a\\\n/../b", "!a backslash" },
	{ SHELL_SH, "a 'b", "!a quote without an end" },
	{ SHELL_SH, "a ~", "!a tilde" },
	{ SHELL_SH, "a #b", "!a comment or hash sign" },
	{ SHELL_SH, "'a' b", "!a quoted command name" },
	{ SHELL_SH, "A=1 b", "!an assignment" },
	{ SHELL_SH, "+=x b", "!an assignment" },
	{ SHELL_SH, "a =b", "!a word that begins with =" },
	{ SHELL_SH, "12 a", "!a number as command name" },
	{ SHELL_SH, "-1 a", "!a number as command name" },
	{ SHELL_SH, "--1 a", ":--1,a" },
	{ SHELL_SH, "_=a", "!an assignment" },
	{ SHELL_SH, "--x=y a", "!an assignment" },
	{ SHELL_SH, "-x=y a", ":-x=y,a" },
	{ SHELL_SH, "1%b", "!a name with % or @" },
	{ SHELL_SH, "a-%b", ":a-%b" },
	{ SHELL_SH, "a\vb", "!a control character" },
	{ SHELL_SH, "a\fb", "!a control character" },
	{ SHELL_SH, "a\rb", "!a control character" },
	{ SHELL_SH, "a '\x01'", "!a control character" },
	{ SHELL_SH, "a \x7f", "!a control character" },
	{ SHELL_SH, "a \xff", "!bytes that are not UTF-8" },
	{ SHELL_SH, "a \xc0\xaf", "!bytes that are not UTF-8" },
	{ SHELL_SH, "a \xed\xa0\x80", "!bytes that are not UTF-8" },
	{ SHELL_SH,
		"a \xc2\xa0"
		"b",
		":a,\xc2\xa0"
		"b" },
	{ SHELL_SH, "time a", "!a keyword that runs the words behind it" },
	{ SHELL_SH, "a; then", "!a keyword out of place, a syntax error" },
	{ SHELL_SH, "if a", "!a compound command" },
	{ SHELL_SH, "export A", "!a builtin whose arguments are assignments" },
	{ SHELL_SH, "%1", "!a job name" },
	{ SHELL_BASH, "noglob a", ":noglob,a" },
	{ SHELL_ZSH, "noglob a", "!a keyword that runs the words behind it" },
	{ SHELL_ZSH, "repeat 3 a", "!a compound command" },
	{ SHELL_ZSH, "- a", "!a keyword that runs the words behind it" },
	{ SHELL_SH, "alias a=b", ":alias,a=b" },
	{ SHELL_SH, "a; alias b=c", ":a ;:alias,b=c" },
	{ SHELL_SH, "alias a=b\na",
		"!a builtin that changes what later commands mean" },
	{ SHELL_SH, "command set -f; a",
		"!a builtin that changes what later commands mean" },
	{ SHELL_BASH, "printf -v a[0 x", "!a glob character" },
	{ SHELL_BASH, "printf -v 'a[0]' x", ":printf,-v,a[0],x" },
	{ SHELL_BASH, "printf %s -v '[$x]'", ":printf,%s,-v,[$x]" },
	{ SHELL_BASH, "command read 'a[$(b)]'",
		"!a builtin that runs what is in a subscript" },
	{ SHELL_BASH, "test -v PATH; a", ":test,-v,PATH ;:a" },
	{ SHELL_BASH, "test -v 'a[$(b)]'",
		"!a builtin that runs what is in a subscript" },
	{ SHELL_BASH, "builtin test x -a -R 'a[`b`]'",
		"!a builtin that runs what is in a subscript" },
	{ SHELL_ZSH, "printf -v 'a[$(b)]' x",
		"!a builtin that runs what is in a subscript" },
	{ SHELL_BASH, "let 'a[$(b)]'",
		"!a builtin that runs what is in a subscript" },
	{ SHELL_BASH, "printf '[$(b)]'", ":printf,[$(b)]" },
	{ SHELL_BASH, "test -n 'a[$(b)]'", ":test,-n,a[$(b)]" },
};

static void
plain_check(struct tap *t, const struct plain_row *row)
{
	own_shell_commands struct shell_commands c = { 0 };
	own_buf struct buf got = { 0 };
	struct shell_why why = { 0 };
	int r = shell_decompose(
		row->text, strlen(row->text), row->dialect, &c, &why);
	if (r == 0)
		show(&got, &c);
	else if (r == -EOPNOTSUPP)
		buf_printf(&got, "!%s", why.reason);
	tap_str(t, buf_str(&got), row->want, "plain");
}

struct scan_row {
	const char *text;
	int result;
	const char *want;
};

static const struct scan_row scan_rows[] = {
	{ "a b; c | d", 0, ":a,b ;:c |:d" },
	{ "if a; then b; elif c; then d; else e; fi", 0, ":a :b :c :d :e" },
	{ "while a; do b; done; c", 0, ":a :b ;:c" },
	{ "for x in 1 2; do a $x b; done", 0, ":a,b" },
	{ "for x do a; done", 0, ":a" },
	{ "for ((i=0;i<3;i++)); do a; done", 0, ":a" },
	{ "case $x in (a|b) c;; *) d;; esac", 0, ":c :d" },
	{ "case x in a) b;; esac; c", 0, ":b ;:c" },
	{ "f() { a; }; function g { b; }", 0, ":a :b" },
	{ "( a; b ) >x 2>&1 && c", 0, ":a ;:b &&:c" },
	{ "a $(b `c` \"$(d)\") <(e)", 0, ":c :d :b :e :a" },
	{ "a \"x $(b '$(c)')\"", 0, ":b,$(c) :a" },
	{ "a <<E\n$(b)\nE\nc", 0, ":a :b ;:c" },
	{ "a <<'E'\n$(b)\nE\nc", 0, ":a ;:c" },
	{ "a <<A <<-B\n$(b)\nA\n$(c)\n\tB\nd", 0, ":a :b :c ;:d" },
	{ "a <<E\nno end", 0, ":a" },
	{ "[[ -n $(a) && x == y ]] && b", 0, ":a &&:b" },
	{ "((x = $(a) + 1)); b", 0, ":a ;:b" },
	{ "((a ')' b); c); d", 0, ":a,),b ;:c ;:d" },
	{ "a ${x:-$(b)} '${' c", 0, ":b :a,${,c" },
	{ "A=1 B=(x $(a)) b", 0, ":a :b" },
	{ "r\"m\" -f 'x'", 0, ":rm,-f,x" },
	{ "$cmd x; \\a b", 0, ";:\\a,b" },
	{ "a # b\nc", 0, ":a ;:c" },
	{ "a &b & ! c", 0, ":a ;:b ;:c" },
	{ "a |\n\n b", 0, ":a |:b" },
	{ "\"if\" a; done", 0, ":if,a ;:done" },
	{ "{ a; } ", 0, ":a" },
	{ "a 2>b 3< c d", 0, ":a,d" },
	{ "", 0, "" },
	{ "if then a", 1, "" },
	{ "a; if b; then c", 1, "" },
	{ "a\nif b", 1, ":a" },
	{ "a )", 1, "" },
	{ "( a", 1, "" },
	{ "a &&", 1, "" },
	{ "a 'b", 1, "" },
	{ "a `b", 1, "" },
	{ "a >", 1, "" },
	{ ";; a", 1, "" },
	{ "{ a; } b", 1, "" },
	{ "()", 1, "" },
};

static void
scan_check(struct tap *t, const struct scan_row *row)
{
	own_shell_commands struct shell_commands c = { 0 };
	own_buf struct buf got = { 0 };
	struct shell_why why = { 0 };
	int r = shell_scan(row->text, strlen(row->text), &c, &why);
	buf_printf(&got, "%d ", r);
	show(&got, &c);
	own_buf struct buf want = { 0 };
	buf_printf(&want, "%d %s", row->result, row->want);
	if (!tap_str(t, buf_str(&got), buf_str(&want), "scan"))
		printf("# text %s\n# why  %s\n", row->text,
			why.reason ? why.reason : "-");
}

static void
limits_check(struct tap *t)
{
	own_shell_commands struct shell_commands c = { 0 };
	own_buf struct buf text = { 0 };
	struct shell_why why = { 0 };
	for (int i = 0; i < 50000; i++)
		buf_str_add(&text, "( ");
	tap_int(t, shell_scan(text.data, text.len, &c, &why), -E2BIG,
		"50,000 brackets");
	for (int i = 0; i < 40000; i++)
		buf_char(&text, 'a');
	tap_int(t, shell_scan(text.data, text.len, &c, &why), -E2BIG,
		"scan: text too long");
	memset(text.data, 'a', text.len);
	tap_int(t, shell_decompose(text.data, text.len, SHELL_SH, &c, &why),
		-EOPNOTSUPP, "plain: text too long");
	tap_int(t,
		shell_decompose(text.data, SHELL_TEXT_MAX, SHELL_SH, &c, &why),
		0, "plain: the longest text");
	own_shell_commands struct shell_commands d = { 0 };
	tap_int(t, shell_scan("a\0b", 3, &d, &why), 1, "scan: a NUL byte");
	tap_int(t, shell_decompose("a\0b", 3, SHELL_SH, &d, &why), -EOPNOTSUPP,
		"plain: a NUL byte");
}

static void
place_check(struct tap *t)
{
	struct shell_commands c = { 0 };
	struct shell_why why = { 0 };
	struct diag d = { 0 };
	int r = shell_decompose("a\nbc $x", 7, SHELL_SH, &c, &why);
	tap_int(t, r, -EOPNOTSUPP, "opaque");
	tap_ok(t, why.offset == 5 && why.line == 2 && why.column == 4,
		"place of the reason");
	shell_why_diag(&why, &d);
	tap_str(t, d.cause, "line 2, column 4: an expansion", "diag");
}

static void
wrapper_check(struct tap *t)
{
	static const struct {
		const char *argv[5];
		bool is;
		enum shell_dialect dialect;
		bool usual;
	} rows[] = {
		{ { "sh", "-c", "a" }, true, SHELL_SH, true },
		{ { "/bin/bash", "-lc", "a" }, true, SHELL_BASH, true },
		{ { "/usr/bin/zsh", "-c", "a" }, true, SHELL_ZSH, true },
		{ { "./sh", "-c", "a" }, true, SHELL_SH, false },
		{ { "/tmp/bin/sh", "-c", "a" }, true, SHELL_SH, false },
		{ { "dash", "-c", "a" }, false, 0, false },
		{ { "sh", "-ec", "a" }, false, 0, false },
		{ { "sh", "-c", "a", "b" }, false, 0, false },
		{ { "sh", "-c" }, false, 0, false },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *argv[6] = { NULL };
		size_t argc = 0;
		while (argc < 5 && rows[i].argv[argc]) {
			argv[argc] = strdup(rows[i].argv[argc]);
			argc++;
		}
		struct shell_wrapper w = { 0 };
		bool is = shell_wrapper(argc, argv, &w);
		tap_ok(t,
			is == rows[i].is &&
				(!is || (w.dialect == rows[i].dialect &&
						w.usual_path == rows[i].usual)),
			"wrapper %zu", i);
		while (argc > 0)
			free(argv[--argc]);
	}
}

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(plain_rows) / sizeof(plain_rows[0]); i++)
		plain_check(&t, &plain_rows[i]);
	for (size_t i = 0; i < sizeof(scan_rows) / sizeof(scan_rows[0]); i++)
		scan_check(&t, &scan_rows[i]);
	limits_check(&t);
	place_check(&t);
	wrapper_check(&t);
	return tap_end(&t);
}
