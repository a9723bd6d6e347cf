/* SPDX-License-Identifier: Apache-2.0 */
/* profile_json_fuzz.c -- profile_from_json() on any bytes: profile_check.h. */
#include "tests/fuzz/profile_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	profile_check(data, size, profile_from_json);
	return 0;
}
