/* SPDX-License-Identifier: Apache-2.0 */
/* run_translate_test.c -- words of launcher, bwrap and init for a person. */
#include "policy/run_translate.h"

#include <stdint.h>
#include <string.h>

#include "policy/diag.h"
#include "tests/unit/tap.h"

enum { EXITED_1 = 1 << 8, KILLED_BY_SEGV = 11 };

/* thing is compared as a whole, cause and mend have to hold these words. */
static const struct row {
	const char *name;
	const char *text;
	int wstatus;
	const char *thing;
	const char *cause;
	const char *mend;
} rows[] = {
	{ "launcher passes through",
		"codex-sandbox-launch: plan: not sealed; report it\n", EXITED_1,
		"plan", "not sealed", "report it" },
	{ "init passes through",
		"codex-sandbox: /cwd: not visible; give another\n", EXITED_1,
		"/cwd", "not visible", "give another" },
	{ "launcher, in a container",
		"codex-sandbox-launch: making a user namespace: not permitted; ask 'codex-sandbox doctor'\n",
		EXITED_1, "making a user namespace", "not permitted",
		"doctor, or, in a container, use --backend auto" },
	{ "launcher, which knows the mend",
		"codex-sandbox-launch: making a user namespace: no space left; raise max_user_namespaces\n",
		EXITED_1, "making a user namespace", "no space left",
		"raise max_user_namespaces" },
	{ "no mend", "codex-sandbox-launch: /: not permitted\n", EXITED_1, "/",
		"not permitted", "" },
	{ "the last semicolon begins the mend",
		"codex-sandbox-launch: a: b; c; d\n", EXITED_1, "a", "b; c",
		"d" },
	{ "no thing", "codex-sandbox: words\n", EXITED_1, "sandbox", "words",
		"" },
	{ "codes of fail.c are undone", "codex-sandbox: /a\\x5cb\\x1b: x; y\n",
		EXITED_1, "/a\\b\x1b", "x", "y" },
	{ "a coded NUL stays coded", "codex-sandbox: /a\\x00b: x; y\n",
		EXITED_1, "/a\\x00b", "x", "y" },
	{ "no newline at the end", "codex-sandbox: a: b; c", EXITED_1, "a", "b",
		"c" },
	{ "ours wins over bwrap's after it",
		"codex-sandbox: a: b; c\nbwrap: Can't mount proc on /x\n",
		EXITED_1, "a", "b", "c" },
	{ "AppArmor, map", "bwrap: setting up uid map: Permission denied\n",
		EXITED_1, "user namespace", "AppArmor", "AppArmor" },
	{ "uid map for another reason is only quoted",
		"bwrap: setting up uid map: Invalid argument\n", EXITED_1,
		"bubblewrap", "setting up uid map: Invalid argument",
		"doctor" },
	{ "AppArmor, lo",
		"bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted\n",
		EXITED_1, "private network", "AppArmor", "AppArmor" },
	{ "forbidden",
		"bwrap: No permissions to create new namespace, likely because the kernel does not allow\n",
		EXITED_1, "namespaces", "forbids",
		"unprivileged_userns_clone" },
	{ "forbidden, older words",
		"bwrap: No permissions to creating new namespace\n", EXITED_1,
		"namespaces", "forbids", "unprivileged_userns_clone" },
	{ "none allowed",
		"bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)\n",
		EXITED_1, "namespaces", "limited", "max_user_namespaces" },
	{ "/proc",
		"bwrap: Can't mount proc on /newroot/proc: Operation not permitted\n",
		EXITED_1, "/proc", "masked", "unmask" },
	{ "/proc of bwrap 0.12",
		"bwrap: Can't mount proc on /proc: Operation not permitted\n",
		EXITED_1, "/proc", "masked", "unmask" },
	{ "slave", "bwrap: Failed to make / slave: Permission denied\n",
		EXITED_1, "mount namespace", "container", "mount" },
	{ "pivot_root", "bwrap: pivot_root: Invalid argument\n", EXITED_1,
		"root of the sandbox", "ramdisk", "root file system" },
	{ "vanished", "bwrap: Can't find source path /x: No such file\n",
		EXITED_1, "mount", "vanished", "again" },
	{ "too old", "bwrap: Unknown option --as-pid-1\n", EXITED_1,
		"bubblewrap", "too old", "0.8" },
	{ "init cannot start",
		"bwrap: execvp /proc/self/fd/9: Permission denied\n", EXITED_1,
		"codex-sandbox-init", "started", "noexec" },
	{ "bwrap's own words are kept", "bwrap: pivot_root: Invalid argument\n",
		EXITED_1, "root of the sandbox",
		"(bwrap: pivot_root: Invalid argument)", "root file system" },
	{ "known words in an earlier line",
		"bwrap: Can't mount proc on /x: y\nsomething else\n", EXITED_1,
		"/proc", "masked", "unmask" },
	{ "unknown: the last line", "first\n\nbwrap: strange\n\n", EXITED_1,
		"bubblewrap", "strange", "doctor" },
	{ "nothing said", "", EXITED_1, "sandbox", "status 1", "doctor" },
	{ "only newlines", "\n\n", EXITED_1, "sandbox", "status 1", "doctor" },
	{ "killed", "", KILLED_BY_SEGV, "sandbox", "signal 11", "doctor" },
};

static void
test_rows(struct tap *t)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct diag d = { 0 };
		run_translate(r->text, strlen(r->text), r->wstatus, &d);
		bool ok = d.code == DIAG_SETUP &&
			  strcmp(d.thing, r->thing) == 0 &&
			  strstr(d.cause, r->cause) != NULL &&
			  strstr(d.mend, r->mend) != NULL &&
			  (r->mend[0] != '\0' || d.mend[0] == '\0');
		if (!tap_ok(t, ok, "%s", r->name))
			(void)printf("# %d|%s|%s|%s\n", d.code, d.thing,
				d.cause, d.mend);
	}
}

/* Bytes that are no text, lines without end, cut at every place. */
static void
test_hostile(struct tap *t)
{
	static char text[6000];
	static const char seed[] =
		"codex-sandbox: \\x\\x1\\x1b\\xzz: ;; ; \nbwrap: \xff\xfe";
	bool filled = true;
	for (size_t len = 0; len <= sizeof(seed); len++) {
		struct diag d = { 0 };
		run_translate(seed, len, EXITED_1, &d);
		filled = filled && d.cause[0] != '\0';
	}
	tap_ok(t, filled, "a text cut at any place has a cause");
	memset(text, 'x', sizeof(text));
	struct diag d = { 0 };
	run_translate(text, sizeof(text), EXITED_1, &d);
	tap_ok(t, strlen(d.cause) > 100 && strlen(d.cause) < DIAG_TEXT_MAX,
		"a line without end is cut");
	memset(text, '\0', sizeof(text));
	diag_reset(&d);
	run_translate(text, sizeof(text), EXITED_1, &d);
	tap_str(t, d.thing, "bubblewrap", "NUL bytes are no text");
}

int
main(void)
{
	struct tap t = { 0 };
	test_rows(&t);
	test_hostile(&t);
	return tap_end(&t);
}
