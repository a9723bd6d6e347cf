/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NETADDR_IDNA_H
#define POLICY_NETADDR_IDNA_H
/*
 * netaddr_idna.h -- one label of a name in its canonical spelling.
 *
 * ASCII becomes small letters.  Beyond ASCII the scripts are known in which a
 * character and its A-label leave no choice (Latin, Greek, Cyrillic, Georgian,
 * kana, Han, Hangul; UTS 46, non-transitional): the rest of Unicode would need
 * tables for mapping, composition and direction that this project does not
 * carry, and is refused.  Such a name is written as xn--..., as it travels.
 */
#include <stdbool.h>
#include <stddef.h>

enum { NETADDR_LABEL_MAX = 63 };

/** false: empty, over 63 bytes (as A-label too), or a character not known. */
bool netaddr_label(const char *s, size_t len, char ret[NETADDR_LABEL_MAX + 1]);

#endif /* POLICY_NETADDR_IDNA_H */
