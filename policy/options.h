/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_OPTIONS_H
#define POLICY_OPTIONS_H
/* options.h -- the options that exec and explain share, from one table. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/backend.h"
#include "policy/cgroup.h"
#include "policy/environ.h"
#include "policy/ghost.h"
#include "policy/view.h"

struct buf;
struct diag;
struct profile;

enum { OPTIONS_LIST_MAX = 1024, OPTIONS_MAX = 96 };

/* A repeatable option; the array is owned, its strings borrowed from argv. */
struct option_list {
	size_t n;
	const char **items;
};

enum option_tty { TTY_AUTO, TTY_ON, TTY_OFF };
enum option_engine { ENGINE_AUTO, ENGINE_INIT, ENGINE_BWRAP };
enum option_net { NET_OPT_POLICY, NET_OPT_NONE, NET_OPT_PROXY, NET_OPT_FULL };

struct options {
	const char *workspace; /* -C; NULL = current directory */
	const char *chdir;     /* --chdir; NULL = workspace */
	const char *sandbox;   /* --sandbox MODE */
	const char *profile;   /* --permission-profile JSON|@FILE */
	const char *legacy;    /* --sandbox-policy JSON|@FILE */
	struct option_list write, read, read_only, deny, sockets, devices;
	struct option_list limits; /* NAME=VALUE */
	struct option_list protect, no_protect;
	struct option_list config; /* -c KEY=VALUE */
	const char *named_profile; /* --profile NAME */
	bool no_user_config;
	struct option_list rules;    /* --rules FILE */
	bool approved;               /* --approved */
	struct option_list env_only; /* from the configuration */
	bool configured;             /* the policy itself is from there */
	bool env_keep_secrets;       /* the same */
	bool given[OPTIONS_MAX];     /* by row of the table */
	struct option_list env_include, env_exclude, env_set;
	enum env_inherit env_inherit;
	enum option_net net;
	/* What --net proxy lets pass, policy/plan_net.h. */
	struct option_list allow_domain, deny_domain, allow_cidr, deny_cidr;
	struct option_list host_loopback, publish;
	const char *upstream_proxy; /* URL or "env" */
	const char *net_events;     /* --net-events FILE */
	const char *caller_proxy;   /* --caller-proxy any|PORT,... */
	int unix_none;              /* 1: --unix none */
	uint64_t egress_budget, host_budget;
	int net_mode;    /* 1: limited */
	int transparent; /* 1: on, 2: off */
	bool no_sni_check;
	enum view_tmp tmp;
	bool tmp_given;
	enum view_proc proc;
	enum option_tty tty;
	enum option_engine engine;
	enum backend backend;
	enum ghost_choice guard;
	uint32_t timeout_ms;
	uint32_t grace_ms;
	const char *memory, *pids, *cpu; /* --memory and so on */
	struct cgroup_limits cgroup;     /* of the configuration */
	const char *git;                 /* --git commit */
	int hard_links;                  /* 1: refuse */
	bool allow_secrets;
	bool prove;
	const char *result; /* --result FILE */
	int result_fd;      /* --result-fd N; 0 = not given */
	const char *require_digest;
	bool keep_background;
	bool die_with_parent;
	bool json;      /* explain: --json */
	bool argv;      /* explain: --argv */
	bool canonical; /* explain: --canonical */
	bool help;
	char **command; /* NULL-terminated rest of argv; may be empty */
};

enum options_for { FOR_EXEC = 1, FOR_EXPLAIN = 2 };

/**
 * Parse argv (argv[0] is the subcommand).  0, or -EINVAL with a usage diag
 * (code 2).  Options end at "--" or at the first word that is none.
 */
int options_parse(struct options *o, enum options_for who, int argc,
	char **argv, struct diag *d);

/**
 * As `--name=value` on the command line, unless that was given there; a list
 * gets one more.  The value is borrowed.  0 or -EINVAL with a usage diag.
 */
int options_set(
	struct options *o, const char *name, const char *value, struct diag *d);

/**
 * As process 1 of a container: CODEX_SANDBOX_PROFILE and its like are options,
 * behind those of the command line.  The environment of process 1 is what the
 * image and whoever starts the container say; of any other process it may be
 * what a repository talked a tool into, so there such a variable is refused:
 * neither obeyed nor, as if it held, ignored.
 */
int options_container(struct options *o, char *const *env, struct diag *d);

/** Was the option of that long name on the command line? */
bool options_given(const struct options *o, const char *name);

/** The configuration's word for --backend, unless the option was given. */
void options_backend(struct options *o, const char *word);

void options_free(struct options *o);

/** The option list of --help, made from the same table. */
void options_help(enum options_for who, struct buf *out);

/**
 * The policy that the options say: preset, profile or older form, then the
 * convenience options on top.  base is the directory that relative paths on
 * the command line are relative to.  0, -errno with a diag (2 for usage).
 */
int options_profile(const struct options *o, const char *base,
	struct profile *configured, struct profile *ret, struct diag *d);

/** What the options say of the environment; the lists stay theirs. */
void options_environment(const struct options *o, struct env_policy *ret);

#endif /* POLICY_OPTIONS_H */
