/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CAPS_H
#define POLICY_CAPS_H
/*
 * caps.h -- look at the machine as the command will: without capabilities.
 *
 * Root may search every directory, the command of root (uid 0 without any
 * capability) only what uid 0 may.
 */
#include <stdint.h>

struct caps {
	uint32_t effective[2];
};

/** Make the effective set empty and remember it; nothing where it is so. */
void caps_lower(struct caps *ret_saved);
/** Give back what caps_lower() took. */
void caps_restore(const struct caps *saved);

#endif /* POLICY_CAPS_H */
