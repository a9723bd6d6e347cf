/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.c -- look MARKER [WHAT=VALUE...]: look at the cage from inside, leave
 * "full" or the first hole as the symlink MARKER, and end with 42; room: test.
 *
 *   denied=PATH   cannot be opened
 *   ro=PATH       cannot be changed, as the mount is read-only
 *   absent=PATH   is not there
 *   empty=PATH    lists nothing
 *   pinned=PATH   cannot be renamed
 *   net=none      no route leads out
 *   cage=1        process namespace, /proc and capabilities are its own
 *
 * Always: no_new_privs, a filter, descriptors 0 to 2 and no other, no signal
 * blocked or ignored, no user namespace to be had.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>

/* The second: the cage is full, and more than full: nothing can be left. */
enum { CODE = 42, TIGHT_CODE = 43 };

static bool
is_denied(const char *path)
{
	return open(path, O_RDONLY) < 0 && errno == EACCES;
}

static bool
is_read_only(const char *path)
{
	return lremovexattr(path, "user.csb-look") < 0 && errno == EROFS;
}

static bool
is_absent(const char *path)
{
	return access(path, F_OK) < 0 && errno == ENOENT;
}

static bool
is_empty(const char *path)
{
	int names = 0;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return false;
	while (readdir(dir) != NULL)
		names++;
	closedir(dir);
	return names == 2;
}

static bool
is_pinned(const char *path)
{
	char other[4096];
	(void)snprintf(other, sizeof other, "%s.moved", path);
	return rename(path, other) < 0 && (errno == EBUSY || errno == EROFS);
}

static bool
is_offline(const char *how)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = 9 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	(void)inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	bool no = connect(fd, (struct sockaddr *)&in, sizeof in) < 0 &&
		  errno == ENETUNREACH;
	close(fd);
	return strcmp(how, "none") != 0 || no;
}

static bool
has_no_capability(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2] = { 0 };
	unsigned int any = 0;
	if (syscall(SYS_capget, &head, d) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		any |= d[i].effective | d[i].permitted | d[i].inheritable;
	for (unsigned long c = 0; c < 64; c++)
		any |= prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1 ||
		       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, c, 0, 0) ==
			       1;
	return any == 0;
}

/* The first process, and we; and /proc shows us by the number we have. */
static bool
is_alone(void)
{
	char self[16] = "", own[16];
	int processes = 0;
	DIR *proc = opendir("/proc");
	if (proc == NULL)
		return false;
	for (struct dirent *e; (e = readdir(proc)) != NULL;)
		processes += e->d_name[0] >= '0' && e->d_name[0] <= '9';
	closedir(proc);
	(void)snprintf(own, sizeof own, "%d", (int)getpid());
	return getppid() == 1 && processes == 2 &&
	       readlink("/proc/self", self, sizeof self - 1) > 0 &&
	       strcmp(self, own) == 0;
}

static bool
has_the_cage(const char *value)
{
	(void)value;
	return has_no_capability() && is_alone();
}

static bool
has_three_descriptors(void)
{
	for (int fd = 0; fd < 4096; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd < 3))
			return false;
	return true;
}

static bool
has_plain_signals(void)
{
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int s = 1; s < 65; s++) {
		struct sigaction sa;
		if (sigismember(&mask, s) == 1 ||
			(sigaction(s, NULL, &sa) == 0 &&
				sa.sa_handler == SIG_IGN))
			return false;
	}
	return true;
}

static const struct {
	const char *name;
	bool (*holds)(const char *value);
} looks[] = {
	{ "denied=", is_denied },
	{ "ro=", is_read_only },
	{ "absent=", is_absent },
	{ "empty=", is_empty },
	{ "pinned=", is_pinned },
	{ "net=", is_offline },
	{ "cage=", has_the_cage },
};

static const char *
first_hole(char **words)
{
	if (!has_three_descriptors())
		return "a descriptor is open";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "no_new_privs is not set";
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2)
		return "no filter";
	if (!has_plain_signals())
		return "a signal is blocked or ignored";
	if (unshare(CLONE_NEWUSER) == 0 || errno != EPERM)
		return "a user namespace can be made";
	for (; *words != NULL; words++) {
		size_t i = 0, n = sizeof looks / sizeof *looks;
		while (i < n && strncmp(*words, looks[i].name,
					strlen(looks[i].name)) != 0)
			i++;
		if (i == n || !looks[i].holds(*words + strlen(looks[i].name)))
			return *words;
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	const char *hole = first_hole(argv + 2);
	/* A symlink is there whole, or not at all. */
	if (symlink(hole == NULL ? "full" : hole, argv[1]) != 0) {
		perror(argv[1]);
		return hole == NULL ? TIGHT_CODE : 1;
	}
	return CODE;
}
