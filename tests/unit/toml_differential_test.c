/* SPDX-License-Identifier: Apache-2.0 */
/* toml_differential_test.c -- our TOML reader against Python's; room: test. */
/*
 * tests/config/differential.py makes documents and compares; it has this program
 * read them (--dump).  From stdin come a decimal length, a newline and that many
 * bytes for each; to stdout goes a line {"ok":VALUE} or {"error":"TEXT"}.
 */
#include "policy/toml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"

enum { INPUT_MAX = 4 << 20 };

static void
json_string(const char *s, size_t len)
{
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
scalar(const struct toml *v)
{
	static const char *const tags[] = {
		[TOML_STRING] = "s",
		[TOML_INTEGER] = "i",
		[TOML_FLOAT] = "f",
		[TOML_BOOL] = "b",
		[TOML_DATETIME] = "dt",
		[TOML_LOCAL_DATETIME] = "ldt",
		[TOML_LOCAL_DATE] = "d",
		[TOML_LOCAL_TIME] = "t",
	};
	struct buf b = { 0 };

	printf("[\"%s\",", tags[v->type]);
	if (v->type == TOML_STRING) {
		json_string(v->str.text, v->str.len);
	} else {
		toml_print(v, &b);
		json_string(buf_str(&b), b.len);
	}
	putchar(']');
	buf_free(&b);
}

static void
dump(const struct toml *top)
{
	const struct toml *v = top;

	for (;;) {
		if (v != top && v->parent->type == TOML_TABLE) {
			json_string(v->key, v->key_len);
			putchar(':');
		}
		bool box = v->type == TOML_TABLE || v->type == TOML_ARRAY;
		if (box) {
			putchar(v->type == TOML_TABLE ? '{' : '[');
			if (v->type == TOML_ARRAY)
				printf("\"a\"%s", v->kids.n > 0 ? "," : "");
			if (v->kids.first != NULL) {
				v = v->kids.first;
				continue;
			}
			putchar(v->type == TOML_TABLE ? '}' : ']');
		} else {
			scalar(v);
		}
		while (v != top && v->next == NULL) {
			v = v->parent;
			putchar(v->type == TOML_TABLE ? '}' : ']');
		}
		if (v == top)
			return;
		putchar(',');
		v = v->next;
	}
}

static void
one(const char *text, size_t len)
{
	struct toml_doc doc;
	struct diag d = { 0 };

	if (toml_parse(&doc, "t", text, len, &d) == 0) {
		printf("{\"ok\":");
		dump(doc.root);
	} else {
		char line[2 * DIAG_TEXT_MAX + 8];
		(void)snprintf(line, sizeof(line), "%s: %s", d.thing, d.cause);
		printf("{\"error\":");
		json_string(line, strlen(line));
	}
	printf("}\n");
	toml_doc_free(&doc);
}

static int
dump_all(void)
{
	char head[32];
	char *text = malloc(INPUT_MAX);

	if (text == NULL)
		return 1;
	while (fgets(head, sizeof(head), stdin) != NULL) {
		size_t len = strtoul(head, NULL, 10);
		if (len > INPUT_MAX || fread(text, 1, len, stdin) != len)
			return 1;
		one(text, len);
	}
	free(text);
	return 0;
}

int
main(int argc, char **argv)
{
	char self[4096];

	if (argc == 2 && strcmp(argv[1], "--dump") == 0)
		return dump_all();
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		return 1;
	self[n] = '\0';
	(void)execlp("python3", "python3", "tests/config/differential.py", self,
		argc > 1 ? argv[1] : "20000", argc > 2 ? argv[2] : "1",
		(char *)NULL);
	printf("1..0 # SKIP python3: %s\n", strerror(errno));
	return 0;
}
