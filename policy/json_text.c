/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.c -- bytes as a JSON string; room: user. */
#include "policy/json_text.h"

#include "policy/buf.h"

json_t *
json_text(const char *s)
{
	json_t *plain = NULL;
	own_buf struct buf coded = { 0 };

	if (!s)
		return json_null();
	plain = json_string(s);
	if (plain)
		return plain;
	for (; *s; s++) {
		if ((unsigned char)*s < 0x80)
			buf_char(&coded, *s);
		else
			buf_printf(&coded, "\\x%02x", (unsigned char)*s);
	}
	return json_string(buf_str(&coded));
}
