/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_PLAN_CHECK_H
#define LAUNCHER_PLAN_CHECK_H
/*
 * plan_check.h -- the room's own rules for every field of a plan.
 *
 * The front end makes plans that keep them; this is why the launcher and init
 * need not believe that.
 */
#include <stdint.h>

#include "launcher/plan.h"

/* The first rule that was broken. */
struct plan_fault {
	const char *cause; /* static sentence; NULL = none */
	int32_t mount;     /* index of the mount it is about, else -1 */
};

/**
 * Pure, no system call: what kind of file a descriptor is, is looked at where
 * it is handed on (bwrap_exec.c).  0, or -EINVAL with *f filled.
 */
int plan_check(const struct plan *p, struct plan_fault *f);

#endif /* LAUNCHER_PLAN_CHECK_H */
