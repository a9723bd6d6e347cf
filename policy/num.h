/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NUM_H
#define POLICY_NUM_H
/*
 * num.h -- strict numbers: decimal digits only, no sign, blank, prefix or
 * overflow.
 */
#include <stdint.h>

/**
 * Parse all of s; 0, -EINVAL (not a plain number) or -ERANGE (outside
 * min..max).
 */
int num_parse(const char *s, uint64_t min, uint64_t max, uint64_t *ret_value);

/** As num_parse() with an optional suffix K, M, G, T (powers of 1024). */
int num_parse_size(const char *s, uint64_t max, uint64_t *ret_bytes);

/**
 * A duration: digits with up to three decimals, then optional ms, s, m, h or d
 * (no unit = seconds).  0 is allowed.  Result in milliseconds, of which it has
 * to be a whole number.  Errors as num_parse().
 */
int num_parse_duration(const char *s, uint64_t max_ms, uint64_t *ret_ms);

/** The value of a hexadecimal digit of either case; -1 when it is none. */
int num_hex(char c);

#endif /* POLICY_NUM_H */
