/* SPDX-License-Identifier: Apache-2.0 */
/* toml_refuse_test.c -- what is not TOML 1.0, and where it says so; room: test. */
#include "policy/toml.h"

#include <errno.h>
#include <stddef.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

struct row {
	const char *text;
	unsigned line, col;
	const char *cause; /* a part of it */
};

static const struct row rows[] = {
	/* bytes */
	{ "a = \"\xff\"", 1, 6, "byte 0xff is not UTF-8" },
	{ "# \xc0\xaf", 1, 3, "is not UTF-8" },
	{ "# \xed\xa0\x80", 1, 3, "is not UTF-8" },
	{ "# \xf4\x90\x80\x80", 1, 3, "is not UTF-8" },
	{ "# \xe2\x82", 1, 3, "is not UTF-8" },
	{ "\xef\xbb\xbf"
	  "a = 1",
		1, 1, "byte order mark" },
	{ "a = 1\rb = 2", 1, 6, "carriage return" },
	{ "a = 1\r", 1, 6, "carriage return" },
	{ "# \x01", 1, 3, "control character 0x01" },
	{ "a = '\x7f'", 1, 6, "control character 0x7f" },
	{ "a = \"\x1b[m\"", 1, 6, "control character 0x1b" },
	/* keys and pairs */
	{ "a", 1, 2, "equals sign is missing" },
	{ "a =", 1, 4, "a value is missing" },
	{ "a = # c", 1, 5, "a value is missing" },
	{ "a =\n1", 1, 4, "a value is missing" },
	{ "= 1", 1, 1, "a key is missing" },
	{ "a..b = 1", 1, 3, "a key is missing" },
	{ ".a = 1", 1, 1, "a key is missing" },
	{ "a. = 1", 1, 4, "a key is missing" },
	{ "a b = 1", 1, 3, "equals sign is missing" },
	{ "\xc3\xa9 = 1", 1, 1, "a key is missing" },
	{ "a = 1 b = 2", 1, 7, "more text" },
	{ "a = 1, b = 2", 1, 6, "more text" },
	{ "\"\"\"a\"\"\" = 1", 1, 1, "multi-line" },
	{ "'''a''' = 1", 1, 1, "multi-line" },
	{ "\"a\nb\" = 1", 1, 1, "not closed" },
	{ "a = 1\na = 2", 2, 1, "\"a\" is defined already, in line 1" },
	{ "a = 1\n\"a\" = 2", 2, 1, "defined already" },
	{ "a.b = 1\na = 2", 2, 1, "defined already" },
	{ "a = 1\na.b = 2", 2, 1, "defined already" },
	{ "a.b = 1\na.b.c = 2", 2, 3, "\"b\" is defined already" },
	/* strings */
	{ "a = \"x", 1, 5, "not closed" },
	{ "a = 'x", 1, 5, "not closed" },
	{ "a = \"x\ny\"", 1, 5, "not closed" },
	{ "a = 'x\ny'", 1, 5, "not closed" },
	{ "a = \"x\\", 1, 5, "not closed" },
	{ "a = \"x\\\n\"", 1, 5, "not closed" },
	{ "a = \"\"\"x\"\"", 1, 5, "not closed" },
	{ "a = '''x''", 1, 5, "not closed" },
	{ "a = \"\"\"x\\\"\"\"", 1, 5, "not closed" },
	{ "a = \"\\x41\"", 1, 6, "no such escape" },
	{ "a = \"\\e\"", 1, 6, "no such escape" },
	{ "a = \"\\ \"", 1, 6, "no such escape" },
	{ "a = \"\"\"\\ x\"\"\"", 1, 8, "no such escape" },
	{ "a = \"\\u12\"", 1, 6, "4 digits" },
	{ "a = \"\\u12g4\"", 1, 6, "4 digits" },
	{ "a = \"\\U0001F60\"", 1, 6, "8 digits" },
	{ "a = \"\\uD800\"", 1, 6, "U+D800 is no character" },
	{ "a = \"\\U00110000\"", 1, 6, "is no character" },
	{ "a = \"x\" \"y\"", 1, 9, "more text" },
	{ "a = \"\"\"x\"\"\"\"\"\"", 1, 14, "more text" },
	{ "a = '''x''''''", 1, 14, "more text" },
	/* numbers */
	{ "a = 01", 1, 5, "begin with zero" },
	{ "a = -01", 1, 5, "begin with zero" },
	{ "a = 1_", 1, 5, "is no value" },
	{ "a = _1", 1, 5, "is no value" },
	{ "a = 1__0", 1, 5, "is no value" },
	{ "a = ++1", 1, 5, "is no value" },
	{ "a = +", 1, 5, "is no value" },
	{ "a = 9223372036854775808", 1, 5, "too large" },
	{ "a = -9223372036854775809", 1, 5, "too large" },
	{ "a = 0x8000000000000000", 1, 5, "too large" },
	{ "a = 99999999999999999999999", 1, 5, "too large" },
	{ "a = +0x1", 1, 5, "is no value" },
	{ "a = 0x", 1, 5, "base 16" },
	{ "a = 0xg", 1, 5, "base 16" },
	{ "a = 0x_1", 1, 5, "base 16" },
	{ "a = 0o8", 1, 5, "base 8" },
	{ "a = 0b2", 1, 5, "base 2" },
	{ "a = 0X1", 1, 5, "is no value" },
	{ "a = 1.", 1, 5, "is no value" },
	{ "a = .5", 1, 5, "is no value" },
	{ "a = 1.e3", 1, 5, "is no value" },
	{ "a = 1._5", 1, 5, "is no value" },
	{ "a = 1_.5", 1, 5, "is no value" },
	{ "a = 00.5", 1, 5, "is no value" },
	{ "a = 1e", 1, 5, "is no value" },
	{ "a = 1e+", 1, 5, "is no value" },
	{ "a = 1e_1", 1, 5, "is no value" },
	{ "a = 1e1.5", 1, 5, "is no value" },
	{ "a = 1e400", 1, 5, "too large" },
	{ "a = Inf", 1, 5, "is no value" },
	{ "a = --inf", 1, 5, "is no value" },
	/* words */
	{ "a = True", 1, 5, "is no value" },
	{ "a = truer", 1, 5, "is no value" },
	{ "a = yes", 1, 5, "\"yes\" is no value" },
	/* dates */
	{ "a = 2026-13-01", 1, 5, "no such date" },
	{ "a = 2026-1x-01", 1, 5, "no such date" },
	{ "a = 2x26-01-01", 1, 5, "is no value" },
	{ "a = 2026-00-01", 1, 5, "no such date" },
	{ "a = 2026-02-29", 1, 5, "no such date" },
	{ "a = 1900-02-29", 1, 5, "no such date" },
	{ "a = 2026-04-31", 1, 5, "no such date" },
	{ "a = 2026-01-00", 1, 5, "no such date" },
	{ "a = 2026-1-01", 1, 5, "no such date" },
	{ "a = 24:00:00", 1, 5, "no such date" },
	{ "a = 12:60:00", 1, 5, "no such date" },
	{ "a = 12:00:61", 1, 5, "no such date" },
	{ "a = 12:00", 1, 5, "no such date" },
	{ "a = 12:00:00.", 1, 5, "no such date" },
	{ "a = 12:00:00Z", 1, 5, "no such date" },
	{ "a = 2026-01-01T", 1, 5, "no such date" },
	{ "a = 2026-01-01T12:00", 1, 5, "no such date" },
	{ "a = 2026-01-01T12:00:00+24:00", 1, 5, "no such date" },
	{ "a = 2026-01-01T12:00:00+01:60", 1, 5, "no such date" },
	{ "a = 2026-01-01T12:00:00+1:00", 1, 5, "no such date" },
	{ "a = 2026-01-01  12:00:00", 1, 17, "more text" },
	{ "a = 2026-01-01Z", 1, 5, "no such date" },
	/* arrays */
	{ "a = [1", 1, 7, "array that begins in line 1" },
	{ "a = [1 2]", 1, 8, "array that begins in line 1" },
	{ "a = [,]", 1, 6, "a value is missing" },
	{ "a = [1,,2]", 1, 8, "a value is missing" },
	{ "a = [\n1,\n", 3, 1, "array that begins in line 1" },
	{ "a = [1]]", 1, 8, "more text" },
	{ "a = [b = 1]", 1, 6, "is no value" },
	/* inline tables */
	{ "a = {b = 1", 1, 11, "inline table that begins" },
	{ "a = {b = 1,}", 1, 12, "inline table that begins" },
	{ "a = {,}", 1, 6, "a key is missing" },
	{ "a = {b = 1 c = 2}", 1, 12, "inline table that begins" },
	{ "a = {\nb = 1}", 1, 6, "a key is missing" },
	{ "a = {b = 1\n}", 1, 11, "inline table that begins" },
	{ "a = {b = 1, # c\nc = 2}", 1, 13, "a key is missing" },
	{ "a = {b}", 1, 7, "equals sign" },
	{ "a = {b = 1, b = 2}", 1, 13, "defined already" },
	{ "a = {b = 1, b.c = 2}", 1, 13, "defined already" },
	{ "a = {b.c = 1, b = 2}", 1, 15, "defined already" },
	{ "a = {b = {c = 1}, b.d = 2}", 1, 19, "defined already" },
	{ "a = {}\na.b = 1", 2, 1, "defined already" },
	{ "a = {}\n[a]", 2, 2, "defined already" },
	{ "a = {}\n[a.b]", 2, 2, "defined already" },
	{ "a = {b = {}}\n[a.b.c]", 2, 2, "defined already" },
	{ "[t]\na = {}\n[t.a]", 3, 4, "defined already" },
	/* headers */
	{ "[a", 1, 3, "not closed by ]" },
	{ "[a\n]", 1, 3, "not closed by ]" },
	{ "[]", 1, 2, "a key is missing" },
	{ "[a.]", 1, 4, "a key is missing" },
	{ "[.a]", 1, 2, "a key is missing" },
	{ "[a]]", 1, 4, "more text" },
	{ "[a] b = 1", 1, 5, "more text" },
	{ "[a b]", 1, 4, "not closed by ]" },
	{ "[[a]", 1, 4, "not closed by ]]" },
	{ "[[a] ]", 1, 4, "not closed by ]]" },
	{ "[ [a]]", 1, 3, "a key is missing" },
	{ "[a]\n[a]", 2, 2, "defined already, in line 1" },
	{ "[a]\nb = 1\n[a.b]", 3, 4, "\"b\" is defined already" },
	{ "[a]\nb = 1\n[a.b.c]", 3, 4, "\"b\" is defined already" },
	{ "[a]\nb.c = 1\n[a.b]", 3, 4, "defined already" },
	{ "a.b = 1\n[a]", 2, 2, "defined already" },
	{ "[a.b]\n[a]\nb.c = 1", 3, 1, "defined already" },
	{ "[a.b.c]\n[a]\nb.t = 1", 3, 1, "defined already" },
	{ "[a.b]\n[a]\n[a]", 3, 2, "defined already" },
	/* arrays of tables */
	{ "a = []\n[[a]]", 2, 3, "defined already" },
	{ "a = [{}]\n[a.b]", 2, 2, "defined already" },
	{ "[a]\n[[a]]", 2, 3, "defined already" },
	{ "[[a]]\n[a]", 2, 2, "defined already" },
	{ "[a.b]\n[[a]]", 2, 3, "defined already" },
	{ "[[a]]\n[[a.b]]\n[a.b]", 3, 4, "defined already" },
	{ "[[a]]\n[a.b]\n[[a.b]]", 3, 5, "defined already" },
	{ "a.b = 1\n[[a]]", 2, 3, "defined already" },
	{ "[x]\na.b = 1\n[[x.a]]", 3, 5, "defined already" },
};

static void
check(struct tap *t, const struct row *r)
{
	own_toml struct toml_doc doc = { 0 };
	struct diag d = { 0 };
	int rc = toml_parse(&doc, "t", r->text, strlen(r->text), &d);
	bool ok = rc == -EINVAL && doc.root == NULL &&
		  doc.err_line == r->line && doc.err_col == r->col &&
		  strstr(d.cause, r->cause) != NULL && d.mend[0] != '\0';

	if (!tap_ok(t, ok, "%s at %u:%u", r->cause, r->line, r->col))
		printf("# rc %d, %s: %s\n", rc, d.thing, d.cause);
}

/* A NUL ends no document: it is refused like any control character. */
static void
nul_byte(struct tap *t)
{
	own_toml struct toml_doc doc = { 0 };
	struct diag d = { 0 };

	tap_int(t, toml_parse(&doc, "t", "a = 1\0x", 7, &d), -EINVAL,
		"a NUL byte");
	tap_str(t, d.cause, "control character 0x00", "is named");
}

static void
excerpts(struct tap *t)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "x = 1\n\ta = \xc3\xa9\xc3\xa9 yes",
			"    2 |  a = \xc3\xa9\xc3\xa9 yes\n      |      ^\n" },
		{ "a = \"\xe2\x80\xae\" x\r\n",
			"    1 | a = \"\\xe2\\x80\\xae\" x\n"
			"      |                    ^\n" },
		{ "a = \"", "    1 | a = \"\n      |     ^\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		own_toml struct toml_doc doc = { 0 };
		own_buf struct buf out = { 0 };
		(void)toml_parse(&doc, "t", cases[i].text,
			strlen(cases[i].text), NULL); /* it fails */
		toml_excerpt(&doc, doc.err_line, doc.err_col, &out);
		tap_str(t, buf_str(&out), cases[i].want, "excerpt with caret");
	}
}

/* A long line is cut around the column; the caret stays under it. */
static void
long_line(struct tap *t)
{
	own_toml struct toml_doc doc = { 0 };
	own_buf struct buf text = { 0 }, out = { 0 };

	for (int i = 0; i < 500; i++)
		buf_char(&text, 'a');
	buf_str_add(&text, " = !");
	for (int i = 0; i < 500; i++)
		buf_char(&text, 'b');
	(void)toml_parse(&doc, "t", text.data, text.len, NULL); /* it fails */
	toml_excerpt(&doc, doc.err_line, doc.err_col, &out);
	const char *line = strchr(buf_str(&out), '|') + 2;
	const char *second = strchr(strchr(line, '\n'), '|') + 2;
	tap_int(t, strchr(line, '!') - line, strchr(second, '^') - second,
		"the caret of a long line");
	tap_ok(t, out.len < 300, "and the line is cut");
}

int
main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &rows[i]);
	nul_byte(&t);
	excerpts(&t);
	long_line(&t);
	return tap_end(&t);
}
