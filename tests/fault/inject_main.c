/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject_main.c -- make every system call of launcher and init fail, one a run,
 * and judge each run; room: test.
 *
 *   inject_main [-pqtvz] [-u UID] MARKER CMD...
 *
 * CMD runs a sandbox whose command is tests/e2e/look.c with MARKER, which leaves
 * "full" there when it starts in a full cage.  The rule:
 *
 *   the command never starts, and the front end ends with 125 (126, 127) and
 *   one line that says why; or it starts, in the full cage, and ends with its
 *   own status, or 125 and one line; nobody hangs, nobody is left behind, and
 *   nobody ever executes anything with a right outside (as root: -u).
 *
 * -p  only the launcher and its child
 * -q  each call once, with one error, and some of those made in dozens
 * -t  standard input is a terminal
 * -v  every run on a line
 * -z  calls lie instead: they report success and do nothing
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/trace.h"

enum { CODE = 42, TIGHT_CODE = 43 }; /* of look.c */

static const char *const role_names[ROLES] = {
	[LAUNCH] = "launch",
	[HOLDER] = "holder",
	[INIT] = "init",
	[CHILD] = "child",
};

static const int errors[] = { EPERM, EINVAL, ENOMEM, EIO, EACCES, EMFILE, EINTR,
	ENOSYS };
enum { ERRORS = sizeof errors / sizeof errors[0] };

/* These cannot fail: no kernel and no filter with a use makes them. */
static const char *const infallible[] = { "exit", "exit_group", "getpid",
	"getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "umask",
	"rt_sigreturn", "set_tid_address", "arch_prctl" };

/* Steps of the cage that give back nothing but 0: whether they were made shows
 * only when somebody looks. */
static const char *const believed[] = { "capset", "prctl", "seccomp",
	"landlock_restrict_self", "mount_setattr", "move_mount", "umount2",
	"pivot_root", "unshare", "close_range", "setresuid", "setresgid",
	"fchmodat", "fsconfig", "chdir", "fchdir", "setsid", "mkdirat",
	"symlinkat", "setitimer", "personality" };

/* A sample for the quick one: of calls made in dozens, some. */
enum { ALL_OF_THESE = 6, THEN_ONE_IN = 5 };

struct sweep {
	const char *marker;
	char **argv;
	bool launcher, quick, lie, verbose;
	struct setting setting;
	unsigned int runs, refused, ran, cut, bad, missed;
	unsigned int seen[ROLES][CALLS_MAX]; /* by system call number */
};

static bool
is_named(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}
#define IS_NAMED(name, list) \
	is_named(name, list, sizeof(list) / sizeof((list)[0]))

/* --- judging one run ---------------------------------------------------------- */

/* What the command left; "" when it did not start. */
static void
take_marker(const char *path, char text[256])
{
	ssize_t n = readlink(path, text, 255);
	text[n > 0 ? n : 0] = '\0';
	(void)unlink(path);
}

static bool
is_one_line_of_ours(const char *text)
{
	const char *end = strchr(text, '\n');
	return strncmp(text, "codex-sandbox", 13) == 0 && end != NULL &&
	       end[1] == '\0';
}

/* NULL, or what is wrong. */
static const char *
judge(struct sweep *s, const struct outcome *o, const char *marker)
{
	const bool told = is_one_line_of_ours(o->err);
	if (o->hung)
		return "it hangs";
	if (o->survived)
		return "somebody is left behind";
	if (o->gained[0] != '\0')
		return "somebody has rights outside";
	/* A grant that is missing is no hole; the command says so itself. */
	if (marker[0] == '\0' && o->code == TIGHT_CODE) {
		s->ran++;
		return NULL;
	}
	if (marker[0] == '\0') {
		s->refused++;
		if (o->code != 125 && o->code != 126 && o->code != 127)
			return "the command did not run, and the status is not 125";
		return told ? NULL : "no reason, or more than one line";
	}
	if (strcmp(marker, "full") != 0)
		return "the command ran in a cage with a hole";
	if (o->code == CODE) {
		s->ran++;
		return o->err[0] == '\0' ? NULL
					 : "all went well, but a message";
	}
	s->cut++;
	return o->code == 125 && told ? NULL : "the command ran, and then?";
}

static void
show(const struct outcome *o, const char *marker)
{
	printf("#   status %d, marker \"%s\"\n", o->code, marker);
	if (o->gained[0] != '\0')
		printf("#   gained: %s", o->gained);
	for (const char *line = o->err; *line != '\0';) {
		const char *end = strchrnul(line, '\n');
		printf("#   stderr: %.*s\n", (int)(end - line), line);
		line = *end == '\n' ? end + 1 : end;
	}
}

static void
run_one(struct sweep *s, const struct fault *fault, const char *call,
	struct outcome *o)
{
	char marker[256];
	const char *error =
		fault->err == 0 ? "a lie" : strerrorname_np(fault->err);
	if (!trace_run(s->argv, &s->setting, fault, o)) {
		perror("inject: ptrace");
		exit(2);
	}
	take_marker(s->marker, marker);
	s->runs++;
	s->missed += !o->hit;
	const char *wrong = judge(s, o, marker);
	s->bad += wrong != NULL;
	if (wrong != NULL || s->verbose)
		printf("# %s: %s %u %s: %s\n", wrong != NULL ? wrong : "good",
			role_names[fault->role], fault->index, call, error);
	if (wrong != NULL || s->verbose)
		show(o, marker);
	(void)fflush(stdout);
}

/* --- the sweep ------------------------------------------------------------------- */

static void
name_of(int nr, char name[32])
{
	char *text = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
	(void)snprintf(name, 32, "%s", text != NULL ? text : "unknown");
	free(text);
}

static void
sweep_call(struct sweep *s, struct fault fault, int nr, struct outcome *o)
{
	char name[32];
	name_of(nr, name);
	if (IS_NAMED(name, infallible) || (s->lie && !IS_NAMED(name, believed)))
		return;
	const unsigned int seen = s->seen[fault.role][nr % CALLS_MAX]++;
	if (s->quick && seen >= ALL_OF_THESE && seen % THEN_ONE_IN != 0)
		return;
	for (unsigned int e = 0; e < ERRORS; e++) {
		/* In the quick one the errors take turns. */
		if (s->quick && e != fault.index % ERRORS)
			continue;
		/* close() gives the descriptor back first, and says so. */
		if (errors[e] == EINTR && strcmp(name, "close") == 0 && !s->lie)
			continue;
		fault.err = s->lie ? 0 : errors[e];
		run_one(s, &fault, name, o);
		if (s->lie)
			return;
	}
}

static int
sweep_all(struct sweep *s)
{
	static struct outcome whole, o;
	const struct fault none = { NOBODY, 0, 0 };
	char marker[256];
	if (!trace_run(s->argv, &s->setting, &none, &whole)) {
		perror("inject: ptrace");
		return 2;
	}
	take_marker(s->marker, marker);
	if (whole.code != CODE || strcmp(marker, "full") != 0 ||
		whole.gained[0] != '\0') {
		printf("# without a fault it does not work:\n");
		show(&whole, marker);
		return 2;
	}
	/* Behind the proof nothing is laid any more: what a child of init does
	 * is checked by its results only. */
	const enum role end = s->launcher ? INIT : s->lie ? CHILD : OTHER;
	for (enum role r = LAUNCH; r < end; r++)
		for (unsigned int i = 0; i < whole.calls[r]; i++)
			sweep_call(s, (struct fault){ r, i, 0 },
				whole.call[r][i], &o);
	printf("%u injections: %u refused, %u in the full cage, %u ended by it, %u not reached, %u bad\n",
		s->runs, s->refused, s->ran, s->cut, s->missed, s->bad);
	return s->bad == 0 && s->runs > s->missed ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static struct sweep s;
	cpu_set_t here;
	int option;
	while ((option = getopt(argc, argv, "+pqtu:vz")) != -1)
		switch (option) {
		case 'p': s.launcher = true; break;
		case 'q': s.quick = true; break;
		case 't': s.setting.terminal = true; break;
		case 'u':
			s.setting.uid = (uid_t)strtoul(optarg, NULL, 10);
			break;
		case 'v': s.verbose = true; break;
		case 'z': s.lie = true; break;
		default: return 2;
		}
	if (argc - optind < 2)
		return 2;
	s.marker = argv[optind];
	s.argv = argv + optind + 1;
	/* To one processor: a stop hands over, and wakes nobody elsewhere. */
	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	(void)sched_setaffinity(0, sizeof here, &here);
	return sweep_all(&s);
}
