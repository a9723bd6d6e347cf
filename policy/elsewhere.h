/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_ELSEWHERE_H
#define POLICY_ELSEWHERE_H
/*
 * elsewhere.h -- file systems whose files are kept by somebody else than this kernel:
 * another machine, the host of a virtual machine, a program.
 *
 * The mounts, and Landlock, hold on them as on any other.  What differs is said: the
 * other side can change files beside the sandbox, and decides who may read them.  The
 * type is that of mountinfo; statfs(2) gives what the other side says.
 */
#include <jansson.h>
#include <stdbool.h>

struct buf;
struct view;

/** What is different on a file system of this type; NULL: this kernel keeps it. */
const char *elsewhere_words(const char *type);

/** Writable places that are kept elsewhere, a line of `explain` each. */
void elsewhere_text(const struct view *v, struct buf *out);

/** The same as an array of objects with `path` and `type`. */
json_t *elsewhere_json(const struct view *v);

/** Of the current directory: "TYPE: WORDS", and true; or nothing, and false. */
bool elsewhere_here(struct buf *out);

#endif /* POLICY_ELSEWHERE_H */
