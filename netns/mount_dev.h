/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_MOUNT_DEV_H
#define NETNS_MOUNT_DEV_H
/* mount_dev.h -- a minimal /dev: six nodes, pts of its own, shm, the links. */

struct own;

enum { DEV_NODES = 6 };

struct dev_nodes {
	int tree[DEV_NODES]; /* detached copies of the host's nodes */
};

/** Copy the host's nodes while /dev is still the host's; 0 or -errno. */
int dev_take(struct dev_nodes *nodes, int host);

/** Fill the attached tmpfs `dev` with them and the rest; 0 or -errno. */
int dev_fill(struct dev_nodes *nodes, int dev);

#endif /* NETNS_MOUNT_DEV_H */
