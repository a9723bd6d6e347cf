/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RUN_CHANNEL_H
#define POLICY_RUN_CHANNEL_H
/* run_channel.h -- the front end's end of the control socket. */
#include <stdint.h>

#include "launcher/control.h"

/** Send one message; an init that is gone is noticed when its end arrives. */
void run_send(int socket, enum control_type type, uint32_t value);

/**
 * Take one message without waiting.  1; 0 when there is none now; -1 when the
 * connection is over or what came is no message.  A descriptor that came along
 * is the caller's in *ret_fd, also with -1; else *ret_fd is left as it was.
 */
int run_receive(int socket, uint32_t word[CONTROL_WORDS], int *ret_fd);

#endif /* POLICY_RUN_CHANNEL_H */
