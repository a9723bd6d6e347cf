/* SPDX-License-Identifier: Apache-2.0 */
/* num_test.c -- numbers, sizes, durations: what is taken and what is not. */
#include "policy/num.h"

#include <errno.h>
#include <stddef.h>

#include "tests/unit/tap.h"

enum form { PLAIN, SIZE, DURATION };

struct row {
	enum form form;
	const char *text;
	uint64_t min;
	uint64_t max;
	int result;
	uint64_t value;
};

static const struct row rows[] = {
	{ PLAIN, "0", 0, 9, 0, 0 },
	{ PLAIN, "9", 0, 9, 0, 9 },
	{ PLAIN, "007", 0, 9, 0, 7 },
	{ PLAIN, "10", 0, 9, -ERANGE, 0 },
	{ PLAIN, "1", 2, 9, -ERANGE, 0 },
	{ PLAIN, "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
	{ PLAIN, "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
	{ PLAIN, "99999999999999999999999", 0, UINT64_MAX, -ERANGE, 0 },
	{ PLAIN, "99999999999999999999999x", 0, UINT64_MAX, -EINVAL, 0 },
	{ PLAIN, "", 0, 9, -EINVAL, 0 },
	{ PLAIN, "-1", 0, UINT64_MAX, -EINVAL, 0 },
	{ PLAIN, "+1", 0, 9, -EINVAL, 0 },
	{ PLAIN, " 1", 0, 9, -EINVAL, 0 },
	{ PLAIN, "1 ", 0, 9, -EINVAL, 0 },
	{ PLAIN, "1\n", 0, 9, -EINVAL, 0 },
	{ PLAIN, "0x1", 0, 9, -EINVAL, 0 },
	{ PLAIN, "1e3", 0, 9999, -EINVAL, 0 },
	{ PLAIN, "\xd9\xa1", 0, 9, -EINVAL, 0 },
	{ SIZE, "5", 0, 9, 0, 5 },
	{ SIZE, "2K", 0, 2048, 0, 2048 },
	{ SIZE, "3M", 0, UINT64_MAX, 0, UINT64_C(3) << 20 },
	{ SIZE, "4G", 0, UINT64_MAX, 0, UINT64_C(4) << 30 },
	{ SIZE, "5T", 0, UINT64_MAX, 0, UINT64_C(5) << 40 },
	{ SIZE, "3K", 0, 3071, -ERANGE, 0 },
	{ SIZE, "18014398509481984K", 0, UINT64_MAX, -ERANGE, 0 },
	{ SIZE, "K", 0, 9, -EINVAL, 0 },
	{ SIZE, "1k", 0, 9999, -EINVAL, 0 },
	{ SIZE, "1KB", 0, 9999, -EINVAL, 0 },
	{ SIZE, "1 K", 0, 9999, -EINVAL, 0 },
	{ SIZE, "1.5K", 0, 9999, -EINVAL, 0 },
	{ DURATION, "0", 0, 9, 0, 0 },
	{ DURATION, "2", 0, 9999, 0, 2000 },
	{ DURATION, "2s", 0, 9999, 0, 2000 },
	{ DURATION, "250ms", 0, 9999, 0, 250 },
	{ DURATION, "1.5", 0, 9999, 0, 1500 },
	{ DURATION, "0.001", 0, 9999, 0, 1 },
	{ DURATION, "1.25m", 0, UINT64_MAX, 0, 75000 },
	{ DURATION, "2h", 0, UINT64_MAX, 0, 7200000 },
	{ DURATION, "1d", 0, UINT64_MAX, 0, 86400000 },
	{ DURATION, "10s", 0, 9999, -ERANGE, 0 },
	{ DURATION, "18446744073709551615s", 0, UINT64_MAX, -ERANGE, 0 },
	{ DURATION, "18446744073709551616ms", 0, UINT64_MAX, -ERANGE, 0 },
	{ DURATION, "18446744073709551.615s", 0, UINT64_MAX, 0, UINT64_MAX },
	{ DURATION, "18446744073709551.616s", 0, UINT64_MAX, -ERANGE, 0 },
	{ DURATION, "0.0001", 0, 9999, -EINVAL, 0 },
	{ DURATION, "1.5ms", 0, 9999, -EINVAL, 0 },
	{ DURATION, "1.", 0, 9999, -EINVAL, 0 },
	{ DURATION, ".5", 0, 9999, -EINVAL, 0 },
	{ DURATION, "1.s", 0, 9999, -EINVAL, 0 },
	{ DURATION, "", 0, 9999, -EINVAL, 0 },
	{ DURATION, "s", 0, 9999, -EINVAL, 0 },
	{ DURATION, "-1", 0, 9999, -EINVAL, 0 },
	{ DURATION, "1w", 0, 9999, -EINVAL, 0 },
	{ DURATION, "1sm", 0, 9999, -EINVAL, 0 },
};

int
main(void)
{
	struct tap t = { 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		const uint64_t untouched = 77;
		uint64_t got = untouched;
		int result = 0;
		if (r->form == PLAIN)
			result = num_parse(r->text, r->min, r->max, &got);
		else if (r->form == SIZE)
			result = num_parse_size(r->text, r->max, &got);
		else
			result = num_parse_duration(r->text, r->max, &got);
		uint64_t want = r->result == 0 ? r->value : untouched;
		tap_ok(&t, result == r->result && got == want,
			"form %u, row %zu: %s", (unsigned int)r->form, i,
			r->text[0] == '1' && r->text[1] == '\n' ? "1 and LF"
								: r->text);
	}
	return tap_end(&t);
}
