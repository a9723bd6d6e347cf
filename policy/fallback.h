/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_FALLBACK_H
#define POLICY_FALLBACK_H
/* fallback.h -- the class of a command that no rule matched. */
#include <stddef.h>

#include "policy/decide.h"

enum {
	FALLBACK_SAFE_LIST = 1 << 0, /* the safe list counts */
	FALLBACK_OPAQUE = 1 << 1,    /* argv wraps text that is opaque */
	FALLBACK_NO_DANGER = 1 << 2, /* the list of dangerous ones is off */
};

/**
 * Judge argv: danger first, then opaque, then the safe list.  0 with the class
 * and the sentence for struct decide_part.danger, or -ENOMEM.
 */
int fallback_class(size_t argc, char *const *argv, unsigned flags,
	enum decide_class *ret, const char **ret_danger);

#endif /* POLICY_FALLBACK_H */
