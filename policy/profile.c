/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c -- a policy as a list of entries, and the presets (room: user). */
#include "policy/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/glob.h"
#include "policy/path.h"

static const char *const access_names[] = {
	[FS_READ] = "read",
	[FS_WRITE] = "write",
	[FS_DENY] = "deny",
};

static char *
copy(const char *s)
{
	own_buf struct buf b = { 0 };
	buf_str_add(&b, s);
	return buf_take(&b);
}

static void
entry_free(struct fs_entry *e)
{
	free(e->text);
	free(e->origin);
	*e = (struct fs_entry){ 0 };
}
#define own_entry __attribute__((cleanup(entry_free)))

void
profile_init(struct profile *p)
{
	*p = (struct profile){
		.fs = FS_KIND_RESTRICTED,
		.net = NET_RESTRICTED,
		.glob_depth = -1,
	};
}

void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_entries; i++)
		entry_free(&p->entries[i]);
	free(p->entries);
	free(p->source);
	netpol_free(&p->network);
	profile_init(p);
}

/* Is there a component ".." behind the first magic?  Nobody can say where a
 * pattern goes that turns round behind a star. */
static bool
turns_back(const char *pattern)
{
	for (const char *c = pattern + strcspn(pattern, "*?[{"); *c != '\0';
		c++)
		if (strncmp(c, "/..", 3) == 0 && (c[3] == '/' || c[3] == '\0'))
			return true;
	return false;
}

/*
 * A pattern is matched against normal paths, so one that is not normal itself
 * would match nothing, silently.  Inside braces we cannot make it normal.
 */
static int
pattern_normalise(const char *text, char **ret_text)
{
	if (text[0] == '\0' || turns_back(text))
		return -EINVAL;
	char *normal = NULL;
	int r = text[0] == '/' ? path_normalise(text, &normal)
			       : path_normalise_relative(text, &normal);
	if (r < 0)
		return r;
	if (normal[0] == '\0' ||
		(strcmp(normal, text) != 0 && strchr(text, '{') != NULL)) {
		free(normal);
		return -EINVAL;
	}
	*ret_text = normal;
	return 0;
}

static int
text_normalise(enum fs_path_kind kind, const char *text, char **ret_text)
{
	switch (kind) {
	case FS_PATH: return path_normalise(text, ret_text);
	case FS_GLOB: return pattern_normalise(text, ret_text);
	case FS_PROJECT_ROOTS: return path_normalise_relative(text, ret_text);
	case FS_UNKNOWN:
		if (strlen(text) > PLAN_PATH_MAX)
			return -ENAMETOOLONG;
		break;
	default:
		if (text[0] != '\0')
			return -EINVAL;
		break;
	}
	*ret_text = copy(text);
	return *ret_text == NULL ? -ENOMEM : 0;
}

struct fault {
	const char *cause; /* behind the text in quotes */
	const char *mend;
};

static const struct fault faults[] = {
	[FS_PATH] = { "is not an absolute path",
		"begin it with /; neither ~ nor variables are expanded" },
	[FS_GLOB] = { "is empty, or holds \"..\" behind a wildcard, or \".\", "
		      "\"..\" or an empty component beside braces",
		"write the pattern plainly, as /directory/**/*.key" },
	[FS_PROJECT_ROOTS] = { "is not a relative path",
		"give a path below the workspace, without a / in front" },
};

/* What text_normalise() refused, said. */
static int
text_refused(
	struct diag *d, int err, const struct fs_entry *e, const char *text)
{
	const struct fault other = { "needs no path", "leave the path out" };
	const struct fault *f = &other;
	if (err == -ENOMEM)
		return diag_set(d, err, DIAG_SETUP, e->origin, "memory ran out",
			"free some");
	if (err == -ENAMETOOLONG)
		return diag_setf(d, -EINVAL, DIAG_SETUP, e->origin,
			"give a path of at most 4095 bytes",
			"path is too long: %zu bytes", strlen(text));
	if ((size_t)e->kind < sizeof(faults) / sizeof(faults[0]) &&
		faults[e->kind].cause != NULL)
		f = &faults[e->kind];
	if (text[0] == '\0')
		return diag_set(d, err, DIAG_SETUP, e->origin, "path is empty",
			f->mend);
	return diag_setf(d, err, DIAG_SETUP, e->origin, f->mend,
		"\"%.300s\" %s", text, f->cause);
}

/* FNV-1a: thousands of paths with one beginning are told apart by it. */
static unsigned int
sum_of(const char *text)
{
	uint32_t sum = 2166136261u;

	for (; *text != '\0'; text++)
		sum = (sum ^ (uint8_t)*text) * 16777619u;
	return sum;
}

/* May this entry stand beside those that are there? */
static int
check_others(const struct profile *p, const struct fs_entry *e, struct diag *d)
{
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct fs_entry *o = &p->entries[i];
		if (o->sum != e->sum || o->kind != e->kind ||
			strcmp(o->text, e->text) != 0)
			continue;
		if (o->access == e->access)
			return diag_setf(d, -EINVAL, DIAG_SETUP, e->origin,
				"keep one of them",
				"is a duplicate of %.200s (%.200s, %s)",
				o->origin, e->text[0] ? e->text : "no path",
				access_names[e->access]);
		return diag_setf(d, -EINVAL, DIAG_SETUP, e->origin,
			"keep one of them",
			"is contradictory to %.200s: %.200s is %s there and "
			"%s here",
			o->origin, e->text[0] ? e->text : "the same",
			access_names[o->access], access_names[e->access]);
	}
	return 0;
}

/* What a kind and an access together cannot mean. */
static int
check_sense(const struct fs_entry *e, struct diag *d)
{
	if (e->kind == FS_GLOB && e->access != FS_DENY)
		return diag_setf(d, -EINVAL, DIAG_SETUP, e->origin,
			"grant a directory, or use access deny",
			"pattern \"%.300s\" cannot grant %s: patterns only "
			"deny",
			e->text, access_names[e->access]);
	/* An unknown grant grants nothing; an unknown denial would be a lie. */
	if (e->kind == FS_UNKNOWN && e->access == FS_DENY)
		return diag_setf(d, -EINVAL, DIAG_SETUP, e->origin,
			"deny the path itself",
			"unknown place \"%.300s\" cannot be denied", e->text);
	return 0;
}

/* Room for one more entry; NULL with *ret_err when there is none. */
static struct fs_entry *
reserve(struct profile *p, const char *origin, int *ret_err, struct diag *d)
{
	size_t n = p->n_entries;
	if (n >= PROFILE_ENTRIES_MAX) {
		*ret_err = diag_setf(d, -E2BIG, DIAG_SETUP, origin,
			"name directories instead of what is in them",
			"has more than %d entries", (int)PROFILE_ENTRIES_MAX);
		return NULL;
	}
	/* It has room for a multiple of 16. */
	if (p->entries != NULL && n % 16 != 0)
		return &p->entries[n];
	struct fs_entry *more = realloc(p->entries, (n + 16) * sizeof(*more));
	if (more == NULL) {
		*ret_err = diag_set(d, -ENOMEM, DIAG_SETUP, origin,
			"memory ran out", "free some");
		return NULL;
	}
	p->entries = more;
	return &more[n];
}

/* Seven parameters: an entry is said in one call, everywhere. */
int /* NOLINTNEXTLINE(readability-function-size) */
profile_add(struct profile *p, enum fs_path_kind kind, enum fs_access access,
	const char *text, enum fs_missing missing, const char *origin,
	struct diag *d)
{
	own_entry struct fs_entry e = {
		.kind = kind,
		.access = access,
		.missing = missing,
	};
	e.origin = copy(origin);
	if (e.origin == NULL)
		return diag_set(d, -ENOMEM, DIAG_SETUP, origin,
			"memory ran out", "free some");
	int r = text_normalise(kind, text, &e.text);
	if (r < 0)
		return text_refused(d, r, &e, text);
	e.sum = sum_of(e.text);
	r = check_sense(&e, d);
	if (r == 0)
		r = check_others(p, &e, d);
	if (r < 0)
		return r;
	struct fs_entry *slot = reserve(p, origin, &r, d);
	if (slot == NULL)
		return r;
	*slot = e;
	p->n_entries++;
	e = (struct fs_entry){ 0 };
	return 0;
}

/* ---- presets ---- */

struct preset_entry {
	enum fs_path_kind kind;
	enum fs_access access;
	const char *text;
	enum fs_missing missing;
};

static const struct preset_entry read_only[] = {
	{ FS_ROOT, FS_READ, "", FS_MISSING_DEFAULT },
};

/* The private /tmp that belongs to it is the front end's business. */
static const struct preset_entry workspace_write[] = {
	{ FS_ROOT, FS_READ, "", FS_MISSING_DEFAULT },
	{ FS_PROJECT_ROOTS, FS_WRITE, "", FS_MISSING_DEFAULT },
	{ FS_PROJECT_ROOTS, FS_READ, ".git", FS_MISSING_SKIP },
	{ FS_PROJECT_ROOTS, FS_READ, ".agents", FS_MISSING_SKIP },
	{ FS_PROJECT_ROOTS, FS_READ, ".codex", FS_MISSING_SKIP },
	{ FS_PROJECT_ROOTS, FS_READ, ".aws", FS_MISSING_SKIP },
};

struct preset {
	const char *name;
	enum fs_kind fs;
	enum net_kind net;
	const struct preset_entry *entries;
	size_t n_entries;
};

static const struct preset presets[] = {
	{ "read-only", FS_KIND_RESTRICTED, NET_RESTRICTED, read_only,
		sizeof(read_only) / sizeof(read_only[0]) },
	{ "workspace-write", FS_KIND_RESTRICTED, NET_RESTRICTED,
		workspace_write,
		sizeof(workspace_write) / sizeof(workspace_write[0]) },
	{ "danger-full-access", FS_KIND_UNRESTRICTED, NET_ENABLED, NULL, 0 },
	{ "external-sandbox", FS_KIND_EXTERNAL, NET_RESTRICTED, NULL, 0 },
};

static int
preset_fill(struct profile *p, const struct preset *preset, struct diag *d)
{
	own_buf struct buf source = { 0 };
	buf_printf(&source, "--sandbox %s", preset->name);
	p->fs = preset->fs;
	p->net = preset->net;
	for (size_t i = 0; i < preset->n_entries; i++) {
		const struct preset_entry *e = &preset->entries[i];
		int r = profile_add(p, e->kind, e->access, e->text, e->missing,
			buf_str(&source), d);
		if (r < 0)
			return r;
	}
	p->source = buf_take(&source);
	return p->source == NULL
		       ? diag_set(d, -ENOMEM, DIAG_SETUP, preset->name,
				 "memory ran out", "free some")
		       : 0;
}

int
profile_from_preset(struct profile *p, const char *name, struct diag *d)
{
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
		struct profile made;
		if (strcmp(presets[i].name, name) != 0)
			continue;
		profile_init(&made);
		int r = preset_fill(&made, &presets[i], d);
		if (r < 0)
			profile_free(&made);
		else
			*p = made;
		return r;
	}
	return diag_setf(d, -EINVAL, DIAG_USAGE, "--sandbox",
		"use read-only, workspace-write, danger-full-access or "
		"external-sandbox",
		"\"%.300s\" is no sandbox mode", name);
}
