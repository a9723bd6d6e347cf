/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_PROFILE_PRINT_H
#define POLICY_PROFILE_PRINT_H
/* profile_print.h -- a policy in its one canonical form. */

#include <stdbool.h>

struct buf;
struct profile;

/**
 * Append the policy as a tagged permission profile: one line of JSON, members
 * and entries in a fixed order, every character that acts on a terminal
 * escaped.  profile_from_json() reads the same policy back, but for origin and
 * source, FS_MISSING_ERROR (which JSON cannot say; read back as default) and
 * bytes that are not UTF-8 in a pattern (shown as vis does; in a path they
 * survive, as a file: URI).
 */
void profile_to_json(const struct profile *p, struct buf *out);

/** May a JSON string hold these bytes? */
bool profile_is_utf8(const char *s);

/** Append a string that is UTF-8 as JSON, always in the same form. */
void profile_string_add(struct buf *out, const char *s);

#endif /* POLICY_PROFILE_PRINT_H */
