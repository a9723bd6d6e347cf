/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SHELL_MACHINE_H
#define POLICY_SHELL_MACHINE_H
/*
 * shell_machine.h -- the stack machine behind shell_scan(); for shell_scan_*.c.
 *
 * A frame is a construct that is open.  LIST frames hold commands and know
 * which command and word is being built; SPAN frames hold text in which only
 * nested substitutions matter.  Nothing recurses: opening pushes a frame,
 * closing pops it, and the frame below goes on where it was.
 */
#include <stdbool.h>
#include <stddef.h>

#include "policy/shell_list.h"

enum { SCAN_HEREDOCS_MAX = 16 };

enum frame_kind {
	/* LIST frames */
	F_TOP,
	F_PAREN,  /* ( ... ) */
	F_BRACE,  /* { ... } */
	F_CMDSUB, /* $( ... ), <( ... ), >( ... ) */
	F_TICK,   /* ` ... ` */
	F_IF,     /* phases: condition, then, elif condition, else */
	F_LOOP,   /* while, until; phases: condition, body */
	F_FOR,    /* for, select; phases: header, body */
	F_CASE,   /* phases: header, pattern, body */
	/* SPAN frames */
	F_DOUBLE,  /* " ... " */
	F_PARAM,   /* ${ ... } */
	F_ARITH,   /* (( ... )), $(( ... )) */
	F_TEST,    /* [[ ... ]] */
	F_GROUP,   /* a=( ... ), @( ... ) */
	F_HEREDOC, /* body with expansions */
};

/* Where a LIST frame is in its current command. */
enum command_state {
	C_NONE,  /* at its start */
	C_WORDS, /* words were seen */
	C_DONE,  /* behind a compound command */
};

enum redirect { R_NONE, R_TARGET, R_HEREDOC, R_HEREDOC_TABS };

struct frame {
	enum frame_kind kind;
	int phase;
	enum command_state state;
	bool pending;   /* an operator or opening wants a command */
	size_t count;   /* commands in this list or phase */
	size_t parens;  /* SPAN: round brackets open */
	size_t end;     /* F_HEREDOC: where the body ends */
	size_t resume;  /* F_HEREDOC: behind the delimiter line */
	bool compound;  /* SPAN: closing it ends a command of its own */
	size_t header;  /* words of a for or case header */
	bool bare;      /* this command has assignments or redirections */
	bool separated; /* for header: a separator came before this word */
	enum shell_join join;
	/* the command and the word being built */
	struct shell_draft draft;
	bool dynamic_name;
	struct buf word;
	bool in_word;
	bool dynamic; /* the word holds what the shell computes */
	bool quoted;  /* ... or quotes: then it is no keyword */
	enum redirect redirect;
};

struct heredoc {
	size_t start; /* delimiter in scan.delims */
	bool quoted;
	bool tabs;
};

struct scan {
	const char *s;
	size_t len;
	size_t pos;
	size_t depth; /* frames in use; the top is frames[depth - 1] */
	struct frame frames[SHELL_DEPTH_MAX];
	struct shell_list list;
	size_t kept; /* commands on complete lines */
	struct heredoc heredocs[SCAN_HEREDOCS_MAX];
	size_t n_heredocs;
	struct buf delims;
	const char *reason; /* latched syntax error */
	bool too_deep;
};

/* ---- shell_scan.c ---- */
struct frame *scan_top(struct scan *sc);
/** The LIST frame whose word is being built. */
struct frame *scan_owner(struct scan *sc);
bool frame_is_span(const struct frame *f);
struct frame *scan_push(struct scan *sc, enum frame_kind kind);
void scan_pop(struct scan *sc);
void scan_error(struct scan *sc, const char *reason);
char scan_at(const struct scan *sc, size_t ahead); /* NUL behind the end */
bool scan_is(const struct scan *sc, const char *text);

/* ---- shell_scan_command.c: words become commands ---- */
void scan_word_end(struct scan *sc);
void scan_word_reset(struct frame *f);
bool scan_is_assignment(const char *word);
void scan_command_end(struct scan *sc);
void scan_separator(struct scan *sc, enum shell_join join, bool needs_more);
void scan_close_compound(struct scan *sc);
void scan_newline(struct scan *sc);

/* ---- shell_scan_key.c ---- */
/** Act on a keyword; false when this word is none here. */
bool scan_keyword(struct scan *sc, const char *word);

/* ---- shell_scan_word.c ---- */
/** Take a quote, expansion or escape at pos; false when there is none. */
bool scan_part(struct scan *sc);
void scan_span_step(struct scan *sc);

/* ---- shell_scan_list.c ---- */
void scan_list_step(struct scan *sc);

#endif /* POLICY_SHELL_MACHINE_H */
