/* SPDX-License-Identifier: Apache-2.0 */
/* plan_wire_list.c -- the strings of a decoded list (room: inside, user). */
#include "launcher/plan_wire.h"

#include <stddef.h>
#include <stdint.h>

enum { HEAD = 4 }; /* the length before each string */

/* plan_decode() has walked it: every length fits and every string ends. */
const char *
plan_list_next(const struct plan_list *list, size_t *at)
{
	const uint8_t *text = list->bytes + *at + HEAD;
	size_t len = 0;
	if (*at >= list->len)
		return NULL;
	for (int i = HEAD; i > 0; i--)
		len = len << 8 | list->bytes[*at + (size_t)i - 1];
	*at += HEAD + len + 1;
	return (const char *)text; /* bytes are text */
}
