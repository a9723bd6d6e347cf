/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_CLI_H
#define POLICY_RULES_CLI_H
/* rules_cli.h -- what the `rules` subcommands share. */
#include "policy/rules.h"

enum { RULES_CLI_FILES_MAX = 1024 };

/* Options of check, explain, test, fmt and add, as one struct. */
struct rules_cli {
	const char *sub; /* name of the subcommand */
	const char *files[RULES_CLI_FILES_MAX];
	size_t n_files;
	const char *writable[64];
	size_t n_writable;
	bool pretty;
	bool resolve;
	bool compat;
	bool check;  /* fmt --check */
	bool print;  /* fmt --print */
	int command; /* index of the first command word in argv */
	struct buf texts[RULES_CLI_FILES_MAX]; /* owned */
};

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

/** rules_fmt.c: the text in house form; -EINVAL with err when it is none. */
int rules_format(
	struct buf *out, const struct rules_src *src, struct rules_error *err);

/*
 * The seam to the shell decomposer (policy/shell.h): the commands of a script
 * word by word.  Returns how many there are, 0 when argv is no shell wrapper,
 * -EINVAL when the script is opaque (reason in why).
 */
struct rules_segments {
	size_t n;
	struct rules_argv *v;
};
int rules_shell_segments(struct arena *a, size_t argc, const char *const *argv,
	struct rules_segments *ret, struct buf *why);

#endif /* POLICY_RULES_CLI_H */
