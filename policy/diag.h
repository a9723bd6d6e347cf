/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DIAG_H
#define POLICY_DIAG_H
/*
 * diag.h -- one error for a person: the thing, the cause, the mend.
 *
 * Libraries never print.  They return 0 or -Exxx and fill a struct diag (which
 * may be NULL: the caller does not care).  The first failure wins.  Only
 * main-files print, with diag_print(): one line, every untrusted byte encoded
 * (policy/vis.h):
 *
 *   codex-sandbox: THING: CAUSE; MEND
 */
#include <stddef.h>

enum { DIAG_TEXT_MAX = 768 };

struct diag {
	int code; /* exit code: 125 set-up (default), 2 usage */
	char thing
		[DIAG_TEXT_MAX]; /* option, path or field the error is about */
	char cause[DIAG_TEXT_MAX]; /* what is wrong with it */
	char mend[DIAG_TEXT_MAX];  /* what to do */
};

enum { DIAG_SETUP = 125, DIAG_USAGE = 2 };

/**
 * Fill *d (if not NULL and still empty) and return err unchanged, so that
 * `return diag_set(d, -EINVAL, DIAG_SETUP, path, "is relative", "give ...")`
 * is one statement.  cause and mend are sentences without a final stop.  All
 * three take raw bytes: diag_print() encodes them, so nobody else does.
 */
int diag_set(struct diag *d, int err, int code, const char *thing,
	const char *cause, const char *mend);

/** The same with a printf-made cause; diag_errno() has the text of an errno. */
int diag_setf(struct diag *d, int err, int code, const char *thing,
	const char *mend, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/**
 * Text of a positive errno in plain words ("No such file or directory"); never
 * NULL.
 */
const char *diag_errno(int err);

/** Print one line on fd 2 and return d->code (125 when d is empty). */
int diag_print(const struct diag *d);

/** Forget: make *d empty. */
void diag_reset(struct diag *d);

#endif /* POLICY_DIAG_H */
