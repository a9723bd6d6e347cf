/* SPDX-License-Identifier: Apache-2.0 */
/* caps.c -- the effective capabilities, off and on again; room: user. */
#include "policy/caps.h"

#include <sys/syscall.h>

#include <unistd.h>

#include <linux/capability.h>

static long
get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return syscall(SYS_capget, &head, data);
}

static void
set(struct __user_cap_data_struct data[2], const uint32_t effective[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	data[0].effective = effective[0];
	data[1].effective = effective[1];
	/* Less than is permitted is never refused. */
	(void)syscall(SYS_capset, &head, data);
}

void
caps_lower(struct caps *ret_saved)
{
	struct __user_cap_data_struct data[2] = { 0 };

	*ret_saved = (struct caps){ 0 };
	if (get(data) < 0 || (data[0].effective | data[1].effective) == 0)
		return;
	ret_saved->effective[0] = data[0].effective;
	ret_saved->effective[1] = data[1].effective;
	set(data, (const uint32_t[2]){ 0, 0 });
}

void
caps_restore(const struct caps *saved)
{
	struct __user_cap_data_struct data[2] = { 0 };

	if ((saved->effective[0] | saved->effective[1]) != 0 && get(data) == 0)
		set(data, saved->effective);
}
