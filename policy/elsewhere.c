/* SPDX-License-Identifier: Apache-2.0 */
/* elsewhere.c -- file systems that somebody else keeps; room: user. */
#include "policy/elsewhere.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/json_text.h"
#include "policy/mountinfo.h"
#include "policy/view.h"
#include "policy/vis.h"

#define MACHINE                                                           \
	"another machine keeps these files: it decides who may read and " \
	"change them, and what others change there is not seen here"
#define HOST                                                                    \
	"the host of this virtual machine keeps these files, and what changes " \
	"there is not seen here"
#define PROGRAM                                                               \
	"a program keeps these files: it, and whoever it works for, decides " \
	"who may read and change them"

/* fuse stands for fuse.sshfs and all the others of that name, too. */
static const struct {
	const char *type;
	const char *words;
} kinds[] = {
	{ "9p", HOST },
	{ "virtiofs", HOST },
	{ "vboxsf", HOST },
	{ "fuse", PROGRAM },
	{ "fuseblk", PROGRAM },
	{ "nfs", MACHINE },
	{ "nfs4", MACHINE },
	{ "cifs", MACHINE },
	{ "smb3", MACHINE },
	{ "afs", MACHINE },
	{ "ceph", MACHINE },
	{ "coda", MACHINE },
	{ "lustre", MACHINE },
	{ "gpfs", MACHINE },
	{ "ocfs2", MACHINE },
	{ "gfs2", MACHINE },
	{ "orangefs", MACHINE },
};

const char *
elsewhere_words(const char *type)
{
	size_t len = strcspn(type, ".");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].type) == len &&
			memcmp(type, kinds[i].type, len) == 0)
			return kinds[i].words;
	return NULL;
}

/* Its type, when it is kept elsewhere. */
static const char *
type_of(const struct mountinfo *m, const char *path)
{
	const struct mountinfo_line *line = mountinfo_of(m, path);

	return line && elsewhere_words(line->type) ? line->type : NULL;
}

static void
each(const struct view *v,
	void (*found)(void *arg, const char *path, const char *type), void *arg)
{
	struct mountinfo m = { 0 };

	if (mountinfo_read("/proc/self/mountinfo", &m, NULL) < 0)
		return; /* nothing depends on it */
	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];
		const char *type;

		if (node->shadowed || node->kind != VIEW_BIND ||
			node->access != FS_WRITE)
			continue;
		type = type_of(&m, node->path);
		if (type)
			found(arg, node->path, type);
	}
	mountinfo_free(&m);
}

static void
put_text(void *arg, const char *path, const char *type)
{
	struct buf *out = arg;

	buf_printf(out, "%-13s", "elsewhere");
	vis_str(out, path);
	buf_str_add(out, " is on ");
	vis_str(out, type);
	buf_printf(out, ": %s\n", elsewhere_words(type));
}

void
elsewhere_text(const struct view *v, struct buf *out)
{
	each(v, put_text, out);
}

static void
put_json(void *arg, const char *path, const char *type)
{
	(void)json_array_append_new(
		arg, json_pack("{s:o, s:o}", "path", json_text(path), "type",
			     json_text(type)));
}

json_t *
elsewhere_json(const struct view *v)
{
	json_t *out = json_array();

	each(v, put_json, out);
	return out;
}

bool
elsewhere_here(struct buf *out)
{
	char path[PATH_MAX];
	struct mountinfo m = { 0 };
	const char *type = NULL;

	if (getcwd(path, sizeof(path)) && path[0] == '/' &&
		mountinfo_read("/proc/self/mountinfo", &m, NULL) == 0)
		type = type_of(&m, path);
	if (type)
		buf_printf(out, "%s: %s", type, elsewhere_words(type));
	mountinfo_free(&m);
	return type != NULL;
}
