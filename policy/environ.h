/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_ENVIRON_H
#define POLICY_ENVIRON_H
/*
 * environ.h -- the environment of the command, made from the caller's.
 *
 * Order: inherit (all, core or none) -> include (adds more of the caller's) ->
 * secrets left out (core only; an --env-include by exact name keeps one) ->
 * exclude -> loader and shell start-up variables left out (always) -> proxy
 * variables of the sandbox (policy/environ_net.h) -> set ->
 * ours (CODEX_SANDBOX ...).  Patterns are case-insensitive, `*` and `?`.
 */
#include <stdbool.h>
#include <stddef.h>

struct diag;
struct env_net;

enum env_inherit { ENV_CORE, ENV_ALL, ENV_NONE };

struct env_policy {
	enum env_inherit inherit;
	const char *const *include; /* borrowed; patterns */
	size_t n_include;
	const char *const *exclude; /* borrowed; patterns */
	size_t n_exclude;
	const char *const
		*only;     /* borrowed; patterns, what nothing matches goes */
	size_t n_only;     /* 0 = everything stays */
	bool keep_secrets; /* secrets-looking names are not left out */
	const char *const *set; /* borrowed; NAME=VALUE, later ones win */
	size_t n_set;
};

/* What we add ourselves; it cannot be forged by --env-set. */
struct env_facts {
	bool sandboxed;        /* CODEX_SANDBOX=1 */
	bool network_disabled; /* CODEX_SANDBOX_NETWORK_DISABLED=1 */
	/* An overlay has a device number of its own, and git looks for a
	 * repository further up only on the device where it began:
	 * GIT_DISCOVERY_ACROSS_FILESYSTEM=1, where it is not set. */
	bool overlaid;
	const char *pwd; /* PWD */
	const char *
		tmpdir; /* replaces TMPDIR, TMP, TEMP where inherited; NULL = leave */
	/* The proxy inside (NULL: none).  Its variables replace the caller's;
	 * --env-exclude leaves one out, --env-set sets another value. */
	const struct env_net *net;
};

/**
 * Make a NULL-terminated array (owned by the caller, env_free()).
 * -EINVAL for a set entry without "=" or with an empty name; -ENOMEM.
 */
int env_make(const struct env_policy *policy, const struct env_facts *facts,
	char *const *caller, char ***ret, struct diag *d);
void env_free(char **env);

/** Value of name in an environment array, or NULL. */
const char *env_get(char *const *env, const char *name);

/** Case-insensitive match of `*` and `?`; iterative, linear in practice. */
bool env_match(const char *pattern, const char *name, size_t name_len);

#endif /* POLICY_ENVIRON_H */
