/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_TOML_H
#define POLICY_TOML_H
/*
 * toml.h -- a strict TOML 1.0 reader with positions and bounds.
 *
 * Debian has no TOML reader in C.  This one reads exactly TOML 1.0.0 (not 1.1)
 * and refuses what the specification leaves open: integers beyond 64 bits,
 * floats beyond a double, a byte order mark, a dotted key that reaches into a
 * table which a header made.  Everything that a document makes us hold lives in
 * one arena, so `size`, `depth`, `keys` and `memory` bound any input.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/arena.h"

struct buf;
struct diag;

enum {
	TOML_SIZE_MAX = 1 << 20,    /* bytes of text */
	TOML_DEPTH_MAX = 32,        /* containers around a value */
	TOML_KEYS_MAX = 16384,      /* keys of all tables together */
	TOML_MEMORY_MAX = 24 << 20, /* bytes held for one document */
};

enum toml_type {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOL,
	TOML_DATETIME, /* with offset */
	TOML_LOCAL_DATETIME,
	TOML_LOCAL_DATE,
	TOML_LOCAL_TIME,
	TOML_TYPE_MAX,
};

/* How a table or array came to be: decides who may add to it. */
enum toml_how {
	TOML_BY_VALUE, /* inline table, array value, scalar: closed for ever */
	TOML_BY_PATH, /* a header [a.b] made a on the way; [a] may follow once */
	TOML_BY_HEADER, /* [a], and each element of [[a]] */
	TOML_BY_DOTTED, /* a.b = 1 made a; only dotted keys beside it add */
	TOML_BY_LIST,   /* the array that [[a]] made */
};

struct toml_time {
	uint16_t year;                            /* 0 in a local time */
	uint8_t month, day, hour, minute, second; /* second 60 is let through */
	uint32_t nanosecond; /* further digits are cut off */
	int16_t offset_minutes;
};

/* One value.  Data only; everything is borrowed from the document. */
struct toml {
	enum toml_type type;
	enum toml_how how;
	uint16_t depth;
	uint32_t line, col;         /* of the value, from 1, in characters */
	uint32_t key_line, key_col; /* of its key; 0 where there is none */
	const char *key;            /* NULL for the root and in arrays */
	size_t key_len;             /* NUL behind it, may hold others */
	struct toml *parent;        /* NULL for the root */
	struct toml *next;          /* sibling, in the document's order */
	union {
		struct {
			struct toml *first, *last;
			size_t n;
		} kids; /* TOML_TABLE, TOML_ARRAY */
		struct {
			const char *text; /* NUL behind it, may hold others */
			size_t len;
		} str;
		int64_t integer;
		double real;
		bool truth;
		struct toml_time time;
	};
};

struct toml_doc {
	struct arena arena;
	const char *name; /* for people: a path */
	const char *text;
	size_t len;
	struct toml *root;   /* a table; NULL after a failure */
	struct toml **slots; /* index of all keys, open addressing */
	size_t n_slots, n_keys;
	uint32_t err_line, err_col; /* where parsing stopped; 0 = nowhere */
};

/**
 * Read len bytes; text and name are copied.  0, or with a diag that names
 * name:line:column: -EINVAL (not TOML 1.0), -EFBIG (over TOML_SIZE_MAX),
 * -E2BIG (depth, keys or memory over the bounds), -ENOMEM.  After a failure
 * only toml_excerpt() and toml_doc_free() may follow.
 */
int toml_parse(struct toml_doc *doc, const char *name, const char *text,
	size_t len, struct diag *d);

void toml_doc_free(struct toml_doc *doc); /* NULL and zeroed are legal */
#define own_toml __attribute__((cleanup(toml_doc_free)))

/** The value of a key, or NULL. */
const struct toml *toml_get(
	const struct toml_doc *doc, const struct toml *table, const char *key);

/** "a string", "an array" ...; for messages. */
const char *toml_type_name(enum toml_type type);

/** Does the string (or key) hold a NUL?  C strings then say less than it. */
bool toml_has_nul(const char *text, size_t len);

/**
 * The source line with a caret under the column, two lines, each byte made
 * harmless; long lines are cut around the column.  Nothing for line 0.
 */
void toml_excerpt(const struct toml_doc *doc, uint32_t line, uint32_t col,
	struct buf *out);

/** A value as TOML on one line (tables inline); parses back to the same. */
void toml_print(const struct toml *top, struct buf *out);

/** A key, quoted where it has to be. */
void toml_print_key(const char *key, size_t len, struct buf *out);

#endif /* POLICY_TOML_H */
