/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walker.c -- walker DEPTH PATH...: what each path is from here, one a line, and
 * what lies below it down to DEPTH; room: test.
 *
 *   PATH TYPE MODE read write move FLAGS [-> TARGET]
 *
 * read, write, move: ok, or the errno that the attempt gave.  Nothing stays
 * changed: writing is asked of the mount, what was moved is moved back.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, LEVELS = 8 };

struct level {
	struct dirent **names;
	int n, next;
	size_t len; /* of its path */
};

static const char *
word(int err)
{
	return err == 0 ? "ok" : strerrorname_np(err);
}

static char
type_of(mode_t mode)
{
	static const struct {
		mode_t type;
		char letter;
	} types[] = {
		{ S_IFDIR, 'd' },
		{ S_IFREG, '-' },
		{ S_IFLNK, 'l' },
		{ S_IFCHR, 'c' },
		{ S_IFBLK, 'b' },
		{ S_IFIFO, 'p' },
		{ S_IFSOCK, 's' },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if ((mode & S_IFMT) == types[i].type)
			return types[i].letter;
	return '?';
}

static int
try_read(const char *path, mode_t mode)
{
	if (S_ISFIFO(mode) || S_ISSOCK(mode))
		return access(path, R_OK) != 0 ? errno : 0;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* A file without a name; a file opened; and what the mount says. */
static int
try_write(const char *path, mode_t mode)
{
	int fd = -1;
	if (S_ISDIR(mode))
		fd = open(path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	else if (S_ISREG(mode))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	else if (lremovexattr(path, "user.csb-walker") != 0)
		return errno == ENODATA || errno == EOPNOTSUPP ? 0 : errno;
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
try_move(const char *path)
{
	char other[PATH_SIZE + 16];
	(void)snprintf(other, sizeof other, "%s.walker", path);
	if (rename(path, other) != 0)
		return errno;
	if (rename(other, path) != 0)
		perror(other);
	return 0;
}

/* Returns whether it is a directory that can be listed. */
static bool
tell(const char *path)
{
	struct stat st;
	struct statvfs v = { 0 };
	char target[PATH_SIZE] = "";
	if (lstat(path, &st) != 0) {
		printf("%s %s\n", path, word(errno));
		return false;
	}
	const bool link = S_ISLNK(st.st_mode);
	const int read = link ? 0 : try_read(path, st.st_mode);
	if (link)
		(void)!readlink(path, target, sizeof target - 1);
	else
		(void)statvfs(path, &v);
	printf("%s %c %04o %s %s %s %s%s%s%s%s%s\n", path, type_of(st.st_mode),
		st.st_mode & 07777u, word(read),
		link ? "-" : word(try_write(path, st.st_mode)),
		word(try_move(path)), (v.f_flag & ST_RDONLY) != 0 ? "ro," : "",
		(v.f_flag & ST_NOSUID) != 0 ? "nosuid," : "",
		(v.f_flag & ST_NODEV) != 0 ? "nodev," : "",
		(v.f_flag & ST_NOEXEC) != 0 ? "noexec," : "",
		link ? " -> " : "", target);
	return S_ISDIR(st.st_mode) && read == 0;
}

static int
no_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
walk(const char *top, int depth)
{
	char path[PATH_SIZE];
	struct level level[LEVELS] = { { 0 } };
	int at = 0;
	(void)snprintf(path, sizeof path, "%s", top);
	if (!tell(path) || depth == 0)
		return;
	level[0].n = scandir(path, &level[0].names, no_dots, by_name);
	level[0].len = strcmp(path, "/") == 0 ? 0 : strlen(path);
	while (at >= 0) {
		struct level *l = &level[at];
		if (l->next >= l->n) {
			free(l->names);
			at--;
			continue;
		}
		struct dirent *e = l->names[l->next++];
		(void)snprintf(
			path + l->len, sizeof path - l->len, "/%s", e->d_name);
		free(e);
		if (!tell(path) || at + 1 >= depth || at + 1 >= LEVELS)
			continue;
		at++;
		level[at] = (struct level){ .len = strlen(path) };
		level[at].n = scandir(path, &level[at].names, no_dots, by_name);
	}
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (int i = 2; i < argc; i++)
		walk(argv[i], (int)strtol(argv[1], NULL, 10));
	return 0;
}
