/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_BUILD_H
#define POLICY_RULES_BUILD_H
/* rules_build.h -- a policy while one file is being run. */
#include "policy/rules.h"
#include "policy/rules_vm.h"

struct rules_build {
	struct rules *rules;
	const char *file; /* in rules->arena */
	const struct rules_src *src;
	enum rules_trust trust;
	uint32_t *lines; /* byte offset of each line */
	uint32_t n_lines;
};

/* What a builtin takes for a parameter. */
enum want { WANT_STR, WANT_LIST, WANT_BOOL };

/* rules_builtin.c: shared with rules_builtin_net.c */
int builtin_check_types(struct vm *vm, const char *const *names,
	const struct value *p, const enum want *want);
uint32_t builtin_line_here(const struct vm *vm);

static inline int
builtin_policy_full(struct vm *vm)
{
	return vm_fail(vm,
		"limit reached: more than %d bytes of rules (memory)",
		RULES_POLICY_MAX);
}

const struct rstr *builtin_keep(struct vm *vm, const struct rstr *s);
int builtin_parse_justification(
	struct vm *vm, const struct value *v, const struct rstr **ret);
int builtin_parse_decision(struct vm *vm, const struct value *v, bool network,
	enum rules_decision *ret);

/* rules_builtin_net.c */
extern const char *const builtin_net_params[];
extern const char *const builtin_host_params[];
int builtin_network_rule(
	struct vm *vm, const struct args *a, struct value *ret);
int builtin_host_executable(
	struct vm *vm, const struct args *a, struct value *ret);

/** Put rules[from..] into the tables; -ENOMEM. */
int rules_index(struct rules *r, uint32_t from);

/** Room for one more; NULL when the arena is full. */
void *rules_room(
	struct rules *r, void *array, uint32_t n, uint32_t *cap, size_t size);

/**
 * rules_host.c: check and normalise a host of network_rule().  NULL: fine, else
 * what is wrong (behind "network_rule host ", or whole); text in out.
 */
const char *rules_host_check(
	struct buf *out, const char *s, size_t len, bool compat);

#endif /* POLICY_RULES_BUILD_H */
