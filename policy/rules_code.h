/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_CODE_H
#define POLICY_RULES_CODE_H
/* rules_code.h -- a compiled rules file: instructions for the machine. */
#include <stdbool.h>
#include <stdint.h>

#include "policy/rules_src.h"
#include "policy/rules_value.h"

struct arena;
struct node;

/* Stack effect: before -> after, top on the right.  a and n are operands. */
enum opcode {
	OP_CONST,      /* -> consts[a] */
	OP_POP,        /* x -> */
	OP_DUP2,       /* x y -> x y x y */
	OP_LOAD,       /* -> variable a of this function */
	OP_LOAD_UP,    /* -> variable a, n functions further out */
	OP_STORE,      /* x -> */
	OP_UNARY,      /* x -> op(n) x */
	OP_BINARY,     /* x y -> x op(n) y */
	OP_INPLACE,    /* the same, changing x where that is possible */
	OP_NOT,        /* x -> bool */
	OP_JUMP,       /* to a */
	OP_JUMP_FALSE, /* x -> ; to a when x is false */
	OP_AND,        /* x -> x and to a when false, else -> */
	OP_OR,         /* x -> x and to a when true, else -> */
	OP_LIST,       /* n values -> list */
	OP_LIST_MORE,  /* list, n values -> list */
	OP_LIST_ADD,   /* x -> ; to the list n below */
	OP_TUPLE,      /* a values -> tuple */
	OP_DICT,       /* -> {} */
	OP_DICT_ADD,   /* k v -> ; to the dict n below; a: refuse a second k */
	OP_ITER,       /* x -> iterator */
	OP_NEXT,       /* it -> it x, or -> and to a at the end */
	OP_ITER_POP,   /* it -> */
	OP_UNPACK,     /* x -> a values, the first on top */
	OP_ATTR,       /* x -> x.consts[a] */
	OP_INDEX,      /* x i -> x[i] */
	OP_SLICE,      /* x lo hi step -> x[lo:hi:step] */
	OP_SET_INDEX,  /* v x i -> ; x[i] = v */
	OP_AUG_INDEX,  /* x i v -> ; x[i] = v */
	OP_CALL,       /* f, arguments of sites[a] -> result */
	OP_FUNC,       /* defaults -> function of codes[a] */
	OP_CHECK,      /* x -> x; must fit annots[a]; n: enum check_for */
	OP_JOIN,       /* a values -> one string */
	OP_RETURN,     /* x -> */
	OP_MAX,
};

enum check_for { CHECK_VARIABLE, CHECK_RETURN };

struct insn {
	uint16_t op;
	uint16_t n;
	uint32_t a;
	struct rules_span at;
};

/* A type as annotations say it: bits of enum vtype; 0 = anything. */
struct annot {
	uint32_t types;
	uint32_t elements;    /* of a list; values of a dict */
	uint32_t keys;        /* of a dict */
	struct rules_span at; /* its text, for errors */
};

struct param {
	const struct rstr *name; /* NULL: a bare * */
	uint8_t kind;            /* enum arg_kind */
	bool has_default;
	bool only_named;
	const struct annot *annot; /* or NULL */
};

struct callsite {
	uint32_t n_pos;
	uint32_t n_named;
	bool star;
	bool star2;
	const struct rstr **names;
};

struct code {
	const struct rstr *name; /* NULL: the file itself */
	struct insn *ins;
	uint32_t n;
	uint32_t cap;
	uint32_t n_vars;
	uint32_t n_params; /* also the first n_params variables */
	uint32_t n_defaults;
	const struct param *params;
	const struct annot *returns; /* or NULL */
};

struct image {
	struct value *consts;
	uint32_t n_consts;
	uint32_t cap_consts;
	struct code **codes; /* codes[0]: the file itself */
	uint32_t n_codes;
	uint32_t cap_codes;
	struct callsite *sites;
	uint32_t n_sites;
	uint32_t cap_sites;
	struct annot *annots;
	uint32_t n_annots;
	uint32_t cap_annots;
};

/** Compile a file; names are resolved here.  0 or -EINVAL. */
int rules_compile(const struct rules_src *src, struct arena *a,
	struct rules_error *err, struct node *tree, struct image *ret);

#endif /* POLICY_RULES_CODE_H */
