/* SPDX-License-Identifier: Apache-2.0 */
/* config_load.c -- the layers, one after the other (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/diag.h"

#ifndef CONFIG_MANAGED_DIR
#	define CONFIG_MANAGED_DIR "/etc/codex-sandbox"
#endif
#ifndef CONFIG_PROFILES_DIR
#	define CONFIG_PROFILES_DIR "/usr/share/codex-sandbox/profiles"
#endif

/* The presets of the key table are a document like any other. */
static int
load_builtin(struct config *c, struct diag *d)
{
	own_buf struct buf text = { 0 };
	struct config_source *src = NULL;
	size_t n = 0;
	const struct config_key *k = config_keys(&n);

	for (size_t i = 0; i < n; i++)
		if (k[i].preset != NULL && strchr(k[i].path, '*') == NULL) {
			buf_str_add(&text, k[i].path);
			buf_str_add(&text, " = ");
			buf_str_add(&text, k[i].preset);
			buf_str_add(&text, "\n");
		}
	int rc = config_parse(c, CONFIG_BUILTIN, "built-in", &text, &src, d);
	return rc < 0 ? rc
		      : config_scan(c, src, src->doc.root, config_merge, d);
}

static int
load_required(struct config *c, const struct config_source *src, struct diag *d)
{
	struct config_prefix_rule *rules = NULL;
	size_t n = 0;
	int rc = config_scan_required(c, src, d);

	return rc < 0 ? rc : config_prefix_rules(c, &rules, &n, d);
}

int
config_load_file(struct config *c, enum config_layer layer,
	enum config_file_kind kind, const char *dir, const char *name,
	struct diag *d)
{
	own_buf struct buf text = { 0 };
	struct config_source *src = NULL;
	const char *path = config_printf(c, "%s/%s", dir, name);

	if (path == NULL)
		return config_nomem(c, d);
	int rc = config_read_file(c, kind, dir, name, &text, d);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = config_parse(c, layer, path, &text, &src, d);
	if (rc < 0)
		return rc;
	if (layer == CONFIG_REQUIREMENTS)
		return load_required(c, src, d);
	return config_scan(c, src, src->doc.root, config_merge, d);
}

/* "k = v" as TOML; a bare word stands for the string. */
static int
parse_session(struct config *c, const char *name, const char *option,
	struct config_source **ret, struct diag *d)
{
	own_buf struct buf text = { 0 };
	struct diag first = { 0 };
	const char *eq = strchr(option, '=');

	buf_str_add(&text, option);
	int rc = config_parse(c, CONFIG_SESSION, name, &text, ret, &first);
	if (rc == 0)
		return 0;
	/* Anything that begins like TOML was meant to be TOML. */
	if (strchr("\"'[{", eq[1]) != NULL || strpbrk(eq, "\"'#") != NULL) {
		if (d != NULL && d->thing[0] == '\0')
			*d = first;
		return rc;
	}
	buf_free(&text);
	buf_free(&c->excerpt);
	buf_add(&text, option, (size_t)(eq - option));
	buf_printf(&text, "='%s'", eq + 1);
	return config_parse(c, CONFIG_SESSION, name, &text, ret, d);
}

static int
load_session(struct config *c, size_t i, const char *option, struct diag *d)
{
	const char *name = config_printf(c, "-c option %zu", i + 1);
	struct config_source *src = NULL;

	if (name == NULL)
		return config_nomem(c, d);
	if (strchr(option, '=') == NULL || strpbrk(option, "\r\n") != NULL)
		return diag_set(d, -EINVAL, DIAG_USAGE, option,
			"no key=value on one line", "write -c key=value");
	int rc = parse_session(c, name, option, &src, d);
	if (rc < 0)
		return rc;
	return config_scan(c, src, src->doc.root, config_merge, d);
}

/* $XDG_CONFIG_HOME counts only where it is absolute, as its standard says. */
static int
load_user(struct config *c, const struct config_options *o, struct diag *d)
{
	const char *dir = o->user_dir, *xdg = secure_getenv("XDG_CONFIG_HOME");

	if (dir == NULL && xdg != NULL && xdg[0] == '/')
		dir = config_printf(c, "%s/codex-sandbox", xdg);
	else if (dir == NULL && c->home != NULL)
		dir = config_printf(c, "%s/.config/codex-sandbox", c->home);
	if (dir == NULL)
		return 0; /* a caller without a home has no layer of his own */
	return config_load_file(
		c, CONFIG_USER, CONFIG_FILE_USER, dir, "config.toml", d);
}

static const char *
keep(struct config *c, const char *s)
{
	return s == NULL ? NULL : arena_copy(&c->arena, s, strlen(s));
}

static void
take_options(struct config *c, const struct config_options *o)
{
	const char *home = o->home == NULL ? secure_getenv("HOME") : o->home;

	if (home != NULL && home[0] == '/')
		c->home = keep(c, home);
	c->workspace = keep(c, o->workspace);
	c->profiles_dir = keep(c, o->profiles_dir == NULL ? CONFIG_PROFILES_DIR
							  : o->profiles_dir);
	c->managed_uid = o->managed_uid;
}

int
config_load(struct config *c, const struct config_options *o, struct diag *d)
{
	const char *managed =
		o->managed_dir == NULL ? CONFIG_MANAGED_DIR : o->managed_dir;

	if (o->n_session > CONFIG_SESSION_MAX)
		return diag_set(d, -E2BIG, DIAG_USAGE, "-c",
			"more than 128 of them", "use a file");
	take_options(c, o);
	int rc = load_builtin(c, d);
	/* Early, since it says what the others must not. */
	if (rc == 0)
		rc = config_load_file(c, CONFIG_REQUIREMENTS,
			CONFIG_FILE_MANAGED, managed, "requirements.toml", d);
	if (rc == 0)
		rc = config_load_file(c, CONFIG_MANAGED, CONFIG_FILE_MANAGED,
			managed, "config.toml", d);
	if (rc == 0 && (o->flags & CONFIG_SKIP_USER) == 0)
		rc = load_user(c, o, d);
	for (size_t i = 0; rc == 0 && i < o->n_session; i++)
		rc = load_session(c, i, o->session[i], d);
	/* Pins stand before projects, so that these narrow what will hold. */
	if (rc == 0)
		rc = config_apply_pins(c, d);
	if (rc == 0 && (o->flags & CONFIG_SKIP_PROJECT) == 0)
		rc = config_load_projects(c, d);
	return rc;
}
