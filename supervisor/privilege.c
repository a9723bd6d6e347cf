/* SPDX-License-Identifier: Apache-2.0 */
/* privilege.c -- refuse to run with any privilege (room: user). */
#include "supervisor/privilege.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <linux/capability.h>

#include "policy/diag.h"

static const char thing[] = "network supervisor";

static int
refuse(struct diag *d, const char *cause)
{
	return diag_set(d, -EPERM, DIAG_SETUP, thing, cause,
		"start codex-sandbox as an ordinary user, from no setuid program");
}

static bool
caps_read(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	return syscall(SYS_capget, &head, data) == 0;
}

/* Of the ambient set nothing is left where nothing is permitted. */
static bool
has_none(void)
{
	struct __user_cap_data_struct d[2] = { { 0 } };

	return caps_read(d) &&
	       (d[0].effective | d[1].effective | d[0].permitted |
		       d[1].permitted | d[0].inheritable | d[1].inheritable) ==
		       0;
}

static bool
ids_are_one(void)
{
	uid_t r = 0, e = 0, s = 0;
	gid_t rg = 0, eg = 0, sg = 0;

	return getresuid(&r, &e, &s) == 0 && r == e && e == s &&
	       getresgid(&rg, &eg, &sg) == 0 && rg == eg && eg == sg;
}

int
privilege_drop(struct diag *d)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };

	if (!ids_are_one())
		return refuse(d, "was started with ids that differ");
	if (getuid() != 0 && !has_none())
		return refuse(d, "was started with a capability");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
		syscall(SYS_capset, &head, none) < 0)
		return refuse(d, "cannot give up its privileges");
	if (!has_none() || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return refuse(d, "kept a privilege");
	return 0;
}
