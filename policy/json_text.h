/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_JSON_TEXT_H
#define POLICY_JSON_TEXT_H
/* json_text.h -- bytes as a JSON string. */
#include <jansson.h>

/**
 * Paths are bytes; what is not UTF-8 is written encoded, as vis does.  NULL for
 * NULL gives null.
 */
json_t *json_text(const char *s);

#endif /* POLICY_JSON_TEXT_H */
