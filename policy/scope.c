/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c -- a control group from the user's systemd manager; room: user. */
#include "policy/scope.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"

enum {
	CMDLINE_MAX = 4 << 20, /* the kernel's limit for arguments is lower */
	OPTIONS = 7,           /* below */
};

static const char systemd_run[] = "/usr/bin/systemd-run";
static const char prefix[] = "codex-sandbox-";
static const char suffix[] = ".scope";

bool
scope_is_ours(const char *group)
{
	const char *name = strrchr(group, '/');
	size_t len = name ? strlen(++name) : 0;

	return len >= sizeof(prefix) + sizeof(suffix) - 2 &&
	       strncmp(name, prefix, sizeof(prefix) - 1) == 0 &&
	       strcmp(name + len - (sizeof(suffix) - 1), suffix) == 0;
}

bool
scope_possible(const char *group)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[PATH_MAX];
	struct stat st;

	if (!group || scope_is_ours(group) || !runtime || runtime[0] != '/' ||
		access(systemd_run, X_OK) < 0)
		return false;
	(void)snprintf(path, sizeof(path), "%s/systemd/private", runtime);
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       st.st_uid == geteuid();
}

/* Options, then the words of a command, which are borrowed. */
static int
become(char *unit, char *const *command, size_t n)
{
	char *options[OPTIONS] = { (char[]){ "systemd-run" },
		(char[]){ "--user" }, (char[]){ "--scope" },
		(char[]){ "--quiet" }, (char[]){ "--property=Delegate=yes" },
		unit, (char[]){ "--" } };
	char **argv = calloc(OPTIONS + n + 1, sizeof(*argv));

	if (!argv)
		return -ENOMEM;
	memcpy(argv, options, sizeof(options));
	memcpy(argv + OPTIONS, command, n * sizeof(*argv));
	(void)execv(systemd_run, argv);
	free(argv);
	return -errno;
}

/* What systemd-run says where it cannot is neither our words nor our status. */
static int
try_it(void)
{
	char *command[] = { (char[]){ "/bin/true" } };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		for (int i = 0; i < 3; i++)
			(void)dup2(null, i);
		(void)become((char[]){ "--collect" }, command, 1);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return status == 0 ? 0 : -EPERM;
}

/* By another name it is another program (docs/DROPIN.md). */
static bool
is_called(const char *word, const char *path)
{
	const char *slash = strrchr(word, '/');
	const char *name = strrchr(path, '/');

	return name && strcmp(slash ? slash + 1 : word, name + 1) == 0;
}

/* The words we were started with; the first becomes the program's path. */
static char **
own_words(struct buf *text, char *self, size_t *ret_n)
{
	own_fd int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	char **words = NULL;
	size_t n = 0;

	if (fd < 0 || buf_read_fd(text, fd, CMDLINE_MAX) < 0)
		return NULL;
	for (size_t i = 0; i < text->len; i++)
		n += text->data[i] == '\0';
	words = n > 0 ? calloc(n, sizeof(*words)) : NULL;
	n = 0;
	for (size_t i = 0; words && i < text->len;
		i += strlen(text->data + i) + 1)
		words[n++] = text->data + i;
	*ret_n = n;
	if (words && is_called(words[0], self)) {
		words[0] = self;
		return words;
	}
	free(words);
	return NULL;
}

int
scope_enter(int from, int to)
{
	own_buf struct buf text = { 0 };
	char unit[64];
	char self[PATH_MAX];
	char **words;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
	size_t n = 0;
	int err = try_it();

	if (err < 0)
		return err;
	if (len <= 0 || (size_t)len == sizeof(self))
		return -ENAMETOOLONG;
	self[len] = '\0';
	words = own_words(&text, self, &n);
	if (!words)
		return -ENOENT;
	(void)snprintf(unit, sizeof(unit), "--unit=%s%d%s", prefix,
		(int)getpid(), suffix);
	if (from >= 0 && from != to && dup2(from, to) < 0)
		err = -errno;
	if (err == 0)
		err = become(unit, words, n);
	free(words);
	return err;
}
