/* SPDX-License-Identifier: Apache-2.0 */
/* profile_legacy.c -- the older --sandbox-policy form (room: user). */
#include "policy/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/json_read.h"
#include "policy/path.h"

/*
 * Theory.  The older form says less, and lets things follow from others: what
 * may be written may be read, the workspace is always a root, metadata below a
 * root is read-only.  Here all that becomes entries.  What is said outright is
 * added first, and what only follows is left out where something was said.
 */
struct conversion {
	struct json_reader json;
	struct profile *p;
};

enum policy_type {
	POLICY_FULL_ACCESS,
	POLICY_READ_ONLY,
	POLICY_EXTERNAL,
	POLICY_WORKSPACE_WRITE,
};
static const char *const policy_types[] = { "danger-full-access", "read-only",
	"external-sandbox", "workspace-write", NULL };

static const char *const roa_types[] = { "full-access", "restricted", NULL };

static const char *const net_words[] = { "restricted", "enabled", NULL };

/* Read-only below every root, when it is there. */
static const char *const metadata[] = { ".git", ".agents", ".codex" };

static int
read_type(const struct conversion *c, const struct json_at *at, json_t *v,
	const char *const *words, size_t *ret)
{
	struct json_at here = json_at_member(at, "type");
	const json_t *type = json_object_get(v, "type");
	if (type == NULL)
		return json_read_refuse(
			&c->json, &here, "is missing", "add it");
	return json_read_word(&c->json, &here, type, words, ret);
}

/* Is there an entry about exactly this place? */
static bool
is_said(const struct profile *p, enum fs_path_kind kind, const char *text)
{
	for (size_t i = 0; i < p->n_entries; i++)
		if (p->entries[i].kind == kind &&
			strcmp(p->entries[i].text, text) == 0)
			return true;
	return false;
}

static int
add(const struct conversion *c, enum fs_path_kind kind, enum fs_access access,
	const char *text, enum fs_missing missing)
{
	return profile_add(
		c->p, kind, access, text, missing, c->json.origin, c->json.d);
}

/* What follows from something else, unless it was said. */
static int
add_implied(const struct conversion *c, enum fs_path_kind kind,
	enum fs_access access, const char *text, enum fs_missing missing)
{
	return is_said(c->p, kind, text) ? 0
					 : add(c, kind, access, text, missing);
}

/* May the path be written already?  What is no path is not. */
static bool
is_writable(const struct profile *p, const char *text)
{
	char *path = NULL;
	bool found = false;
	if (path_normalise(text, &path) < 0)
		return false;
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct fs_entry *e = &p->entries[i];
		found = found || (e->kind == FS_PATH && e->access == FS_WRITE &&
					 strcmp(e->text, path) == 0);
	}
	free(path);
	return found;
}

/*
 * An array of absolute paths.  One that may be written already needs no read:
 * the older form counts every writable root among the readable ones.
 */
static int
read_roots(const struct conversion *c, const struct json_at *at, json_t *v,
	enum fs_access access)
{
	size_t n = json_array_size(v);
	for (size_t i = 0; i < n; i++) {
		struct json_at here = json_at_index(at, i);
		struct diag said = { 0 };
		own_buf struct buf origin = { 0 };
		const char *text = json_string_value(json_array_get(v, i));
		if (text == NULL)
			return json_read_refuse(&c->json, &here,
				"is not a string", "give an absolute path");
		if (access == FS_READ && is_writable(c->p, text))
			continue;
		buf_printf(&origin, "%s %s", c->json.origin, here.text);
		int r = profile_add(c->p, FS_PATH, access, text,
			FS_MISSING_DEFAULT, buf_str(&origin), &said);
		if (r < 0)
			return json_read_relay(&c->json, &here, r, &said);
	}
	return 0;
}

/* What may be read; v is a ReadOnlyAccess, or NULL for its default. */
static int
read_reads(const struct conversion *c, const char *name, json_t *v)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "include_platform_defaults", JSON_WANT_BOOL, false },
		{ "readable_roots", JSON_WANT_ARRAY, false },
	};
	static const struct json_at whole = { "" };
	struct json_at at = json_at_member(&whole, name);
	struct json_at roots = json_at_member(&at, "readable_roots");
	size_t type = 0;
	int r = 0;
	if (v != NULL)
		r = read_type(c, &at, v, roa_types, &type);
	if (r == 0 && v != NULL) /* full-access has its type only */
		r = json_read_object(&c->json, &at, v, members,
			type == 0 ? 1 : JSON_COUNT(members));
	if (r == 0 && type == 0)
		return add(c, FS_ROOT, FS_READ, "", FS_MISSING_DEFAULT);
	if (r == 0 && json_read_bool_of(v, "include_platform_defaults", true))
		r = add(c, FS_MINIMAL, FS_READ, "", FS_MISSING_DEFAULT);
	if (r == 0)
		r = read_roots(c, &roots, json_object_get(v, "readable_roots"),
			FS_READ);
	if (r == 0)
		r = add_implied(
			c, FS_PROJECT_ROOTS, FS_READ, "", FS_MISSING_DEFAULT);
	return r;
}

/* Keep the metadata of the first n entries' roots from being written. */
static int
protect_metadata(const struct conversion *c, size_t n)
{
	int r = 0;
	for (size_t i = 0; i < n * JSON_COUNT(metadata) && r == 0; i++) {
		const struct fs_entry *e =
			&c->p->entries[i / JSON_COUNT(metadata)];
		const char *name = metadata[i % JSON_COUNT(metadata)];
		own_buf struct buf path = { 0 };
		if (e->kind != FS_PATH && e->kind != FS_PROJECT_ROOTS)
			continue;
		buf_str_add(&path, e->text);
		if (path.len > 0 && path.data[path.len - 1] != '/')
			buf_char(&path, '/');
		buf_str_add(&path, name);
		r = add_implied(
			c, e->kind, FS_READ, buf_str(&path), FS_MISSING_SKIP);
	}
	return r;
}

static int
convert_workspace(const struct conversion *c, json_t *v)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "writable_roots", JSON_WANT_ARRAY, false },
		{ "read_only_access", JSON_WANT_OBJECT, false },
		{ "network_access", JSON_WANT_BOOL, false },
		{ "exclude_tmpdir_env_var", JSON_WANT_BOOL, false },
		{ "exclude_slash_tmp", JSON_WANT_BOOL, false },
	};
	static const struct json_at whole = { "" };
	static const struct json_at roots = { "writable_roots" };
	int r = json_read_object(
		&c->json, &whole, v, members, JSON_COUNT(members));
	if (r == 0)
		r = read_roots(c, &roots, json_object_get(v, "writable_roots"),
			FS_WRITE);
	if (r == 0)
		r = add(c, FS_PROJECT_ROOTS, FS_WRITE, "", FS_MISSING_DEFAULT);
	size_t n_roots = c->p->n_entries;
	if (r == 0 && !json_read_bool_of(v, "exclude_slash_tmp", false))
		r = add(c, FS_SLASH_TMP, FS_WRITE, "", FS_MISSING_DEFAULT);
	if (r == 0 && !json_read_bool_of(v, "exclude_tmpdir_env_var", false))
		r = add(c, FS_TMPDIR, FS_WRITE, "", FS_MISSING_DEFAULT);
	if (r == 0)
		r = read_reads(c, "read_only_access",
			json_object_get(v, "read_only_access"));
	if (r == 0)
		r = protect_metadata(c, n_roots);
	if (json_read_bool_of(v, "network_access", false))
		c->p->net = NET_ENABLED;
	return r;
}

static int
convert_read_only(const struct conversion *c, json_t *v)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "access", JSON_WANT_OBJECT, false },
		{ "network_access", JSON_WANT_BOOL, false },
	};
	static const struct json_at whole = { "" };
	int r = json_read_object(
		&c->json, &whole, v, members, JSON_COUNT(members));
	if (r == 0)
		r = read_reads(c, "access", json_object_get(v, "access"));
	if (json_read_bool_of(v, "network_access", false))
		c->p->net = NET_ENABLED;
	return r;
}

static int
convert_external(const struct conversion *c, json_t *v)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "network_access", JSON_WANT_STRING, false },
	};
	static const struct json_at whole = { "" };
	static const struct json_at at = { "network_access" };
	size_t word = 0;
	int r = json_read_object(
		&c->json, &whole, v, members, JSON_COUNT(members));
	const json_t *net = json_object_get(v, "network_access");
	if (r == 0 && net != NULL)
		r = json_read_word(&c->json, &at, net, net_words, &word);
	c->p->fs = FS_KIND_EXTERNAL;
	c->p->net = word == 1 ? NET_ENABLED : NET_RESTRICTED;
	return r;
}

static int
convert_full(const struct conversion *c, json_t *v)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
	};
	static const struct json_at whole = { "" };
	c->p->fs = FS_KIND_UNRESTRICTED;
	c->p->net = NET_ENABLED;
	return json_read_object(
		&c->json, &whole, v, members, JSON_COUNT(members));
}

static int
convert(const struct conversion *c, json_t *v, size_t *ret_type)
{
	static const struct json_at whole = { "" };
	int r = read_type(c, &whole, v, policy_types, ret_type);
	if (r < 0)
		return r;
	switch ((enum policy_type) * ret_type) {
	case POLICY_FULL_ACCESS: return convert_full(c, v);
	case POLICY_READ_ONLY: return convert_read_only(c, v);
	case POLICY_EXTERNAL: return convert_external(c, v);
	case POLICY_WORKSPACE_WRITE: return convert_workspace(c, v);
	}
	return -EINVAL;
}

int
profile_from_legacy_json(struct profile *p, const char *json, size_t len,
	const char *origin, struct diag *d)
{
	struct profile made;
	const struct conversion c = { { origin, d }, &made };
	own_json json_t *v = NULL;
	own_buf struct buf source = { 0 };
	size_t type = 0;
	profile_init(&made);
	int r = json_read_text(&c.json, json, len, &v);
	if (r == 0)
		r = convert(&c, v, &type);
	if (r == 0) {
		buf_printf(&source, "%s %s", origin, policy_types[type]);
		made.source = buf_take(&source);
		if (made.source == NULL)
			r = diag_set(d, -ENOMEM, DIAG_SETUP, origin,
				"memory ran out", "free some");
	}
	if (r < 0)
		profile_free(&made);
	else
		*p = made;
	return r;
}
