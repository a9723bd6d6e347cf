/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_CLI_H
#define POLICY_RULES_CLI_H
/* rules_cli.h -- what the `rules` subcommands share. */
#include "policy/amend.h"
#include "policy/config.h"
#include "policy/decide.h"
#include "policy/judge.h"
#include "policy/rules.h"
#include "policy/ruling.h"

enum {
	RULES_CLI_FILES_MAX = 1024,
	RULES_CLI_WRITABLE_MAX = 64,
	RULES_CLI_SESSION_MAX = 64,
};

enum { EXIT_FILE = 1, EXIT_USAGE = 2 };

struct rules_cli;

/* What a subcommand takes, as bits of a row. */
enum rules_takes {
	TAKES_RULES = 1,    /* --rules FILE */
	TAKES_COMMAND = 2,  /* words behind the options */
	TAKES_DECIDE = 4,   /* --pretty, --resolve-host-executables, --compat */
	TAKES_WRITABLE = 8, /* --writable-root DIR */
	TAKES_FMT = 16,     /* --check, --print */
	NEEDS_RULES = 32,
	TAKES_FILE = 64,      /* --file FILE, one */
	TAKES_CONFIG = 128,   /* -C, -c, --approval-policy ... */
	TAKES_SETTINGS = 256, /* -c, --enable ..., which change nothing */
};

struct rules_sub {
	const char *name;
	int (*run)(struct rules_cli *c, int argc, char **argv);
	unsigned int takes;
	const char *usage;
	const char *help;
};

/* Options of check, explain, test, fmt and add, as one struct. */
struct rules_cli {
	const struct rules_sub *sub;
	const char *files[RULES_CLI_FILES_MAX];
	size_t n_files;
	const char *writable[RULES_CLI_WRITABLE_MAX];
	size_t n_writable;
	bool pretty;
	bool resolve;
	bool compat;
	bool check;   /* fmt --check */
	bool print;   /* fmt --print */
	bool json;    /* explain --json */
	bool no_user; /* explain --no-user-config */
	/* explain: what the configuration is told, and what is asked for */
	const char *dir;                      /* -C */
	char *workspace;                      /* owned; the same, in full */
	char *session[RULES_CLI_SESSION_MAX]; /* owned: "key=value" */
	size_t n_session;
	enum decide_asked asked;
	const struct rules_places *at;
	int command; /* index of the first command word in argv */
	struct buf texts[RULES_CLI_FILES_MAX]; /* owned */
};

/**
 * rules_cli_options.c: read the options of c->sub, from argv[2] on, up to the
 * first word of the command.  0, -1 when --help is asked for, or the exit code
 * of what was wrong, which it has printed.
 */
int rules_cli_options(struct rules_cli *c, int argc, char **argv);
/** "error: BEFORE WHAT AFTER" and the usage; WHAT may be foreign text. */
int rules_cli_usage(const struct rules_cli *c, const char *before,
	const char *what, const char *after);

/** Load c->files in order; prints what is wrong and returns the exit code. */
int rules_cli_load(struct rules_cli *c, struct rules *r);
/** Print an error of a file in the form of `check`, exit code 1. */
int rules_cli_bad(
	const char *doing, const char *file, const struct buf *detail);
void rules_cli_error_text(struct buf *out, const struct rules_error *err);

int rules_cli_explain(struct rules_cli *c, int argc, char **argv);
int rules_cli_test(struct rules_cli *c, int argc, char **argv);
int rules_cli_fmt(struct rules_cli *c, int argc, char **argv);
int rules_cli_add(struct rules_cli *c, int argc, char **argv);
int rules_cli_table(struct rules_cli *c, int argc, char **argv);

/* Everything that explain says. */
struct rules_explained {
	const struct ruling *r;
	const struct config_profile *profile;
	struct amend_offer now, later;
};

/** Why this match counts for nothing; NULL: it counts. */
const char *rules_match_note(const struct rules_match *m);
void rules_explain_pattern(struct buf *out, const struct rules_rule *rule);
void rules_explain_json(struct buf *out, const struct rules_explained *e);

/** rules_fmt.c: the text in house form; -EINVAL with err when it is none. */
int rules_format(
	struct buf *out, const struct rules_src *src, struct rules_error *err);

#endif /* POLICY_RULES_CLI_H */
