/* SPDX-License-Identifier: Apache-2.0 */
/* rules_text.c -- methods of strings (room: user). */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/rules_vm.h"

/*
 * Letters are told apart in ASCII only; a method that would have to change or
 * judge another letter refuses instead of guessing.
 */

/* ---- arguments -------------------------------------------------------------------------- */

static int
want_ascii(struct vm *vm, const struct rstr *s)
{
	for (uint32_t i = 0; i < s->len; i++)
		if ((unsigned char)s->s[i] >= 0x80)
			return vm_fail(vm,
				"not supported here: this method on letters "
				"outside ASCII");
	return vm_tick(vm, s->len / 64);
}

static const char *
find_in(const struct rstr *s, const struct rstr *what, bool last)
{
	const char *found = NULL;
	if (!last)
		return memmem(s->s, s->len, what->s, what->len);
	for (size_t i = 0; i + what->len <= s->len; i++)
		if (memcmp(s->s + i, what->s, what->len) == 0)
			found = s->s + i;
	return found;
}

/* ---- case and classes --------------------------------------------------------------------- */

enum casing { CASE_LOWER, CASE_UPPER, CASE_TITLE, CASE_CAPITAL };

static int
recase(struct vm *vm, const struct args *a, enum casing how, struct value *ret)
{
	const struct rstr *s = a->self.s;
	own_buf struct buf out = { .max = RULES_VALUE_MAX };
	bool start = true;
	if (want_ascii(vm, s) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->s[i];
		bool up = how == CASE_UPPER ||
			  (start && (how == CASE_TITLE || how == CASE_CAPITAL));
		buf_char(&out, (char)(up ? toupper(c) : tolower(c)));
		start = how == CASE_TITLE ? !isalpha(c) : false;
	}
	return v_str_buf(vm, &out, ret);
}

static int
text_lower(struct vm *vm, const struct args *a, struct value *ret)
{
	return recase(vm, a, CASE_LOWER, ret);
}

static int
text_upper(struct vm *vm, const struct args *a, struct value *ret)
{
	return recase(vm, a, CASE_UPPER, ret);
}

static int
text_title(struct vm *vm, const struct args *a, struct value *ret)
{
	return recase(vm, a, CASE_TITLE, ret);
}

static int
text_capitalize(struct vm *vm, const struct args *a, struct value *ret)
{
	return recase(vm, a, CASE_CAPITAL, ret);
}

static int
all_of(struct vm *vm, const struct args *a, int (*is)(int), struct value *ret)
{
	const struct rstr *s = a->self.s;
	bool all = s->len > 0;
	if (want_ascii(vm, s) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < s->len; i++)
		all = all && is((unsigned char)s->s[i]) != 0;
	*ret = v_bool(all);
	return 0;
}

static int
text_isdigit(struct vm *vm, const struct args *a, struct value *ret)
{
	return all_of(vm, a, isdigit, ret);
}

static int
text_isalpha(struct vm *vm, const struct args *a, struct value *ret)
{
	return all_of(vm, a, isalpha, ret);
}

static int
text_isalnum(struct vm *vm, const struct args *a, struct value *ret)
{
	return all_of(vm, a, isalnum, ret);
}

static int
text_isspace(struct vm *vm, const struct args *a, struct value *ret)
{
	return all_of(vm, a, isspace, ret);
}

/* There is a letter, and none of the other case. */
static int
one_case(struct vm *vm, const struct args *a, int (*other)(int),
	struct value *ret)
{
	const struct rstr *s = a->self.s;
	bool some = false;
	bool bad = false;
	if (want_ascii(vm, s) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < s->len; i++) {
		some = some || isalpha((unsigned char)s->s[i]) != 0;
		bad = bad || other((unsigned char)s->s[i]) != 0;
	}
	*ret = v_bool(some && !bad);
	return 0;
}

static int
text_islower(struct vm *vm, const struct args *a, struct value *ret)
{
	return one_case(vm, a, isupper, ret);
}

static int
text_isupper(struct vm *vm, const struct args *a, struct value *ret)
{
	return one_case(vm, a, islower, ret);
}

/* ---- both ends ------------------------------------------------------------------------------- */

/* Does the string begin (end) with x, or with one of a tuple? */
static int
has_end(struct vm *vm, const struct args *a, bool front, struct value *ret)
{
	const struct value *v = &a->pos[0];
	const struct rstr *s = a->self.s;
	uint32_t n = v->t == V_TUPLE ? v->l->n : 1;
	bool yes = false;
	for (uint32_t i = 0; i < n; i++) {
		const struct value *e = v->t == V_TUPLE ? &v->l->v[i] : v;
		if (e->t != V_STR)
			return vm_bad_param(vm, "x", "str | tuple", v);
		if (vm_tick(vm, 1 + e->s->len / 64) < 0)
			return -EINVAL;
		yes = yes ||
		      (e->s->len <= s->len &&
			      memcmp(front ? s->s : s->s + s->len - e->s->len,
				      e->s->s, e->s->len) == 0);
	}
	*ret = v_bool(yes);
	return 0;
}

static int
text_startswith(struct vm *vm, const struct args *a, struct value *ret)
{
	return has_end(vm, a, true, ret);
}

static int
text_endswith(struct vm *vm, const struct args *a, struct value *ret)
{
	return has_end(vm, a, false, ret);
}

static int
remove_end(struct vm *vm, const struct args *a, bool front, struct value *ret)
{
	const struct rstr *s = a->self.s;
	const struct rstr *x = NULL;
	struct value yes = V_NONE_VALUE;
	if (vm_want_str(vm, a, 0, "x", &x) < 0 ||
		has_end(vm, a, front, &yes) < 0)
		return -EINVAL;
	size_t cut = yes.b ? x->len : 0;
	return v_str(vm, front ? s->s + cut : s->s, s->len - cut, ret);
}

static int
text_removeprefix(struct vm *vm, const struct args *a, struct value *ret)
{
	return remove_end(vm, a, true, ret);
}

static int
text_removesuffix(struct vm *vm, const struct args *a, struct value *ret)
{
	return remove_end(vm, a, false, ret);
}

enum strip_ends { STRIP_LEFT = 1, STRIP_RIGHT = 2 };

/* Bytes at s that strip() takes off: a blank, or one of an ASCII set. */
static size_t
stripped(const struct rstr *set, const char *s, size_t len)
{
	if (set == NULL)
		return utf8_blank(s, len);
	return len > 0 && memchr(set->s, *s, set->len) != NULL;
}

static size_t
stripped_before(const struct rstr *set, const char *s, size_t len)
{
	if (set == NULL)
		return utf8_blank_before(s, len);
	return len > 0 && memchr(set->s, s[len - 1], set->len) != NULL;
}

static int
strip(struct vm *vm, const struct args *a, unsigned int ends, struct value *ret)
{
	const struct rstr *s = a->self.s;
	const struct rstr *set = NULL;
	if (a->n_pos > 0 && a->pos[0].t != V_NONE &&
		(vm_want_str(vm, a, 0, "chars", &set) < 0 ||
			want_ascii(vm, set) < 0))
		return -EINVAL;
	const char *p = s->s;
	size_t len = s->len;
	size_t n = 0;
	while ((ends & STRIP_LEFT) && (n = stripped(set, p, len)) > 0) {
		p += n;
		len -= n;
	}
	while ((ends & STRIP_RIGHT) && (n = stripped_before(set, p, len)) > 0)
		len -= n;
	return v_str(vm, p, len, ret);
}

static int
text_strip(struct vm *vm, const struct args *a, struct value *ret)
{
	return strip(vm, a, STRIP_LEFT | STRIP_RIGHT, ret);
}

static int
text_lstrip(struct vm *vm, const struct args *a, struct value *ret)
{
	return strip(vm, a, STRIP_LEFT, ret);
}

static int
text_rstrip(struct vm *vm, const struct args *a, struct value *ret)
{
	return strip(vm, a, STRIP_RIGHT, ret);
}

/* ---- search ---------------------------------------------------------------------------------- */

static int
search(struct vm *vm, const struct args *a, bool last, bool must,
	struct value *ret)
{
	const struct rstr *s = a->self.s;
	const struct rstr *what = NULL;
	if (a->n_pos > 1)
		return vm_fail(vm, "not supported here: searching with a start "
				   "and an end");
	if (vm_want_str(vm, a, 0, "needle", &what) < 0 ||
		vm_tick(vm, last ? (uint64_t)s->len * (1 + what->len / 64)
				 : s->len / 16) < 0)
		return -EINVAL;
	const char *at = find_in(s, what, last);
	if (at == NULL && must)
		return vm_fail(
			vm, "Substring '%s' not found in '%s'", what->s, s->s);
	*ret = v_int(at == NULL
			     ? -1
			     : (int64_t)utf8_count(s->s, (size_t)(at - s->s)));
	return 0;
}

static int
text_find(struct vm *vm, const struct args *a, struct value *ret)
{
	return search(vm, a, false, false, ret);
}

static int
text_rfind(struct vm *vm, const struct args *a, struct value *ret)
{
	return search(vm, a, true, false, ret);
}

static int
text_index(struct vm *vm, const struct args *a, struct value *ret)
{
	return search(vm, a, false, true, ret);
}

static int
text_rindex(struct vm *vm, const struct args *a, struct value *ret)
{
	return search(vm, a, true, true, ret);
}

static int
text_count(struct vm *vm, const struct args *a, struct value *ret)
{
	const struct rstr *s = a->self.s;
	const struct rstr *what = NULL;
	if (vm_want_str(vm, a, 0, "needle", &what) < 0 ||
		vm_tick(vm, s->len) < 0)
		return -EINVAL;
	if (what->len == 0)
		return vm_fail(
			vm, "not supported here: count of an empty string");
	int64_t n = 0;
	const char *p = s->s;
	const char *end = s->s + s->len;
	while ((p = memmem(p, (size_t)(end - p), what->s, what->len)) != NULL) {
		n++;
		p += what->len;
	}
	*ret = v_int(n);
	return 0;
}

/* Every word begins with a capital letter and has no other. */
static int
text_istitle(struct vm *vm, const struct args *a, struct value *ret)
{
	struct value title = V_NONE_VALUE;
	bool letter = false;
	if (recase(vm, a, CASE_TITLE, &title) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < a->self.s->len; i++)
		letter = letter || isalpha((unsigned char)a->self.s->s[i]) != 0;
	*ret = v_bool(letter && rstr_eq(title.s, a->self.s));
	return 0;
}

static int
text_format(struct vm *vm, const struct args *a, struct value *ret)
{
	return format_braces(vm, a->self.s, a, ret);
}

static const struct native methods[] = {
	{ "capitalize", text_capitalize, 0, 0, NULL, false },
	{ "count", text_count, 1, 1, NULL, false },
	{ "endswith", text_endswith, 1, 1, NULL, false },
	{ "find", text_find, 1, 3, NULL, false },
	{ "format", text_format, 0, NATIVE_ANY, NULL, true },
	{ "index", text_index, 1, 3, NULL, false },
	{ "isalnum", text_isalnum, 0, 0, NULL, false },
	{ "isalpha", text_isalpha, 0, 0, NULL, false },
	{ "isdigit", text_isdigit, 0, 0, NULL, false },
	{ "islower", text_islower, 0, 0, NULL, false },
	{ "isspace", text_isspace, 0, 0, NULL, false },
	{ "istitle", text_istitle, 0, 0, NULL, false },
	{ "isupper", text_isupper, 0, 0, NULL, false },
	{ "lower", text_lower, 0, 0, NULL, false },
	{ "lstrip", text_lstrip, 0, 1, NULL, false },
	{ "removeprefix", text_removeprefix, 1, 1, NULL, false },
	{ "removesuffix", text_removesuffix, 1, 1, NULL, false },
	{ "rfind", text_rfind, 1, 3, NULL, false },
	{ "rindex", text_rindex, 1, 3, NULL, false },
	{ "rstrip", text_rstrip, 0, 1, NULL, false },
	{ "startswith", text_startswith, 1, 1, NULL, false },
	{ "strip", text_strip, 0, 1, NULL, false },
	{ "title", text_title, 0, 0, NULL, false },
	{ "upper", text_upper, 0, 0, NULL, false },
};

const struct native *
text_method(const struct rstr *name)
{
	const struct native *m = native_find(
		methods, sizeof(methods) / sizeof(methods[0]), name);
	return m != NULL ? m : text_split_method(name);
}
