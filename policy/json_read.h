/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_JSON_READ_H
#define POLICY_JSON_READ_H
/*
 * json_read.h -- strict reading of JSON, with errors that name the member.
 *
 * Only for policy/profile_json.c, profile_net.c and profile_legacy.c.  What a document
 * may hold is said by tables of members; whatever is not in a table is an
 * error, because a member that we do not know may be a restriction.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct diag;

struct json_reader {
	const char *origin; /* borrowed; "--permission-profile" */
	struct diag *d;     /* may be NULL */
};

enum json_want {
	JSON_WANT_STRING,
	JSON_WANT_OBJECT,
	JSON_WANT_ARRAY,
	JSON_WANT_BOOL,
	JSON_WANT_INTEGER,
	JSON_WANT_NETWORK, /* a word or an object */
};

struct json_member {
	const char *name;
	enum json_want want;
	bool required;
};

/* Where a value stands: "file_system.entries[2].access"; "" is the whole. */
struct json_at {
	char text[128];
};

struct json_at json_at_member(const struct json_at *parent, const char *name);
struct json_at json_at_index(const struct json_at *parent, size_t index);

/**
 * Parse len bytes that hold one object and nothing else.  The caller drops
 * *ret with json_decref().  -EINVAL with a diag for everything else: size,
 * depth, duplicate keys, NUL, invalid UTF-8, numbers out of range.
 */
int json_read_text(const struct json_reader *r, const char *json, size_t len,
	json_t **ret);

/** Is v an object with these members only, each of its type? */
int json_read_object(const struct json_reader *r, const struct json_at *at,
	json_t *v, const struct json_member *members, size_t n);

/**
 * Which of the words (ended by NULL) is the string v?  *ret is its index.
 */
int json_read_word(const struct json_reader *r, const struct json_at *at,
	const json_t *v, const char *const *words, size_t *ret);

/** Report cause and mend for the member at `at`; returns -EINVAL. */
int json_read_refuse(const struct json_reader *r, const struct json_at *at,
	const char *cause, const char *mend);

/** Tell what another function reported with its own thing, for `at`. */
int json_read_relay(const struct json_reader *r, const struct json_at *at,
	int err, const struct diag *d);

/** The text of member `name` of v; NULL when it is not there. */
const char *json_read_text_of(const json_t *v, const char *name);

/** The truth of member `name` of v, or what holds when it is not there. */
bool json_read_bool_of(const json_t *v, const char *name, bool otherwise);

static inline void
json_drop(json_t **v)
{
	json_decref(*v);
}
#define own_json          __attribute__((cleanup(json_drop)))

#define JSON_COUNT(table) (sizeof(table) / sizeof((table)[0]))

#endif /* POLICY_JSON_READ_H */
