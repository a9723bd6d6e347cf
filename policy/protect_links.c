/* SPDX-License-Identifier: Apache-2.0 */
/* protect_links.c -- other names of protected files; room: user. */
#include "policy/protect_links.h"

#include <fcntl.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/dents.h"

/* In a git directory only what runs code counts: clones share objects. */
static const char *const git_files[] = { "config", "config.worktree",
	"info/attributes" };

static void
note_file(struct protect_links *l, int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode) || st.st_nlink < 2)
		return;
	if (l->n == PROTECT_LINKS_MAX) {
		l->full = true;
		return;
	}
	l->file[l->n].dev = st.st_dev;
	l->file[l->n++].ino = st.st_ino;
}

/* The files directly in it: what agents and hooks read. */
static void
note_dir(struct protect_links *l, int dir_fd, const char *name)
{
	own_dents struct dents list;
	const struct dirent *entry;
	size_t seen = 0;

	(void)dents_open(&list, dir_fd, name); /* else it is empty */
	while ((entry = dents_next(&list)) && seen++ < PROTECT_LINKS_FILES_MAX)
		if (entry->d_type == DT_REG)
			note_file(l, list.fd, entry->d_name);
	if (entry)
		l->full = true;
}

void
protect_links_note(
	struct protect_links *l, int dir_fd, const char *name, bool is_git)
{
	own_fd int fd = -1;

	if (!is_git) {
		note_file(l, dir_fd, name);
		note_dir(l, dir_fd, name);
		return;
	}
	fd = openat(
		dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t i = 0; i < sizeof(git_files) / sizeof(git_files[0]); i++)
		note_file(l, fd, git_files[i]);
	note_dir(l, fd, "hooks");
}

bool
protect_links_has(const struct protect_links *l, int dir_fd, const char *name)
{
	struct stat st;

	if (l->n == 0 || fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode) || st.st_nlink < 2)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (l->file[i].dev == st.st_dev && l->file[i].ino == st.st_ino)
			return true;
	return false;
}
