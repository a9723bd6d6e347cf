/* SPDX-License-Identifier: Apache-2.0 */
/* dropin_test.c -- the older helper's command lines, word by word. */
#include "policy/dropin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

enum { WORDS_MAX = 24 };

/* Words apart by '|' on both sides; no word of a test holds one. */
struct line {
	char text[1024];
	char *words[WORDS_MAX + 1];
	int n;
};

static void
split(struct line *l, const char *text)
{
	*l = (struct line){ .n = 1 };
	(void)snprintf(l->text, sizeof(l->text), "helper|%s", text);
	l->words[0] = l->text;
	for (char *c = l->text; *c; c++)
		if (*c == '|' && l->n < WORDS_MAX) {
			*c = '\0';
			l->words[l->n++] = c + 1;
		}
	if (text[0] == '\0')
		l->n = 1;
	l->words[l->n] = NULL;
}

static void
join(const struct dropin *p, struct buf *out)
{
	for (int i = 0; i < p->argc; i++) {
		if (i > 0)
			buf_char(out, '|');
		buf_str_add(out, p->argv[i]);
	}
}

static const struct {
	const char *given;
	const char *made;
} good[] = {
	/* the second generation, as Codex 0.169 calls it */
	{ "--sandbox-policy-cwd|/w|--command-cwd|/w/sub|--permission-profile|{}|--|sh|-c|x",
		"exec|--workspace|/w|--chdir|/w/sub|--permission-profile|{}|--env-inherit|all|--approved|--|sh|-c|x" },
	/* the first */
	{ "--sandbox-policy-cwd|/w|--sandbox-policy|{}|--use-bwrap-sandbox|--|true",
		"exec|--workspace|/w|--chdir|/here|--sandbox-policy|{}|--env-inherit|all|--approved|--|true" },
	{ "--sandbox-policy-cwd=/w|--permission-profile={}|--no-proc|true|--no-proc",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--proc|none|--|true|--no-proc" },
	/* relative: to where the helper was started */
	{ "--sandbox-policy-cwd|w|--command-cwd|../x|--permission-profile|{}|true",
		"exec|--workspace|w|--chdir|/x|--permission-profile|{}|--env-inherit|all|--approved|--|true" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--|--help",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--|--help" },
	{ "--permission-profile|{}|--sandbox-policy-cwd|/w|--|--|x",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--|--|x" },
	{ "--permission-profile|{}|--sandbox-policy-cwd|/w|-",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--|-" },
	/* the proxy that the agent has */
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--managed-network|{\"loopbackPorts\":[3128,8080],\"allowLocalBinding\":true}|x",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--net|proxy|--caller-proxy|3128,8080|--unix|none|--|x" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--managed-network={\"dangerouslyAllowAllUnixSockets\":true}|x",
		"exec|--workspace|/w|--chdir|/here|--permission-profile|{}|--env-inherit|all|--approved|--net|proxy|--caller-proxy|any|--|x" },
	{ "--sandbox-policy-cwd|/w|--sandbox-policy|{}|--allow-network-for-proxy|x",
		"exec|--workspace|/w|--chdir|/here|--sandbox-policy|{}|--env-inherit|all|--approved|--net|proxy|--caller-proxy|any|--unix|none|--|x" },
};

static const struct {
	const char *given;
	int err;
	int code;
	const char *words; /* of thing or cause */
} bad[] = {
	{ "", -EINVAL, DIAG_USAGE, "--sandbox-policy-cwd" },
	{ "true", -EINVAL, DIAG_USAGE, "--sandbox-policy-cwd" },
	{ "--sandbox-policy-cwd|/w|true", -EINVAL, DIAG_USAGE,
		"--permission-profile" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}", -EINVAL,
		DIAG_USAGE, "COMMAND" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--", -EINVAL,
		DIAG_USAGE, "COMMAND" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--sandbox-policy|{}|x",
		-EINVAL, DIAG_USAGE, "contradicts" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|@/etc/passwd|x",
		-EINVAL, DIAG_USAGE, "is no JSON" },
	{ "--sandbox-policy-cwd|/w|--sandbox-policy|@x|x", -EINVAL, DIAG_USAGE,
		"is no JSON" },
	{ "--sandbox-policy-cwd", -EINVAL, DIAG_USAGE, "needs a value" },
	{ "--sandbox-policy-cwd=", -EINVAL, DIAG_USAGE, "needs a value" },
	{ "--sandbox-policy-cwd|--permission-profile|{}|x", -EINVAL, DIAG_USAGE,
		"needs a value" },
	{ "--no-proc=1|x", -EINVAL, DIAG_USAGE, "takes no value" },
	{ "--no-proc|--no-proc|x", -EINVAL, DIAG_USAGE, "given twice" },
	{ "--sandbox-policy-cwd|/a|--sandbox-policy-cwd|/b|x", -EINVAL,
		DIAG_USAGE, "given twice" },
	{ "--sandbox|x", -EINVAL, DIAG_USAGE, "is no option" },
	{ "--no-pro|x", -EINVAL, DIAG_USAGE, "is no option" },
	{ "-x", -EINVAL, DIAG_USAGE, "is no option" },
	{ "--version", -EINVAL, DIAG_USAGE, "is no option" },
	{ "--=x", -EINVAL, DIAG_USAGE, "is no option" },
	{ "--apply-seccomp-then-exec|x", -EINVAL, DIAG_USAGE, "inner stage" },
	{ "--proxy-route-spec|{}|x", -EINVAL, DIAG_USAGE, "inner stage" },
	{ "--verify-fd-mount|3:/x|x", -EINVAL, DIAG_USAGE, "inner stage" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--managed-network|{\"loopbackPorts\":[0]}|x",
		-EINVAL, DIAG_SETUP, "loopbackPorts" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--managed-network|{\"loopback\":[1]}|x",
		-EINVAL, DIAG_SETUP, "loopback" },
	{ "--sandbox-policy-cwd|/w|--permission-profile|{}|--managed-network|[]|x",
		-EINVAL, DIAG_SETUP, "--managed-network" },
	{ "--inherit-pid-namespace|x", -EOPNOTSUPP, DIAG_SETUP, "kill" },
};

static void
test_lines(struct tap *t)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		own_dropin struct dropin p = { 0 };
		own_buf struct buf made = { 0 };
		struct diag d = { 0 };
		struct line l;

		split(&l, good[i].given);
		if (dropin_translate(l.n, l.words, "/here", &p, &d) < 0)
			buf_printf(&made, "%s: %s", d.thing, d.cause);
		else
			join(&p, &made);
		tap_str(t, buf_str(&made), good[i].made, good[i].given);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		own_dropin struct dropin p = { 0 };
		struct diag d = { 0 };
		struct line l;

		split(&l, bad[i].given);
		tap_ok(t,
			dropin_translate(l.n, l.words, "/here", &p, &d) ==
					bad[i].err &&
				d.code == bad[i].code && !p.argv &&
				(strstr(d.thing, bad[i].words) ||
					strstr(d.cause, bad[i].words)) &&
				d.mend[0] != '\0',
			"refused: %s (%s: %s)", bad[i].given, d.thing, d.cause);
	}
}

static void
test_help(struct tap *t)
{
	own_dropin struct dropin p = { 0 };
	own_buf struct buf text = { 0 };
	struct diag d = { 0 };
	struct line l;

	split(&l, "--no-proc|-h");
	tap_int(t, dropin_translate(l.n, l.words, "/here", &p, &d), 0,
		"-h needs nothing else");
	tap_ok(t, p.help && !p.argv, "and makes no command");
	dropin_help(&text);
	tap_ok(t,
		strstr(buf_str(&text), "--sandbox-policy-cwd DIR") &&
			strstr(buf_str(&text), "--managed-network JSON"),
		"the help has the options");
}

static const struct {
	const char *profile; /* in either form */
	bool legacy;
	int err;
} landlock[] = {
	{ "{\"type\":\"disabled\"}", false, 0 },
	{ "{\"type\":\"external\",\"network\":\"restricted\"}", false, 0 },
	{ "{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":{\"type\":\"unrestricted\"}}",
		false, 0 },
	{ "{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":{\"type\":\"restricted\",\"entries\":[{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":\"write\"}]}}",
		false, 0 },
	{ "{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":{\"type\":\"restricted\",\"entries\":[{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":\"write\"},{\"path\":{\"type\":\"path\",\"path\":\"/x\"},\"access\":\"deny\"}]}}",
		false, -EOPNOTSUPP },
	{ "{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":{\"type\":\"restricted\",\"entries\":[{\"path\":{\"type\":\"path\",\"path\":\"/x\"},\"access\":\"write\"}]}}",
		false, -EOPNOTSUPP },
	{ "{}", false, -EOPNOTSUPP },
	{ "{\"type\":\"danger-full-access\"}", true, 0 },
	{ "{\"type\":\"read-only\"}", true, -EOPNOTSUPP },
	{ "{\"type\":\"workspace-write\"}", true, -EOPNOTSUPP },
	{ "{\"type\":\"nonsense\"}", true, -EINVAL },
	{ "{", false, -EINVAL },
};

static void
test_landlock(struct tap *t)
{
	for (size_t i = 0; i < sizeof(landlock) / sizeof(landlock[0]); i++) {
		struct dropin p = { .legacy_landlock = true };
		struct diag d = { 0 };

		if (landlock[i].legacy)
			p.legacy = landlock[i].profile;
		else
			p.profile = landlock[i].profile;
		tap_int(t, dropin_check_landlock(&p, &d), landlock[i].err,
			landlock[i].profile);
		p.legacy_landlock = false;
		tap_int(t, dropin_check_landlock(&p, &d), 0,
			"not asked, not looked at");
	}
}

int
main(void)
{
	struct tap t = { 0 };

	test_lines(&t);
	test_help(&t);
	test_landlock(&t);
	return tap_end(&t);
}
