/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_SRC_H
#define POLICY_RULES_SRC_H
/*
 * rules_src.h -- one text in the rules language, and one error about it.
 *
 * Every step (lexer, parser, compiler, machine, builtins) reports its first
 * error here, with the bytes it is about; rules_error_format() turns that into
 * file:line:column, the source line and a caret.  The form is that of `codex
 * execpolicy check`, so that what reads one reads the other.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/buf.h"

enum {
	RULES_FILE_MAX = 1 << 20, /* bytes of one text */
	RULES_NEST_MAX = 4096,  /* brackets, operators, lambdas open at once */
	RULES_BLOCK_MAX = 100,  /* nested if, for, def */
	RULES_NAMED_MAX = 256,  /* named arguments, parameters, loop names */
	RULES_FSTRING_MAX = 16, /* format strings inside each other */
	RULES_CALL_MAX = 50,    /* calls of functions open at once */
	RULES_STEP_MAX = 1000000,     /* instructions and elements handled */
	RULES_VALUE_MAX = 16 << 20,   /* bytes of values made while running */
	RULES_TREE_MAX = 40 << 20,    /* bytes of syntax tree and code */
	RULES_POLICY_MAX = 128 << 20, /* bytes of all rules of all files */
	RULES_EXAMPLE_MAX = 200000,   /* examples x rules compared, a file */
	RULES_RULE_MAX = 100000,      /* rules of all files */
};

/** Bytes [begin, end) of a text; begin == end points between two bytes. */
struct rules_span {
	uint32_t begin;
	uint32_t end;
};

struct rules_src {
	const char *name; /* borrowed; the path as it was given */
	const char *text; /* borrowed; valid UTF-8, not NUL-terminated */
	uint32_t len;     /* at most RULES_FILE_MAX */
};

/** A call that was open when the error happened, outermost first. */
struct rules_frame {
	struct rules_span at; /* the call */
	char in[48];          /* name of the calling function, cut */
};

struct rules_error {
	bool set; /* latched: the first error wins */
	bool has_span;
	bool at_rule; /* no "error: ", but span is the rule's call */
	struct rules_span span;
	struct rules_src src; /* borrows name and text; text NULL: no text */
	struct buf msg;       /* owned */
	unsigned int n_frames;
	struct rules_frame frames[RULES_CALL_MAX + 1];
};

void rules_error_free(struct rules_error *e);
#define own_rules_error __attribute__((cleanup(rules_error_free)))

/** Record an error unless there is one; returns -EINVAL always. */
int rules_fail(struct rules_error *e, struct rules_span at, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));

/** The same without a place. */
int rules_fail_plain(struct rules_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct rules_place {
	uint32_t line;       /* from 1 */
	uint32_t column;     /* from 1, in characters */
	uint32_t line_begin; /* byte offset */
	uint32_t line_end;   /* without the line end */
};

struct rules_place rules_place_of(const struct rules_src *src, uint32_t offset);

/**
 * The error as text: traceback, "error: MESSAGE", " --> FILE:LINE:COLUMN", the
 * lines with carets.  Ends with a newline; every line is as codex prints it,
 * before the indentation that its command line adds.
 */
void rules_error_format(struct buf *out, const struct rules_error *e);

#endif /* POLICY_RULES_SRC_H */
