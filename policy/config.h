/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CONFIG_H
#define POLICY_CONFIG_H
/*
 * config.h -- config.toml: layers, trust, and the profile that comes of them.
 *
 * Layers, lowest first.  A higher one replaces single values of a lower one:
 *
 *   built-in      the presets of the key table (policy/config_keys.c)
 *   shipped       $(datadir)/codex-sandbox/profiles/NAME.toml, when asked for
 *   managed       /etc/codex-sandbox/config.toml
 *   user          $XDG_CONFIG_HOME/codex-sandbox/config.toml
 *   session       -c key=value
 *   project       .codex-sandbox/config.toml: only narrows (I9), only where the
 *                 managed or user layer trusts the directory
 *   requirements  /etc/codex-sandbox/requirements.toml: pins, forbids, bounds
 *
 * Any doubt ends with an error and its position, never with a default (I4):
 * unknown keys, wrong types, files that others can write, a project that wants
 * more, a user that wants what the administrator forbids.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/profile.h"

struct buf;
struct config;
struct diag;
struct netpol;
struct toml;

enum {
	CONFIG_EXTENDS_MAX = 16,  /* profiles in a chain */
	CONFIG_SESSION_MAX = 128, /* -c options */
	CONFIG_VALUES_MAX = 4096, /* values of all layers together */
	CONFIG_RLIMITS_MAX = 16,
};

/* Whether there is a file is no secret of the caller: flags are for tests
 * and for `exec --no-user-config`. */
enum config_flag {
	CONFIG_SKIP_USER = 1u << 0,
	CONFIG_SKIP_PROJECT = 1u << 1,
};

/* Where to look.  Zeroed: the real places.  All borrowed for the call. */
struct config_options {
	const char *managed_dir;    /* NULL: /etc/codex-sandbox */
	const char *user_dir;       /* NULL: by XDG_CONFIG_HOME and HOME */
	const char *profiles_dir;   /* NULL: as installed */
	const char *home;           /* NULL: $HOME; what ~/ means */
	const char *workspace;      /* absolute; NULL: no project layer */
	const char *const *session; /* "key=value" */
	size_t n_session;
	uid_t managed_uid; /* owner asked of managed files: 0 */
	unsigned flags;    /* enum config_flag */
};

/** An empty configuration, or NULL without memory.  config_free(NULL) is ok. */
struct config *config_new(void);
void config_free(struct config *c);
void config_cleanup(struct config **c);
#define own_config __attribute__((cleanup(config_cleanup)))

/**
 * Read and merge every layer.  0, or with a diag: -EINVAL (a file says what it
 * must not), -EPERM (a file that others can write), -E2BIG, -EFBIG, -ENOMEM,
 * -errno of a file that is there and cannot be read.
 */
int config_load(
	struct config *c, const struct config_options *o, struct diag *d);

/** The source line and a caret for the last error; "" where there is none. */
const char *config_excerpt(const struct config *c);

/** Lines to tell the user (a project that is not trusted); NULL past the end. */
const char *config_note(const struct config *c, size_t i);
/** All of them on stderr, a line each, escape sequences neutralised. */
void config_tell_notes(const struct config *c);

/** Paths of the trusted project directories, for their .rules; NULL at the end. */
const char *config_project_dir(const struct config *c, size_t i);

/* ---- what comes of it; strings are borrowed from the configuration -------- */

struct config_list {
	size_t n;
	const char **items;
};

/* Order of the words is from the narrowest on. */
enum config_inherit {
	CONFIG_INHERIT_NONE,
	CONFIG_INHERIT_CORE,
	CONFIG_INHERIT_ALL
};
enum config_access { CONFIG_NET_NONE, CONFIG_NET_PROXY, CONFIG_NET_FULL };
enum config_switch { CONFIG_AUTO, CONFIG_ON, CONFIG_OFF };

/* Order: inherit, include, secrets left out, exclude, set, include_only. */
struct config_environment {
	enum config_inherit inherit;
	bool keep_secrets;               /* ignore_default_excludes */
	struct config_list include;      /* patterns */
	struct config_list exclude;      /* patterns */
	struct config_list include_only; /* patterns; empty = everything */
	struct config_list set;          /* NAME=VALUE */
};

struct config_rlimit {
	int resource;   /* RLIMIT_* */
	uint64_t value; /* UINT64_MAX = unlimited */
	const char *origin;
};

struct config_limits {
	uint64_t timeout_ms; /* 0 = none */
	uint64_t grace_ms;
	size_t n_rlimits;
	struct config_rlimit rlimits[CONFIG_RLIMITS_MAX];
	uint64_t
		memory_bytes; /* by a control group; 0 = none, as the next two */
	uint64_t pids;
	uint64_t cpu_percent;
};

/* A host pattern or a socket path and what may be done with it. */
struct config_rule {
	const char *pattern;
	bool allow; /* a deny wins over any allow */
	const char *origin;
};

struct config_network {
	enum config_access access;
	bool limited; /* mode = "limited": GET HEAD OPTIONS only */
	size_t n_domains;
	struct config_rule *domains;
	size_t n_sockets;
	struct config_rule *sockets; /* absolute paths of unix sockets */
	bool local_binding, upstream_proxy, socks5, socks5_udp;
	bool sni_check, report_only, socks_all_proxy, kill_on_exit;
	enum config_switch transparent;
	struct config_list allowed_cidrs, denied_cidrs, publish;
	struct config_list ports, host_loopback; /* decimal */
	uint64_t egress_budget, host_budget;     /* bytes; 0 = none */
};

struct config_profile {
	const char *name;        /* "agent", ":workspace" */
	const char *origin;      /* what selected it, file:line */
	const char *description; /* "" = none */
	struct profile files;    /* owned: config_profile_free() */
	struct config_environment environment;
	struct config_limits limits;
	struct config_network network;
	struct config_list protected_groups, devices;
	bool git_commit;    /* .git may be committed to, not configured */
	bool allow_secrets; /* the built-in list of secrets is readable */
	bool tmp_host;      /* the host's /tmp instead of a private one */
	bool unsandboxed;   /* an allow rule may leave the sandbox */
};

/**
 * The profile of that name, or the selected one (NULL): default_permissions, or
 * sandbox_mode where a higher layer says that one.  Bounds of requirements and
 * projects are applied.  Errors as config_load().
 */
int config_resolve(struct config *c, const char *name,
	struct config_profile *ret, struct diag *d);
void config_profile_free(struct config_profile *p);
#define own_config_profile __attribute__((cleanup(config_profile_free)))

/** Does nobody say anything: no file, no -c, no requirement? */
bool config_is_builtin(const struct config *c);

/**
 * Hold a policy that the command line made against the requirements, as
 * config_resolve() does its own.  own_policy: it was given whole
 * (--permission-profile, --sandbox-policy), not by a profile's name.
 * 0 or -EPERM with the rule's file:line.
 */
int config_admit(struct config *c, const struct config_profile *p,
	bool own_policy, struct diag *d);

/**
 * The same of a network as it will be enforced, with [network] of the
 * requirements.  np counts with CONFIG_NET_PROXY only.
 */
int config_admit_network(struct config *c, enum config_access access,
	const struct netpol *np, struct diag *d);

enum config_ask {
	CONFIG_ASK_UNTRUSTED,
	CONFIG_ASK_ON_FAILURE,
	CONFIG_ASK_ON_REQUEST,
	CONFIG_ASK_NEVER,
	CONFIG_ASK_GRANULAR
};

/* true: that kind of question may be asked.  Filled in for every policy. */
struct config_approval {
	enum config_ask ask;
	bool sandbox_approval, rules, mcp_elicitations, request_permissions,
		skill_approval;
	bool chosen; /* a file or -c says it: not the preset */
	const char *origin;
};

int config_approval(
	struct config *c, struct config_approval *ret, struct diag *d);

/* A rule of the administrator: never "allow". */
struct config_prefix_rule {
	size_t n_tokens;
	struct config_list
		*tokens;           /* alternatives at each place, one or more */
	const char *decision;      /* "prompt", "prompt-user", "forbidden" */
	const char *justification; /* NULL = none */
	bool canonical_matching;
	const char *origin;
};

/**
 * [rules] prefix_rules of requirements.toml; config_load() has checked them.
 * 0 with *ret_n = 0 where there are none.
 */
int config_prefix_rules(struct config *c, struct config_prefix_rule **ret,
	size_t *ret_n, struct diag *d);

/* ---- single values -------------------------------------------------------- */

/** The effective value of a key without `*`, or NULL; and where it is from. */
const struct toml *config_get(
	const struct config *c, const char *path, const char **ret_origin);
bool config_bool(const struct config *c, const char *path);
const char *config_string(const struct config *c, const char *path);

/* ---- for people ------------------------------------------------------------ */

enum config_show { CONFIG_SHOW_ORIGIN = 1u << 0, CONFIG_SHOW_JSON = 1u << 1 };

int config_print(struct config *c, unsigned show, struct buf *out);
int config_print_profiles(struct config *c, struct buf *out, struct diag *d);
/** A JSON schema (draft 2020-12) of config.toml, from the key table. */
int config_schema(struct buf *out);
/** The reference of all keys as Markdown, from the key table. */
void config_reference(struct buf *out);

/** `codex-sandbox config ...`: the exit code. */
int config_main(int argc, char **argv);
int config_command(const struct config_options *o, int argc, char **argv);

#endif /* POLICY_CONFIG_H */
