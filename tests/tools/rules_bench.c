/* SPDX-License-Identifier: Apache-2.0 */
/* rules_bench.c -- processor time to load 10,000 rules and to decide (room: test). */
#include "policy/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "policy/buf.h"

enum { RULES = 10000, LOADS = 20, DECISIONS = 2000000 };

static uint64_t
now_ns(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts); /* cannot fail */
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
load(struct rules *r, const struct buf *text)
{
	own_rules_error struct rules_error err = { 0 };
	rules_init(r, 0);
	return rules_load_text(
		r, "bench.rules", buf_str(text), text->len, RULES_USER, &err);
}

int
main(void)
{
	own_buf struct buf text = { .max = 1 << 20 };
	own_rules struct rules r = { 0 };
	for (int i = 0; i < RULES; i++)
		buf_printf(&text,
			"prefix_rule(pattern=[\"git%d\", \"status\", \"x%d\"], "
			"decision=\"allow\")\n",
			i, i);
	uint64_t best = UINT64_MAX;
	for (int i = 0; i < LOADS; i++) {
		rules_free(&r);
		uint64_t from = now_ns();
		if (load(&r, &text) < 0)
			return 1;
		uint64_t took = now_ns() - from;
		best = took < best ? took : best;
	}
	static const char *const hit[] = { "git77", "status", "x77", "-v" };
	static const char *const miss[] = { "hg", "status" };
	const char *const *argv[] = { hit, miss };
	uint64_t each[2] = { 0 };
	for (int k = 0; k < 2; k++) {
		struct rules_query q = {
			.argc = k == 0 ? 4 : 2, .argv = argv[k], .cwd = "/"
		};
		uint64_t from = now_ns();
		for (int i = 0; i < DECISIONS; i++) {
			own_rules_result struct rules_result res = { 0 };
			if (rules_decide(&r, &q, &res) < 0)
				return 1;
		}
		each[k] = (now_ns() - from) / DECISIONS;
	}
	printf("{\"rules\":%d,\"load_us\":%" PRIu64
	       ",\"decide_hit_ns\":%" PRIu64 ",\"decide_miss_ns\":%" PRIu64
	       "}\n",
		RULES, best / 1000, each[0], each[1]);
	return best < 40000000 && each[0] < 2000 && each[1] < 2000 ? 0 : 1;
}
