/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_FOLD_TABLE_H
#define POLICY_RULES_FOLD_TABLE_H
/* rules_fold_table.h -- how Unicode folds case; both tables are sorted. */
#include <stddef.h>
#include <stdint.h>

/* first, first + step, ... last fold to themselves + delta. */
struct fold_row {
	uint32_t first;
	uint32_t last;
	uint32_t step;
	int32_t delta;
};

/* A character that folds to several; 0 ends. */
struct fold_full {
	uint32_t cp;
	uint32_t to[3];
};

extern const struct fold_row fold_rows[];
extern const size_t fold_rows_n;
extern const struct fold_full fold_fulls[];
extern const size_t fold_fulls_n;

#endif /* POLICY_RULES_FOLD_TABLE_H */
