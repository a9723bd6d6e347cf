/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CONFIG_KEYS_H
#define POLICY_CONFIG_KEYS_H
/*
 * config_keys.h -- the table of known keys; inside of the configuration.
 *
 * Reader, merger, help, schema and manual all read the same rows.
 */
#include <stdbool.h>
#include <stddef.h>

enum config_type {
	CONFIG_BOOL,
	CONFIG_INT,      /* values: "LOW..HIGH" */
	CONFIG_SIZE,     /* bytes: integer, or "10M" */
	CONFIG_COUNT,    /* an rlimit: as SIZE, or "unlimited" */
	CONFIG_DURATION, /* seconds: integer, or "5m" */
	CONFIG_STRING,
	CONFIG_ENUM,    /* values: "a|b|c"; narrowest first where it narrows */
	CONFIG_PATH,    /* absolute, or ~/ */
	CONFIG_PATTERN, /* path or glob; may be relative to the workspace */
	CONFIG_NAME,    /* letters, digits, - and _ */
	CONFIG_PROFILE, /* a NAME, or a built-in :name */
	CONFIG_HOST,    /* a host pattern */
	CONFIG_CIDR,    /* an address, or address/length */
	CONFIG_TABLES,  /* an array of tables that somebody else reads */
	CONFIG_REFUSED, /* known and not supported; values: why */
};

enum config_layer {
	CONFIG_BUILTIN,
	CONFIG_SHIPPED,
	CONFIG_MANAGED,
	CONFIG_USER,
	CONFIG_SESSION,
	CONFIG_PROJECT,
	CONFIG_REQUIREMENTS,
	CONFIG_LAYER_MAX,
};

/* Who may set a key: bits of layers. */
enum config_who {
	WHO_MU = 1u << CONFIG_BUILTIN | 1u << CONFIG_SHIPPED |
		 1u << CONFIG_MANAGED | 1u << CONFIG_USER,
	WHO_MUS = WHO_MU | 1u << CONFIG_SESSION,
	WHO_ALL = WHO_MUS | 1u << CONFIG_PROJECT,
	WHO_REQ = 1u << CONFIG_REQUIREMENTS,
};

enum config_merge {
	MERGE_REPLACE,
	MERGE_LEAST,  /* replace; a project only to an earlier word or less */
	MERGE_FALSE,  /* replace; a project only to false */
	MERGE_TRUE,   /* replace; a project only to true */
	MERGE_APPEND, /* lists of all layers together */
};

struct config_key {
	const char *path; /* dotted; "*" stands for any one part */
	enum config_type type;
	bool list;          /* an array of that */
	const char *values; /* see enum config_type; else NULL */
	unsigned who;       /* enum config_who */
	enum config_merge merge;
	const char *preset; /* TOML text of the built-in value, or NULL */
	const char *help;
};

/** The rows of config.toml, and of requirements.toml. */
const struct config_key *config_keys(size_t *ret_n);
const struct config_key *config_required_keys(size_t *ret_n);

/** Part i of a row's path; false past the end. */
bool config_key_part(const struct config_key *k, size_t i,
	const char **ret_part, size_t *ret_len);

/* A path as it was found in a file, part by part. */
struct config_path {
	size_t n;
	const char *part[8];
};

enum { CONFIG_PARTS_MAX = 8 };

/* How well a table of rows knows a path. */
struct config_match {
	const struct config_key *row; /* exactly this path, or NULL */
	bool prefix;                  /* rows go on below it */
};

/** Look from row `from` on: what a file names follows the order of the table. */
struct config_match config_key_match(const struct config_key *rows, size_t n,
	size_t from, const struct config_path *path);

/** The row name nearest to the last part of an unknown path, or NULL. */
const char *config_key_nearest(const struct config_key *rows, size_t n,
	const struct config_path *path);

const char *config_layer_name(enum config_layer layer);

#endif /* POLICY_CONFIG_KEYS_H */
