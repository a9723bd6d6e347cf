/* SPDX-License-Identifier: Apache-2.0 */
/* profile_json.c -- the tagged permission profile (room: user). */
#include "policy/profile.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/json_read.h"
#include "policy/profile_net.h"

enum { GLOB_DEPTH_MAX = 4095 }; /* no path has more components */

struct reading {
	struct json_reader json;
	struct profile *p;
};

/* Every table ends its words with NULL; the order is that of the enum above. */
enum profile_type { TYPE_DISABLED, TYPE_EXTERNAL, TYPE_MANAGED };
static const char *const profile_types[] = { "disabled", "external", "managed",
	NULL };

enum fs_type { TYPE_UNRESTRICTED, TYPE_RESTRICTED };
static const char *const fs_types[] = { "unrestricted", "restricted", NULL };

/* "none" is the older word for deny. */
static const char *const access_words[] = {
	[FS_READ] = "read",
	[FS_WRITE] = "write",
	[FS_DENY] = "deny",
	"none",
	NULL,
};

static const char *const missing_words[] = { "skip", NULL };

enum path_type { TYPE_PATH, TYPE_GLOB, TYPE_SPECIAL };
static const char *const path_types[] = { "path", "glob_pattern", "special",
	NULL };

static const char *const special_words[] = { "root", "minimal", "project_roots",
	"current_working_directory", "tmpdir", "slash_tmp", "unknown", NULL };
static const enum fs_path_kind special_kinds[] = { FS_ROOT, FS_MINIMAL,
	FS_PROJECT_ROOTS, FS_PROJECT_ROOTS, FS_TMPDIR, FS_SLASH_TMP,
	FS_UNKNOWN };

/* The member "type" (or "kind") of an object, as an index into words. */
static int
read_tag(const struct json_reader *r, const struct json_at *at, json_t *v,
	const char *name, const char *const *words, size_t *ret)
{
	struct json_at here = json_at_member(at, name);
	const json_t *tag = json_object_get(v, name);
	if (!json_is_object(v))
		return json_read_object(r, at, v, NULL, 0); /* says so */
	if (tag == NULL)
		return json_read_refuse(r, &here, "is missing", "add it");
	return json_read_word(r, &here, tag, words, ret);
}

/* ---- paths ---- */

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits) & 15;
}

/*
 * The path of a file: URI (RFC 8089): file:///x, file:/x, file://localhost/x.
 * A query, a fragment or another host is refused, and so is %00.
 */
static int
uri_to_path(const char *uri, struct buf *out)
{
	const char *c = uri + strlen("file:");
	if (strncmp(c, "//", 2) == 0) {
		c += 2;
		if (strncmp(c, "localhost/", 10) == 0)
			c += 9;
	}
	if (c[0] != '/')
		return -EINVAL;
	for (; *c != '\0'; c++) {
		if (*c == '?' || *c == '#')
			return -EINVAL;
		if (*c != '%') {
			buf_char(out, *c);
			continue;
		}
		int high = hex_digit(c[1]);
		int low = high < 0 ? -1 : hex_digit(c[2]);
		if (low < 0 || high + low == 0)
			return -EINVAL;
		buf_char(out, (char)(high * 16 + low)); /* a byte */
		c += 2;
	}
	return buf_failed(out) ? -ENOMEM : 0;
}

static int
read_plain_path(const struct reading *rd, const struct json_at *at, json_t *v,
	struct fs_entry *e, struct buf *text)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "path", JSON_WANT_STRING, true },
	};
	int r = json_read_object(
		&rd->json, at, v, members, JSON_COUNT(members));
	if (r < 0)
		return r;
	e->kind = FS_PATH;
	const char *path = json_read_text_of(v, "path");
	if (strncmp(path, "file:", 5) != 0) {
		buf_str_add(text, path);
		return 0;
	}
	struct json_at here = json_at_member(at, "path");
	if (uri_to_path(path, text) < 0)
		return json_read_refuse(&rd->json, &here,
			"is no file: URI of a local path",
			"write file:///path, or the path alone");
	return 0;
}

static int
read_glob(const struct reading *rd, const struct json_at *at, json_t *v,
	struct fs_entry *e, struct buf *text)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "pattern", JSON_WANT_STRING, true },
	};
	int r = json_read_object(
		&rd->json, at, v, members, JSON_COUNT(members));
	if (r < 0)
		return r;
	e->kind = FS_GLOB;
	buf_str_add(text, json_read_text_of(v, "pattern"));
	return 0;
}

static int
read_special_value(const struct reading *rd, const struct json_at *at,
	json_t *v, struct fs_entry *e, struct buf *text)
{
	/* The longest table first: each kind takes the beginning it needs. */
	static const struct json_member members[] = {
		{ "kind", JSON_WANT_STRING, true },
		{ "subpath", JSON_WANT_STRING, false },
		{ "path", JSON_WANT_STRING, true },
	};
	size_t kind = 0;
	int r = read_tag(&rd->json, at, v, "kind", special_words, &kind);
	if (r < 0)
		return r;
	e->kind = special_kinds[kind];
	size_t n = 1;
	if (e->kind == FS_PROJECT_ROOTS)
		n = 2;
	else if (e->kind == FS_UNKNOWN)
		n = 3;
	r = json_read_object(&rd->json, at, v, members, n);
	if (r < 0)
		return r;
	const char *path = json_read_text_of(v, "path");
	const char *subpath = json_read_text_of(v, "subpath");
	if (path != NULL)
		buf_str_add(text, path);
	if (path != NULL && subpath != NULL)
		buf_char(text, '/');
	if (subpath != NULL)
		buf_str_add(text, subpath);
	return 0;
}

static int
read_special(const struct reading *rd, const struct json_at *at, json_t *v,
	struct fs_entry *e, struct buf *text)
{
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "value", JSON_WANT_OBJECT, true },
	};
	int r = json_read_object(
		&rd->json, at, v, members, JSON_COUNT(members));
	if (r < 0)
		return r;
	struct json_at here = json_at_member(at, "value");
	return read_special_value(
		rd, &here, json_object_get(v, "value"), e, text);
}

static int
read_path(const struct reading *rd, const struct json_at *at, json_t *v,
	struct fs_entry *e, struct buf *text)
{
	size_t type = 0;
	int r = read_tag(&rd->json, at, v, "type", path_types, &type);
	if (r < 0)
		return r;
	switch ((enum path_type)type) {
	case TYPE_PATH: return read_plain_path(rd, at, v, e, text);
	case TYPE_GLOB: return read_glob(rd, at, v, e, text);
	case TYPE_SPECIAL: return read_special(rd, at, v, e, text);
	}
	return -EINVAL;
}

/* ---- entries ---- */

static int
read_access(const struct reading *rd, const struct json_at *at, json_t *v,
	struct fs_entry *e)
{
	size_t word = 0;
	struct json_at here = json_at_member(at, "access");
	int r = json_read_word(&rd->json, &here, json_object_get(v, "access"),
		access_words, &word);
	if (r < 0)
		return r;
	e->access = word > FS_DENY ? FS_DENY : (enum fs_access)word;
	const json_t *missing = json_object_get(v, "missing_path_behavior");
	if (missing == NULL)
		return 0;
	here = json_at_member(at, "missing_path_behavior");
	e->missing = FS_MISSING_SKIP;
	return json_read_word(&rd->json, &here, missing, missing_words, &word);
}

static int
read_entry(const struct reading *rd, const struct json_at *at, json_t *v,
	size_t index)
{
	static const struct json_member members[] = {
		{ "path", JSON_WANT_OBJECT, true },
		{ "access", JSON_WANT_STRING, true },
		{ "missing_path_behavior", JSON_WANT_STRING, false },
	};
	own_buf struct buf text = { 0 };
	own_buf struct buf origin = { 0 };
	struct fs_entry e = { .missing = FS_MISSING_DEFAULT };
	struct diag said = { 0 };
	struct json_at here = json_at_member(at, "path");
	int r = json_read_object(
		&rd->json, at, v, members, JSON_COUNT(members));
	if (r == 0)
		r = read_access(rd, at, v, &e);
	if (r == 0)
		r = read_path(rd, &here, json_object_get(v, "path"), &e, &text);
	if (r < 0)
		return r;
	buf_printf(&origin, "%s entry %zu", rd->json.origin, index + 1);
	r = profile_add(rd->p, e.kind, e.access, buf_str(&text), e.missing,
		buf_str(&origin), &said);
	return r < 0 ? json_read_relay(&rd->json, at, r, &said) : 0;
}

static int
read_entries(const struct reading *rd, const struct json_at *at, json_t *v)
{
	struct json_at here = json_at_member(at, "entries");
	size_t n = json_array_size(v);
	for (size_t i = 0; i < n; i++) {
		struct json_at one = json_at_index(&here, i);
		int r = read_entry(rd, &one, json_array_get(v, i), i);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
read_depth(const struct reading *rd, const struct json_at *at, json_t *v)
{
	if (v == NULL)
		return 0;
	json_int_t depth = json_integer_value(v);
	struct json_at here = json_at_member(at, "glob_scan_max_depth");
	if (depth < 1 || depth > GLOB_DEPTH_MAX)
		return json_read_refuse(&rd->json, &here,
			"is outside 1 to 4095",
			"give a number of levels, or leave it out for all");
	rd->p->glob_depth = (long)depth; /* in range */
	return 0;
}

/* ---- the whole ---- */

/* Entries of either shape; members[0] is "type", for the tagged one. */
static int
read_restricted(const struct reading *rd, const struct json_at *at, json_t *v,
	bool tagged)
{
	const struct json_member members[] = {
		{ "entries", JSON_WANT_ARRAY, tagged },
		{ "glob_scan_max_depth", JSON_WANT_INTEGER, false },
		{ "type", JSON_WANT_STRING, true },
	};
	size_t n = JSON_COUNT(members) - (tagged ? 0 : 1);
	int r = json_read_object(&rd->json, at, v, members, n);
	if (r == 0)
		r = read_depth(
			rd, at, json_object_get(v, "glob_scan_max_depth"));
	return r < 0 ? r : read_entries(rd, at, json_object_get(v, "entries"));
}

static int
read_file_system(const struct reading *rd, const struct json_at *at, json_t *v)
{
	static const struct json_member only_type[] = {
		{ "type", JSON_WANT_STRING, true },
	};
	size_t type = 0;
	int r = read_tag(&rd->json, at, v, "type", fs_types, &type);
	if (r < 0)
		return r;
	if (type == TYPE_RESTRICTED)
		return read_restricted(rd, at, v, true);
	rd->p->fs = FS_KIND_UNRESTRICTED;
	return json_read_object(&rd->json, at, v, only_type, 1);
}

static int
read_network(const struct reading *rd, const json_t *whole)
{
	static const struct json_at at = { "network" };

	return profile_net_read(
		&rd->json, &at, json_object_get(whole, "network"), rd->p);
}

static int
read_tagged(const struct reading *rd, json_t *v)
{
	/* Each type takes the beginning it needs. */
	static const struct json_member members[] = {
		{ "type", JSON_WANT_STRING, true },
		{ "network", JSON_WANT_NETWORK, true },
		{ "file_system", JSON_WANT_OBJECT, true },
	};
	static const struct json_at whole = { "" };
	static const struct json_at fs = { "file_system" };
	size_t type = 0;
	int r = read_tag(&rd->json, &whole, v, "type", profile_types, &type);
	if (r == 0) /* disabled 1, external 2, managed 3 */
		r = json_read_object(&rd->json, &whole, v, members, type + 1);
	if (r < 0)
		return r;
	switch ((enum profile_type)type) {
	case TYPE_DISABLED:
		rd->p->fs = FS_KIND_UNRESTRICTED;
		rd->p->net = NET_ENABLED;
		return 0;
	case TYPE_EXTERNAL:
		rd->p->fs = FS_KIND_EXTERNAL;
		return read_network(rd, v);
	case TYPE_MANAGED:
		r = read_network(rd, v);
		return r < 0 ? r
			     : read_file_system(rd, &fs,
				       json_object_get(v, "file_system"));
	}
	return -EINVAL;
}

/* The shape before there was a "type"; all of it may be missing. */
static int
read_untagged(const struct reading *rd, json_t *v)
{
	static const struct json_member members[] = {
		{ "file_system", JSON_WANT_OBJECT, false },
		{ "network", JSON_WANT_OBJECT, false },
	};
	static const struct json_at whole = { "" };
	static const struct json_at fs = { "file_system" };
	int r = json_read_object(
		&rd->json, &whole, v, members, JSON_COUNT(members));
	if (r < 0)
		return r;
	if (json_object_get(v, "network") != NULL)
		r = read_network(rd, v);
	json_t *file_system = json_object_get(v, "file_system");
	if (r == 0 && file_system != NULL)
		r = read_restricted(rd, &fs, file_system, false);
	return r;
}

int
profile_from_json(struct profile *p, const char *json, size_t len,
	const char *origin, struct diag *d)
{
	struct profile made;
	const struct reading rd = { { origin, d }, &made };
	own_json json_t *v = NULL;
	own_buf struct buf source = { 0 };
	profile_init(&made);
	int r = json_read_text(&rd.json, json, len, &v);
	if (r < 0)
		return r;
	r = json_object_get(v, "type") == NULL ? read_untagged(&rd, v)
					       : read_tagged(&rd, v);
	buf_str_add(&source, origin);
	made.source = buf_take(&source);
	if (r == 0 && made.source == NULL)
		r = diag_set(d, -ENOMEM, DIAG_SETUP, origin, "memory ran out",
			"free some");
	if (r < 0)
		profile_free(&made);
	else
		*p = made;
	return r;
}
