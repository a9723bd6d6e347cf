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

static enum fs_access
access_of(const struct config_value *v)
{
	const char *word = v->node->str.text;

	if (strcmp(word, "read") == 0)
		return FS_READ;
	return strcmp(word, "write") == 0 ? FS_WRITE : FS_DENY;
}

static struct fs_entry *
find_entry(struct profile *p, const struct config_entry *e)
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
put_entry(struct config *c, struct profile *p, const struct config_entry *e,
	size_t level, uint8_t *levels, struct diag *d)
{
	struct fs_entry *old = find_entry(p, e);
	const char *origin = config_origin(c, e->at);

	if (old == NULL) {
		if (p->n_entries < PROFILE_ENTRIES_MAX)
			levels[p->n_entries] = (uint8_t)level; /* 0..16 */
		return profile_add(p, e->kind, e->access, e->text,
			FS_MISSING_DEFAULT, origin, d);
	}
	uint8_t *old_level = &levels[old - p->entries];
	if (*old_level == level && old->access != e->access)
		return config_fail(c, e->at, -EINVAL, "keep one of them", d,
			"the same place has another access at %s", old->origin);
	char *copy = strdup(origin);
	if (copy == NULL)
		return config_nomem(c, d);
	free(old->origin);
	old->origin = copy;
	old->access = e->access;
	*old_level = (uint8_t)level; /* 0..16 */
	return 0;
}

static int
add_value(struct config *c, struct profile *p, const struct config_view *v,
	size_t i, uint8_t *levels, struct diag *d)
{
	const struct config_path *path = &v->items[i]->path;
	struct config_entry e = { .at = v->items[i] };

	if (config_path_is(path, 2, "filesystem.glob_scan_max_depth")) {
		p->glob_depth = (long)v->items[i]->node->integer; /* 0..64 */
		return 0;
	}
	if (strcmp(path->part[2], "filesystem") != 0)
		return 0;
	e.access = access_of(e.at);
	int rc = config_place_entry(
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
		struct config_entry e = { .access = FS_DENY, .at = &at };
		rc = config_place_denied(c, &e, item->str.text, d);
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
	own_text char *root = NULL;
	size_t n = p->n_entries;
	int rc = 0;

	if (!v->node->truth)
		return 0;
	rc = config_place_path(c, v, v->path.part[3], &root, d);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct fs_entry *e = &p->entries[i];
		enum fs_access access = e->access;
		own_text char *twin = NULL;
		bool glob = e->kind == FS_GLOB && e->text[0] != '/';
		if (e->kind != FS_PROJECT_ROOTS && !glob)
			continue;
		rc = glob ? glob_absolute(root, e->text, &twin)
			  : path_join(root, e->text, &twin);
		if (rc == 0)
			rc = profile_add(p, glob ? FS_GLOB : FS_PATH, access,
				twin, FS_MISSING_DEFAULT, config_origin(c, v),
				d);
		else
			rc = config_bad_place(
				c, v, v->path.part[3], "give a shorter one", d);
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
		own_text char *text = NULL;
		rc = config_place_path(c, &at, item->str.text, &text, d);
		if (rc == 0)
			rc = profile_add(p, FS_PATH, FS_WRITE, text,
				FS_MISSING_DEFAULT, config_origin(c, &at), d);
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
	uint8_t *levels =
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
