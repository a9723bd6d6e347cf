/* SPDX-License-Identifier: Apache-2.0 */
/* options_profile.c -- the policy that the options say; room: user. */
#include "policy/options.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/glob.h"
#include "policy/path.h"
#include "policy/profile.h"
#include "policy/protect.h"

/* JSON itself, or @FILE: the file is opened once, and must be a regular one. */
static int
read_text(
	const char *value, struct buf *text, const char *option, struct diag *d)
{
	own_fd int fd = -1;
	struct stat st;
	int err;

	if (value[0] != '@') {
		buf_str_add(text, value);
		return 0;
	}
	fd = open(value + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_setf(d, -errno, DIAG_SETUP, value + 1,
			"give a readable file after @", "%s (%s)",
			diag_errno(errno), option);
	if (!S_ISREG(st.st_mode))
		return diag_setf(d, -EINVAL, DIAG_SETUP, value + 1,
			"give a readable file after @",
			"is not a regular file (%s)", option);
	err = buf_read_fd(text, fd, PROFILE_JSON_MAX);
	if (err < 0)
		return diag_setf(d, err, DIAG_SETUP, value + 1,
			"give a file of at most 1 MiB", "%s (%s)",
			err == -EFBIG ? "is larger than 1 MiB"
				      : diag_errno(-err),
			option);
	return 0;
}

static int
base_profile(const struct options *o, struct profile *configured,
	struct profile *p, struct diag *d)
{
	own_buf struct buf text = { .max = PROFILE_JSON_MAX + 1 };
	const char *json = o->profile ? o->profile : o->legacy;
	const char *option =
		o->profile ? "--permission-profile" : "--sandbox-policy";
	int err;

	if (!!o->sandbox + !!o->profile + !!o->legacy > 1)
		return diag_set(d, -EINVAL, DIAG_USAGE, option,
			"contradicts another option that names a policy",
			"give one of --sandbox, --permission-profile and --sandbox-policy");
	if (!json && configured) {
		*p = *configured;
		profile_init(configured);
		return 0;
	}
	if (!json)
		return profile_from_preset(
			p, o->sandbox ? o->sandbox : "workspace-write", d);
	err = read_text(json, &text, option, d);
	if (err < 0)
		return err;
	return o->profile ? profile_from_json(
				    p, buf_str(&text), text.len, option, d)
			  : profile_from_legacy_json(
				    p, buf_str(&text), text.len, option, d);
}

/* Paths on the command line may be relative, and are ours to name: no skipping. */
static int
add_one(struct profile *p, const char *base, const char *value,
	enum fs_access access, const char *origin, struct diag *d)
{
	char *path = NULL;
	int err;

	if (value[0] == '\0')
		return diag_setf(d, -EINVAL, DIAG_USAGE, origin, "give a path",
			"is empty");
	/* A file that is called like a pattern is meant as itself. */
	if (access == FS_DENY && glob_has_magic(value) &&
		faccessat(AT_FDCWD, value, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return profile_add(p, FS_GLOB, access, value,
			FS_MISSING_DEFAULT, origin, d);
	err = value[0] == '/' ? path_normalise(value, &path)
			      : path_join(base, value, &path);
	if (err < 0)
		return diag_setf(d, err, DIAG_USAGE, value,
			"give a path of at most 4095 bytes", "%s (%s)",
			diag_errno(-err), origin);
	err = profile_add(
		p, FS_PATH, access, path, FS_MISSING_ERROR, origin, d);
	free(path);
	return err;
}

static int
add_list(struct profile *p, const char *base, const struct option_list *list,
	enum fs_access access, const char *origin, struct diag *d)
{
	for (size_t i = 0; i < list->n; i++) {
		int err = add_one(p, base, list->items[i], access, origin, d);

		if (err < 0)
			return err;
	}
	return 0;
}

static bool
has_entry(const struct profile *p, enum fs_path_kind kind)
{
	for (size_t i = 0; i < p->n_entries; i++)
		if (p->entries[i].kind == kind && p->entries[i].text[0] == '\0')
			return true;
	return false;
}

/* -r: the whole-filesystem read goes, the platform and the workspace stay. */
static int
restrict_reads(struct profile *p, struct diag *d)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < p->n_entries; i++) {
		struct fs_entry *e = &p->entries[i];

		if (e->kind == FS_ROOT && e->access == FS_READ) {
			free(e->text);
			free(e->origin);
			continue;
		}
		p->entries[kept++] = *e;
	}
	p->n_entries = kept;
	if (!has_entry(p, FS_MINIMAL))
		err = profile_add(p, FS_MINIMAL, FS_READ, "",
			FS_MISSING_DEFAULT, "--read (platform)", d);
	if (err >= 0 && !has_entry(p, FS_PROJECT_ROOTS))
		err = profile_add(p, FS_PROJECT_ROOTS, FS_READ, "",
			FS_MISSING_DEFAULT, "--read (workspace)", d);
	return err;
}

/* Entries on top of "everything" need that said as an entry. */
static int
make_restricted(const struct options *o, struct profile *p, struct diag *d)
{
	if (p->fs == FS_KIND_EXTERNAL)
		return diag_set(d, -EINVAL, DIAG_USAGE, "external-sandbox",
			"leaves the filesystem to something outside, so paths cannot be granted or denied",
			"use another policy, or take the path options out");
	if (p->fs == FS_KIND_RESTRICTED)
		return 0;
	if (o->write.n > 0)
		return diag_set(d, -EINVAL, DIAG_USAGE, "-w",
			"grants nothing where everything is writable already",
			"use another policy, or take -w out");
	p->fs = FS_KIND_RESTRICTED;
	return profile_add(p, FS_ROOT, FS_WRITE, "", FS_MISSING_DEFAULT,
		"unrestricted filesystem", d);
}

static bool
is_lifted(const struct options *o, const char *name)
{
	for (size_t i = 0; i < protect_names_n; i++)
		for (size_t k = 0; k < o->no_protect.n; k++)
			if (strcmp(protect_names[i].name, name) == 0 &&
				(strcmp(o->no_protect.items[k], "all") == 0 ||
					strcmp(o->no_protect.items[k],
						protect_names[i].group) == 0))
				return true;
	return false;
}

/* A preset's own entries for protected names follow --no-protect. */
static void
lift_protection(const struct options *o, struct profile *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n_entries; i++) {
		struct fs_entry *e = &p->entries[i];

		if (e->kind == FS_PROJECT_ROOTS && e->access == FS_READ &&
			is_lifted(o, e->text)) {
			free(e->text);
			free(e->origin);
			continue;
		}
		p->entries[kept++] = *e;
	}
	p->n_entries = kept;
}

static int
add_convenience(const struct options *o, const char *base, struct profile *p,
	struct diag *d)
{
	int err = 0;

	if (o->write.n + o->read.n + o->read_only.n + o->deny.n > 0)
		err = make_restricted(o, p, d);
	if (err >= 0 && o->read.n > 0)
		err = restrict_reads(p, d);
	if (err >= 0)
		err = add_list(p, base, &o->write, FS_WRITE, "--write", d);
	if (err >= 0)
		err = add_list(p, base, &o->read, FS_READ, "--read", d);
	if (err >= 0)
		err = add_list(p, base, &o->read_only, FS_READ, "--ro", d);
	if (err >= 0)
		err = add_list(p, base, &o->deny, FS_DENY, "--deny", d);
	return err;
}

int
options_profile(const struct options *o, const char *base,
	struct profile *configured, struct profile *ret, struct diag *d)
{
	struct profile p;
	int err;

	profile_init(&p);
	err = base_profile(o, configured, &p, d);
	if (err >= 0 && !o->profile && !o->legacy)
		lift_protection(o, &p);
	if (err >= 0)
		err = add_convenience(o, base, &p, d);
	if (err < 0) {
		profile_free(&p);
		return err;
	}
	*ret = p;
	return 0;
}

void
options_environment(const struct options *o, struct env_policy *ret)
{
	*ret = (struct env_policy){
		.inherit = o->env_inherit,
		.include = o->env_include.items,
		.n_include = o->env_include.n,
		.exclude = o->env_exclude.items,
		.n_exclude = o->env_exclude.n,
		.only = o->env_only.items,
		.n_only = o->env_only.n,
		.keep_secrets = o->env_keep_secrets,
		.set = o->env_set.items,
		.n_set = o->env_set.n,
	};
}
