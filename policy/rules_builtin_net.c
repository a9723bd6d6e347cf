/* SPDX-License-Identifier: Apache-2.0 */
/* rules_builtin_net.c -- network_rule and host_executable (room: user). */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_build.h"
#include "policy/rules_vm.h"

/* ---- network_rule ----------------------------------------------------------------------------- */

enum net_param { N_HOST, N_PROTOCOL, N_DECISION, N_JUSTIFICATION };

const char *const builtin_net_params[] = { "host", "protocol", "decision",
	"justification", NULL };
static const enum want net_want[] = { WANT_STR, WANT_STR, WANT_STR, WANT_STR };

struct protocol_name {
	const char *name;
	enum rules_protocol protocol;
};

static const struct protocol_name protocols[] = {
	{ "http", RULES_HTTP },
	{ "https", RULES_HTTPS },
	{ "https_connect", RULES_HTTPS },
	{ "http-connect", RULES_HTTPS },
	{ "socks5_tcp", RULES_SOCKS5_TCP },
	{ "socks5_udp", RULES_SOCKS5_UDP },
};

static int
parse_protocol(struct vm *vm, const struct value *v, enum rules_protocol *ret)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (!rstr_is(v->s, protocols[i].name))
			continue;
		*ret = protocols[i].protocol;
		return 0;
	}
	return vm_fail(vm,
		"invalid rule: network_rule protocol must be one of http, "
		"https, socks5_tcp, socks5_udp (got %s)",
		v->s->s);
}

static int
parse_host(struct vm *vm, const struct value *v, const struct rstr **ret)
{
	struct rules *r = vm->build->rules;
	own_buf struct buf host = { 0 };
	const char *bad = rules_host_check(
		&host, v->s->s, v->s->len, (r->flags & RULES_COMPAT) != 0);
	if (bad != NULL)
		return vm_fail(vm, "invalid rule: network_rule host %s%s%s",
			bad, strstr(bad, "suffix") != NULL ? ": " : "",
			strstr(bad, "suffix") != NULL ? v->s->s : "");
	*ret = rstr_new(&r->arena, buf_str(&host), host.len);
	return *ret == NULL ? builtin_policy_full(vm) : 0;
}

int
builtin_network_rule(struct vm *vm, const struct args *a, struct value *ret)
{
	struct rules *r = vm->build->rules;
	struct value p[NATIVE_PARAMS_MAX];
	struct rules_net net = { .trust = vm->build->trust,
		.file = vm->build->file,
		.line = builtin_line_here(vm) };
	*ret = V_NONE_VALUE;
	if (vm_bind(vm, &rules_builtins[1], a, p) < 0 ||
		builtin_check_types(vm, builtin_net_params, p, net_want) < 0 ||
		parse_protocol(vm, &p[N_PROTOCOL], &net.protocol) < 0 ||
		builtin_parse_decision(
			vm, &p[N_DECISION], true, &net.decision) < 0 ||
		builtin_parse_justification(
			vm, &p[N_JUSTIFICATION], &net.justification) < 0 ||
		parse_host(vm, &p[N_HOST], &net.host) < 0)
		return -EINVAL;
	struct rules_net *list =
		rules_room(r, r->nets, r->n_nets, &r->cap_nets, sizeof(*list));
	if (list == NULL)
		return builtin_policy_full(vm);
	r->nets = list;
	list[r->n_nets++] = net;
	return 0;
}

/* ---- host_executable ----------------------------------------------------------------------------- */

enum host_param { H_NAME, H_PATHS };

const char *const builtin_host_params[] = { "name", "paths", NULL };
static const enum want host_want[] = { WANT_STR, WANT_LIST };

static int
parse_name(struct vm *vm, const struct value *v, const struct rstr **ret)
{
	const struct rstr *s = v->s;
	if (s->len == 0)
		return vm_fail(vm,
			"invalid rule: host_executable name cannot be empty");
	if (memchr(s->s, '/', s->len) != NULL ||
		memchr(s->s, '\0', s->len) != NULL || rstr_is(s, ".") ||
		rstr_is(s, ".."))
		return vm_fail(vm,
			"invalid rule: host_executable name must be a bare "
			"executable name (got %s)",
			s->s);
	*ret = builtin_keep(vm, s);
	return *ret == NULL ? builtin_policy_full(vm) : 0;
}

static int
parse_path(struct vm *vm, const struct value *v, const struct rstr *name,
	const struct rstr **ret)
{
	if (v->t != V_STR)
		return vm_fail(vm,
			"invalid rule: host_executable paths must be strings "
			"(got %s)",
			v_type(v));
	if (v->s->len == 0 || v->s->s[0] != '/' ||
		memchr(v->s->s, '\0', v->s->len) != NULL)
		return vm_fail(vm,
			"invalid rule: host_executable paths must be absolute "
			"(got %s)",
			v->s->s);
	char *path = rules_resolve(v->s->s, "/", NULL);
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	const char *base = slash == NULL ? "" : slash + 1;
	int r = 0;
	if (path == NULL || strcmp(base, name->s) != 0)
		r = vm_fail(vm,
			"invalid rule: host_executable path `%s` must have "
			"basename `%s`",
			v->s->s, name->s);
	else
		*ret = rstr_new(&vm->build->rules->arena, path, strlen(path));
	free(path);
	return r < 0 ? r : *ret == NULL ? builtin_policy_full(vm) : 0;
}

int
builtin_host_executable(struct vm *vm, const struct args *a, struct value *ret)
{
	struct rules *r = vm->build->rules;
	struct value p[NATIVE_PARAMS_MAX];
	struct rules_host h = { .trust = vm->build->trust,
		.file = vm->build->file,
		.line = builtin_line_here(vm) };
	*ret = V_NONE_VALUE;
	if (vm_bind(vm, &rules_builtins[2], a, p) < 0 ||
		builtin_check_types(vm, builtin_host_params, p, host_want) <
			0 ||
		parse_name(vm, &p[H_NAME], &h.name) < 0)
		return -EINVAL;
	h.n_paths = p[H_PATHS].l->n;
	h.paths = arena_array(&r->arena, h.n_paths, sizeof(struct rstr *));
	struct rules_host *list = rules_room(
		r, r->hosts, r->n_hosts, &r->cap_hosts, sizeof(*list));
	if (h.paths == NULL || list == NULL)
		return builtin_policy_full(vm);
	for (uint32_t i = 0; i < h.n_paths; i++)
		if (vm_tick(vm, 1) < 0 || parse_path(vm, &p[H_PATHS].l->v[i],
						  h.name, &h.paths[i]) < 0)
			return -EINVAL;
	r->hosts = list;
	list[r->n_hosts++] = h;
	return 0;
}
