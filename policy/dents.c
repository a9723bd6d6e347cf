/* SPDX-License-Identifier: Apache-2.0 */
/* dents.c -- read a directory with nothing but its descriptor; room: user. */
#include "policy/dents.h"

#include <sys/syscall.h>

#include <assert.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"

/* The kernel's record (getdents64(2)) is the C library's: 64 bit machines. */
static_assert(offsetof(struct dirent, d_reclen) == 16 &&
		      offsetof(struct dirent, d_type) == 18 &&
		      offsetof(struct dirent, d_name) == 19,
	"the C library's struct dirent is not the kernel's");

bool
dents_open(struct dents *d, int at, const char *name)
{
	d->at = 0;
	d->len = 0;
	d->fd = openat(at, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return d->fd >= 0;
}

static bool
is_dot(const char *name)
{
	return name[0] == '.' &&
	       (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

const struct dirent *
dents_next(struct dents *d)
{
	for (;;) {
		if (d->at == d->len) {
			d->at = 0;
			d->len = d->fd < 0
					 ? 0
					 : syscall(SYS_getdents64, d->fd,
						   d->bytes, sizeof(d->bytes));
			if (d->len <= 0) {
				d->len = 0;
				return NULL;
			}
		}
		/* Records are aligned as the first one is. */
		const void *record = d->bytes + d->at;
		const struct dirent *entry = record;
		d->at += entry->d_reclen;
		if (!is_dot(entry->d_name))
			return entry;
	}
}

void
dents_close(struct dents *d)
{
	own_close(&d->fd);
}
