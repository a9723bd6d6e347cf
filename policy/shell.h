/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHELL_H
#define POLICY_SHELL_H
/*
 * shell.h -- shell text taken apart, as far as that is certain.
 *
 * Two views of the same text, for two kinds of question:
 *
 *  - shell_decompose(): plain commands joined by && || ; | or newline, made of
 *    bare and quoted words only.  What it accepts, bash, dash and zsh run as
 *    exactly those argument vectors; anything it does not fully understand
 *    makes the text OPAQUE.  Used where an answer could free something.
 *  - shell_scan(): every literal command found at any depth of a text that may
 *    hold anything (loops, substitutions, here-documents).  Words that the
 *    shell would compute are left out.  Used where an answer can only restrict.
 *
 * Both decide about asking, never about rights: those are decided at the real
 * execve.  Text is assumed to be read in a UTF-8 or C locale.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

enum {
	SHELL_TEXT_MAX = 128
			 << 10, /* bytes: the kernel's limit of one argument */
	SHELL_DEPTH_MAX = 64,   /* nested constructs of shell_scan() */
};

enum shell_dialect { SHELL_SH, SHELL_BASH, SHELL_ZSH };

/* What stands before a command. */
enum shell_join { SHELL_FIRST, SHELL_SEQ, SHELL_AND, SHELL_OR, SHELL_PIPE };

struct shell_command {
	enum shell_join join;
	size_t argc; /* at least 1 */
	char **argv; /* argc words and NULL; lives as long as the list */
};

struct shell_commands {
	size_t n;
	struct shell_command *items; /* owned */
	char **words;                /* owned: all argv arrays in one */
	char *text;                  /* owned: all words in one */
};

void shell_commands_free(struct shell_commands *c); /* NULL, zeroed: legal */
#define own_shell_commands __attribute__((cleanup(shell_commands_free)))

/* Why a text is opaque, or not well-formed. */
struct shell_why {
	const char *reason; /* static text, "a redirection"; NULL = none */
	size_t offset;      /* byte the reason stands at */
	size_t line;        /* from 1 */
	size_t column;      /* from 1, in bytes */
};

/**
 * Take len bytes of script apart.  0 and *ret filled (the caller frees it), or
 * -EOPNOTSUPP when the text is opaque (*why filled), or -ENOMEM.  *ret is left
 * alone on failure.  why may be NULL.
 */
int shell_decompose(const char *script, size_t len, enum shell_dialect dialect,
	struct shell_commands *ret, struct shell_why *why);

/**
 * Find the literal commands of len bytes of script.  0 with *ret filled: the
 * text is well-formed; 1 with *ret filled: it is not (*why filled) and *ret
 * holds what stands on complete lines before the error, which a shell runs
 * before it notices; -E2BIG when the text is longer or deeper than the limits
 * (*ret holds nothing); -ENOMEM.
 */
int shell_scan(const char *script, size_t len, struct shell_commands *ret,
	struct shell_why *why);

/** Put a reason into a diag: "line 1, column 5: a redirection". */
void shell_why_diag(const struct shell_why *why, struct diag *d);

struct shell_wrapper {
	enum shell_dialect dialect;
	const char *script; /* borrowed from argv */
	bool usual_path;    /* a bare name, or in /bin or /usr/bin */
};

/** Is argv exactly `sh|bash|zsh -c|-lc SCRIPT` (any path)?  Fills *ret if so. */
bool shell_wrapper(size_t argc, char *const *argv, struct shell_wrapper *ret);

/** The last component of a program path; "" for a path that ends in "/". */
const char *shell_basename(const char *path);

#endif /* POLICY_SHELL_H */
