/* SPDX-License-Identifier: Apache-2.0 */
/* config_approval.c -- approval_policy in its three forms (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

/* Kinds of questions, as the table forms name them. */
static const struct {
	const char *name;
	bool needed; /* no preset in the granular form */
	size_t offset;
} kinds[] = {
	{ "sandbox_approval", true,
		offsetof(struct config_approval, sandbox_approval) },
	{ "rules", true, offsetof(struct config_approval, rules) },
	{ "mcp_elicitations", true,
		offsetof(struct config_approval, mcp_elicitations) },
	{ "request_permissions", false,
		offsetof(struct config_approval, request_permissions) },
	{ "skill_approval", false,
		offsetof(struct config_approval, skill_approval) },
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct config_value *
kind_value(const struct config *c, const char *form, size_t i)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "approval_policy.%s.%s", form,
		kinds[i].name); /* it fits */
	return config_find(&c->all, path);
}

static const struct config_value *
any_of(const struct config *c, const char *form)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		const struct config_value *v = kind_value(c, form, i);
		if (v != NULL)
			return v;
	}
	return NULL;
}

static void
set(struct config_approval *a, size_t i, bool value)
{
	/* A table of members: the offset is that of a bool. */
	void *flag = (char *)a + kinds[i].offset;

	*(bool *)flag = value;
}

static void
from_word(struct config_approval *a, enum config_ask ask)
{
	a->ask = ask;
	for (size_t i = 0; i < N_KINDS; i++)
		set(a, i, ask != CONFIG_ASK_NEVER);
}

static int
from_granular(struct config *c, const struct config_value *at,
	struct config_approval *a, struct diag *d)
{
	a->ask = CONFIG_ASK_GRANULAR;
	for (size_t i = 0; i < N_KINDS; i++) {
		const struct config_value *v = kind_value(c, "granular", i);
		if (v == NULL && kinds[i].needed)
			return config_fail(c, at, -EINVAL,
				"give sandbox_approval, rules and "
				"mcp_elicitations",
				d, "granular lacks \"%s\"", kinds[i].name);
		set(a, i, v != NULL && v->node->truth);
	}
	return 0;
}

/* The older form says what is not asked; what it does not name is. */
static void
from_reject(struct config *c, struct config_approval *a)
{
	a->ask = CONFIG_ASK_GRANULAR;
	for (size_t i = 0; i < N_KINDS; i++) {
		const struct config_value *v = kind_value(c, "reject", i);
		set(a, i, kinds[i].needed && (v == NULL || !v->node->truth));
	}
}

static int
check_allowed(struct config *c, const struct config_approval *a, struct diag *d)
{
	static const char *const names[] = { "untrusted", "on-failure",
		"on-request", "never", "granular" };
	const struct config_value *rule =
		config_find(&c->required, "allowed_approval_policies");
	const struct toml *item = rule == NULL ? NULL : rule->node->kids.first;

	if (rule == NULL)
		return 0;
	for (; item != NULL; item = item->next)
		if (strcmp(item->str.text, names[a->ask]) == 0)
			return 0;
	return config_fail(c, rule, -EPERM, "choose one of the list", d,
		"the administrator does not allow approval_policy \"%s\" (%s)",
		names[a->ask], a->origin);
}

int
config_approval(struct config *c, struct config_approval *ret, struct diag *d)
{
	const struct config_value *word =
		config_find(&c->all, "approval_policy");
	const struct config_value *granular = any_of(c, "granular");
	const struct config_value *reject = any_of(c, "reject");
	struct config_approval a = { 0 };
	int rc = 0;

	if (granular != NULL && reject != NULL)
		return config_fail(c, reject, -EINVAL, "keep granular", d,
			"approval_policy cannot be granular and reject");
	if (granular != NULL)
		rc = from_granular(c, granular, &a, d);
	else if (reject != NULL)
		from_reject(c, &a);
	else if (word != NULL)
		from_word(&a,
			(enum config_ask)config_measure(word->key, word->node));
	else
		from_word(&a, CONFIG_ASK_ON_REQUEST); /* an empty table */
	if (rc < 0)
		return rc;
	const struct config_value *at = granular != NULL ? granular : reject;
	if (at == NULL)
		at = word;
	a.chosen = at != NULL && at->src->layer != CONFIG_BUILTIN;
	a.origin = at == NULL ? "built-in" : config_origin(c, at);
	rc = check_allowed(c, &a, d);
	if (rc == 0)
		*ret = a;
	return rc;
}
