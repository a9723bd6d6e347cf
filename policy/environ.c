/* SPDX-License-Identifier: Apache-2.0 */
/* environ.c -- which variables the command gets; room: user. */
#include "policy/environ.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diag.h"
#include "policy/environ_net.h"

/* What ordinary programs need to find files, people and words. */
static const char *const core_names[] = {
	"PATH",
	"SHELL",
	"HOME",
	"LOGNAME",
	"USER",
	"TMPDIR",
	"TEMP",
	"TMP",
	"LANG",
	"LANGUAGE",
	"LC_*",
	"TERM",
	"COLORTERM",
	"NO_COLOR",
	"TZ",
};

/* Names that say of themselves that they hold a secret. */
static const char *const secret_names[] = {
	"*KEY*",
	"*SECRET*",
	"*TOKEN*",
	"*PASSW*",
	"*CREDENTIAL*",
};

/*
 * Variables that make a program run other code before its first line.  The
 * loader's do so for every program, the shells' for every script.
 */
static const char *const loader_names[] = {
	"LD_*",
	"GCONV_PATH",
	"LOCPATH",
	"NLSPATH",
	"MALLOC_*",
	"BASH_ENV",
	"ENV",
	"BASH_FUNC_*",
	"SHELLOPTS",
	"BASHOPTS",
	"PS4",
	"PROMPT_COMMAND",
	"ZDOTDIR",
	/* No code, but for the caller's proxy and not for the command. */
	"CODEX_NETWORK_PROXY_ATTRIBUTION",
};

/* Ours alone. */
static const char *const own_names[] = {
	"CODEX_SANDBOX",
	"CODEX_SANDBOX_*", /* and a container's settings */
	"PWD",
	"OLDPWD",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool
env_match(const char *pattern, const char *name, size_t name_len)
{
	const char *star = NULL;
	size_t i = 0;
	size_t retry = 0;

	while (i < name_len) {
		if (*pattern == '*') {
			star = pattern++;
			retry = i;
		} else if (*pattern == '?' ||
			   (*pattern &&
				   toupper((unsigned char)*pattern) ==
					   toupper((unsigned char)name[i]))) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star + 1;
			i = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool
in_list(const char *const *list, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (env_match(list[i], name, len))
			return true;
	return false;
}

static bool
named_exactly(const struct env_policy *p, const char *name, size_t len)
{
	for (size_t i = 0; i < p->n_include; i++)
		if (strlen(p->include[i]) == len &&
			strncasecmp(p->include[i], name, len) == 0)
			return true;
	return false;
}

static bool
wanted(const struct env_policy *p, const char *name, size_t len)
{
	bool in = p->inherit == ENV_ALL ||
		  (p->inherit == ENV_CORE &&
			  in_list(core_names, COUNT(core_names), name, len)) ||
		  in_list(p->include, p->n_include, name, len);

	if (!in || in_list(loader_names, COUNT(loader_names), name, len) ||
		in_list(own_names, COUNT(own_names), name, len) ||
		in_list(p->exclude, p->n_exclude, name, len))
		return false;
	return p->inherit != ENV_CORE || p->keep_secrets ||
	       named_exactly(p, name, len) ||
	       !in_list(secret_names, COUNT(secret_names), name, len);
}

struct env_list {
	char **items;
	size_t n, cap;
};

static int
put(struct env_list *l, char *owned)
{
	size_t len = owned ? strcspn(owned, "=") + 1 : 0;

	if (!owned)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++) {
		if (strncmp(l->items[i], owned, len) == 0) {
			free(l->items[i]);
			l->items[i] = owned;
			return 0;
		}
	}
	if (l->n + 1 >= l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 32;
		char **items = reallocarray(l->items, cap, sizeof(*items));

		if (!items) {
			free(owned);
			return -ENOMEM;
		}
		l->items = items;
		l->cap = cap;
	}
	l->items[l->n++] = owned;
	l->items[l->n] = NULL;
	return 0;
}

static int
put_pair(struct env_list *l, const char *name, const char *value)
{
	char *pair = NULL;

	return asprintf(&pair, "%s=%s", name, value) < 0 ? -ENOMEM
							 : put(l, pair);
}

static bool
is_there(const struct env_list *l, const char *name, size_t len)
{
	for (size_t i = 0; i < l->n; i++)
		if (strncmp(l->items[i], name, len + 1) == 0)
			return true;
	return false;
}

/* Of two of a name the first is what getenv(3) tells the caller's programs. */
static int
put_inherited(struct env_list *l, const struct env_policy *policy,
	const struct env_net *net, char *const *caller)
{
	for (size_t i = 0; caller[i]; i++) {
		size_t len = strcspn(caller[i], "=");

		if (caller[i][len] != '=' || len == 0 ||
			(net && env_net_is(caller[i], len)) ||
			!wanted(policy, caller[i], len) ||
			is_there(l, caller[i], len))
			continue;
		if (put(l, strdup(caller[i])) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int
put_tmpdir(struct env_list *l, const char *tmpdir)
{
	static const char *const names[] = { "TMPDIR", "TMP", "TEMP" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (env_get(l->items, names[i]) &&
			put_pair(l, names[i], tmpdir) < 0)
			return -ENOMEM;
	return 0;
}

static int
put_set(struct env_list *l, const struct env_policy *policy, struct diag *d)
{
	for (size_t i = 0; i < policy->n_set; i++) {
		size_t len = strcspn(policy->set[i], "=");

		if (policy->set[i][len] != '=' || len == 0)
			return diag_set(d, -EINVAL, DIAG_USAGE, policy->set[i],
				"is not NAME=VALUE",
				"write --env-set NAME=VALUE");
		if (in_list(own_names, COUNT(own_names), policy->set[i], len))
			return diag_set(d, -EINVAL, DIAG_USAGE, policy->set[i],
				"is set by codex-sandbox itself",
				"choose another name");
		if (put(l, strdup(policy->set[i])) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The caller's options for Java stay in front, where they would come in. */
static const char *
java_options(const struct env_policy *policy, char *const *caller)
{
	static const char name[] = "JAVA_TOOL_OPTIONS";

	return wanted(policy, name, sizeof(name) - 1) ? env_get(caller, name)
						      : NULL;
}

static int
put_proxy(struct env_list *l, const struct env_policy *policy,
	const struct env_net *net, char *const *caller)
{
	const char *java = java_options(policy, caller);
	char *pair = NULL;
	int err = 0;

	for (size_t i = 0; (err = env_net_pair(net, i, java, &pair)) == 0;
		i++) {
		if (pair && in_list(policy->exclude, policy->n_exclude, pair,
				    strcspn(pair, "="))) {
			free(pair);
			continue;
		}
		if (pair && put(l, pair) < 0)
			return -ENOMEM;
	}
	return err == -ENOENT ? 0 : err;
}

/* The last filter: only what a pattern names stays, of what was set too. */
static void
keep_only(struct env_list *l, const struct env_policy *policy)
{
	size_t kept = 0;

	if (policy->n_only == 0)
		return;
	for (size_t i = 0; i < l->n; i++) {
		if (in_list(policy->only, policy->n_only, l->items[i],
			    strcspn(l->items[i], "=")))
			l->items[kept++] = l->items[i];
		else
			free(l->items[i]);
	}
	l->n = kept;
	if (l->items)
		l->items[kept] = NULL;
}

static int
put_facts(struct env_list *l, const struct env_facts *facts)
{
	static const char across[] = "GIT_DISCOVERY_ACROSS_FILESYSTEM";
	int err = 0;

	if (!env_get(l->items, "PATH"))
		err = put_pair(l, "PATH", "/usr/local/bin:/usr/bin:/bin");
	if (err >= 0 && facts->sandboxed)
		err = put_pair(l, "CODEX_SANDBOX", "1");
	if (err >= 0 && facts->network_disabled)
		err = put_pair(l, "CODEX_SANDBOX_NETWORK_DISABLED", "1");
	if (err >= 0 && facts->overlaid && !env_get(l->items, across))
		err = put_pair(l, across, "1");
	if (err >= 0 && facts->pwd)
		err = put_pair(l, "PWD", facts->pwd);
	return err;
}

int
env_make(const struct env_policy *policy, const struct env_facts *facts,
	char *const *caller, char ***ret, struct diag *d)
{
	struct env_list l = { 0 };
	int err = put_inherited(&l, policy, facts->net, caller);

	if (err >= 0 && facts->tmpdir && l.items)
		err = put_tmpdir(&l, facts->tmpdir);
	if (err >= 0 && facts->net)
		err = put_proxy(&l, policy, facts->net, caller);
	if (err >= 0)
		err = put_set(&l, policy, d);
	if (err >= 0)
		keep_only(&l, policy);
	if (err >= 0)
		err = put_facts(&l, facts);
	if (err < 0) {
		env_free(l.items);
		return diag_set(d, err, DIAG_SETUP, "environment",
			"out of memory", "pass fewer variables");
	}
	*ret = l.items;
	return 0;
}

void
env_free(char **env)
{
	if (!env)
		return;
	for (size_t i = 0; env[i]; i++)
		free(env[i]);
	free(env);
}

const char *
env_get(char *const *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; env && env[i]; i++)
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			return env[i] + len + 1;
	return NULL;
}
