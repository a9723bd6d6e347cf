/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_VALUE_H
#define POLICY_RULES_VALUE_H
/*
 * rules_value.h -- what a rules program computes with.
 *
 * Values live in the machine's value arena until the file has run.  A value is
 * 16 bytes and is copied freely; lists and dicts are shared by reference.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policy/rules_str.h"

struct buf;
struct code;
struct env;
struct vm;

enum vtype {
	V_UNSET, /* a variable without a value; an argument not given */
	V_NONE,
	V_BOOL,
	V_INT,
	V_FLOAT,
	V_BIG, /* over 63 bits: printed and compared, not computed with */
	V_STR,
	V_BYTES,
	V_LIST,
	V_TUPLE,
	V_DICT,
	V_RANGE,
	V_SEQ, /* elems(), codepoints(): can be looped over, no more */
	V_FUNC,
	V_NATIVE,
	V_METHOD,
	V_ELLIPSIS,
	V_ITER, /* on the operand stack only */
	V_TYPE_MAX,
};

struct value {
	enum vtype t;
	union {
		bool b;
		int64_t i;
		double f;
		const struct rstr *s;
		struct vlist *l; /* V_LIST, V_TUPLE, V_SEQ */
		struct vdict *d;
		const struct vrange *r;
		const struct vfunc *fn;
		const struct native *nat;
		const struct vmethod *m;
		struct viter *it;
	};
};

struct vlist {
	struct value *v;
	uint32_t n;
	uint32_t cap;
	uint32_t locks; /* loops running over it: it may not change */
};

struct vpair {
	struct value key;
	struct value value;
};

struct vdict {
	struct vpair *e; /* in order of insertion */
	uint32_t n;
	uint32_t cap;
	uint32_t *index;    /* hash table of places + 1; 0: free */
	uint32_t index_cap; /* power of two, at least twice cap */
	uint32_t locks;
};

struct vrange {
	int64_t start;
	int64_t stop;
	int64_t step; /* not 0 */
};

struct vfunc {
	const struct code *code;
	struct env *up; /* variables of the function around */
	const struct value *defaults;
};

struct vmethod {
	struct value self;
	const struct native *nat;
};

struct viter {
	struct value over; /* list, tuple, dict or range */
	uint64_t next;
};

#define V_NONE_VALUE ((struct value){ .t = V_NONE })

static inline struct value
v_bool(bool b)
{
	return (struct value){ .t = V_BOOL, .b = b };
}

static inline struct value
v_int(int64_t i)
{
	return (struct value){ .t = V_INT, .i = i };
}

static inline struct value
v_float(double f)
{
	return (struct value){ .t = V_FLOAT, .f = f };
}

static inline struct value
v_of_str(const struct rstr *s)
{
	return (struct value){ .t = V_STR, .s = s };
}

/* Makers: 0, or -EINVAL with the machine's error set (no memory left). */
int v_str(struct vm *vm, const char *bytes, size_t len, struct value *ret);
int v_str_buf(struct vm *vm, const struct buf *b, struct value *ret);
/** A list or tuple of n elements, copied from v when that is not NULL. */
int v_list(struct vm *vm, enum vtype t, const struct value *v, uint32_t n,
	struct value *ret);
int v_dict(struct vm *vm, struct value *ret);
int v_range(struct vm *vm, struct vrange r, struct value *ret);

/** "int", "string", "NoneType" ... */
const char *v_type(const struct value *v);
bool v_true(const struct value *v);
uint32_t v_range_len(const struct vrange *r);

/* Lists and dicts; changing one under a loop is -EINVAL. */
int v_append(struct vm *vm, struct vlist *l, struct value v);
int v_writable(struct vm *vm, uint32_t locks);
/** Place of key, NULL when absent; an unhashable key is -EINVAL. */
int v_dict_find(struct vm *vm, const struct vdict *d, struct value key,
	struct vpair **ret);
int v_dict_set(
	struct vm *vm, struct vdict *d, struct value key, struct value value);
int v_dict_remove(struct vm *vm, struct vdict *d, const struct vpair *at);

/* Loops over list, tuple, dict (keys), range; else "(iter) not supported". */
int v_iter(struct vm *vm, struct value over, struct viter *ret);
bool v_next(struct viter *it, struct value *ret);
void v_lock(const struct value *over, bool lock);
/** Upper bound of the elements of something v_iter() takes. */
uint32_t v_len(const struct value *v);

/* rules_compare.c: each element costs a step; depth is limited. */
int v_equal(struct vm *vm, struct value a, struct value b, bool *ret);
/** a < b: -1, 0, 1 in *ret. */
int v_compare(struct vm *vm, struct value a, struct value b, int *ret);

/* rules_repr.c */
/** out->max 0: all of it or an error; else as much as fits and "...". */
int v_repr(struct vm *vm, struct buf *out, struct value v);
enum { VALUE_SHOWN_MAX = 4096 };
/** As repr, but a string is itself. */
int v_to_str(struct vm *vm, struct buf *out, struct value v);
void v_repr_float(struct buf *out, double f);
void v_repr_bytes(struct buf *out, const char *s, size_t len, bool bytes);

enum { VALUE_DEPTH_MAX = 200 };

#endif /* POLICY_RULES_VALUE_H */
