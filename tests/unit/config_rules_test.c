/* SPDX-License-Identifier: Apache-2.0 */
/* config_rules_test.c -- the administrator's prefix rules; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <stddef.h>

#include "tests/unit/config_fixture.h"

#define RULES "[rules]\nprefix_rules = "

static const struct {
	const char *text, *cause;
} bad[] = {
	{ RULES "[]", "rules prefix_rules cannot be empty" },
	{ RULES "[1]", "cannot be this array" },
	{ RULES "'x'", "cannot be" },
	{ RULES "[{ decision = 'prompt' }]",
		"prefix_rule at index 0 has an empty pattern" },
	{ RULES "[{ pattern = [], decision = 'prompt' }]",
		"index 0 has an empty pattern" },
	{ RULES "[{ pattern = [{ token = 'a', any_of = ['b'] }], "
		"decision = 'prompt' }]",
		"invalid pattern token at index 0: set either token or "
		"any_of, not both" },
	{ RULES "[{ pattern = [{ token = 'a' }, {}], decision = 'prompt' }]",
		"token at index 1: set either token or any_of" },
	{ RULES "[{ pattern = ['a'], decision = 'prompt' }]",
		"token at index 0: set either token or any_of" },
	{ RULES "[{ pattern = [{ any_of = [] }], decision = 'prompt' }]",
		"any_of cannot be empty" },
	{ RULES "[{ pattern = [{ any_of = ['a', ''] }], decision = 'prompt' }]",
		"any_of cannot include empty tokens" },
	{ RULES "[{ pattern = [{ token = '' }], decision = 'prompt' }]",
		"token cannot be empty" },
	{ RULES "[{ pattern = [{ token = 'a' }], decision = 'prompt', "
		"justification = '' }]",
		"has an empty justification" },
	{ RULES "[{ pattern = [{ token = 'a' }] }]", "is missing a decision" },
	{ RULES "[{ pattern = [{ token = 'a' }], decision = 'allow' }]",
		"has decision 'allow', which is not permitted" },
	{ RULES "[{ pattern = [{ token = 'a' }], decision = 'ask' }]",
		"has an unknown decision" },
	{ RULES "[{ pattern = [{ token = 'a' }], decison = 'prompt' }]",
		"has an unknown key" },
	{ RULES "[{ pattern = [{ token = 'a' }], decision = 'prompt' },"
		"{ pattern = [{ token = 'a' }], decision = 1 }]",
		"prefix_rule at index 1" },
};

static void
good(struct tap *t, struct fixture *f)
{
	struct config_prefix_rule *r = NULL;
	size_t n = 0;

	fixture_write(f, "managed/requirements.toml",
		"[[rules.prefix_rules]]\n"
		"pattern = [{ token = 'git' }, { any_of = ['push', 'fetch'] }]\n"
		"decision = 'prompt-user'\njustification = 'ask'\n"
		"canonical_matching = true\n"
		"[[rules.prefix_rules]]\n"
		"pattern = [{ token = 'rm' }]\ndecision = 'forbidden'\n");
	fixture_works(t, f, fixture_load(f), "two rules");
	fixture_works(t, f, config_prefix_rules(f->c, &r, &n, &f->d), "read");
	if (!tap_ok(t, n == 2, "both"))
		return;
	tap_int(t, (long long)r[0].n_tokens, 2, "two places");
	tap_str(t, r[0].tokens[0].items[0], "git", "a token");
	tap_int(t, (long long)r[0].tokens[1].n, 2, "alternatives");
	tap_str(t, r[0].tokens[1].items[1], "fetch", "the second one");
	tap_str(t, r[0].decision, "prompt-user", "a decision");
	tap_str(t, r[0].justification, "ask", "a justification");
	tap_ok(t, r[0].canonical_matching && !r[1].canonical_matching,
		"canonical_matching");
	tap_ok(t, strstr(r[1].origin, "requirements.toml:6") != NULL,
		"a rule knows its line");
	tap_ok(t, r[1].justification == NULL, "no justification");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fixture_write(&f, "managed/requirements.toml", bad[i].text);
		fixture_fails(&t, &f, fixture_load(&f),
			"requirements.toml:", bad[i].cause);
	}
	good(&t, &f);
	fixture_write(&f, "managed/requirements.toml", NULL);
	return fixture_end(&f, &t);
}
