/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H
/*
 * rules.h -- the rules of .rules files: load, decide, explain, amend.
 *
 * A policy is filled file by file and then asked.  A file that fails adds
 * nothing.  The language is docs/RULES.md; every bound is in rules_src.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/arena.h"
#include "policy/rules_src.h"
#include "policy/rules_str.h"

struct buf;
struct diag;

/* In order of strictness. */
enum rules_decision {
	RULES_NO_MATCH,
	RULES_ALLOW,
	RULES_PROMPT,
	RULES_PROMPT_USER, /* a person has to answer; only requirements.toml */
	RULES_FORBIDDEN,
};

/* Who wrote a file, in order of trust. */
enum rules_trust {
	RULES_PROJECT, /* can only narrow: its allow rules count for nothing */
	RULES_SESSION,
	RULES_USER,
	RULES_MANAGED,
	RULES_TRUST_MAX,
};

/* One position of a pattern: any of these. */
struct rules_token {
	uint32_t n;
	bool list; /* written as a list of several */
	const struct rstr **alts;
};

struct rules_rule {
	const struct rstr *head;
	const struct rstr *folded; /* case-folded head; NULL: exact bytes */
	uint32_t n_rest;
	struct rules_token *rest;  /* folded too, when folded */
	struct rules_token *shown; /* as they were written */
	enum rules_decision decision;
	enum rules_trust trust;
	bool override;
	const struct rstr *justification; /* or NULL */
	const char *file;
	uint32_t line;
	uint32_t next_same;   /* next rule with this head; index + 1, 0 ends */
	uint32_t last_same;   /* in the first rule of such a chain: its end */
	uint32_t next_folded; /* next rule with this folded head */
	uint32_t last_folded; /* in the first rule of such a chain: its end */
};

struct rules_argv {
	uint32_t n;
	const struct rstr **v;
};

/* match and not_match of one prefix_rule() call. */
struct rules_examples {
	uint32_t first_rule; /* the rules the call made */
	uint32_t n_rules;
	uint32_t n_match;
	uint32_t n_not_match;
	struct rules_argv *match;
	struct rules_argv *not_match;
	const char *file;
	struct rules_span at;
	uint32_t line;
};

struct rules_host {
	const struct rstr *name;
	uint32_t n_paths;
	const struct rstr **paths; /* absolute, normalised */
	enum rules_trust trust;
	const char *file;
	uint32_t line;
	uint32_t
		next; /* of the same name; index + 1, 0 ends; later ones first */
};

enum rules_protocol {
	RULES_HTTP,
	RULES_HTTPS,
	RULES_SOCKS5_TCP,
	RULES_SOCKS5_UDP
};

struct rules_net {
	const struct rstr *host; /* lower case, no port, no final dot */
	enum rules_protocol protocol;
	enum rules_decision decision;
	enum rules_trust trust;
	const struct rstr *justification; /* or NULL */
	const char *file;
	uint32_t line;
};

enum rules_flags {
	RULES_COMPAT =
		1, /* exactly the semantics of codex 0.169.0, defects included */
};

struct rules {
	struct arena arena;
	unsigned int flags;
	struct rules_rule *rules;
	struct rules_examples *examples;
	struct rules_host *hosts;
	struct rules_net *nets;
	uint32_t n_rules, cap_rules;
	uint32_t n_examples, cap_examples;
	uint32_t n_hosts, cap_hosts;
	uint32_t n_nets, cap_nets;
	struct rmap by_head;   /* head -> first rule + 1 */
	struct rmap by_folded; /* folded head -> first rule + 1 */
	struct rmap by_host;   /* name -> latest host entry + 1 */
};

void rules_init(struct rules *r, unsigned int flags);
void rules_free(struct rules *r);
#define own_rules __attribute__((cleanup(rules_free)))

/**
 * Run a text and add what it defines.  name is copied.  0, or -EINVAL with err:
 * then *r is as before.
 */
int rules_load_text(struct rules *r, const char *name, const char *text,
	size_t len, enum rules_trust trust, struct rules_error *err);

struct config_prefix_rule;
/** Add a rule of requirements.toml, as managed.  0, -EINVAL, -ENOMEM. */
int rules_add_required(struct rules *r, const struct config_prefix_rule *rule);

/** Read failures: -errno, -EFBIG (over RULES_FILE_MAX), -EILSEQ (not UTF-8). */
int rules_read(const char *path, struct buf *ret);

/** A variable of our environment, or NULL; this program has one thread. */
const char *rules_env(const char *name);

/* ---- deciding ------------------------------------------------------------------ */

struct rules_query {
	size_t argc;
	const char *const *argv; /* argc strings */
	bool resolve;            /* a path stands for its basename as well */
	const char *cwd;         /* absolute; for relative programs */
	const char *home;        /* for ~/, or NULL */
	/*
	 * Directories that the sandbox can write.  A program below one of them is
	 * never what an allow rule on a bare name means.
	 */
	const char *const *writable;
	size_t n_writable;
	const char *program; /* the file really opened, when known, or NULL */
	/* Text for a shell: an allow rule has to name all of its words. */
	bool exact_allow;
	unsigned int shifted; /* enum rules_shift */
};

/* What earlier commands of the same text may have changed. */
enum rules_shift {
	RULES_SHIFT_DIR = 1,   /* cd: relative paths name other files */
	RULES_SHIFT_NAMES = 2, /* read PATH: so do bare names */
};

enum rules_match_flags {
	RULES_MATCH_OVERRIDDEN = 1, /* a more specific override=True beats it */
	RULES_MATCH_IGNORED = 2,    /* an allow rule of a project */
	RULES_MATCH_INEXACT = 4,    /* an allow rule on a part of shell text */
};

struct rules_match {
	const struct rules_rule *rule;
	unsigned int flags; /* enum rules_match_flags */
};

struct rules_result {
	enum rules_decision decision;
	size_t n;
	struct rules_match *v; /* owned; every rule that matches, in order */
	const struct rules_rule *decided; /* the first that gave the decision */
	char *resolved;    /* owned; absolute program, when it was resolved */
	const char *first; /* the word that stands for argv[0] */
	/* allow rules left out: the program is writable, or nobody knows it */
	size_t unwritten;
};

/** 0 or -ENOMEM. */
int rules_decide(const struct rules *r, const struct rules_query *q,
	struct rules_result *ret);
void rules_result_free(struct rules_result *res);
#define own_rules_result __attribute__((cleanup(rules_result_free)))

/** "allow", "prompt", "prompt-user", "forbidden" */
const char *rules_decision_name(enum rules_decision d);

/** One of the rules first..first+n only, as examples are checked; compat per r->flags. */
bool rules_matches(const struct rules *r, const struct rules_rule *rule,
	const struct rules_query *q, char **ret_resolved);

/** Absolute, lexically normalised program of a word with a slash; NULL: none. */
char *rules_resolve(const char *word, const char *cwd, const char *home);

/** Is the program (absolute, or NULL) one of the directories, or below one? */
bool rules_writable(
	const char *program, const char *const *dirs, size_t n_dirs);

/** Allowed, forbidden: the last rule of a host wins inside a layer, the strictest over layers. */
enum rules_decision rules_net_decide(
	const struct rules *r, const char *host, enum rules_protocol protocol);

/* ---- output -------------------------------------------------------------------- */

/** The JSON of `execpolicy check`, with its final newline. */
void rules_json(struct buf *out, const struct rules_query *q,
	const struct rules_result *res, bool pretty);
void rules_json_string(struct buf *out, const char *s, size_t len);

/** Fold case as the Unicode standard does (full folding). */
void rules_fold(struct buf *out, const char *s, size_t len);

/** Split like a shell, quotes only; 0, -EINVAL on bad syntax. */
int rules_split(
	struct arena *a, const char *text, size_t len, struct rules_argv *ret);

/** Check the examples of one call; -EINVAL with err when one fails. */
int rules_examples_check(const struct rules *r, const struct rules_examples *ex,
	struct rules_error *err);

/* ---- amendments ---------------------------------------------------------------- */

/** Is the prefix (or a shorter start of it that is an interpreter) too broad to offer? */
bool rules_banned(const char *const *argv, size_t argc);

/** The list of the original: equal to one of its 88 prefixes, nothing else. */
bool rules_banned_exact(const char *const *argv, size_t argc);

/**
 * Append `prefix_rule(pattern=[...], decision="allow")` to the file at path,
 * once: under a lock, through a new file, fsync and rename.  Directories are
 * made.  0 (also when the line is there), -EINVAL (empty, banned, not UTF-8, or
 * the file does not parse), -errno; diag filled.
 */
int rules_amend_prefix(
	const char *path, const char *const *argv, size_t argc, struct diag *d);

/** The same for network_rule(host, protocol, decision allow or deny). */
int rules_amend_network(const char *path, const char *host,
	const char *protocol, bool allow, struct diag *d);

/* Where the layers lie; zeroed: the real places.  For tests. */
struct rules_places {
	const char *managed_dir;
	const char *profiles_dir;
	unsigned int managed_uid; /* owner asked of managed files */
};

/** `codex-sandbox rules ...`: argv[0] is "rules". */
int rules_main(int argc, char **argv);
int rules_command(const struct rules_places *at, int argc, char **argv);

#endif /* POLICY_RULES_H */
