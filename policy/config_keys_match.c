/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys_match.c -- which row a configuration path is (room: user). */
#include "policy/config_keys.h"

#include <string.h>

enum { NEAR_LEN_MAX = 48 };

bool
config_key_part(const struct config_key *k, size_t i, const char **ret_part,
	size_t *ret_len)
{
	const char *p = k->path;

	for (; i > 0; i--) {
		p = strchr(p, '.');
		if (p == NULL)
			return false;
		p++;
	}
	*ret_part = p;
	*ret_len = strcspn(p, ".");
	return true;
}

/*
 * How many literal parts agree, of the first n; -1 when they do not match.
 * A literal part is a better match than `*`.
 */
static int
agree(const struct config_key *k, const struct config_path *path, size_t n)
{
	const char *p = k->path;
	int literal = 0;

	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(p, ".");
		if (len == 0)
			return -1;
		if (strncmp(p, path->part[i], len) == 0 &&
			path->part[i][len] == '\0')
			literal++;
		else if (len != 1 || *p != '*')
			return -1;
		p += len;
		if (*p == '.')
			p++;
		else if (i + 1 < n)
			return -1;
	}
	return literal;
}

static size_t
n_parts(const struct config_key *k)
{
	size_t n = 1;

	for (const char *p = k->path; *p != '\0'; p++)
		n += *p == '.';
	return n;
}

struct config_match
config_key_match(const struct config_key *rows, size_t n, size_t from,
	const struct config_path *path)
{
	struct config_match m = { 0 };
	int best = -1;

	for (size_t i = 0; i < n; i++) {
		const struct config_key *k = &rows[(from + i) % n];
		/* Most rows are of another table: said by one byte. */
		if (k->path[0] != path->part[0][0])
			continue;
		int score = agree(k, path, path->n);
		if (score < 0)
			continue;
		size_t parts = n_parts(k);
		if (parts > path->n)
			m.prefix = true;
		if (parts == path->n && score > best) {
			best = score;
			m.row = k;
		}
		/* Part for part the same.  Only rows without a dot may have
		 * others below them (tests/unit/config_test.c). */
		if (parts == path->n && (size_t)score == parts && parts > 1)
			break;
	}
	return m;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, change, swap neighbours) that turn a into b. */
static size_t
distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[3][NEAR_LEN_MAX + 1];

	if (na > NEAR_LEN_MAX || nb > NEAR_LEN_MAX)
		return NEAR_LEN_MAX;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *row = d[i % 3], *up = d[(i - 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			row[j] = least(up[j], row[j - 1]) + 1;
			row[j] = least(
				row[j], up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = least(
					row[j], d[(i - 2) % 3][j - 2] + 1);
		}
	}
	return d[na % 3][nb];
}

/*
 * The whole row is returned: the caller prints its path up to the part in
 * question.  First among its own siblings, then among all names.
 */
const char *
config_key_nearest(
	const struct config_key *rows, size_t n, const struct config_path *path)
{
	const char *word = path->part[path->n - 1], *found = NULL;
	size_t len = strlen(word), best = len / 3 + 1;

	for (int everywhere = 0; everywhere < 2 && found == NULL; everywhere++)
		for (size_t i = 0; i < n; i++) {
			const char *part = NULL;
			size_t part_len = 0;
			size_t at = everywhere ? n_parts(&rows[i]) - 1
					       : path->n - 1;
			if (!everywhere && agree(&rows[i], path, at) < 0)
				continue;
			if (!config_key_part(&rows[i], at, &part, &part_len) ||
				*part == '*')
				continue;
			size_t far = distance(word, len, part, part_len);
			if (far <= best && (found == NULL || far < best)) {
				best = far;
				found = rows[i].path;
			}
		}
	return found;
}
