/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SUMMARY_H
#define POLICY_SUMMARY_H
/*
 * summary.h -- what a command seems to do, for a line on a screen.
 *
 * Never an input of a security decision: it misleads (`find . -delete` is a
 * listing, `rg --pre=x` a search), and it is meant to be short, not right.
 */
#include <stddef.h>

#include "policy/buf.h"

enum summary_kind {
	SUMMARY_READ,    /* name, path */
	SUMMARY_LIST,    /* path or none */
	SUMMARY_SEARCH,  /* query or none, path or none */
	SUMMARY_UNKNOWN, /* the command alone */
};

struct summary_action {
	enum summary_kind kind;
	char *command; /* owned, as are the rest; NULL = none */
	char *name;    /* read: last telling part of the path */
	char *path;    /* read: absolute; list, search: last telling part */
	char *query;
};

struct summary {
	size_t n;
	struct summary_action *actions; /* owned */
};

void summary_free(struct summary *s); /* NULL and zeroed are legal */
#define own_summary __attribute__((cleanup(summary_free)))

/**
 * Summarise an argument vector (a shell wrapper is opened) run in cwd, which
 * must be absolute.  0 and *ret, or -ENOMEM.
 */
int summary_argv(
	size_t argc, char *const *argv, const char *cwd, struct summary *ret);

/** The name of a kind: "read", "listFiles", "search", "unknown". */
const char *summary_kind_name(enum summary_kind kind);

#endif /* POLICY_SUMMARY_H */
