/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNT_OVERLAY_H
#define NETNS_MOUNT_OVERLAY_H
/*
 * mount_overlay.h -- a writable directory as the upper layer over a skeleton.
 *
 * The skeleton, in a tmpfs of ours, holds nothing but the names that must stay
 * absent (PLAN_GUARD_*).  So they exist inside, where something can be mounted
 * on them, and appear nowhere outside, however the sandbox ends.
 */
#include <stdint.h>

struct own;
struct plan;

enum { OVERLAYS_MAX = 64 };

/**
 * The overlay that mount `i` of the plan asks for, detached; `upper` is its
 * directory, opened below the host's tree while that is still writable.
 * A descriptor or -errno; -EROFS also when the kernel made it read-only.
 */
int overlay_make(const struct own *own, int host, const struct plan *plan,
	uint32_t i, int upper);

/**
 * Unmounting an overlay makes the kernel write its whole upper file system to
 * disk, and the last process of the sandbox would wait for that.  Leave the
 * last reference to these `n` mounts to the collector of unreachable sockets,
 * which lets go of them in a thread of the kernel (Linux 6.9; before that the
 * end of the sandbox waits).  Nothing depends on it but time.
 */
void overlay_linger(const int *mounts, unsigned int n);

#endif /* NETNS_MOUNT_OVERLAY_H */
