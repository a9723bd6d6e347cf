/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_HYGIENE_H
#define LAUNCHER_HYGIENE_H
/*
 * hygiene.h -- what a process inherits is an attack surface: make it plain.
 *
 * Both functions end the program when something cannot be mended, and read
 * nothing but numbers from the kernel.
 */

/** 0-2 are open (else on /dev/null), everything above is close-on-exec. */
void hygiene_fds(void);

/** Environment, cwd, umask, limits, timers, SIGCHLD, personality. */
void hygiene_process(void);

#endif /* LAUNCHER_HYGIENE_H */
