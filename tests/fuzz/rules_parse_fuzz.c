/* SPDX-License-Identifier: Apache-2.0 */
/* rules_parse_fuzz.c -- any bytes through lexer, parser, compiler and formatter; room: test. */
/* links: cli */
#include <stdint.h>
#include <stdlib.h>

#include "policy/buf.h"
#include "policy/rules_ast.h"
#include "policy/rules_cli.h"
#include "policy/rules_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	if (size > 65536 || !utf8_valid(text, size))
		return 0;
	own_arena struct arena a = { .max = RULES_TREE_MAX };
	own_rules_error struct rules_error err = { 0 };
	own_rules_error struct rules_error again = { 0 };
	own_buf struct buf shown = { 0 };
	own_buf struct buf house = { 0 };
	own_buf struct buf twice = { 0 };
	struct rules_src src = { "fuzz.rules", text, (uint32_t)size };
	struct node *tree = NULL;
	struct image image = { 0 };
	err.src = src;
	if (rules_parse(&src, &a, &err, &tree) < 0) {
		rules_error_format(&shown, &err);
		if (!err.set)
			abort();
		return 0;
	}
	if (rules_compile(&src, &a, &err, tree, &image) < 0)
		rules_error_format(&shown, &err);
	/* What parses can be formatted, and house form stays as it is. */
	if (rules_format(&house, &src, &again) < 0)
		return 0;
	struct rules_src made = { "house", buf_str(&house),
		(uint32_t)house.len };
	if (rules_format(&twice, &made, &again) < 0)
		abort();
	return 0;
}
