/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHA256_H
#define POLICY_SHA256_H
/* sha256.h -- SHA-256 (FIPS 180-4) of a text in memory. */
#include <stddef.h>

enum { SHA256_HEX = 65 }; /* 64 digits and a NUL */

void sha256_hex(const void *bytes, size_t len, char ret_hex[SHA256_HEX]);

#endif /* POLICY_SHA256_H */
