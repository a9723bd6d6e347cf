/* SPDX-License-Identifier: Apache-2.0 */
/* cli_write.c -- a whole text to a descriptor; room: user. */
#include "policy/cli.h"

#include <errno.h>
#include <unistd.h>

#include "policy/diag.h"

int
cli_write(int fd, const char *text, unsigned long len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return DIAG_SETUP;
		text += n;
		len -= (unsigned long)n;
	}
	return 0;
}
