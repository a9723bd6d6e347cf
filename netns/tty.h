/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_TTY_H
#define NETNS_TTY_H
/*
 * tty.h -- the pty of the command, made inside so that it has a name there.
 *
 * Init is the session leader and keeps the slave open; the command is another
 * process group of the same session.  That way the command's group is not
 * orphaned and can be stopped with ^Z, as under any shell.
 */
#include <sys/types.h>

/** Make a pair; returns the slave, and the master in *ret_master. */
int tty_open(int *ret_master);

/** The slave becomes the controlling terminal of init's session. */
void tty_take(int slave);

/** Make pgid the foreground group; failing is harmless (the group is gone). */
void tty_give(int slave, pid_t pgid);

/** The foreground group now, -1 when there is none. */
pid_t tty_owner(int slave);

#endif /* NETNS_TTY_H */
