/* SPDX-License-Identifier: Apache-2.0 */
/* priv.c -- who called; narrow, raise, lower, drop, verify (room: hot, warm). */
#include "launcher/priv.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <unistd.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include "launcher/fail.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* uid 0 is a number like any other, and that cannot be changed any more. */
enum {
	ROOT_IS_NOBODY = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
			 SECBIT_NO_SETUID_FIXUP |
			 SECBIT_NO_SETUID_FIXUP_LOCKED |
			 SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
			 SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
};

/*
 * capget and capset directly: libcap-ng opens files in a constructor, that is
 * before main() and with privilege.
 */
static struct __user_cap_header_struct
cap_head(void)
{
	return (struct __user_cap_header_struct){
		.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0
	};
}

/* The permitted set; *ret_any gets what is in any of the three. */
static uint64_t
caps_get(uint64_t *ret_any)
{
	struct __user_cap_header_struct head = cap_head();
	struct __user_cap_data_struct low_high[_LINUX_CAPABILITY_U32S_3];
	uint64_t permitted = 0;
	*ret_any = 0;
	if (syscall(SYS_capget, &head, low_high) != 0)
		die_errno("capabilities", NULL);
	for (int i = _LINUX_CAPABILITY_U32S_3 - 1; i >= 0; i--) {
		const struct __user_cap_data_struct *d = &low_high[i];
		permitted = permitted << 32 | d->permitted;
		*ret_any = *ret_any << 32 | d->permitted | d->effective |
			   d->inheritable;
	}
	return permitted;
}

/* Inheritable is always emptied. */
static void
caps_set(uint64_t effective, uint64_t permitted)
{
	struct __user_cap_header_struct head = cap_head();
	struct __user_cap_data_struct low_high[_LINUX_CAPABILITY_U32S_3];
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		low_high[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(effective >> (32 * i)),
			.permitted = (uint32_t)(permitted >> (32 * i)),
		};
	if (syscall(SYS_capset, &head, low_high) != 0)
		die_errno("capabilities", NULL);
}

/*
 * The kernel sets this flag to fs.suid_dumpable whenever an effective id
 * changes; that is 1 on a machine set up for debugging.
 */
static void
stay_undumpable(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		die_errno("PR_SET_DUMPABLE", NULL);
}

void
priv_begin(struct caller *who)
{
	uid_t euid, suid;
	gid_t egid, sgid;
	uint64_t any;
	if (getresuid(&who->uid, &euid, &suid) != 0 ||
		getresgid(&who->gid, &egid, &sgid) != 0)
		die_errno("the caller's ids", NULL);
	/* Mapping uid 0 takes CAP_SETFCAP at the same call (Linux 5.12). */
	who->hold = caps_get(&any) &
		    (BIT(CAP_SYS_ADMIN) | BIT(CAP_SETPCAP) |
			    (who->uid == 0 ? BIT(CAP_SETFCAP) : 0));
	/* Else giving the uid back would empty the permitted set. */
	if (who->hold != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		die_errno("PR_SET_KEEPCAPS", NULL);
	/*
	 * Supplementary groups stay: they are the caller's own, and a group
	 * may be there to deny (CVE-2014-8989).
	 */
	if (setresgid(who->gid, who->gid, who->gid) != 0)
		die_errno("giving the group id back", NULL);
	stay_undumpable();
	if (setresuid(who->uid, who->uid, who->uid) != 0)
		die_errno("giving the user id back", NULL);
	stay_undumpable();
	caps_set(0, who->hold);
}

bool
priv_is_admin(const struct caller *who)
{
	return (who->hold & BIT(CAP_SYS_ADMIN)) != 0;
}

void
priv_raise(const struct caller *who)
{
	if (who->hold != 0)
		caps_set(who->hold & ~BIT(CAP_SETPCAP), who->hold);
}

void
priv_lower(const struct caller *who)
{
	if (who->hold != 0)
		caps_set(0, who->hold);
}

static bool
may_close(const struct caller *who)
{
	return (who->hold & BIT(CAP_SETPCAP)) != 0;
}

/*
 * Empty the bounding set and lock the bits that would let uid 0 gain anything
 * by exec.  bwrap joins the caller's own user namespace later, where the kernel
 * starts both afresh: nothing of this hinders it.
 */
static void
close_the_bounds(void)
{
	caps_set(BIT(CAP_SETPCAP), BIT(CAP_SETPCAP));
	/* CAPBSET_READ knows where the list ends: EINVAL. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			die_errno("the bounding set", NULL);
	if (prctl(PR_SET_SECUREBITS, ROOT_IS_NOBODY, 0, 0, 0) != 0)
		die_errno("securebits", NULL);
}

void
priv_drop(const struct caller *who)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
		die_errno("ambient capabilities", NULL);
	if (may_close(who))
		close_the_bounds();
	caps_set(0, 0);
	/* No exec gives anything back, whatever file it is and whoever runs. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		die_errno("PR_SET_NO_NEW_PRIVS", NULL);
}

void
priv_verify(const struct caller *who)
{
	static const char thing[] = "dropping privilege";
	uid_t uid[3];
	gid_t gid[3];
	uint64_t any;
	/* The kernel has to refuse what would undo the drop. */
	if ((who->gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0) ||
		(who->uid != 0 && setresuid((uid_t)-1, 0, (uid_t)-1) == 0))
		die(thing, "root could be had again", NULL);
	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 ||
		getresgid(&gid[0], &gid[1], &gid[2]) != 0)
		die_errno("the caller's ids", NULL);
	for (size_t i = 0; i < 3; i++)
		if (uid[i] != who->uid || gid[i] != who->gid)
			die(thing, "an id of it is left", NULL);
	/* Ambient is part of inheritable by the kernel's own rule. */
	(void)caps_get(&any);
	if (any != 0)
		die(thing, "a capability is left", NULL);
	/* Who could not empty the bounding set is held by no_new_privs. */
	for (int cap = 0; may_close(who); cap++) {
		int left = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
		if (left < 0)
			break; /* behind the last one */
		if (left != 0)
			die(thing, "the bounding set is not empty", NULL);
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
		prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		die(thing, "a process flag did not hold", NULL);
}
