/* SPDX-License-Identifier: Apache-2.0 */
/* toml_test.c -- documents of TOML 1.0, one for each production; room: test. */
#include "policy/toml.h"

#include <stddef.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

/* A document and what it means, printed as one inline table. */
struct row {
	const char *name, *text, *want;
};

static const struct row rows[] = {
	/* documents, blanks, comments */
	{ "nothing", "", "{}" },
	{ "one newline", "\n", "{}" },
	{ "blanks only", " \t \n\t\n", "{}" },
	{ "a comment without newline", "# c", "{}" },
	{ "comments with tab, UTF-8 and all signs", "#\t\xc3\xa9 [\"'\n#\n",
		"{}" },
	{ "a comment behind a value", "a = 1 # c\n", "{a = 1}" },
	{ "CR LF", "a = 1\r\n\r\nb = 2\r\n", "{a = 1, b = 2}" },
	{ "no newline at the end", "a = 1", "{a = 1}" },
	{ "no blanks at all", "a=1", "{a = 1}" },
	{ "tabs for blanks", "\ta\t=\t1\t\n", "{a = 1}" },
	/* keys */
	{ "bare key of all kinds", "aZ-_9 = 1", "{aZ-_9 = 1}" },
	{ "a key of digits", "1234 = 1", "{1234 = 1}" },
	{ "a key like a word", "true = 1\ninf = 2", "{true = 1, inf = 2}" },
	{ "a quoted key", "\"a b\" = 1", "{\"a b\" = 1}" },
	{ "a literal key", "'a\"b' = 1", "{\"a\\\"b\" = 1}" },
	{ "an empty key", "\"\" = 1", "{\"\" = 1}" },
	{ "an empty literal key", "'' = 1", "{\"\" = 1}" },
	{ "a key with an escape", "\"\\u00e9\" = 1", "{\"\xc3\xa9\" = 1}" },
	{ "quoted and bare is the same key", "\"a\".b = 1\na.c = 2",
		"{a = {b = 1, c = 2}}" },
	{ "a dotted key", "a.b.c = 1", "{a = {b = {c = 1}}}" },
	{ "blanks around dots", "a . \"b\"\t.c = 1", "{a = {b = {c = 1}}}" },
	{ "a dotted key like a float", "3.14 = 1", "{3 = {14 = 1}}" },
	{ "dotted keys out of order", "a.b = 1\nc = 2\na.d = 3",
		"{a = {b = 1, d = 3}, c = 2}" },
	{ "a dot within quotes", "'a.b'.c = 1", "{\"a.b\" = {c = 1}}" },
	/* basic strings */
	{ "an empty string", "a = \"\"", "{a = \"\"}" },
	{ "all short escapes", "a = \"\\b\\t\\n\\f\\r\\\"\\\\\"",
		"{a = \"\\b\\t\\n\\f\\r\\\"\\\\\"}" },
	{ "\\u and \\U", "a = \"\\u0041\\U0001F600\\uFFFF\"",
		"{a = \"A\xf0\x9f\x98\x80\xef\xbf\xbf\"}" },
	{ "the ends of the scalar values", "a = \"\\uD7FF\\uE000\\U0010FFFF\"",
		"{a = \"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"}" },
	{ "a NUL by escape", "a = \"x\\u0000y\"", "{a = \"x\\u0000y\"}" },
	{ "a tab as it is", "a = \"\t\"", "{a = \"\\t\"}" },
	{ "a literal string", "a = '\\n\"'", "{a = \"\\\\n\\\"\"}" },
	{ "an empty literal", "a = ''", "{a = \"\"}" },
	{ "what turns a terminal around is printed as an escape",
		"a = \"\xe2\x80\xae\"", "{a = \"\\u202E\"}" },
	/* multi-line strings */
	{ "an empty one", "a = \"\"\"\"\"\"", "{a = \"\"}" },
	{ "the first newline is trimmed", "a = \"\"\"\nx\ny\"\"\"",
		"{a = \"x\\ny\"}" },
	{ "only the first newline", "a = \"\"\"\n\nx\"\"\"", "{a = \"\\nx\"}" },
	{ "CR LF becomes LF", "a = \"\"\"\r\nx\r\ny\"\"\"", "{a = \"x\\ny\"}" },
	{ "one and two quotes within", "a = \"\"\"x\"y\"\"z\"\"\"",
		"{a = \"x\\\"y\\\"\\\"z\"}" },
	{ "one quote before the end", "a = \"\"\"x\"\"\"\"",
		"{a = \"x\\\"\"}" },
	{ "two quotes before the end", "a = \"\"\"x\"\"\"\"\"",
		"{a = \"x\\\"\\\"\"}" },
	{ "an escaped quote before the end", "a = \"\"\"x\\\"\"\"\"",
		"{a = \"x\\\"\"}" },
	{ "a backslash eats newline and blanks",
		"a = \"\"\"x \\\n\n \t y\"\"\"", "{a = \"x y\"}" },
	{ "a backslash, blanks, newline", "a = \"\"\"x\\ \t\r\ny\"\"\"",
		"{a = \"xy\"}" },
	{ "a backslash right before the end", "a = \"\"\"x\\\n\"\"\"",
		"{a = \"x\"}" },
	{ "a literal one", "a = '''\n\\n\n'x''y'''",
		"{a = \"\\\\n\\n'x''y\"}" },
	{ "two quotes before a literal end", "a = '''x'''''", "{a = \"x''\"}" },
	/* integers */
	{ "integers", "a = [0, +0, -0, 1, +1, -1]",
		"{a = [0, 0, 0, 1, 1, -1]}" },
	{ "underscores", "a = 1_000\nb = 1_2_3", "{a = 1000, b = 123}" },
	{ "the ends of 64 bits",
		"a = [9223372036854775807, -9223372036854775808]",
		"{a = [9223372036854775807, -9223372036854775808]}" },
	{ "hexadecimal, either case", "a = [0xDEADbeef, 0x0, 0x00f_f]",
		"{a = [3735928559, 0, 255]}" },
	{ "octal and binary", "a = [0o755, 0b1101_0110]", "{a = [493, 214]}" },
	{ "the largest by base", "a = 0x7fffffffffffffff",
		"{a = 9223372036854775807}" },
	/* floats */
	{ "floats", "a = [1.0, +1.5, -0.01]", "{a = [1.0, 1.5, -0.01]}" },
	{ "exponents", "a = [5e+22, 1E06, -2e-2, 6.5e3]",
		"{a = [4.9999999999999996e+22, 1000000.0, -0.02, 6500.0]}" },
	{ "underscores in floats", "a = 2_2.3_4e1_0", "{a = 223400000000.0}" },
	{ "an exponent may begin with zero", "a = 1e007", "{a = 10000000.0}" },
	{ "inf and nan", "a = [inf, +inf, -inf, nan, +nan, -nan]",
		"{a = [inf, inf, -inf, nan, nan, nan]}" },
	{ "zero with its sign", "a = [0.0, -0.0, 0e0]",
		"{a = [0.0, -0.0, 0.0]}" },
	{ "too small is zero", "a = 1e-400", "{a = 0.0}" },
	/* booleans */
	{ "booleans", "a = true\nb = false", "{a = true, b = false}" },
	/* dates and times */
	{ "with Z", "a = 1979-05-27T07:32:00Z", "{a = 1979-05-27T07:32:00Z}" },
	{ "small letters", "a = 1979-05-27t07:32:00z",
		"{a = 1979-05-27T07:32:00Z}" },
	{ "a blank for T", "a = 1979-05-27 07:32:00Z",
		"{a = 1979-05-27T07:32:00Z}" },
	{ "with an offset", "a = 1979-05-27T00:32:00-07:30",
		"{a = 1979-05-27T00:32:00-07:30}" },
	{ "with a fraction", "a = 1979-05-27T00:32:00.5+01:00",
		"{a = 1979-05-27T00:32:00.500000000+01:00}" },
	{ "further digits are cut off", "a = 07:32:00.1234567899",
		"{a = 07:32:00.123456789}" },
	{ "local date and time", "a = 1979-05-27T07:32:00",
		"{a = 1979-05-27T07:32:00}" },
	{ "local date", "a = 1979-05-27", "{a = 1979-05-27}" },
	{ "local date and a comment", "a = 1979-05-27 # x",
		"{a = 1979-05-27}" },
	{ "local time", "a = 07:32:00", "{a = 07:32:00}" },
	{ "leap years", "a = [2000-02-29, 2024-02-29]",
		"{a = [2000-02-29, 2024-02-29]}" },
	{ "a leap second", "a = 1990-12-31T23:59:60Z",
		"{a = 1990-12-31T23:59:60Z}" },
	/* arrays */
	{ "an empty array", "a = []", "{a = []}" },
	{ "a comma at the end", "a = [1, 2,]", "{a = [1, 2]}" },
	{ "mixed types", "a = [1, 'x', 2.5, [true], {b = 1}]",
		"{a = [1, \"x\", 2.5, [true], {b = 1}]}" },
	{ "newlines and comments", "a = [ # c\n\n 1 # c\n , # c\n 2\n]",
		"{a = [1, 2]}" },
	{ "an empty array with a comment", "a = [\n# c\n]", "{a = []}" },
	{ "arrays in arrays", "a = [[], [[1]], []]", "{a = [[], [[1]], []]}" },
	/* inline tables */
	{ "an empty inline table", "a = {}", "{a = {}}" },
	{ "an inline table", "a = { b = 1, c = 'x' }",
		"{a = {b = 1, c = \"x\"}}" },
	{ "dotted keys in it", "a = {b.c = 1, b.d = 2}",
		"{a = {b = {c = 1, d = 2}}}" },
	{ "inline in inline", "a = {b = {c = {}}}", "{a = {b = {c = {}}}}" },
	{ "a multi-line array in it", "a = {b = [\n1\n]}", "{a = {b = [1]}}" },
	{ "a value behind a nested dotted one", "a = {b.c.d = 1, e = 2}",
		"{a = {b = {c = {d = 1}}, e = 2}}" },
	/* tables */
	{ "a table", "[a]\nb = 1", "{a = {b = 1}}" },
	{ "an empty table", "[a]", "{a = {}}" },
	{ "blanks in a header", "[ a . 'b' ] # c\nc = 1",
		"{a = {b = {c = 1}}}" },
	{ "a table behind its sub-table", "[a.b]\nc = 1\n[a]\nd = 2",
		"{a = {b = {c = 1}, d = 2}}" },
	{ "tables out of order", "[a.b]\n[c]\n[a.d]",
		"{a = {b = {}, d = {}}, c = {}}" },
	{ "a header below a dotted table", "[a]\nb.c = 1\n[a.b.d]\ne = 2",
		"{a = {b = {c = 1, d = {e = 2}}}}" },
	{ "keys before the first header", "a = 1\n[b]\nc = 2",
		"{a = 1, b = {c = 2}}" },
	{ "an empty part in a header", "[\"\"]\n['a'.\"\"]",
		"{\"\" = {}, a = {\"\" = {}}}" },
	/* arrays of tables */
	{ "an array of tables", "[[a]]\nb = 1\n[[a]]\n[[a]]\nb = 3",
		"{a = [{b = 1}, {}, {b = 3}]}" },
	{ "sub-tables belong to the last element",
		"[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2",
		"{a = [{b = {c = 1}}, {b = {c = 2}}]}" },
	{ "an array of tables in one", "[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2",
		"{a = [{b = [{c = 1}, {c = 2}]}]}" },
	{ "a header makes the way", "[[a.b]]\nc = 1\n[a]\nd = 2",
		"{a = {b = [{c = 1}], d = 2}}" },
};

static void
check(struct tap *t, const struct row *r)
{
	own_toml struct toml_doc doc = { 0 };
	own_buf struct buf out = { 0 }, again = { 0 };
	struct diag d = { 0 };

	if (toml_parse(&doc, "t", r->text, strlen(r->text), &d) < 0) {
		tap_ok(t, false, "%s", r->name);
		printf("# %s: %s\n", d.thing, d.cause);
		return;
	}
	toml_print(doc.root, &out);
	tap_str(t, buf_str(&out), r->want, r->name);
	/* What is printed reads back as the same. */
	own_toml struct toml_doc twin = { 0 };
	buf_str_add(&again, "v = ");
	buf_add(&again, out.data, out.len);
	if (toml_parse(&twin, "t", again.data, again.len, &d) < 0) {
		tap_ok(t, false, "%s: printed text reads back", r->name);
		return;
	}
	buf_free(&again);
	toml_print(toml_get(&twin, twin.root, "v"), &again);
	tap_str(t, buf_str(&again), buf_str(&out), "and reads back");
}

static void
positions(struct tap *t)
{
	static const char text[] =
		"a = 1\n[b]\n  \"\xc3\xa9\" = [ 1,\n 'x' ]\n";
	own_toml struct toml_doc doc = { 0 };
	struct diag d = { 0 };

	tap_int(t, toml_parse(&doc, "t", text, strlen(text), &d), 0, "parses");
	const struct toml *b = toml_get(&doc, doc.root, "b");
	const struct toml *v = toml_get(&doc, b, "\xc3\xa9");
	tap_int(t, b->key_line, 2, "line of a header");
	tap_int(t, b->key_col, 2, "column of a header's part");
	tap_int(t, v->key_line, 3, "line of a key");
	tap_int(t, v->key_col, 3, "column of a key");
	tap_int(t, v->col, 9, "column of a value, in characters");
	tap_int(t, v->kids.last->line, 4, "line of an element");
	tap_int(t, v->kids.last->col, 2, "column of an element");
	tap_ok(t, toml_get(&doc, doc.root, "c") == NULL, "no such key");
	tap_ok(t, toml_get(&doc, b, "a") == NULL, "no key of another table");
}

int
main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&t, &rows[i]);
	positions(&t);
	return tap_end(&t);
}
