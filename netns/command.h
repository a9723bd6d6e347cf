/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETNS_COMMAND_H
#define NETNS_COMMAND_H
/* command.h -- from the plan to the running command. */
#include <sys/types.h>

struct init;

/** Enter the working directory and lay out argv and environment, while an
 *  error can still be told to the front end. */
void command_prepare(struct init *init);

/** Fork; the child becomes the command in a process group of its own. */
pid_t command_start(struct init *init);

#endif /* NETNS_COMMAND_H */
