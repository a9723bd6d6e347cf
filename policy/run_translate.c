/* SPDX-License-Identifier: Apache-2.0 */
/* run_translate.c -- from words of bwrap to a mend (room: user). */
#include "policy/run_translate.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"

enum { ERRLOG_MAX = 64 << 10, CODE_SIGNAL = 128 };

#define DOCTOR "run codex-sandbox doctor"

/*
 * bwrap's texts differ between versions: each row holds words that have been
 * the same since 0.4, the first row that fits is taken.  `also` is NULL or must
 * be there too.
 */
static const struct known {
	const char *words;
	const char *also;
	const char *thing;
	const char *cause;
	const char *mend;
} known[] = {
	{ "setting up uid map", "Permission denied", "user namespace",
		"AppArmor takes the rights away from unprivileged ones",
		"give codex-sandbox-launch an AppArmor profile that allows userns" },
	{ "loopback: Failed", NULL, "private network",
		"AppArmor takes the rights away from unprivileged user namespaces",
		"give codex-sandbox-launch an AppArmor profile that allows userns" },
	{ "max_", "ENOSPC", "namespaces",
		"their number is limited, or they are too deep inside each other",
		"raise user.max_user_namespaces and its neighbours (sysctl)" },
	{ "No permissions to creat", NULL, "namespaces",
		"the kernel or the filter of a container forbids them",
		"sysctl kernel.unprivileged_userns_clone=1, start the container with "
		"a seccomp profile that allows unshare, or use --backend auto" },
	{ "Creating new namespace failed", NULL, "namespaces",
		"the kernel or the filter of a container forbids them",
		"sysctl kernel.unprivileged_userns_clone=1, start the container with "
		"a seccomp profile that allows unshare, or use --backend auto" },
	{ "Joining", "user namespace", "user namespace",
		"bubblewrap may not join the one made for it", DOCTOR },
	{ "Can't mount proc", NULL, "/proc",
		"this host does not let a sandbox mount its own (a container "
		"with a masked /proc)",
		"unmask /proc for the container, or use --proc host or, where "
		"init lays the mounts, --proc none" },
	{ "Failed to mount tmpfs", NULL, "/tmp",
		"bubblewrap begins there, and cannot: is the directory there?",
		"make it, or mount a tmpfs on it" },
	{ "Failed to make / slave", NULL, "mount namespace",
		"the filter or security module of a container forbids mounts",
		"start the container with a profile that allows mount, or use "
		"--backend auto" },
	{ "pivot_root", NULL, "root of the sandbox",
		"the host's root file system is an initial ramdisk, which "
		"cannot be left",
		"start the system from a real root file system" },
	{ "fchdir to oldroot", NULL, "root of the sandbox",
		"the host emulates chroot (proot)", "run on the host itself" },
	{ "Can't find source path", NULL, "mount",
		"what should be mounted has vanished since it was opened",
		"try again" },
	{ "Unknown option", NULL, "bubblewrap",
		"it is too old to know an option",
		"install bubblewrap 0.8 or later" },
	{ "Exceeded maximum number of arguments", NULL, "policy",
		"it has more mounts than bubblewrap takes",
		"grant directories instead of what is in them" },
	{ "execvp", NULL, "codex-sandbox-init",
		"it cannot be started inside the sandbox",
		"install it on a file system that is not mounted noexec" },
};

struct text {
	const char *at;
	size_t len;
};

/* The next line that is not empty; false at the end. */
static bool
next_line(struct text *rest, struct text *ret_line)
{
	while (rest->len > 0) {
		const char *end = memchr(rest->at, '\n', rest->len);
		size_t len = end == NULL ? rest->len : (size_t)(end - rest->at);
		size_t used = end == NULL ? len : len + 1;
		*ret_line = (struct text){ rest->at, len };
		rest->at += used;
		rest->len -= used;
		if (len > 0)
			return true;
	}
	return false;
}

static bool
has(struct text line, const char *words)
{
	return memmem(line.at, line.len, words, strlen(words)) != NULL;
}

static bool
skip_prefix(struct text *line, const char *prefix)
{
	size_t len = strlen(prefix);
	if (line->len < len || memcmp(line->at, prefix, len) != 0)
		return false;
	line->at += len;
	line->len -= len;
	return true;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* Copy, undoing the \xNN of launcher/fail.c; cut when it is too long. */
static void
decode(struct text from, char to[DIAG_TEXT_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < from.len && n < DIAG_TEXT_MAX - 1; i++) {
		bool coded = from.len - i >= 4 && from.at[i] == '\\' &&
			     from.at[i + 1] == 'x' &&
			     hex_digit(from.at[i + 2]) >= 0 &&
			     hex_digit(from.at[i + 3]) >= 0;
		int byte = coded ? hex_digit(from.at[i + 2]) * 16 +
					   hex_digit(from.at[i + 3])
				 : (unsigned char)from.at[i];
		/* A NUL would end the text: it stays in its coded form. */
		if (coded && byte != 0)
			i += 3;
		else
			byte = (unsigned char)from.at[i];
		if (byte != 0)
			to[n++] = (char)byte; /* 1 to 255 */
	}
	to[n] = '\0';
}

/* THING: CAUSE; MEND of a program of ours. */
static void
take_apart(struct text line, struct diag *d)
{
	char thing[DIAG_TEXT_MAX];
	char cause[DIAG_TEXT_MAX];
	char mend[DIAG_TEXT_MAX];
	const char *end = line.at + line.len;
	const char *colon = memmem(line.at, line.len, ": ", 2);
	const char *from = colon == NULL ? line.at : colon + 2;
	const char *semicolon = NULL;
	for (const char *p = from; end - p >= 2; p++)
		if (p[0] == ';' && p[1] == ' ')
			semicolon = p;
	struct text parts[] = {
		{ line.at, colon == NULL ? 0 : (size_t)(colon - line.at) },
		{ from, (size_t)((semicolon == NULL ? end : semicolon) -
				 from) },
		{ semicolon == NULL ? end : semicolon + 2,
			semicolon == NULL ? 0 : (size_t)(end - semicolon - 2) },
	};
	decode(parts[0], thing);
	decode(parts[1], cause);
	decode(parts[2], mend);
	/* The launcher does not know what else there is. */
	if (strcmp(thing, "making a user namespace") == 0 &&
		strstr(mend, "doctor") != NULL)
		(void)snprintf(mend, sizeof(mend), "%s",
			"run codex-sandbox doctor, or, in a container, use --backend auto");
	if (cause[0] == '\0')
		(void)diag_set(d, 0, DIAG_SETUP, "sandbox",
			"it failed in the middle of a sentence", DOCTOR);
	(void)diag_set(d, 0, DIAG_SETUP, thing[0] == '\0' ? "sandbox" : thing,
		cause, mend);
}

static bool
is_known(struct text line, struct diag *d)
{
	char said[DIAG_TEXT_MAX];
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct known *k = &known[i];
		if (!has(line, k->words) ||
			(k->also != NULL && !has(line, k->also)))
			continue;
		decode(line, said);
		(void)diag_setf(d, 0, DIAG_SETUP, k->thing, k->mend,
			"%s (bwrap: %s)", k->cause, said);
		return true;
	}
	return false;
}

static void
said_nothing(int wstatus, struct diag *d)
{
	if (WIFSIGNALED(wstatus))
		(void)diag_setf(d, 0, DIAG_SETUP, "sandbox", DOCTOR,
			"it was killed by signal %d (%s) before the command "
			"started",
			WTERMSIG(wstatus), strsignal(WTERMSIG(wstatus)));
	else
		(void)diag_setf(d, 0, DIAG_SETUP, "sandbox", DOCTOR,
			"it ended with status %d before the command started, "
			"and said nothing",
			WEXITSTATUS(wstatus));
}

void
run_translate(const char *text, size_t len, int wstatus, struct diag *d)
{
	struct text rest = { text, len };
	struct text line = { 0 };
	struct text last = { 0 };
	char said[DIAG_TEXT_MAX];
	while (next_line(&rest, &line)) {
		if (skip_prefix(&line, "codex-sandbox-launch: ") ||
			skip_prefix(&line, "codex-sandbox: ")) {
			take_apart(line, d);
			return;
		}
		(void)skip_prefix(&line, "bwrap: ");
		if (is_known(line, d))
			return;
		last = line;
	}
	if (last.len == 0) {
		said_nothing(wstatus, d);
		return;
	}
	decode(last, said);
	(void)diag_set(d, 0, DIAG_SETUP, "bubblewrap", said, DOCTOR);
}

void
run_translate_log(int errlog_fd, int wstatus, struct diag *d)
{
	own_buf struct buf said = { .max = ERRLOG_MAX };
	/* Too much or unreadable: what was read until then has to do. */
	if (lseek(errlog_fd, 0, SEEK_SET) == 0)
		(void)buf_read_fd(&said, errlog_fd, ERRLOG_MAX);
	run_translate(buf_str(&said), said.len, wstatus, d);
}

int
run_translate_death(int wstatus, struct diag *d)
{
	bool monitor = WIFSIGNALED(wstatus);
	int code = CODE_SIGNAL + (monitor ? WTERMSIG(wstatus) : SIGKILL);
	(void)diag_setf(d, 0, code, "sandbox",
		"look for who killed it (out of memory?)",
		"%s was killed while the command ran; nothing of it is left",
		monitor ? "the process beside the command"
			: "its first process");
	return code;
}
