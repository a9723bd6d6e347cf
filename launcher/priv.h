/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_PRIV_H
#define LAUNCHER_PRIV_H
/*
 * priv.h -- who called, and the whole life of privilege in this program.
 *
 *   priv_begin      the caller's ids for good; of the capabilities only `hold`
 *                   stays permitted, and none is effective
 *   priv_effective  `hold` is effective (in the holder child, for one call)
 *   priv_drop       nothing, anywhere, for ever
 *   priv_verify     ask the kernel whether that is true
 *
 * Without the setuid bit or a file capability the same calls run, `hold` is
 * empty, and they only make sure.  Everything here ends the program on failure.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct caller {
	uid_t uid; /* real ids, as numbers: no names service is asked */
	gid_t gid;
	uint64_t hold; /* capabilities kept until priv_drop(), bit = number */
	bool admin;    /* may make a user namespace where others may not */
};

void priv_begin(struct caller *who);
void priv_effective(const struct caller *who, bool yes);
void priv_drop(const struct caller *who);
void priv_verify(const struct caller *who);

#endif /* LAUNCHER_PRIV_H */
