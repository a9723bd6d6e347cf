/* SPDX-License-Identifier: Apache-2.0 */
/* config_place.c -- keys of a file system table as places (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/config_impl.h"
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

int
config_bad_place(struct config *c, const struct config_value *at,
	const char *text, const char *mend, struct diag *d)
{
	return config_fail(c, at, -EINVAL, mend, d,
		"\"%s\" is no place that can be granted", text);
}

/*
 * A place as text: `rest` below the directory `base`, which stands for itself
 * whatever is in its name; without a base, rest is absolute, or relative to
 * the workspace.
 */
struct place {
	const char *base, *rest;
};

/* Does it lead out of where it hangs? */
static bool
leads_out(const char *rest)
{
	return strcmp(rest, "..") == 0 || strncmp(rest, "../", 3) == 0;
}

static int
join(const struct place *at, char **ret)
{
	if (glob_has_magic(at->rest)) {
		if (at->base != NULL)
			return glob_absolute(at->base, at->rest, ret);
		*ret = strdup(at->rest);
		return *ret == NULL ? -ENOMEM : 0;
	}
	if (at->base != NULL)
		return path_join(at->base, at->rest, ret);
	return at->rest[0] == '/' ? path_normalise(at->rest, ret)
				  : path_normalise_relative(at->rest, ret);
}

/* Globs are kept as they are; paths are normalised lexically. */
static int
set_text(struct config *c, struct config_entry *e, const struct place *at,
	struct diag *d)
{
	own_text char *tidy = NULL;

	if (glob_has_magic(at->rest)) {
		if (e->access != FS_DENY)
			return config_bad_place(c, e->at, at->rest,
				"globs can only be denied; name a directory",
				d);
		e->kind = FS_GLOB;
	}
	if (at->rest[0] != '/' &&
		path_normalise_relative(at->rest, &tidy) == 0 &&
		leads_out(tidy))
		return config_bad_place(
			c, e->at, at->rest, "stay inside, without ..", d);
	int rc = join(at, &e->text);
	if (rc == -ENOMEM)
		return config_nomem(c, d);
	return rc < 0 ? config_bad_place(
				c, e->at, at->rest, "give a shorter one", d)
		      : 0;
}

/* /abs, ~/rel, or rel: false for ~somebody, and without a home. */
static bool
split_home(const struct config *c, const char *text, struct place *ret)
{
	*ret = (struct place){ .rest = text };
	if (text[0] != '~')
		return true;
	ret->base = c->home;
	ret->rest = text[1] == '/' ? text + 2 : text + 1;
	return c->home != NULL && (text[1] == '/' || text[1] == '\0');
}

static bool
is_itself(const char *sub)
{
	return *sub == '\0' || strcmp(sub, ".") == 0;
}

/* A path below a special place, or the place itself. */
static int
special(struct config *c, struct config_entry *e, size_t i, const char *sub,
	struct diag *d)
{
	struct place at = { .base = specials[i].path, .rest = sub };

	e->kind = specials[i].kind;
	if (is_itself(sub)) {
		e->text = strdup("");
		return e->text == NULL ? config_nomem(c, d) : 0;
	}
	if (at.base == NULL)
		return config_bad_place(c, e->at, sub,
			"this special place has no sub-paths", d);
	if (sub[0] == '/' || sub[0] == '~')
		return config_bad_place(c, e->at, sub, "give it relative", d);
	if (*at.base == '\0')
		at.base = NULL; /* relative to each workspace */
	else
		e->kind = FS_PATH;
	return set_text(c, e, &at, d);
}

/* "KEY" = { "SUB" = access } with a KEY that is a path or a glob. */
static int
below(struct config *c, struct config_entry *e, const struct place *key,
	const char *sub, struct diag *d)
{
	own_text char *base = NULL;
	struct place at = { .base = key->base };

	if (sub[0] == '/' || sub[0] == '~')
		return config_bad_place(c, e->at, sub, "give it relative", d);
	if (glob_has_magic(key->rest)) {
		at.rest = config_printf(c, "%s/%s", key->rest, sub);
		return at.rest == NULL ? config_nomem(c, d)
				       : set_text(c, e, &at, d);
	}
	int rc = join(key, &base);
	if (rc < 0)
		return config_bad_place(
			c, e->at, key->rest, "give a shorter one", d);
	at.base = base;
	at.rest = sub;
	return set_text(c, e, &at, d);
}

/* "KEY" = access, or "KEY" = { "SUB" = access }. */
int
config_place_entry(struct config *c, struct config_entry *e, const char *key,
	const char *sub, struct diag *d)
{
	struct place at;

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (strcmp(key, specials[i].key) == 0)
			return special(c, e, i, sub, d);
	if (key[0] == ':')
		return config_bad_place(c, e->at, key,
			"use :root, :minimal, :workspace_roots, :tmpdir or "
			":slash_tmp",
			d);
	if (!split_home(c, key, &at) || (at.base == NULL && at.rest[0] != '/'))
		return config_bad_place(c, e->at, key,
			"give it absolute, as ~/path, or below "
			":workspace_roots",
			d);
	e->kind = FS_PATH;
	return is_itself(sub) ? set_text(c, e, &at, d)
			      : below(c, e, &at, sub, d);
}

/* A pattern of filesystem.deny: relative ones hang at each workspace. */
int
config_place_denied(struct config *c, struct config_entry *e, const char *text,
	struct diag *d)
{
	struct place at;

	if (!split_home(c, text, &at))
		return config_bad_place(c, e->at, text, "give it absolute", d);
	bool absolute = at.base != NULL || at.rest[0] == '/';
	e->access = FS_DENY;
	e->kind = absolute ? FS_PATH : FS_PROJECT_ROOTS;
	return set_text(c, e, &at, d);
}

/** A plain directory: absolute or below ~, whatever is in its name. */
int
config_place_path(struct config *c, const struct config_value *v,
	const char *text, char **ret, struct diag *d)
{
	struct place at;

	if (!split_home(c, text, &at) || (at.base == NULL && at.rest[0] != '/'))
		return config_bad_place(c, v, text, "give it absolute", d);
	int rc = at.base != NULL ? path_join(at.base, at.rest, ret)
				 : path_normalise(at.rest, ret);
	if (rc == -ENOMEM)
		return config_nomem(c, d);
	return rc < 0 ? config_bad_place(c, v, text, "give a shorter one", d)
		      : 0;
}
