/* SPDX-License-Identifier: Apache-2.0 */
/* cases.c -- read the tables of expected answers. */
#include "tests/seccomp/cases.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <linux/sched.h>

#include "policy/seccomp.h"

enum { WORDS_MAX = 16 };

const char *const cases_files[] = {
	"tests/seccomp/all.tests",
	"tests/seccomp/x86.tests",
	"tests/seccomp/caged.tests",
	"tests/seccomp/external.tests",
	"tests/seccomp/landlock.tests",
	NULL,
};

struct constant {
	const char *name;
	uint64_t value;
};

#define C(name)                         \
	{                               \
#		name, (uint64_t)(name) \
	}
static const struct constant constants[] = {
	C(AF_UNSPEC),
	C(AF_UNIX),
	C(AF_INET),
	C(AF_INET6),
	C(AF_NETLINK),
	C(AF_PACKET),
	C(AF_ALG),
	C(AF_VSOCK),
	C(AF_BLUETOOTH),
	C(AF_TIPC),
	C(AF_XDP),
	C(AF_SMC),
	C(AF_RDS),
	C(AF_CAN),
	C(AF_KEY),
	C(SOCK_STREAM),
	C(SOCK_DGRAM),
	C(SOCK_RAW),
	C(SOCK_RDM),
	C(SOCK_SEQPACKET),
	C(SOCK_DCCP),
	C(SOCK_PACKET),
	C(SOCK_CLOEXEC),
	C(SOCK_NONBLOCK),
	C(NETLINK_ROUTE),
	C(NETLINK_NETFILTER),
	C(NETLINK_SOCK_DIAG),
	C(NETLINK_KOBJECT_UEVENT),
	C(CLONE_VM),
	C(CLONE_FS),
	C(CLONE_FILES),
	C(CLONE_SIGHAND),
	C(CLONE_VFORK),
	C(CLONE_THREAD),
	C(CLONE_SYSVSEM),
	C(CLONE_SETTLS),
	C(CLONE_PARENT_SETTID),
	C(CLONE_CHILD_CLEARTID),
	C(CLONE_CHILD_SETTID),
	C(CLONE_PIDFD),
	C(CLONE_NEWNS),
	C(CLONE_NEWCGROUP),
	C(CLONE_NEWUTS),
	C(CLONE_NEWIPC),
	C(CLONE_NEWUSER),
	C(CLONE_NEWPID),
	C(CLONE_NEWNET),
	C(CLONE_NEWTIME),
	C(SIGCHLD),
	C(TIOCSTI),
	C(TIOCLINUX),
	C(TIOCGWINSZ),
	C(TCGETS),
	C(FIONREAD),
};

/* One of "NAME", "12", "0x1f", "1<<32", "-1". */
static bool
read_term(const char *s, size_t len, uint64_t *ret_value)
{
	char term[48];
	char *end;

	if (len == 0 || len >= sizeof(term))
		return false;
	memcpy(term, s, len);
	term[len] = '\0';
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		if (strcmp(constants[i].name, term) == 0) {
			*ret_value = constants[i].value;
			return true;
		}
	}
	if (strcmp(term, "-1") == 0) {
		*ret_value = UINT64_MAX;
		return true;
	}
	if (term[0] < '0' || term[0] > '9')
		return false;
	*ret_value = strtoull(term, &end, 0);
	if (strncmp(end, "<<", 2) == 0)
		*ret_value <<= strtoul(end + 2, &end, 10) & 63;
	return *end == '\0';
}

static bool
read_value(const char *s, uint64_t *ret_value)
{
	*ret_value = 0;
	for (;;) {
		size_t len = strcspn(s, "|");
		uint64_t term;

		if (!read_term(s, len, &term))
			return false;
		*ret_value |= term;
		if (s[len] == '\0')
			return true;
		s += len + 1;
	}
}

static bool
read_programs(const char *s, unsigned int *ret_set)
{
	*ret_set = 0;
	if (strcmp(s, "*") == 0) {
		*ret_set = (1u << SECCOMP_PROGRAM_MAX) - 1;
		return true;
	}
	for (;;) {
		size_t len = strcspn(s, ",");
		unsigned int before = *ret_set;

		for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
			const char *name = seccomp_get(id)->name;

			if (strlen(name) == len && memcmp(name, s, len) == 0)
				*ret_set |= 1u << id;
		}
		if (*ret_set == before)
			return false;
		if (s[len] == '\0')
			return true;
		s += len + 1;
	}
}

/* 1: concerns this machine; 0: it does not; -1: not understood. */
static int
read_call(const char *name, const char *arch, struct seccomp_case *c)
{
	bool x86_64 = seccomp_arch_native() == SCMP_ARCH_X86_64;
	uint32_t token = seccomp_arch_native();
	uint64_t number;

	c->arch = CASE_NATIVE;
	if (strcmp(arch, "i386") == 0) {
		c->arch = CASE_I386;
		token = SCMP_ARCH_X86;
	} else if (strcmp(arch, "x32") == 0) {
		c->arch = CASE_X32;
	} else if (strcmp(arch, "native") != 0 && strcmp(arch, "x86_64") != 0) {
		return -1;
	}
	if (strcmp(arch, "native") != 0 && !x86_64)
		return 0;
	if (read_value(name, &number)) {
		c->nr = (int)(uint32_t)number;
		return 1;
	}
	c->nr = seccomp_syscall_resolve_name_arch(token, name);
	if (c->nr == __NR_SCMP_ERROR)
		return -1;
	return c->nr >= 0;
}

static bool
read_action(const char *s, int *ret_error)
{
	if (strcmp(s, "allow") == 0)
		*ret_error = 0;
	else if (strcmp(s, "EPERM") == 0)
		*ret_error = EPERM;
	else if (strcmp(s, "ENOSYS") == 0)
		*ret_error = ENOSYS;
	else
		return false;
	return true;
}

/* Cut the line at blanks; the words stay in it. */
static unsigned int
split(char *line, char *word[WORDS_MAX])
{
	unsigned int n = 0;

	line[strcspn(line, "#\n")] = '\0';
	while (n < WORDS_MAX) {
		line += strspn(line, " \t");
		if (*line == '\0')
			break;
		word[n++] = line;
		line += strcspn(line, " \t");
		if (*line == '\0')
			break;
		*line++ = '\0';
	}
	return n;
}

static void
join(char *const word[], unsigned int n, char *ret_text, size_t size)
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (unsigned int i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(ret_text + used, size - used, "%s%s",
			i == 0 ? "" : " ", word[i]);
}

/* As read_call(). */
static int
read_case(char *const word[], unsigned int n, struct seccomp_case *c)
{
	unsigned int i = 3;
	unsigned int arg = 0;
	int here;

	*c = (struct seccomp_case){ 0 };
	join(word, n, c->text, sizeof(c->text));
	if (n < 5 || !read_programs(word[0], &c->set))
		return -1;
	here = read_call(word[1], word[2], c);
	for (; i < n && strcmp(word[i], "->") != 0; i++)
		if (arg == CASES_ARGS || !read_value(word[i], &c->arg[arg++]))
			return -1;
	if (i + 1 >= n || !read_action(word[i + 1], &c->error))
		return -1;
	if (i + 3 == n && strcmp(word[i + 2], "live") == 0)
		c->live = true;
	else if (i + 2 != n)
		return -1;
	return here;
}

int
cases_read(const char *path,
	void (*each)(const struct seccomp_case *c, void *arg), void *arg)
{
	FILE *f = fopen(path, "re");
	char line[256];
	char *word[WORDS_MAX];
	unsigned int at = 0;
	int count = 0;

	if (f == NULL) {
		(void)printf("# cannot open %s (run from the top)\n", path);
		return -1;
	}
	while (count >= 0 && fgets(line, sizeof(line), f) != NULL) {
		struct seccomp_case c;
		unsigned int n = split(line, word);
		int here = n == 0 ? 0 : read_case(word, n, &c);

		at++;
		c.line = at;
		if (here < 0)
			(void)printf("# %s:%u: not understood\n", path, at);
		else if (here > 0)
			each(&c, arg);
		count = here < 0 ? -1 : count + here;
	}
	(void)fclose(f);
	return count;
}
