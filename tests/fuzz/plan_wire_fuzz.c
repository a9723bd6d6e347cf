/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_wire_fuzz.c -- a blob is decoded; what decodes is encoded again to the
 * same bytes; what also passes the check becomes options of bwrap, whose form
 * is looked at.
 */
/* links: policy/plan_encode.c policy/buf.c policy/diag.c policy/vis.c policy/utf8.c launcher/plan_wire.c launcher/plan_wire_list.c launcher/plan_check.c launcher/bwrap_argv.c */
#include "launcher/plan_wire.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/bwrap_argv.h"
#include "launcher/plan_check.h"
#include "policy/buf.h"
#include "policy/plan_encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stays on whatever NDEBUG says. */
#define must_hold(x)             \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static void
walk(const struct plan_list *list)
{
	size_t at = 0;
	uint32_t n = 0;
	size_t bytes = 0;
	for (const char *s; (s = plan_list_next(list, &at)) != NULL; n++)
		bytes += strlen(s) + 5;
	must_hold(n == list->count && bytes == list->len);
}

static void
round_trip(const struct plan *p, const uint8_t *data, size_t size)
{
	own_buf struct buf out = { 0 };
	must_hold(plan_encode(p, NULL, NULL, NULL, &out, NULL) == 0);
	must_hold(out.len == size && memcmp(out.data, data, size) == 0);
}

static void
options(const struct plan *p)
{
	static char bytes[BWRAP_ARGS_BYTES];
	struct bwrap_args args = { .bytes = bytes, .size = sizeof bytes };
	int err = bwrap_argv(p, PLAN_FD_MAX, &args);
	must_hold(err == 0 || err == -E2BIG);
	must_hold(args.len > 0 && args.bytes[args.len - 1] == '\0');
	uint32_t count = 0;
	for (size_t i = 0; i < args.len; i++)
		count += args.bytes[i] == '\0';
	must_hold(count == args.count);
	must_hold((err == 0) == (count <= BWRAP_ARGUMENTS_MAX));
	/* Too little room is noticed, never written over. */
	struct bwrap_args little = { .bytes = bytes, .size = args.len - 1 };
	must_hold(bwrap_argv(p, PLAN_FD_MAX, &little) == -ENOBUFS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan p;
	struct plan_fault f = { .mount = -1 };
	const char *why = NULL;
	if (plan_decode(data, size, &p, &why) != 0) {
		must_hold(why != NULL);
		return 0;
	}
	walk(&p.argv);
	walk(&p.env);
	if (size <= PLAN_BLOB_MAX)
		round_trip(&p, data, size);
	if (plan_check(&p, &f) == 0)
		options(&p);
	else
		must_hold(f.cause != NULL && f.mount < (int32_t)p.n_mounts);
	return 0;
}
