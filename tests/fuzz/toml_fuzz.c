/* SPDX-License-Identifier: Apache-2.0 */
/* toml_fuzz.c -- any bytes as TOML; what is read prints and reads back; room: test. */
#include "policy/toml.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Depth of the root's values grows by one when it is printed as a value. */
static size_t
deepest(const struct toml *top)
{
	const struct toml *v = top;
	size_t depth = 0;

	for (;;) {
		if (v->depth > depth)
			depth = v->depth;
		bool box = v->type == TOML_TABLE || v->type == TOML_ARRAY;
		if (box && v->kids.first != NULL) {
			v = v->kids.first;
			continue;
		}
		while (v != top && v->next == NULL)
			v = v->parent;
		if (v == top)
			return depth;
		v = v->next;
	}
}

static void
round_trip(const struct toml_doc *doc)
{
	own_buf struct buf one = { 0 }, two = { 0 };
	own_toml struct toml_doc twin = { 0 };

	if (deepest(doc->root) >= TOML_DEPTH_MAX)
		return;
	buf_str_add(&one, "v = ");
	toml_print(doc->root, &one);
	int rc = toml_parse(&twin, "twin", buf_str(&one), one.len, NULL);
	if (rc < 0) {
		/* Print may be longer than the text it came from. */
		if (one.len <= TOML_SIZE_MAX && doc->n_keys < TOML_KEYS_MAX &&
			doc->arena.used < TOML_MEMORY_MAX / 4)
			abort();
		return;
	}
	buf_str_add(&two, "v = ");
	toml_print(toml_get(&twin, twin.root, "v"), &two);
	if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_toml struct toml_doc doc = { 0 };
	own_buf struct buf out = { 0 };
	struct diag d = { 0 };
	const void *text = data;
	int rc = toml_parse(&doc, "fuzz", text, size, &d);

	if (rc < 0) {
		/* An error has a place and can be shown. */
		if (d.cause[0] == '\0' || d.mend[0] == '\0')
			abort();
		if (size <= TOML_SIZE_MAX && rc == -EINVAL && doc.err_line == 0)
			abort();
		toml_excerpt(&doc, doc.err_line, doc.err_col, &out);
		return 0;
	}
	round_trip(&doc);
	return 0;
}
