/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c -- strict reading of JSON (room: user). */
#include "policy/json_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/profile.h"

static const char *const want_names[] = {
	[JSON_WANT_STRING] = "a string",
	[JSON_WANT_OBJECT] = "an object",
	[JSON_WANT_ARRAY] = "an array",
	[JSON_WANT_BOOL] = "true or false",
	[JSON_WANT_INTEGER] = "a whole number",
	[JSON_WANT_NETWORK] = "a word or an object",
};

static const char *
type_name(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return "an object";
	case JSON_ARRAY: return "an array";
	case JSON_STRING: return "a string";
	case JSON_INTEGER: return "a number";
	case JSON_REAL: return "a number with a fraction or exponent";
	case JSON_TRUE:
	case JSON_FALSE: return "true or false";
	case JSON_NULL: return "null";
	}
	return "something else";
}

static bool
is_wanted(const json_t *v, enum json_want want)
{
	switch (want) {
	case JSON_WANT_STRING: return json_is_string(v);
	case JSON_WANT_OBJECT: return json_is_object(v);
	case JSON_WANT_ARRAY: return json_is_array(v);
	case JSON_WANT_BOOL: return json_is_boolean(v);
	case JSON_WANT_INTEGER: return json_is_integer(v);
	case JSON_WANT_NETWORK: return json_is_string(v) || json_is_object(v);
	}
	return false;
}

struct json_at
json_at_member(const struct json_at *parent, const char *name)
{
	struct json_at at;
	/* Our own names, four deep: it fits, and a cut would only be ugly. */
	(void)snprintf(at.text, sizeof(at.text), "%.60s%s%.60s", parent->text,
		parent->text[0] == '\0' ? "" : ".", name);
	return at;
}

struct json_at
json_at_index(const struct json_at *parent, size_t index)
{
	struct json_at at;
	(void)snprintf(
		at.text, sizeof(at.text), "%.60s[%zu]", parent->text, index);
	return at;
}

/* "--permission-profile file_system.entries[2]" */
static void
thing_add(
	const struct json_reader *r, const struct json_at *at, struct buf *out)
{
	buf_str_add(out, r->origin);
	if (at->text[0] != '\0') {
		buf_char(out, ' ');
		buf_str_add(out, at->text);
	}
}

int
json_read_refuse(const struct json_reader *r, const struct json_at *at,
	const char *cause, const char *mend)
{
	own_buf struct buf thing = { 0 };
	thing_add(r, at, &thing);
	return diag_set(
		r->d, -EINVAL, DIAG_SETUP, buf_str(&thing), cause, mend);
}

int
json_read_relay(const struct json_reader *r, const struct json_at *at, int err,
	const struct diag *d)
{
	own_buf struct buf thing = { 0 };
	thing_add(r, at, &thing);
	return diag_set(r->d, err, d->code, buf_str(&thing), d->cause, d->mend);
}

/*
 * Deepest nesting in the text.  Counted before the parser sees it, because it
 * is recursive.  Whether the text is JSON at all is the parser's to say.
 */
static size_t
depth_of(const char *json, size_t len)
{
	size_t depth = 0;
	size_t deepest = 0;
	bool in_string = false;
	for (size_t i = 0; i < len; i++) {
		char c = json[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			depth++;
			if (depth > deepest)
				deepest = depth;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return deepest;
}

int
json_read_text(
	const struct json_reader *r, const char *json, size_t len, json_t **ret)
{
	static const struct json_at whole = { "" };
	json_error_t error;
	if (len > PROFILE_JSON_MAX)
		return json_read_refuse(r, &whole, "is larger than 1 MiB",
			"name directories instead of what is in them");
	if (depth_of(json, len) > PROFILE_JSON_DEPTH_MAX)
		return json_read_refuse(r, &whole,
			"is nested more than 32 levels deep",
			"take out what the profile does not need");
	own_json json_t *v =
		json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
	if (v == NULL)
		return diag_setf(r->d, -EINVAL, DIAG_SETUP, r->origin,
			"mend it there; a file is named with @ in front",
			"is no valid JSON, line %d column %d: %s", error.line,
			error.column, error.text);
	if (!json_is_object(v))
		return json_read_refuse(
			r, &whole, "is no JSON object", "put it in braces");
	*ret = v;
	v = NULL;
	return 0;
}

static int
wrong_type(const struct json_reader *r, const struct json_at *at,
	const json_t *v, enum json_want want)
{
	own_buf struct buf cause = { 0 };
	own_buf struct buf mend = { 0 };
	buf_printf(&cause, "is %s, not %s", type_name(v), want_names[want]);
	buf_printf(&mend, "give %s, or leave it out where it may be missing",
		want_names[want]);
	return json_read_refuse(r, at, buf_str(&cause), buf_str(&mend));
}

static const struct json_member *
member_find(const struct json_member *members, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

static int
unknown_member(const struct json_reader *r, const struct json_at *at,
	const char *name, const struct json_member *members, size_t n)
{
	own_buf struct buf cause = { 0 };
	own_buf struct buf mend = { 0 };
	buf_printf(&cause, "has an unknown member \"%.300s\"", name);
	buf_str_add(&mend, "take it out; known here:");
	for (size_t i = 0; i < n; i++)
		buf_printf(&mend, "%s %s", i == 0 ? "" : ",", members[i].name);
	return json_read_refuse(r, at, buf_str(&cause), buf_str(&mend));
}

int
json_read_object(const struct json_reader *r, const struct json_at *at,
	json_t *v, const struct json_member *members, size_t n)
{
	const char *key = NULL;
	json_t *value = NULL;
	if (!json_is_object(v))
		return wrong_type(r, at, v, JSON_WANT_OBJECT);
	json_object_foreach(v, key, value)
	{
		const struct json_member *m = member_find(members, n, key);
		if (m == NULL)
			return unknown_member(r, at, key, members, n);
		if (!is_wanted(value, m->want)) {
			struct json_at here = json_at_member(at, key);
			return wrong_type(r, &here, value, m->want);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!members[i].required ||
			json_object_get(v, members[i].name) != NULL)
			continue;
		struct json_at here = json_at_member(at, members[i].name);
		return json_read_refuse(r, &here, "is missing", "add it");
	}
	return 0;
}

int
json_read_word(const struct json_reader *r, const struct json_at *at,
	const json_t *v, const char *const *words, size_t *ret)
{
	own_buf struct buf cause = { 0 };
	own_buf struct buf mend = { 0 };
	const char *text = json_string_value(v);
	if (text == NULL)
		return wrong_type(r, at, v, JSON_WANT_STRING);
	buf_str_add(&mend, "use one of");
	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret = i;
			return 0;
		}
		buf_printf(&mend, "%s %s", i == 0 ? "" : ",", words[i]);
	}
	buf_printf(&cause, "is unknown: \"%.300s\"", text);
	return json_read_refuse(r, at, buf_str(&cause), buf_str(&mend));
}

const char *
json_read_text_of(const json_t *v, const char *name)
{
	return json_string_value(json_object_get(v, name));
}

bool
json_read_bool_of(const json_t *v, const char *name, bool otherwise)
{
	const json_t *value = json_object_get(v, name);
	return value == NULL ? otherwise : json_is_true(value);
}
