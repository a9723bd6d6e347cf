/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_MUSL_H
#define POLICY_MUSL_H
/*
 * musl.h -- what musl lacks of what the front end uses.
 *
 * Included before every source of the front end where musl is its C library
 * (packaging/probe decides): a static glibc asks the processor 43 times what it
 * can do before main(), a quarter of a millisecond in a virtual machine, and is
 * 700 KB more.  musl 1.2.3 of Debian 12 has everything but what stands here.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

long syscall(long number, ...); /* unistd.h brings names that some use */

#ifndef STATX_TYPE
#	include <linux/stat.h>
static inline int
statx(int fd, const char *path, int flags, unsigned int mask, struct statx *ret)
{
	return (int)syscall(SYS_statx, fd, path, flags, mask, ret);
}
#endif

#define close_range(first, last, flags) \
	((int)syscall(SYS_close_range, first, last, flags))

/* Nothing sets a locale, so its texts are as untranslated as glibc's. */
#define strerrordesc_np(err) strerror(err)

const char *musl_sigabbrev(int sig); /* "HUP", or NULL */
#define sigabbrev_np(sig) musl_sigabbrev(sig)

#ifndef ALLPERMS
#	define ALLPERMS 07777
#endif

/* Requests are numbers of 32 bits; musl has them signed. */
#define ioctl(fd, request, ...) ioctl(fd, (int)(request), __VA_ARGS__)

/* What glibc makes of a resource's number. */
#define __rlimit_resource_t int

#endif /* POLICY_MUSL_H */
