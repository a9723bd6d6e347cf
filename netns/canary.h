/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_CANARY_H
#define NETNS_CANARY_H
/*
 * canary.h -- proof before exec: try what must fail.
 *
 * Called when the cage is shut and nothing of the command has run: init then
 * holds exactly the command's rights.  A success, or an errno that is not the
 * expected one, ends the sandbox with exit code 125 and names the property.
 * With PLAN_PROVE every attempt is reported, one line each, on `report_fd`:
 *
 *   proved: PROPERTY: ATTEMPT: ERRNO
 */
struct plan;

/** Try everything that applies; `abstract_fd` is from canary_listen(), or -1. */
void canary_prove(const struct plan *plan, int abstract_fd, int report_fd);

/**
 * An abstract listening socket in the host's network namespace, made before
 * Landlock scopes this process: afterwards it must be out of reach.  Ends the
 * sandbox when it cannot be made.
 */
int canary_listen(void);

/* --- used between canary*.c ------------------------------------------------ */

enum { CANARY_ERRNOS = 4 };

struct proof {
	const struct plan *plan;
	int report_fd; /* -1: say nothing */
};

struct claim {
	const char *property;
	const char *attempt;
	int want[CANARY_ERRNOS]; /* what proves it; 0 = none */
};

/**
 * Ends the sandbox unless `err` is wanted; else reports it when asked to.  The
 * attempt was made on `path`, or on nothing that has one (NULL).
 */
void canary_judge(const struct proof *p, const struct claim *claim,
	const char *path, int err);

/** Try what the plan says of its mounts. */
void canary_mounts(const struct proof *p);

#endif /* NETNS_CANARY_H */
