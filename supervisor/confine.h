/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_CONFINE_H
#define SUPERVISOR_CONFINE_H
/*
 * confine.h -- what a process that reads hostile bytes does not need.
 *
 * It serves sockets and asks for names.  So it may start no program, change no
 * file (Landlock, where the kernel has it), signal nobody else (the same), look
 * into no process, and have no socket but of the internet, of local services and
 * of routing (seccomp).  Files are read and services asked as before: whatever
 * nsswitch names goes on working.
 */
struct diag;

/**
 * For this process and the threads it will have, for good.  Before the first
 * thread.  0, or -errno with a diag.
 */
int confine(struct diag *d);

#endif /* SUPERVISOR_CONFINE_H */
