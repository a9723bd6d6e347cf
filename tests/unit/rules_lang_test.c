/* SPDX-License-Identifier: Apache-2.0 */
/* rules_lang_test.c -- the language: what runs, what is refused, where; room: test. */
/* links: cli */
#include "policy/rules.h"

#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

/* text: a file; want: the justification of its first rule, or the error. */
struct row {
	const char *text;
	const char *want;
	uint32_t line, column; /* of the error; 0: it must load */
};

#define SHOW(e) "w = " e "\nprefix_rule([\"x\"], justification=repr(w))\n"

static const struct row rows[] = {
	{ SHOW("1 + 2 * 3"), "7", 0, 0 },
	{ SHOW("-7 // 2"), "-4", 0, 0 },
	{ SHOW("7 % -2"), "-1", 0, 0 },
	{ SHOW("[x * 2 for x in range(4) if x != 1]"), "[0, 4, 6]", 0, 0 },
	{ SHOW("{k: v for k, v in [(1, 2)]}"), "{1: 2}", 0, 0 },
	{ SHOW("1 if [] else 2 if 0 else 3"), "3", 0, 0 },
	{ SHOW("not 1 == 2 and 3"), "3", 0, 0 },
	{ SHOW("\"abc\"[::-1] + \"%s%d\" % (1, 2)"), "\"cba12\"", 0, 0 },
	{ SHOW("f\"{1 + 1}{{}}\""), "\"2{}\"", 0, 0 },
	{ SHOW("(lambda a, b=2, *c, **d: [a, b, c, d])(1, 3, 4, e=5)"),
		"[1, 3, (4,), {\"e\": 5}]", 0, 0 },
	{ SHOW("99999999999999999999"), "99999999999999999999", 0, 0 },
	{ SHOW("sorted([3, 1, 2], reverse=True)"), "[3, 2, 1]", 0, 0 },
	{ SHOW("[[1, [2]], (3,)] == [[1, [2]], (3,)]"), "True", 0, 0 },
	{ "a = [1]\nb = a\nb += [2]\n" SHOW("a"), "[1, 2]", 0, 0 },
	{ "def f():\n    for i in [1, 2]:\n        for j in [3]:\n"
	  "            return i\nx = [f(), f()]\n" SHOW("x"),
		"[1, 1]", 0, 0 },
	{ "x = 1\nfor i in range(3):\n    if i == 1: continue\n    x += i\n" SHOW(
		  "x"),
		"3", 0, 0 },
	{ SHOW("f'{\"a\"!r}{\"b\"! s }{1 != 2}'"), "\"\\\"a\\\"bTrue\"", 0, 0 },
	{ SHOW("r\"\\\"\" + r'\\\\' + r'''a\\'b'''"), "\"\\\"\\\\\\\\a'b\"", 0,
		0 },
	{ SHOW("[1234567.0, 999999.5, 1.5e-5, 1e-6, 0.1 + 0.2, 1.2345678e15, -0.0]"),
		"[1.234567e+06, 999999.5, 0.000015, 1e-06, 0.30000000000000004, 1.234568e+15, -0.0]",
		0, 0 },
	{ SHOW("'\\u2003 a\\u00a0b \\u2028'.strip().split()"), "[\"a\", \"b\"]",
		0, 0 },
	{ SHOW("[len('\\u3000a\\u3000'.lstrip()), "
	       "len('\\u3000a\\u3000'.rstrip()), len('\\u3000a\\u3000'.strip())]"),
		"[2, 2, 1]", 0, 0 },
	{ SHOW("'%d %x %X %E %G' % (-1.9, 255, -255, 1.5, 1e10)"),
		"\"-1 ff -FF 1.500000E+00 1E+10\"", 0, 0 },
	{ SHOW("'%s' % b'a'"), "\"b\\\"a\\\"\"", 0, 0 },
	{ "def f(*a: tuple, **k: dict): return [a, k]\n" SHOW("f(1, b=2)"),
		"[(1,), {\"b\": 2}]", 0, 0 },
	{ "def f(a: dict[str, int], b: list[int]): return [a, b]\n" SHOW(
		  "f({'a': 1}, [2])"),
		"[{\"a\": 1}, [2]]", 0, 0 },
	{ "v = 1\nx = f'{v!x}'\n",
		"invalid f-string conversion specifier, expected 's' or 'r'", 2,
		9 },
	{ "x = f'{1 !r}'\n", "Parse error: invalid input `!`", 1, 10 },
	{ "v = {}\nx = v[1, 2]\n",
		"not supported here: two values in [], outside of a type", 2,
		5 },
	{ "x = 'a'.split('')\n",
		"not supported here: splitting at an empty separator", 1, 5 },
	{ "def f(*a: int): pass\nf('x')\n",
		"Value `(\"x\",)` of type `tuple` does not match the type annotation `int` for argument `a`",
		2, 1 },
	{ "def f(**k: str): pass\nf(a='b')\n",
		"Value `{\"a\": \"b\"}` of type `dict` does not match the type annotation `str` for argument `k`",
		2, 1 },
	{ "x = '%d' % 3e9\n",
		"Operation `format(%d)` not supported on type `float`", 1, 5 },
	{ "x = '%x' % True\n",
		"Operation `format(%x)` not supported on type `bool`", 1, 5 },
	{ "x = '%x' % 99999999999999999999\n",
		"not supported here: %x of an integer over 63 bits", 1, 5 },
	{ "x = '%f' % 'a'\n",
		"Type of parameters mismatch, expected `float | int`, actual `string (repr: \"a\")`",
		1, 5 },
	{ "v: dict[str, int] = {'a': 'b'}\n",
		"Value `{\"a\": \"b\"}` of type `dict` does not match the type annotation `dict[str, int]` for return type",
		1, 21 },
	{ "network_rule(\"::000000000000000000000000000000000000000000000000000000000000\", \"http\", \"allow\")\n",
		"invalid rule: network_rule host has an invalid port or address",
		1, 1 },
	{ "x = y\n", "Variable `y` not found", 1, 5 },
	{ "x = 1\n  y = 2\n",
		"Parse error: unexpected new indentation block, expected "
		"expression",
		2, 1 },
	{ "if 1:\n\tx = 1\n", "Parse error: tabs are not allowed", 2, 1 },
	{ "x = 1 < 2 < 3\n",
		"Parse error: unexpected symbol '<', expected end of expression "
		"(comparisons are not associative in Starlark)",
		1, 11 },
	{ "while True: pass\n",
		"Parse error: cannot use reserved keyword `while`", 1, 1 },
	{ "x = [1][\"\u00e9\"] # \u00e9\n",
		"Expected `int`, but got `string (repr: \"\\xe9\")`", 1, 5 },
	{ "x = \"\u00e9\" + 1\n",
		"Operation `+` not supported for types `string` and `int`", 1,
		5 },
	{ "def f(x):\n    return f(x)\nf(1)\n",
		"not supported here: recursion (`f` is already being called)",
		2, 12 },
	{ "x = sorted([1], key=lambda v: v)\n",
		"not supported here: key= (a builtin cannot call back into the "
		"file)",
		1, 5 },
	{ "x = dir(1)\n", "not supported here: bytes() and dir()", 1, 5 },
	{ "x = 9223372036854775807 + 1\n",
		"not supported here: a result over 63 bits (integer overflow)",
		1, 5 },
	{ "x = [1]\nfor y in x:\n    x.append(1)\n",
		"This operation mutates an iterable for an iterator while "
		"iterating over the iterable",
		3, 5 },
	{ "f(a=1, a=2)\n", "repeated named argument", 1, 8 },
	{ "x = [i for i in range(1000000000)]\n",
		"limit reached: more than 1000000 steps (time)", 1, 17 },
	{ "x = \"a\" * 1000000\nx = x + x\nx = x + x\nx = x + x\nx = x + x\n"
	  "x = x + x\n",
		"limit reached: more than 16777216 bytes of values (memory)", 5,
		5 },
	{ "x = []\nfor i in range(300): x = [x]\ny = str(x)\n",
		"limit reached: values nested more than 200 deep (depth)", 3,
		5 },
	{ "for i in range(200000): prefix_rule([\"a\"])\n",
		"limit reached: more than 100000 rules", 1, 25 },
};

static void
run(struct tap *t, const struct row *row, size_t n)
{
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	rules_init(&r, 0);
	int bad = rules_load_text(
		&r, "t.rules", row->text, strlen(row->text), RULES_USER, &err);
	if (row->line == 0) {
		const char *got = bad == 0 && r.n_rules > 0
					  ? r.rules[0].justification->s
					  : buf_str(&err.msg);
		tap_str(t, got, row->want, row->want);
		return;
	}
	struct rules_place p = rules_place_of(&err.src, err.span.begin);
	bool ok = tap_ok(t,
		bad < 0 && strcmp(buf_str(&err.msg), row->want) == 0 &&
			(row->line == 0 || (p.line == row->line &&
						   p.column == row->column)) &&
			r.n_rules == 0,
		"refused: %s", row->want);
	if (!ok)
		printf("# row %zu: %u:%u %s\n", n, p.line, p.column,
			buf_str(&err.msg));
}

/* n times open, then close: an error of its own, never a crash. */
static void
deep(struct tap *t, const char *open, size_t n)
{
	own_buf struct buf text = { .max = 1 << 20 };
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	rules_init(&r, 0);
	buf_str_add(&text, "x = ");
	for (size_t i = 0; i < n; i++)
		buf_str_add(&text, open);
	buf_str_add(&text, "1\n");
	int bad = rules_load_text(
		&r, "t.rules", buf_str(&text), text.len, RULES_USER, &err);
	tap_ok(t, bad < 0 && strstr(buf_str(&err.msg), "limit reached") != NULL,
		"%zu times \"%s\" ends at the depth limit", n, open);
}

/* The text loads, or ends with that limit. */
static void
bounded(struct tap *t, const struct buf *text, const char *limit,
	const char *name)
{
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	rules_init(&r, 0);
	int bad = rules_load_text(
		&r, "t.rules", buf_str(text), text->len, RULES_USER, &err);
	bool ok = limit == NULL
			  ? bad == 0
			  : bad < 0 && strstr(buf_str(&err.msg), limit) != NULL;
	if (!tap_ok(t, ok, "%s", name))
		printf("# %d %s\n", bad, buf_str(&err.msg));
}

/* n functions, each called by the next. */
static void
calls(struct tap *t, int n, const char *limit)
{
	own_buf struct buf text = { 0 };
	own_buf struct buf name = { 0 };
	buf_str_add(&text, "def f0(): pass\n");
	for (int i = 1; i < n; i++)
		buf_printf(&text, "def f%d(): f%d()\n", i, i - 1);
	buf_printf(&text, "f%d()\n", n - 1);
	buf_printf(&name, "%d calls open at once", n);
	bounded(t, &text, limit, buf_str(&name));
}

/* f"{f"{...1...}"}" n times. */
static void
format_strings(struct tap *t, int n, const char *limit)
{
	own_buf struct buf text = { 0 };
	own_buf struct buf name = { 0 };
	buf_str_add(&text, "x = ");
	for (int i = 0; i < n; i++)
		buf_str_add(&text, "f\"{");
	buf_str_add(&text, "1");
	for (int i = 0; i < n; i++)
		buf_str_add(&text, "}\"");
	buf_printf(&name, "%d format strings inside each other", n);
	bounded(t, &text, limit, buf_str(&name));
}

/* A comment that fills the file up to n bytes. */
static void
size(struct tap *t, size_t n, const char *limit)
{
	own_buf struct buf text = { .max = RULES_FILE_MAX + 16 };
	own_buf struct buf name = { 0 };
	while (text.len < n)
		buf_char(&text, '#');
	buf_printf(&name, "%zu bytes in one file", n);
	bounded(t, &text, limit, buf_str(&name));
}

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&t, &rows[i], i);
	deep(&t, "[", 100000);
	deep(&t, "(", 100000);
	deep(&t, "-", 100000);
	deep(&t, "not ", 100000);
	deep(&t, "lambda: ", 100000);
	deep(&t, "{1: ", 100000);
	deep(&t, "f(", 100000);
	calls(&t, 49, NULL); /* the file itself is one */
	calls(&t, 50, "more than 50 calls open at once (depth)");
	format_strings(&t, 16, NULL);
	format_strings(&t, 17, "more than 16 format strings");
	size(&t, RULES_FILE_MAX, NULL);
	size(&t, RULES_FILE_MAX + 1, "bytes in one file");
	return tap_end(&t);
}
