/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c -- the canonical policy and its digest; room: user.
 *
 * The text is built by hand, member by member in the order of their names, so
 * that no library's taste can change a digest that somebody has pinned.  Every
 * change of the form is a new value of "version".
 */
#include "policy/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/glob.h"
#include "policy/limits.h"
#include "policy/options.h"
#include "policy/path.h"
#include "policy/plan_build.h"
#include "policy/profile_print.h"
#include "policy/protect.h"

enum { CANONICAL_VERSION = 1, HEX_DIGITS = SHA256_HEX - 1 };

static const char *const access_words[] = {
	[FS_READ] = "read",
	[FS_WRITE] = "write",
	[FS_DENY] = "deny",
};
static const char *const missing_words[] = {
	[FS_MISSING_DEFAULT] = "default",
	[FS_MISSING_SKIP] = "skip",
	[FS_MISSING_ERROR] = "error",
};
static const char *const kind_words[] = {
	[FS_PATH] = "path",
	[FS_GLOB] = "pattern",
	[FS_ROOT] = "root",
	[FS_MINIMAL] = "minimal",
	[FS_PROJECT_ROOTS] = "workspace",
	[FS_TMPDIR] = "tmpdir",
	[FS_SLASH_TMP] = "slash_tmp",
	[FS_UNKNOWN] = "unknown",
};
static const char *const fs_words[] = {
	[FS_KIND_RESTRICTED] = "restricted",
	[FS_KIND_UNRESTRICTED] = "unrestricted",
	[FS_KIND_EXTERNAL] = "external",
};
static const char *const inherit_words[] = {
	[ENV_CORE] = "core",
	[ENV_ALL] = "all",
	[ENV_NONE] = "none",
};
static const char *const tmp_words[] = {
	[VIEW_TMP_AUTO] = "entries",
	[VIEW_TMP_PRIVATE] = "private",
	[VIEW_TMP_HOST] = "host",
};
static const char *const proc_words[] = {
	[VIEW_PROC_OWN] = "own",
	[VIEW_PROC_NONE] = "none",
	[VIEW_PROC_HOST] = "host",
};

/* --- a sorted array without duplicates ---------------------------------------- */

struct texts {
	size_t n, cap;
	char **items; /* owned, owned strings */
	bool failed;
};

static void
texts_free(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->items[i]);
	free(t->items);
}
#define own_texts __attribute__((cleanup(texts_free)))

/* Takes text. */
static void
texts_put(struct texts *t, char *text)
{
	if (text && t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 32;
		char **items = reallocarray(t->items, cap, sizeof(*items));

		if (items) {
			t->items = items;
			t->cap = cap;
		}
	}
	if (!text || t->n == t->cap) {
		free(text);
		t->failed = true;
		return;
	}
	t->items[t->n++] = text;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
texts_print(struct texts *t, struct buf *out)
{
	buf_char(out, '[');
	if (t->n > 0)
		qsort(t->items, t->n, sizeof(*t->items), by_bytes);
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0 && strcmp(t->items[i], t->items[i - 1]) == 0)
			continue;
		if (i > 0)
			buf_char(out, ',');
		buf_str_add(out, t->items[i]);
	}
	buf_char(out, ']');
	if (t->failed)
		out->failed = true;
}

/* --- values -------------------------------------------------------------------- */

/* A string; bytes that JSON cannot hold are an object, so that no two differ
 * in their bytes and not in their text. */
static void
string(struct buf *out, const char *s)
{
	if (profile_is_utf8(s)) {
		profile_string_add(out, s);
		return;
	}
	buf_str_add(out, "{\"bytes\":\"");
	for (; *s != '\0'; s++)
		buf_printf(out, "%02x", (unsigned int)(unsigned char)*s);
	buf_str_add(out, "\"}");
}

static char *
string_of(const char *s)
{
	own_buf struct buf b = { 0 };

	string(&b, s);
	return buf_take(&b);
}

void
digest_list(struct buf *out, const char *name, const struct option_list *l)
{
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < l->n; i++)
		texts_put(&t, string_of(l->items[i]));
	buf_printf(out, "\"%s\":", name);
	texts_print(&t, out);
}

/* Of a variable that is set only its name: the value may be of this run. */
static void
set_names(struct buf *out, const struct option_list *l)
{
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		char *name = strndup(l->items[i], strcspn(l->items[i], "="));

		texts_put(&t, name ? string_of(name) : NULL);
		free(name);
	}
	buf_str_add(out, "\"set\":");
	texts_print(&t, out);
}

/* Paths on the command line may be relative: to the workspace, as everywhere. */
static void
path_list(struct buf *out, const char *name, const struct option_list *l,
	const char *workspace)
{
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		char *path = NULL;

		if (l->items[i][0] == '/')
			(void)path_normalise(l->items[i], &path);
		else
			(void)path_join(workspace, l->items[i], &path);
		texts_put(&t, path ? string_of(path) : NULL);
		free(path);
	}
	buf_printf(out, "\"%s\":", name);
	texts_print(&t, out);
}

/* --- the filesystem ------------------------------------------------------------ */

/* What lies behind the workspace's name and a slash; NULL when nothing does. */
static const char *
behind(const char *text, const char *workspace)
{
	size_t len = strcmp(workspace, "/") == 0 ? 0 : strlen(workspace);

	return strncmp(text, workspace, len) == 0 && text[len] == '/' &&
			       text[len + 1] != '\0'
		       ? text + len + 1
		       : NULL;
}

/* The place of an entry, seen from the workspace where it is below it. */
static void
place(const struct fs_entry *e, const char *workspace,
	enum fs_path_kind *ret_kind, const char **ret_text)
{
	const char *below = NULL;

	*ret_kind = e->kind;
	*ret_text = e->text;
	if (e->kind == FS_PATH && strcmp(e->text, workspace) == 0) {
		*ret_kind = FS_PROJECT_ROOTS;
		*ret_text = "";
		return;
	}
	if (e->kind == FS_PATH || (e->kind == FS_GLOB && e->text[0] == '/' &&
					  !glob_has_magic(workspace)))
		below = behind(e->text, workspace);
	if (!below)
		return;
	*ret_text = below;
	if (e->kind == FS_PATH)
		*ret_kind = FS_PROJECT_ROOTS;
}

static char *
entry_of(const struct fs_entry *e, const char *workspace)
{
	own_buf struct buf b = { 0 };
	enum fs_path_kind kind;
	const char *text;

	place(e, workspace, &kind, &text);
	buf_printf(&b, "{\"access\":\"%s\",\"at\":\"%s\",\"missing\":\"%s\"",
		access_words[e->access], kind_words[kind],
		missing_words[e->missing]);
	if (text[0] != '\0') {
		buf_str_add(&b, ",\"path\":");
		string(&b, text);
	}
	buf_char(&b, '}');
	return buf_take(&b);
}

static void
filesystem(struct buf *out, const struct plan_build *b)
{
	const struct profile *p = &b->profile;
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < p->n_entries; i++)
		texts_put(&t, entry_of(&p->entries[i], b->workspace));
	buf_str_add(out, "\"filesystem\":{\"entries\":");
	texts_print(&t, out);
	buf_printf(out, ",\"kind\":\"%s\",\"pattern_depth\":", fs_words[p->fs]);
	if (p->glob_depth >= 0)
		buf_printf(out, "%ld}", p->glob_depth);
	else
		buf_str_add(out, "null}");
}

/* --- the rest of the policy ----------------------------------------------------- */

static void
environment(struct buf *out, const struct options *o)
{
	buf_str_add(out, "\"environment\":{");
	digest_list(out, "exclude", &o->env_exclude);
	buf_char(out, ',');
	digest_list(out, "include", &o->env_include);
	buf_printf(out, ",\"inherit\":\"%s\",\"keep_secrets\":%s,",
		inherit_words[o->env_inherit],
		o->env_keep_secrets ? "true" : "false");
	digest_list(out, "only", &o->env_only);
	buf_char(out, ',');
	set_names(out, &o->env_set);
	buf_char(out, '}');
}

static void
put_group_limit(struct texts *t, const char *name, uint64_t value)
{
	char *text = NULL;

	if (value == 0)
		return;
	if (asprintf(&text, "{\"name\":\"%s\",\"value\":%" PRIu64 "}", name,
		    value) < 0)
		text = NULL;
	texts_put(t, text);
}

static void
put_group_limits(struct texts *t, const struct options *o)
{
	struct cgroup_limits l = o->cgroup;

	if (cgroup_limits(o, &l, NULL) < 0)
		return; /* plan_build() refuses it */
	put_group_limit(t, "memory", l.memory_bytes);
	put_group_limit(t, "pids", l.pids);
	put_group_limit(t, "cpu_percent", l.cpu_percent);
}

/* The last setting of a resource is the one that holds. */
static void
limits(struct buf *out, const struct options *o)
{
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < o->limits.n; i++) {
		int resource = -1;
		int later = -1;
		uint64_t value = 0;
		uint64_t other = 0;
		char *text = NULL;

		if (limits_read(o->limits.items[i], &resource, &value, NULL) <
			0)
			continue; /* limits_fill() refuses it */
		for (size_t j = i + 1; j < o->limits.n && later != resource;
			j++)
			if (limits_read(o->limits.items[j], &later, &other,
				    NULL) < 0)
				later = -1;
		if (later == resource)
			continue;
		if ((value == UINT64_MAX
				    ? asprintf(&text,
					      "{\"name\":\"%s\",\"value\":null}",
					      limits_name(resource))
				    : asprintf(&text,
					      "{\"name\":\"%s\",\"value\":%" PRIu64
					      "}",
					      limits_name(resource), value)) <
			0)
			text = NULL;
		texts_put(&t, text);
	}
	put_group_limits(&t, o);
	buf_str_add(out, "\"limits\":");
	texts_print(&t, out);
}

static void
protection(struct buf *out, const struct plan_build *b)
{
	const struct options *o = b->options;
	const struct protect_request rq = {
		.on = o->protect.items,
		.n_on = o->protect.n,
		.off = o->no_protect.items,
		.n_off = o->no_protect.n,
	};
	own_texts struct texts t = { 0 };

	for (size_t i = 0; i < protect_names_n; i++)
		if (plan_is_caged(b) && protect_is_on(&rq, &protect_names[i]))
			texts_put(&t, string_of(protect_names[i].group));
	buf_str_add(out, "\"protect\":");
	texts_print(&t, out);
}

void
digest_canonical(const struct plan_build *b, struct buf *out)
{
	const struct options *o = b->options;
	bool caged = plan_is_caged(b);

	buf_char(out, '{');
	digest_list(out, "devices", &o->devices);
	buf_char(out, ',');
	environment(out, o);
	buf_char(out, ',');
	filesystem(out, b);
	buf_printf(out,
		",\"git\":\"%s\",\"hard_links\":\"%s\",\"keep_background\":%s,",
		o->git && caged ? o->git : "none",
		!caged          ? "open"
		: o->hard_links ? "refuse"
				: "close",
		o->keep_background ? "true" : "false");
	limits(out, o);
	if (b->cage == CAGE_LANDLOCK && b->backend == BACKEND_LANDLOCK_LOOSE)
		buf_str_add(out, ",\"metadata\":\"open\"");
	buf_str_add(out, ",\"network\":");
	digest_network(b, out);
	buf_printf(out, ",\"proc\":\"%s\",",
		proc_words[caged ? o->proc : VIEW_PROC_HOST]);
	protection(out, b);
	buf_printf(out, ",\"secrets\":\"%s\",",
		caged && !o->allow_secrets ? "hidden" : "visible");
	path_list(out, "sockets", &o->sockets, b->workspace);
	buf_printf(out, ",\"timeout_ms\":%u,\"tmp\":\"%s\",%s\"version\":%d}\n",
		o->timeout_ms, tmp_words[caged ? b->tmp : VIEW_TMP_HOST],
		o->unix_none ? "\"unix\":\"none\"," : "", CANONICAL_VERSION);
}

void
digest_hex(const struct plan_build *b, enum digest_of what,
	char ret_hex[SHA256_HEX])
{
	own_buf struct buf text = { 0 };

	ret_hex[0] = '\0';
	if (what == DIGEST_POLICY)
		digest_canonical(b, &text);
	else
		digest_instance_text(b, &text);
	if (!buf_failed(&text))
		sha256_hex(buf_str(&text), text.len, ret_hex);
}

int
digest_require(const struct plan_build *b, const char *required, struct diag *d)
{
	char hex[SHA256_HEX];

	if (strlen(required) != HEX_DIGITS ||
		strspn(required, "0123456789abcdef") != HEX_DIGITS)
		return diag_set(d, -EINVAL, DIAG_USAGE, required,
			"is no digest, which has 64 digits of 0-9 and a-f (--require-digest)",
			"take it from codex-sandbox explain");
	digest_hex(b, DIGEST_POLICY, hex);
	if (strcmp(hex, required) == 0)
		return 0;
	return diag_setf(d, -EPERM, DIAG_SETUP, "--require-digest",
		"compare the policies with codex-sandbox explain --canonical",
		"the policy is %s and not %s, so nothing was run", hex,
		required);
}
