/* SPDX-License-Identifier: Apache-2.0 */
/* rules_eval_fuzz.c -- any text run as a rules file and asked; room: test. */
/* links: cli */
#include "policy/rules.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const argv[] = { "/usr/bin/../bin/git", "PUSH",
		"\xc3\x89", "" };
	const char *text = (const char *)data;
	if (size > 65536 || !utf8_valid(text, size))
		return 0;
	own_rules struct rules r = { 0 };
	own_rules_error struct rules_error err = { 0 };
	own_rules_result struct rules_result res = { 0 };
	own_buf struct buf out = { 0 };
	rules_init(&r, size % 2 == 0 ? 0 : RULES_COMPAT);
	if (rules_load_text(&r, "fuzz.rules", text, size, RULES_USER, &err) <
		0) {
		rules_error_format(&out, &err);
		/* A file that fails leaves nothing behind. */
		if (!err.set || r.n_rules != 0 || r.n_hosts != 0)
			abort();
	}
	for (size_t argc = 1; argc <= 4; argc++) {
		struct rules_query q = { .argc = argc,
			.argv = argc == 2 ? argv + 1 : argv,
			.resolve = true,
			.cwd = "/work space",
			.home = "/home/x" };
		if (rules_decide(&r, &q, &res) == 0)
			rules_json(&out, &q, &res, argc % 2 == 0);
		rules_result_free(&res);
	}
	return 0;
}
