/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_CHANNEL_H
#define NETNS_CHANNEL_H
/* channel.h -- init's end of the control socket (launcher/control.h). */
#include <stdbool.h>
#include <stdint.h>

#include "launcher/control.h"

enum channel_got { CHANNEL_MESSAGE, CHANNEL_NOTHING, CHANNEL_CLOSED };

/**
 * Send one message, with a descriptor when pass_fd is not -1.  False when the
 * front end is gone, which the next receive says too.
 */
bool channel_send(int fd, const uint32_t word[CONTROL_WORDS], int pass_fd);

/**
 * Take one message; `wait` != 0 blocks for it.  Anything that is not exactly
 * one message counts as closed: then the front end is gone or not ours.
 */
enum channel_got channel_recv(int fd, int wait, uint32_t word[CONTROL_WORDS]);

#endif /* NETNS_CHANNEL_H */
