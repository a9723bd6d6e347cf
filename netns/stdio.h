/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_STDIO_H
#define NETNS_STDIO_H
/*
 * stdio.h -- which descriptors live on, and which become the command's 0-2.
 *
 * Init itself never holds the command's stdio as its own 0-2 and closes its
 * copies as soon as the command has them: whoever reads a pipe from the command
 * sees its end when the last process of the command has closed it, and not when
 * init ends.
 */
struct plan;

/** Close everything above 2 but the control socket and the command's stdio. */
void stdio_close_rest(const struct plan *plan);

/** In the child: make 0-2, from the plan or the pty. */
void stdio_give(const struct plan *plan, int tty);

/** Behind that: close all above. */
void stdio_shut(void);

/** In init, once the child has its own: close the command's stdio. */
void stdio_drop(const struct plan *plan);

#endif /* NETNS_STDIO_H */
