/* SPDX-License-Identifier: Apache-2.0 */
/* config_fs.c -- [permissions.NAME.filesystem] as a profile (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/glob.h"
#include "policy/path.h"

/* What a key of the file system table stands for. */
static const struct {
	const char *key;
	enum fs_path_kind kind;
	const char *path; /* where a sub-path hangs; NULL: it has none */
} specials[] = {
	{ ":root", FS_ROOT, "/" },
	{ ":minimal", FS_MINIMAL, NULL },
	{ ":workspace_roots", FS_PROJECT_ROOTS, "" },
	{ ":project_roots", FS_PROJECT_ROOTS, "" },
	{ ":tmpdir", FS_TMPDIR, NULL },
	{ ":slash_tmp", FS_SLASH_TMP, "/tmp" },
};

/* One entry on its way. */
struct entry {
	enum fs_path_kind kind;
	enum fs_access access;
	char *text; /* owned */
	const struct config_value *at;
};

static enum fs_access
access_of(const struct config_value *v)
{
	const char *word = v->node->str.text;

	if (strcmp(word, "read") == 0)
		return FS_READ;
	return strcmp(word, "write") == 0 ? FS_WRITE : FS_DENY;
}

static int
bad_path(struct config *c, const struct config_value *at, const char *text,
	const char *mend, struct diag *d)
{
	return config_fail(c, at, -EINVAL, mend, d,
		"\"%s\" is no place that can be granted", text);
}

/* /abs, ~/rel, or rel where that is allowed; not yet normalised. */
static const char *
expand(struct config *c, const char *text)
{
	if (text[0] != '~')
		return text;
	if (c->home == NULL || (text[1] != '/' && text[1] != '\0'))
		return NULL;
	return config_printf(c, "%s%s", c->home, text + 1);
}

/* Globs are kept as they are; paths are normalised lexically. */
static int
set_text(struct config *c, struct entry *e, const char *text, struct diag *d)
{
	int rc = 0;

	if (glob_has_magic(text)) {
		if (e->access != FS_DENY)
			return bad_path(c, e->at, text,
				"globs can only be denied; name a directory",
				d);
		e->kind = FS_GLOB;
		e->text = strdup(text);
		return e->text == NULL ? config_nomem(c, d) : 0;
	}
	if (text[0] == '/')
		rc = path_normalise(text, &e->text);
	else
		rc = path_normalise_relative(text, &e->text);
	if (rc == -ENOMEM)
		return config_nomem(c, d);
	if (rc < 0 || strncmp(e->text, "..", 2) == 0)
		return bad_path(c, e->at, text, "stay inside, without ..", d);
	return 0;
}

/* A path below a special place, or the place itself. */
static int
special(struct config *c, struct entry *e, size_t i, const char *sub,
	struct diag *d)
{
	const char *base = specials[i].path;

	e->kind = specials[i].kind;
	if (strcmp(sub, ".") == 0 || *sub == '\0') {
		e->text = strdup("");
		return e->text == NULL ? config_nomem(c, d) : 0;
	}
	if (base == NULL)
		return bad_path(c, e->at, sub,
			"this special place has no sub-paths", d);
	if (sub[0] == '/' || sub[0] == '~')
		return bad_path(c, e->at, sub, "give it relative", d);
	if (*base == '\0')
		return set_text(c, e, sub, d);
	e->kind = FS_PATH;
	const char *full = config_printf(c, "%s/%s", base, sub);
	return full == NULL ? config_nomem(c, d) : set_text(c, e, full, d);
}

/* "KEY" = access, or "KEY" = { "SUB" = access }. */
static int
parse_entry(struct config *c, struct entry *e, const char *key, const char *sub,
	struct diag *d)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (strcmp(key, specials[i].key) == 0)
			return special(c, e, i, sub, d);
	if (key[0] == ':')
		return bad_path(c, e->at, key,
			"use :root, :minimal, :workspace_roots, :tmpdir or "
			":slash_tmp",
			d);
	const char *base = expand(c, key);
	if (base == NULL || base[0] != '/')
		return bad_path(c, e->at, key,
			"give it absolute, as ~/path, or below "
			":workspace_roots",
			d);
	e->kind = FS_PATH;
	if (strcmp(sub, ".") == 0 || *sub == '\0')
		return set_text(c, e, base, d);
	if (sub[0] == '/' || sub[0] == '~')
		return bad_path(c, e->at, sub, "give it relative", d);
	const char *full = config_printf(c, "%s/%s", base, sub);
	return full == NULL ? config_nomem(c, d) : set_text(c, e, full, d);
}

static struct fs_entry *
find_entry(struct profile *p, const struct entry *e)
{
	for (size_t i = 0; i < p->n_entries; i++)
		if (p->entries[i].kind == e->kind &&
			strcmp(p->entries[i].text, e->text) == 0)
			return &p->entries[i];
	return NULL;
}

/*
 * Two spellings of one place: what extends wins over what is extended; in one
 * profile they must agree.  levels[i] is the distance of entry i.
 */
static int
put_entry(struct config *c, struct profile *p, const struct entry *e,
	size_t level, size_t *levels, struct diag *d)
{
	struct fs_entry *old = find_entry(p, e);
	const char *origin = config_origin(c, e->at);

	if (old == NULL) {
		if (p->n_entries < PROFILE_ENTRIES_MAX)
			levels[p->n_entries] = level;
		return profile_add(p, e->kind, e->access, e->text,
			FS_MISSING_DEFAULT, origin, d);
	}
	size_t *old_level = &levels[old - p->entries];
	if (*old_level == level && old->access != e->access)
		return config_fail(c, e->at, -EINVAL, "keep one of them", d,
			"the same place has another access at %s", old->origin);
	char *copy = strdup(origin);
	if (copy == NULL)
		return config_nomem(c, d);
	free(old->origin);
	old->origin = copy;
	old->access = e->access;
	*old_level = level;
	return 0;
}

static int
add_value(struct config *c, struct profile *p, const struct config_view *v,
	size_t i, size_t *levels, struct diag *d)
{
	const struct config_path *path = &v->items[i]->path;
	struct entry e = { .at = v->items[i] };

	if (config_path_is(path, 2, "filesystem.glob_scan_max_depth")) {
		p->glob_depth = (long)v->items[i]->node->integer; /* 0..64 */
		return 0;
	}
	if (strcmp(path->part[2], "filesystem") != 0)
		return 0;
	e.access = access_of(e.at);
	int rc = parse_entry(
		c, &e, path->part[3], path->n > 4 ? path->part[4] : "", d);
	if (rc == 0 && e.text != NULL)
		rc = put_entry(c, p, &e, v->level[i], levels, d);
	free(e.text);
	return rc;
}

/* filesystem.deny of every layer, and deny_read of the requirements. */
static int
add_denied(struct config *c, struct profile *p, const struct config_value *v,
	struct diag *d)
{
	const struct toml *item = v->node->kids.first;
	int rc = 0;

	for (; rc == 0 && item != NULL; item = item->next) {
		struct config_value at = *v;
		at.node = item;
		struct entry e = { .access = FS_DENY, .at = &at };
		const char *text = expand(c, item->str.text);
		if (text == NULL)
			return bad_path(
				c, &at, item->str.text, "give it absolute", d);
		e.kind = text[0] == '/' ? FS_PATH : FS_PROJECT_ROOTS;
		rc = set_text(c, &e, text, d);
		if (rc == 0)
			rc = profile_add(p, e.kind, FS_DENY, e.text,
				FS_MISSING_DEFAULT, config_origin(c, &at), d);
		free(e.text);
	}
	return rc;
}

static int
add_all_denied(struct config *c, struct profile *p, struct diag *d)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->all.n; i++)
		if (config_path_is(&c->all.items[i].path, 0, "filesystem.deny"))
			rc = add_denied(c, p, &c->all.items[i], d);
	const struct config_value *v =
		config_find(&c->required, "permissions.filesystem.deny_read");
	return rc < 0 || v == NULL ? rc : add_denied(c, p, v, d);
}

/* One more workspace: what holds of the first one holds of it. */
static int
add_root(struct config *c, struct profile *p, const struct config_value *v,
	struct diag *d)
{
	const char *root = expand(c, v->path.part[3]);
	size_t n = p->n_entries;
	int rc = 0;

	if (!v->node->truth)
		return 0;
	if (root == NULL || root[0] != '/')
		return bad_path(c, v, v->path.part[3], "give it absolute", d);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct fs_entry *e = &p->entries[i];
		bool glob = e->kind == FS_GLOB && e->text[0] != '/';
		if (e->kind != FS_PROJECT_ROOTS && !glob)
			continue;
		struct entry twin = {
			.kind = FS_PATH, .access = e->access, .at = v
		};
		const char *full = config_printf(c, "%s/%s", root, e->text);
		rc = full == NULL ? config_nomem(c, d)
				  : set_text(c, &twin, full, d);
		if (rc == 0)
			rc = profile_add(p, twin.kind, twin.access, twin.text,
				FS_MISSING_DEFAULT, config_origin(c, v), d);
		free(twin.text);
	}
	return rc;
}

/* sandbox_workspace_write: what the built-in :workspace is made of. */
static int
add_workspace_settings(struct config *c, struct profile *p, struct diag *d)
{
	const struct config_value *v =
		config_find(&c->all, "sandbox_workspace_write.writable_roots");
	const struct toml *item = v == NULL ? NULL : v->node->kids.first;
	int rc = 0;

	for (; rc == 0 && item != NULL; item = item->next) {
		struct config_value at = *v;
		at.node = item;
		const char *text = expand(c, item->str.text);
		if (text == NULL)
			return bad_path(
				c, &at, item->str.text, "give it absolute", d);
		rc = profile_add(p, FS_PATH, FS_WRITE, text, FS_MISSING_DEFAULT,
			config_origin(c, &at), d);
	}
	return rc;
}

static const char *
preset_of(const char *base)
{
	static const struct {
		const char *base, *preset;
	} names[] = {
		{ ":read-only", "read-only" },
		{ ":workspace", "workspace-write" },
		{ ":danger-full-access", "danger-full-access" },
		{ ":external-sandbox", "external-sandbox" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(base, names[i].base) == 0)
			return names[i].preset;
	return names[0].preset;
}

static int
add_preset(struct config *c, struct profile *p, const struct config_view *v,
	struct diag *d)
{
	if (v->base == NULL)
		return 0;
	profile_free(p);
	int rc = profile_from_preset(p, preset_of(v->base), d);
	if (rc < 0 || strcmp(v->base, ":workspace") != 0)
		return rc;
	/* Only what is selected as it is: a profile says itself what it adds. */
	if (v->n_chain == 0)
		rc = add_workspace_settings(c, p, d);
	if (config_bool(c, "sandbox_workspace_write.exclude_slash_tmp"))
		config_drop_write(p, FS_SLASH_TMP);
	if (config_bool(c, "sandbox_workspace_write.exclude_tmpdir_env_var"))
		config_drop_write(p, FS_TMPDIR);
	return rc;
}

int
config_fill_files(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d)
{
	struct profile *files = &p->files;
	size_t *levels =
		arena_array(&c->arena, PROFILE_ENTRIES_MAX, sizeof(*levels));

	if (levels == NULL)
		return config_nomem(c, d);
	profile_init(files);
	int rc = add_preset(c, files, v, d);
	for (size_t i = 0; rc == 0 && i < files->n_entries; i++)
		levels[i] = CONFIG_EXTENDS_MAX; /* farther than any profile */
	for (size_t i = 0; rc == 0 && i < v->n; i++)
		rc = add_value(c, files, v, i, levels, d);
	for (size_t i = 0; rc == 0 && i < v->n; i++)
		if (v->items[i]->path.n == 4 &&
			strcmp(v->items[i]->path.part[2], "workspace_roots") ==
				0)
			rc = add_root(c, files, v->items[i], d);
	if (rc < 0)
		return rc;
	/* "Everything" with an exception is a list: / and the exception. */
	size_t before = files->n_entries;
	rc = add_all_denied(c, files, d);
	if (rc == 0 && files->fs == FS_KIND_UNRESTRICTED &&
		files->n_entries > before) {
		files->fs = FS_KIND_RESTRICTED;
		rc = profile_add(files, FS_ROOT, FS_WRITE, "",
			FS_MISSING_DEFAULT, p->origin, d);
	}
	return rc;
}
