/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broken.c -- break the cage on purpose, for tests only (room: test).
 *
 * Linked into the init of $(B)/broken/ and nowhere else.  CSB_BREAK in the
 * plan's environment is a list of words with commas between them:
 *
 *   STEP             main.c and confine.c leave this step out
 *   only:ATTEMPT     this canary and no other
 *   drop:PATH        the mount with this destination is not laid
 *   writable:PATH    it is laid, but writable
 *   readable:PATH    it is laid, but for everybody to read
 */
#ifndef CSB_TEST_BREAK /* an analyser of sources does not say it */
#	define CSB_TEST_BREAK
#endif
#include "netns/broken.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "launcher/plan.h"
#include "launcher/plan_wire.h"

static const char *
wishes(const struct plan *plan)
{
	static const char name[] = "CSB_BREAK=";
	size_t at = 0;
	const char *text;
	while ((text = plan_list_next(&plan->env, &at)) != NULL)
		if (strncmp(text, name, sizeof name - 1) == 0)
			return text + sizeof name - 1;
	return "";
}

/* Is KIND NAME a word of the list?  With NAME "" any word of that kind is. */
static bool
is_wished(const struct plan *plan, const char *kind, const char *name)
{
	const size_t kind_len = strlen(kind), name_len = strlen(name);
	const char *word = wishes(plan);
	for (; *word != '\0';
		word += strcspn(word, ","), word += *word == ',') {
		const size_t len = strcspn(word, ",");
		if (len < kind_len || strncmp(word, kind, kind_len) != 0)
			continue;
		if (name_len == 0 ||
			(len == kind_len + name_len &&
				strncmp(word + kind_len, name, name_len) == 0))
			return true;
	}
	return false;
}

bool
broken(const struct plan *plan, const char *name)
{
	return is_wished(plan, "", name);
}

bool
broken_tries(const struct plan *plan, const char *attempt)
{
	return !is_wished(plan, "only:", "") ||
	       is_wished(plan, "only:", attempt);
}

static void
make_readable(struct plan_mount *m)
{
	if (m->op == PLAN_TMPFS)
		m->op = PLAN_GUARD_DIR;
	else if (m->op == PLAN_MASK_FILE)
		m->op = PLAN_GUARD_FILE;
	m->ino = 0; /* a guard with an object is a placeholder */
}

static void
make_writable(struct plan_mount *m)
{
	if (m->op == PLAN_BIND_RO)
		m->op = PLAN_BIND_RW;
	else if (m->op == PLAN_TMPFS)
		m->perms = 01777; /* such a one is not made read-only */
}

const struct plan *
broken_plan(const struct plan *plan)
{
	static struct plan other; /* too large for the stack */
	other = *plan;
	other.n_mounts = 0;
	for (uint32_t i = 0; i < plan->n_mounts; i++) {
		struct plan_mount *m = &other.mounts[other.n_mounts];
		*m = plan->mounts[i];
		if (is_wished(plan, "drop:", m->dest))
			continue;
		if (is_wished(plan, "writable:", m->dest))
			make_writable(m);
		if (is_wished(plan, "readable:", m->dest))
			make_readable(m);
		other.n_mounts++;
	}
	return &other;
}
