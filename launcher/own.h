/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_OWN_H
#define LAUNCHER_OWN_H
/* own.h -- scope owners: `own_fd int fd = -1;` closes itself. */
#include <unistd.h>

static inline void
own_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing can be done about a failed close */
	*fd = -1;
}

/** Hand a descriptor on: returns it and leaves -1 behind. */
static inline int
own_take_fd(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

#define own_fd __attribute__((cleanup(own_close)))

#endif /* LAUNCHER_OWN_H */
