/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHQUOTE_H
#define POLICY_SHQUOTE_H
/*
 * shquote.h -- argument vectors as one line of shell text, byte for byte as
 * the texts that people know from the older tool.  Not made harmless for a
 * terminal: that is policy/vis.h.
 */
#include <stddef.h>

struct buf;

void shquote_word(struct buf *out, const char *word);

/** Words with one blank between them. */
void shquote_argv(struct buf *out, size_t argc, char *const *argv);

#endif /* POLICY_SHQUOTE_H */
