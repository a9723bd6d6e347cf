/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_record_fuzz.c -- whatever lies in a record of placeholders, what is
 * read is a path with a name, within the text, and is written the same again.
 */
#include "policy/journal_record.h"

#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_buf struct buf text = { 0 };
	own_buf struct buf again = { 0 };
	struct record_reader reader;
	struct record r;

	buf_add(&text, data, size);
	if (record_open(&reader, buf_str(&text), text.len) < 0)
		return 0;
	record_begin(&again, reader.late);
	while (record_next(&reader, &r)) {
		const char *name = strrchr(r.path, '/');

		if (r.path[0] != '/' || !name || name[1] == '\0' ||
			r.path + strlen(r.path) >= buf_str(&text) + text.len)
			abort();
		(void)record_add(&again, &r);
	}
	if (again.len > text.len ||
		(reader.late == (buf_str(&text)[29] == '1') &&
			memcmp(buf_str(&again), buf_str(&text), again.len) !=
				0))
		abort();
	return 0;
}
