/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DROPIN_H
#define POLICY_DROPIN_H
/*
 * dropin.h -- the command line of codex-linux-sandbox, in ours.
 *
 * Called by that name, codex-sandbox takes what the helper of that name takes,
 * in both generations (--sandbox-policy, --permission-profile), and translates
 * it into words of `codex-sandbox exec`.  What cannot mean the same is refused
 * with the reason; docs/DROPIN.md has the whole list of differences.
 */
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct diag;

struct dropin {
	int argc;
	const char **argv; /* owned array, strings borrowed; ends with NULL */
	char *cwd;         /* owned; the word after --chdir */
	char *ports;       /* owned; the word after --caller-proxy, or NULL */
	bool help;         /* --help was asked for: nothing else is set */
	/* --use-legacy-landlock: only a policy that narrows no file keeps it. */
	bool legacy_landlock;
	const char *profile; /* borrowed: the JSON, as the one or the other */
	const char *legacy;
};

void dropin_free(struct dropin *p); /* zeroed is legal */
#define own_dropin __attribute__((cleanup(dropin_free)))

/**
 * Translate argv (argv[0] is the name) for a process whose current directory is
 * `here`, absolute.  Looks at nothing but its arguments.  0; -EINVAL with a
 * usage diag; -EOPNOTSUPP with one of code 125 for what is understood and
 * cannot be had; -ENOMEM.
 */
int dropin_translate(int argc, char **argv, const char *here,
	struct dropin *ret, struct diag *d);

/**
 * May the policy be enforced without mounts, which is what --use-legacy-landlock
 * asks for?  0; -EOPNOTSUPP; or what reading the policy gives.
 */
int dropin_check_landlock(const struct dropin *p, struct diag *d);

void dropin_help(struct buf *out);

#endif /* POLICY_DROPIN_H */
