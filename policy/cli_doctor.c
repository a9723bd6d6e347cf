/* SPDX-License-Identifier: Apache-2.0 */
/* cli_doctor.c -- `codex-sandbox doctor`: what this host can do; room: user.
 *
 * One const table of checks.  The last one is the only that decides: it runs
 * `true` through the whole chain as exec would.  The others explain.
 */
#include "policy/cli.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>

#include "launcher/own.h"
#include "policy/backend.h"
#include "policy/buf.h"
#include "policy/cgroup.h"
#include "policy/diag.h"
#include "policy/elsewhere.h"
#include "policy/num.h"
#include "policy/vis.h"

#define LAUNCHER       LIBEXECDIR "/codex-sandbox-launch"
#define APPARMOR_PLACE "/etc/apparmor.d/codex-sandbox-launch"

enum { DETAIL_MAX = 512, OUTPUT_MAX = 16384, EXIT_UNUSABLE = 1 };

enum verdict { OK, NOTE, BAD };

struct finding {
	enum verdict verdict;
	char detail[DETAIL_MAX];
	char mend[DETAIL_MAX];
};

struct check {
	const char *name;
	void (*run)(struct finding *f);
};

static void say(struct finding *f, enum verdict v, const char *mend,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
say(struct finding *f, enum verdict v, const char *mend, const char *fmt, ...)
{
	va_list ap;

	f->verdict = v;
	va_start(ap, fmt);
	(void)vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
	(void)snprintf(f->mend, sizeof(f->mend), "%s", mend);
}

/* A number in a one-line file of /proc/sys; -1 when it is not there. */
static long
sysctl_number(const char *path)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	uint64_t value;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return -1;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return num_parse(text, 0, LONG_MAX, &value) < 0 ? -1 : (long)value;
}

static void
check_kernel(struct finding *f)
{
	struct utsname u;

	if (uname(&u) < 0)
		say(f, NOTE, "", "unknown");
	else
		say(f, OK, "", "%s %s", u.sysname, u.release);
}

static void
check_bwrap(struct finding *f)
{
	struct stat st;

	if (stat(BWRAP_PATH, &st) < 0)
		say(f, BAD, "apt install bubblewrap",
			"bubblewrap is not at " BWRAP_PATH);
	else if (st.st_mode & (S_ISUID | S_ISGID))
		say(f, BAD, "chmod u-s,g-s " BWRAP_PATH,
			BWRAP_PATH
			" is setuid; codex-sandbox refuses such a bwrap");
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		say(f, BAD, "chmod go-w " BWRAP_PATH,
			BWRAP_PATH " can be written to by others");
	else
		say(f, OK, "", BWRAP_PATH);
}

/* Installed beside init; what a setuid bit or a file capability is worth, the
 * kernel says when it is executed. */
static bool
launcher_is_privileged(void)
{
	struct stat st;
	char caps[64];

	return stat(LAUNCHER, &st) == 0 &&
	       ((st.st_mode & S_ISUID) != 0 ||
		       getxattr(LAUNCHER, "security.capability", caps,
			       sizeof(caps)) > 0);
}

static void
check_launcher(struct finding *f)
{
	struct stat st;
	struct statvfs fs;

	if (stat(LAUNCHER, &st) < 0)
		say(f, NOTE, "make install",
			LAUNCHER
			" is not there: what lies beside this program is used");
	else if (!launcher_is_privileged())
		say(f, OK, "", LAUNCHER ", not setuid");
	else if (st.st_nlink != 1)
		say(f, BAD, "find / -samefile " LAUNCHER,
			LAUNCHER
			" is setuid and has another name, which it refuses; remove the one that this finds");
	else if (access(LAUNCHER, X_OK) < 0)
		say(f, BAD, "adduser USER codex-sandbox",
			LAUNCHER " is setuid, and only for its group");
	else if (statvfs(LAUNCHER, &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0)
		say(f, BAD, "mount -o remount,suid MOUNT-POINT",
			LAUNCHER
			" is setuid on a file system that is mounted nosuid");
	else if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		say(f, NOTE, "start codex-sandbox outside of that",
			"we run with no_new_privs (a container, a service, another sandbox): the setuid bit of " LAUNCHER
			" has no effect");
	else
		say(f, OK, "", LAUNCHER ", setuid (mode %o)",
			(unsigned int)(st.st_mode & 07777));
}

/* No setting forbids them: a filter may, which is seen by trying alone. */
static void
check_userns_tried(struct finding *f, long max)
{
	const char *why = backend_no_namespaces(launcher_is_privileged());

	if (why)
		say(f, NOTE,
			"start the container or service with a filter that allows unshare and mount, or use --backend auto",
			"%s, and no setting says so: by the filter of a container or service",
			why);
	else
		say(f, OK, "", "allowed (at most %ld)", max);
}

static void
check_userns(struct finding *f)
{
	long clone =
		sysctl_number("/proc/sys/kernel/unprivileged_userns_clone");
	long max = sysctl_number("/proc/sys/user/max_user_namespaces");
	long apparmor = sysctl_number(
		"/proc/sys/kernel/apparmor_restrict_unprivileged_userns");

	if (max == 0)
		say(f, BAD, "sysctl -w user.max_user_namespaces=16384",
			"user.max_user_namespaces is 0: nobody may make one");
	else if (launcher_is_privileged() && (clone == 0 || apparmor == 1))
		say(f, OK, "",
			"for privileged programs only, and the launcher is one (SECURITY.md)");
	else if (clone == 0)
		say(f, NOTE, "sysctl -w kernel.unprivileged_userns_clone=1",
			"kernel.unprivileged_userns_clone is 0: only privileged programs may make one; a setuid launcher is another way (docs/HOSTS.md)");
	else if (apparmor == 1 && access(APPARMOR_PLACE, F_OK) == 0)
		say(f, OK, "",
			"for programs with an AppArmor profile, and there is " APPARMOR_PLACE);
	else if (apparmor == 1)
		say(f, NOTE,
			"install -m 644 " APPARMOR_PROFILE " " APPARMOR_PLACE
			" && apparmor_parser -r " APPARMOR_PLACE,
			"kernel.apparmor_restrict_unprivileged_userns is 1: only programs with an AppArmor profile may make one");
	else
		check_userns_tried(f, max);
}

static void
check_landlock(struct finding *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);

	if (abi < 0)
		say(f, NOTE,
			"boot with lsm=landlock,... on Linux 5.13 or newer",
			"not available: no second layer, no --backend landlock; --net full then has no unix sockets at all");
	else if (abi < 6)
		say(f, NOTE, "use Linux 6.12 or newer",
			"ABI %ld: too old for --backend landlock; cannot scope abstract sockets, --net full then has no unix sockets at all",
			abi);
	else
		say(f, OK, "",
			"ABI %ld; --backend landlock is possible where there are no namespaces",
			abi);
}

static void
check_limits(struct finding *f)
{
	const struct cgroup_limits all = { 1, 1, 1 };
	struct cgroup group = CGROUP_EMPTY;
	struct diag d = { 0 };

	if (cgroup_begin(&group, &all, 0, true, &d) < 0)
		say(f, NOTE, d.mend,
			"--memory, --pids and --cpu are refused: %s", d.cause);
	else
		say(f, OK, "", "--memory, --pids and --cpu hold, in %s",
			group.path);
	cgroup_end(&group);
}

static void
check_yama(struct finding *f)
{
	long scope = sysctl_number("/proc/sys/kernel/yama/ptrace_scope");

	if (scope < 0)
		say(f, OK, "", "not in this kernel");
	else if (scope == 3)
		say(f, NOTE, "systemctl reboot",
			"ptrace_scope 3: nobody may trace, debuggers fail inside too; it stays until a boot with another kernel.yama.ptrace_scope in /etc/sysctl.d");
	else
		say(f, OK, "", "ptrace_scope %ld", scope);
}

/* Asked for directly: libcap-ng reads files at every start of a program. */
static bool
has_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &head, half) == 0 &&
	       (half[0].effective | half[0].permitted | half[1].effective |
		       half[1].permitted) != 0;
}

static void
check_privilege(struct finding *f)
{
	if (has_capabilities())
		say(f, NOTE, "run codex-sandbox as an ordinary user",
			"uid %d holds capabilities; the sandbox drops them, but root's files stay root's inside",
			(int)getuid());
	else
		say(f, OK, "", "uid %d, no capabilities", (int)getuid());
}

/*
 * Run ourselves, as `codex-sandbox exec --sandbox read-only` would: whether a
 * command needs a question is not about this host.  `net` and `how` are
 * options more.
 */
static void
run_chain(char *net, char *how, int out)
{
	char *argv[] = { (char[]){ "codex-sandbox" }, (char[]){ "exec" },
		(char[]){ "--sandbox" }, (char[]){ "read-only" },
		(char[]){ "-C" }, (char[]){ "/" }, (char[]){ "--no-tty" },
		(char[]){ "--approved" }, net, how, (char[]){ "--" },
		(char[]){ "/bin/sh" }, (char[]){ "-c" }, (char[]){ ":" },
		NULL };

	(void)dup2(out, 2);
	(void)execv("/proc/self/exe", argv);
	_exit(DIAG_SETUP);
}

/* The exit code, or -errno where there is none, and the words to it. */
static int
try_chain(char *net, char *how, struct buf *words)
{
	own_fd int out = memfd_create("doctor", MFD_CLOEXEC);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		run_chain(net, how, out);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	(void)lseek(out, 0, SEEK_SET);
	(void)buf_read_fd(words, out, OUTPUT_MAX);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static void
check_chain(struct finding *f)
{
	own_buf struct buf words = { 0 };
	own_buf struct buf fewer = { 0 };
	int code = try_chain(
		(char[]){ "--net=none" }, (char[]){ "--grace=5s" }, &words);

	if (code == 0)
		say(f, OK, "", "a command runs in the sandbox");
	else
		say(f, BAD,
			try_chain((char[]){ "--backend=auto" },
				(char[]){ "--proc=none" }, &fewer) == 0
				? "mend what is named here and above; without that, and weaker: codex-sandbox exec --backend auto --sandbox read-only --proc none -- COMMAND"
				: "mend what is named here and above",
			"exit code %d: %.*s", code,
			(int)strcspn(buf_str(&words), "\n"), buf_str(&words));
}

/* Which doors a network by name has here; a sandbox without one is one too. */
static void
check_network(struct finding *f)
{
	own_buf struct buf words = { 0 };
	own_buf struct buf fewer = { 0 };

	if (try_chain((char[]){ "--net=proxy" }, (char[]){ "--transparent=on" },
		    &words) == 0)
		say(f, OK, "",
			"by name: the proxy, names, and any TCP connection");
	else if (try_chain((char[]){ "--net=proxy" },
			 (char[]){ "--transparent=auto" }, &fewer) == 0)
		say(f, NOTE,
			"load nft_tproxy, or name further ports in allow rules",
			"by name: the proxy, names, and connections to ports 22, 80, 443 and those that rules name: the kernel has no TPROXY here");
	else
		say(f, NOTE, "mend what is named below, or install completely",
			"not by name: %.*s",
			(int)strcspn(buf_str(&fewer), "\n"), buf_str(&fewer));
}

static void
check_directory(struct finding *f)
{
	own_buf struct buf words = { 0 };

	say(f, OK, "", "kept by this machine");
	if (elsewhere_here(&words))
		say(f, NOTE, "work in a directory on a disk of this machine",
			"this one is on %s", buf_str(&words));
}

static const struct check checks[] = {
	{ "kernel", check_kernel },
	{ "bubblewrap", check_bwrap },
	{ "launcher", check_launcher },
	{ "user namespaces", check_userns },
	{ "landlock", check_landlock },
	{ "limits", check_limits },
	{ "yama", check_yama },
	{ "privilege", check_privilege },
	{ "network", check_network },
	{ "directory", check_directory },
	{ "sandbox", check_chain },
};

enum { N_CHECKS = sizeof(checks) / sizeof(checks[0]) };

static const char *
word(enum verdict v)
{
	return v == OK ? "ok" : v == NOTE ? "note" : "bad";
}

static void
print_text(const struct finding found[N_CHECKS], struct buf *out)
{
	bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");

	for (size_t i = 0; i < N_CHECKS; i++) {
		static const char *const colours[] = { "\033[32m", "\033[33m",
			"\033[31m" };

		buf_printf(out, "%s%-5s%s %-16s ",
			colour ? colours[found[i].verdict] : "",
			word(found[i].verdict), colour ? "\033[0m" : "",
			checks[i].name);
		vis_str(out, found[i].detail);
		if (found[i].mend[0])
			buf_printf(out, "\n%23smend: %s", "", found[i].mend);
		buf_char(out, '\n');
	}
}

static void
print_json(const struct finding found[N_CHECKS], bool usable, struct buf *out)
{
	json_t *list = json_array();
	json_t *root;
	char *dump;

	for (size_t i = 0; i < N_CHECKS; i++)
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:s*, s:s}", "check",
				      checks[i].name, "verdict",
				      word(found[i].verdict), "detail",
				      found[i].detail, "mend", found[i].mend));
	root = json_pack("{s:s, s:b, s:o}", "version", VERSION, "usable",
		(int)usable, "checks", list);
	dump = json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	vis_json(out, dump ? dump : "{}");
	buf_char(out, '\n');
	free(dump);
	json_decref(root);
}

int
doctor_main(int argc, char **argv)
{
	struct finding found[N_CHECKS] = { 0 };
	own_buf struct buf out = { 0 };
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	bool usable;

	if (argc > 1 && !json) {
		struct diag d = { 0 };

		if (strcmp(argv[1], "--help") == 0) {
			static const char text[] =
				"codex-sandbox doctor [--json]\n\n"
				"Say what this host can do, what is missing, and the command that mends it.\n"
				"Exit code 0 when commands run in the sandbox, 1 when they do not.\n";

			return cli_write(STDOUT_FILENO, text, sizeof(text) - 1);
		}
		(void)diag_set(&d, -EINVAL, DIAG_USAGE, argv[1],
			"is no option of doctor", "use --json or nothing");
		return diag_print(&d);
	}
	for (size_t i = 0; i < N_CHECKS; i++)
		checks[i].run(&found[i]);
	usable = found[N_CHECKS - 1].verdict == OK;
	if (json)
		print_json(found, usable, &out);
	else
		print_text(found, &out);
	if (cli_write(STDOUT_FILENO, buf_str(&out), out.len) != 0)
		return DIAG_SETUP;
	return usable ? 0 : EXIT_UNUSABLE;
}
