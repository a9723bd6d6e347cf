/* SPDX-License-Identifier: Apache-2.0 */
/* options.c -- options of exec and explain: one table, and its help; room: user. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/options_table.h"

static const struct word unix_words[] = {
	{ "own", 0 },
	{ "none", 1 },
	{ NULL, 0 },
};
static const struct word net_words[] = {
	{ "none", NET_OPT_NONE },
	{ "proxy", NET_OPT_PROXY },
	{ "full", NET_OPT_FULL },
	{ NULL, 0 },
};
static const struct word mode_words[] = {
	{ "full", 0 },
	{ "limited", 1 },
	{ NULL, 0 },
};
static const struct word switch_words[] = {
	{ "auto", 0 },
	{ "on", 1 },
	{ "off", 2 },
	{ NULL, 0 },
};
static const struct word link_words[] = {
	{ "close", 0 },
	{ "refuse", 1 },
	{ NULL, 0 },
};
static const struct word tmp_words[] = {
	{ "private", VIEW_TMP_PRIVATE },
	{ "host", VIEW_TMP_HOST },
	{ NULL, 0 },
};
static const struct word proc_words[] = {
	{ "own", VIEW_PROC_OWN },
	{ "none", VIEW_PROC_NONE },
	{ "host", VIEW_PROC_HOST },
	{ NULL, 0 },
};
static const struct word engine_words[] = {
	{ "auto", ENGINE_AUTO },
	{ "init", ENGINE_INIT },
	{ "bwrap", ENGINE_BWRAP },
	{ NULL, 0 },
};
static const struct word backend_names[] = {
	{ "namespaces", BACKEND_NAMESPACES },
	{ "landlock", BACKEND_LANDLOCK },
	{ "landlock-loose", BACKEND_LANDLOCK_LOOSE },
	{ "auto", BACKEND_AUTO },
	{ NULL, 0 },
};
static const struct word guard_words[] = {
	{ "auto", GHOST_AUTO },
	{ "overlay", GHOST_OVERLAY },
	{ "journal", GHOST_JOURNAL },
	{ NULL, 0 },
};
static const struct word inherit_words[] = {
	{ "core", ENV_CORE },
	{ "all", ENV_ALL },
	{ "none", ENV_NONE },
	{ NULL, 0 },
};

#define AT(field) offsetof(struct options, field)
enum { BOTH = FOR_EXEC | FOR_EXPLAIN };

const struct row options_rows[] = {
	{ "sandbox", 's', BOTH, V_TEXT, 0, AT(sandbox), "MODE", NULL,
		"read-only, workspace-write (default), danger-full-access, external-sandbox" },
	{ "permission-profile", 'p', BOTH, V_TEXT, 0, AT(profile), "JSON|@FILE",
		NULL, "the policy as a tagged permission profile" },
	{ "sandbox-policy", 0, BOTH, V_TEXT, 0, AT(legacy), "JSON|@FILE", NULL,
		"the policy in the older form" },
	{ "profile", 'P', BOTH, V_TEXT, 0, AT(named_profile), "NAME", NULL,
		"a permission profile of the configuration (agent, build, ci ...)" },
	{ "config", 'c', BOTH, V_LIST, 0, AT(config), "KEY=VALUE", NULL,
		"a configuration value for this run" },
	{ "no-user-config", 0, BOTH, V_FLAG, 0, AT(no_user_config), NULL, NULL,
		"ignore the user's and the project's configuration and rules" },
	{ "rules", 0, BOTH, V_LIST, 0, AT(rules), "FILE", NULL,
		"also ask these rules whether the command may run" },
	{ "approved", 0, BOTH, V_FLAG, 0, AT(approved), NULL, NULL,
		"the question that a rule asks was answered with yes" },
	{ "workspace", 'C', BOTH, V_TEXT, 0, AT(workspace), "DIR", NULL,
		"as if started in DIR: workspace and working directory" },
	{ "chdir", 0, BOTH, V_TEXT, 0, AT(chdir), "DIR", NULL,
		"working directory of the command; grants nothing" },
	{ "write", 'w', BOTH, V_LIST, 0, AT(write), "PATH", NULL,
		"make a directory or file writable" },
	{ "read", 'r', BOTH, V_LIST, 0, AT(read), "PATH", NULL,
		"hide everything but the system, the workspace and PATH" },
	{ "ro", 0, BOTH, V_LIST, 0, AT(read_only), "PATH", NULL,
		"keep PATH read-only inside a writable directory" },
	{ "deny", 'd', BOTH, V_LIST, 0, AT(deny), "PATH|GLOB", NULL,
		"make PATH, or all that matches now, unreadable" },
	{ "protect", 0, BOTH, V_LIST, 0, AT(protect), "GROUP", NULL,
		"also protect these names in writable directories (or all)" },
	{ "no-protect", 0, BOTH, V_LIST, 0, AT(no_protect), "GROUP", NULL,
		"do not protect these names" },
	{ "hard-links", 0, BOTH, V_WORD, 0, AT(hard_links), "close|refuse",
		link_words,
		"other names of protected files: read-only too, or no start" },
	{ "git", 0, BOTH, V_TEXT, 0, AT(git), "commit", NULL,
		"let git commit work: .git writable but for hooks and config" },
	{ "allow-secrets", 0, BOTH, V_FLAG, 0, AT(allow_secrets), NULL, NULL,
		"do not hide keys, tokens and browser profiles" },
	{ "net", 'n', BOTH, V_WORD, 0, AT(net), "none|proxy|full", net_words,
		"no network (loopback works), what the options below let pass, or the host's" },
	{ "allow-domain", 0, BOTH, V_LIST, 0, AT(allow_domain), "PATTERN", NULL,
		"HOST, *.HOST, **.HOST or *, [:PORT] [/tcp|/udp|/http|/https]; means --net proxy" },
	{ "deny-domain", 0, BOTH, V_LIST, 0, AT(deny_domain), "PATTERN", NULL,
		"what of that is refused all the same" },
	{ "allow-cidr", 0, BOTH, V_LIST, 0, AT(allow_cidr), "NETWORK", NULL,
		"also these addresses, private ones too; means --net proxy" },
	{ "deny-cidr", 0, BOTH, V_LIST, 0, AT(deny_cidr), "NETWORK", NULL,
		"but not these" },
	{ "host-loopback", 0, BOTH, V_LIST, 0, AT(host_loopback), "PORT", NULL,
		"localhost:PORT inside is the host's; means --net proxy" },
	{ "publish", 0, BOTH, V_LIST, 0, AT(publish), "PORT", NULL,
		"let the host reach a port inside ([ADDRESS:]PORT[:INSIDE]); means --net proxy" },
	{ "net-mode", 0, BOTH, V_WORD, 0, AT(net_mode), "full|limited",
		mode_words,
		"limited: plain HTTP with GET, HEAD and OPTIONS only" },
	{ "transparent", 0, BOTH, V_WORD, 0, AT(transparent), "auto|on|off",
		switch_words,
		"let programs in that know of no proxy (default: where the kernel can)" },
	{ "no-sni-check", 0, BOTH, V_FLAG, 0, AT(no_sni_check), NULL, NULL,
		"let TLS or Host name another server than was asked for" },
	{ "upstream-proxy", 0, BOTH, V_TEXT, 0, AT(upstream_proxy), "URL|env",
		NULL, "go on by this http:// proxy, or by the caller's" },
	{ "egress-budget", 0, BOTH, V_SIZE, 0, AT(egress_budget), "SIZE", NULL,
		"end every connection when the run has sent that much" },
	{ "egress-budget-host", 0, BOTH, V_SIZE, 0, AT(host_budget), "SIZE",
		NULL, "the same for each host" },
	{ "caller-proxy", 0, BOTH, V_TEXT, 0, AT(caller_proxy), "any|PORT,...",
		NULL,
		"no way out but the proxies on localhost that the caller's HTTP_PROXY and the like name" },
	{ "unix", 0, BOTH, V_WORD, 0, AT(unix_none), "own|none", unix_words,
		"unix sockets of the command's own (default), or pairs only" },
	{ "net-events", 0, FOR_EXEC, V_TEXT, 0, AT(net_events), "FILE", NULL,
		"append every network decision to FILE, one JSON object a line" },
	{ "tmp", 0, BOTH, V_WORD, 0, AT(tmp), "private|host", tmp_words,
		"own empty /tmp, or the host's writable" },
	{ "proc", 0, BOTH, V_WORD, 0, AT(proc), "own|none|host", proc_words,
		"a /proc of the sandbox's own (default), none, or the host's read-only" },
	{ "socket", 0, BOTH, V_LIST, 0, AT(sockets), "PATH", NULL,
		"let the command reach this host socket" },
	{ "device", 0, BOTH, V_LIST, 0, AT(devices), "CLASS", NULL,
		"device nodes: dri, kvm, fuse" },
	{ "env-inherit", 0, BOTH, V_WORD, 0, AT(env_inherit), "core|all|none",
		inherit_words, "which variables come from outside" },
	{ "env-include", 0, BOTH, V_LIST, 0, AT(env_include), "PATTERN", NULL,
		"also these" },
	{ "env-exclude", 0, BOTH, V_LIST, 0, AT(env_exclude), "PATTERN", NULL,
		"but not these" },
	{ "env-set", 'e', BOTH, V_LIST, 0, AT(env_set), "NAME=VALUE", NULL,
		"set a variable" },
	{ "limit", 'l', BOTH, V_LIST, 0, AT(limits), "NAME=VALUE", NULL,
		"resource limit: nofile, nproc, as, core, fsize, cpu, stack, data, memlock" },
	{ "memory", 0, BOTH, V_TEXT, 0, AT(memory), "SIZE", NULL,
		"memory of the whole sandbox (needs a delegated control group)" },
	{ "pids", 0, BOTH, V_TEXT, 0, AT(pids), "N", NULL,
		"processes in the sandbox (the same)" },
	{ "cpu", 0, BOTH, V_TEXT, 0, AT(cpu), "PERCENT", NULL,
		"share of one processor: 50%, 200% (the same)" },
	{ "timeout", 't', BOTH, V_DURATION, 0, AT(timeout_ms), "TIME", NULL,
		"end the command after TIME (exit code 124)" },
	{ "grace", 0, BOTH, V_DURATION, 0, AT(grace_ms), "TIME", NULL,
		"time between TERM and KILL (default 5s)" },
	{ "mount-engine", 0, BOTH, V_WORD, 0, AT(engine), "auto|init|bwrap",
		engine_words,
		"who lays the mounts (default: what the kernel allows)" },
	{ "backend", 0, BOTH, V_WORD, 0, AT(backend),
		"namespaces|landlock|landlock-loose|auto", backend_names,
		"what the cage is made of; without namespaces it is weaker (explain says how)" },
	{ "guard", 0, BOTH, V_WORD, 0, AT(guard), "auto|overlay|journal",
		guard_words,
		"how missing names are kept missing: over the directory, or by placeholders" },
	{ "prove", 0, BOTH, V_FLAG, 0, AT(prove), NULL, NULL,
		"report on stderr what was tried and refused before the command" },
	{ "result", 0, FOR_EXEC, V_TEXT, 0, AT(result), "FILE", NULL,
		"write what became of the run to FILE, as JSON" },
	{ "result-fd", 0, FOR_EXEC, V_FD, 0, AT(result_fd), "N", NULL,
		"the same, to the open descriptor N" },
	{ "require-digest", 0, BOTH, V_TEXT, 0, AT(require_digest), "HEX", NULL,
		"run nothing unless the policy has this digest (see explain)" },
	{ "keep-background", 0, BOTH, V_FLAG, 0, AT(keep_background), NULL,
		NULL, "wait for background processes too" },
	{ "die-with-parent", 0, BOTH, V_FLAG, 0, AT(die_with_parent), NULL,
		NULL, "end when the process that started us ends" },
	{ "tty", 0, BOTH, V_WORD, TTY_ON, AT(tty), NULL, NULL,
		"give the command a terminal of its own (default at a terminal)" },
	{ "no-tty", 0, BOTH, V_WORD, TTY_OFF, AT(tty), NULL, NULL,
		"pass the caller's descriptors on as they are" },
	{ "json", 0, FOR_EXPLAIN, V_FLAG, 0, AT(json), NULL, NULL,
		"print JSON" },
	{ "argv", 0, FOR_EXPLAIN, V_FLAG, 0, AT(argv), NULL, NULL,
		"print the exact bwrap arguments" },
	{ "canonical", 0, FOR_EXPLAIN, V_FLAG, 0, AT(canonical), NULL, NULL,
		"print the policy in the form that its digest is of" },
	{ "help", 'h', BOTH, V_HELP, 0, AT(help), NULL, NULL, "this text" },
};

#define N_ROWS (sizeof(options_rows) / sizeof(options_rows[0]))
static_assert(N_ROWS <= OPTIONS_MAX, "options.given has a place for each");
const size_t options_rows_n = N_ROWS;

bool
options_given(const struct options *o, const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (strcmp(options_rows[i].name, name) == 0)
			return o->given[i];
	return false;
}

void
options_backend(struct options *o, const char *word)
{
	for (const struct word *w = backend_names; word && w->name; w++)
		if (strcmp(w->name, word) == 0 && !options_given(o, "backend"))
			o->backend = (enum backend)w->value; /* of its table */
}

void
options_free(struct options *o)
{
	free(o->env_only.items);
	for (size_t i = 0; i < N_ROWS; i++)
		if (options_rows[i].kind == V_LIST)
			free(((struct option_list *)(void *)((char *)o +
							     options_rows[i]
								     .offset))
					->items);
}

void
options_help(enum options_for who, struct buf *out)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		char left[64];
		int n;

		if (!(options_rows[i].who & (int)who))
			continue;
		n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s",
			options_rows[i].letter ? '-' : ' ',
			options_rows[i].letter ? options_rows[i].letter : ' ',
			options_rows[i].letter ? ", " : "  ",
			options_rows[i].name, options_rows[i].arg ? " " : "",
			options_rows[i].arg ? options_rows[i].arg : "");
		if (n > 34)
			buf_printf(out, "%s\n%36s%s\n", left, "",
				options_rows[i].help);
		else
			buf_printf(
				out, "%-36s%s\n", left, options_rows[i].help);
	}
}
