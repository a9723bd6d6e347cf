/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_VIS_H
#define POLICY_VIS_H
/*
 * vis.h -- untrusted bytes made harmless for terminals and logs (I10).
 *
 * C0, DEL, C1 (raw and as UTF-8), invalid UTF-8, bidirectional controls
 * (U+202A-202E, U+2066-2069, U+200E, U+200F, U+061C), zero-width characters
 * (U+200B-200D, U+2060, U+FEFF), other characters without a form (soft hyphen,
 * tags and the like), line and paragraph separators (U+2028, U+2029) and the
 * backslash itself are written as \xNN for each byte (backslash as \\).
 * Everything else passes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/** Is the code point one that is encoded (but for the backslash)? */
bool vis_is_hidden(uint32_t cp);

void vis_add(struct buf *out, const char *bytes, size_t len);
void vis_str(struct buf *out, const char *s);

/** A JSON text that is ASCII (JSON_ENSURE_ASCII) but for DEL, without it. */
void vis_json(struct buf *out, const char *dump);

/**
 * As vis_str(), in single quotes for a shell when it holds more than
 * [A-Za-z0-9._/=:,@%+-]; $'...' where bytes were encoded, so that what is
 * pasted means the same bytes.
 */
void vis_shell(struct buf *out, const char *s);

#endif /* POLICY_VIS_H */
