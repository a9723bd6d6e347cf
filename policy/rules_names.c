/* SPDX-License-Identifier: Apache-2.0 */
/* rules_names.c -- words for layers, answers and classes (room: user). */
#include "policy/rules_names.h"

const char *
rules_layer_name(enum rules_trust trust)
{
	static const char *const names[] = { "project", "session", "user",
		"managed" };
	return names[trust];
}

const char *
rules_act_name(enum decide_act act)
{
	static const char *const names[] = { "run", "ask", "ask-once",
		"forbid" };
	return names[act];
}

const char *
rules_place_name(enum decide_place place)
{
	static const char *const names[] = { "sandbox", "sandbox-extended",
		"outside" };
	return names[place];
}

const char *
rules_retry_name(enum decide_retry retry)
{
	static const char *const names[] = { "no", "network", "ask" };
	return names[retry];
}

const char *rules_class_name(enum decide_class class)
{
	static const char *const names[] = { "unmatched", "safe", "complex",
		"danger", "allow", "prompt", "prompt-user", "forbidden" };
	return names[class];
}
