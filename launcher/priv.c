/* SPDX-License-Identifier: Apache-2.0 */
/* priv.c -- who called; narrow, raise, lower, drop, verify (room: hot, warm). */
#include "launcher/priv.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <assert.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include "launcher/fail.h"

#define BIT(capability) (UINT64_C(1) << (capability))

enum {
	VERSION_3 = _LINUX_CAPABILITY_VERSION_3,
	HALVES = _LINUX_CAPABILITY_U32S_3, /* a set is two words, low first */
	/* uid 0 is a number like any other, and that is final. */
	ROOT_IS_NOBODY =
		SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED,
};

/*
 * capget and capset directly: libcap-ng opens files in a constructor, that is
 * before main() and with privilege.  Returned are the permitted capabilities,
 * and in *ret_any those of any set.
 */
static uint64_t
caps_get(uint64_t *ret_any)
{
	struct __user_cap_header_struct head = { VERSION_3, 0 };
	struct __user_cap_data_struct half[HALVES];
	must(syscall(SYS_capget, &head, half), "capget");
	*ret_any = half[1].permitted | half[1].effective | half[1].inheritable;
	*ret_any = *ret_any << 32 | half[0].permitted | half[0].effective |
		   half[0].inheritable;
	return (uint64_t)half[1].permitted << 32 | half[0].permitted;
}

/* Inheritable is always emptied. */
static void
caps_set(uint64_t effective, uint64_t permitted)
{
	struct __user_cap_header_struct head = { VERSION_3, 0 };
	struct __user_cap_data_struct half[HALVES] = { { .inheritable = 0 } };
	for (int i = 0; i < HALVES; i++) {
		half[i].effective = (uint32_t)(effective >> (32 * i));
		half[i].permitted = (uint32_t)(permitted >> (32 * i));
	}
	must(syscall(SYS_capset, &head, half), "capset");
}

/*
 * All three ids, by number: the libraries' wrappers would look for threads.
 * With an effective id the kernel sets dumpability to fs.suid_dumpable, and that
 * is 1 on a machine set up for debugging.
 */
static void
set_ids(long call, unsigned int id)
{
	static_assert(sizeof(long) == 8, "else these calls have 16 bit ids");
	must(syscall(call, id, id, id), "giving the ids back");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

void
priv_begin(struct caller *who)
{
	uint64_t any;
	who->uid = getuid(); /* the real ones */
	who->gid = getgid();
	/* Mapping uid 0 takes CAP_SETFCAP at the same call (Linux 5.12). */
	who->hold = caps_get(&any) &
		    (BIT(CAP_SYS_ADMIN) | BIT(CAP_SETPCAP) |
			    (who->uid == 0 ? BIT(CAP_SETFCAP) : 0));
	who->admin = (who->hold & BIT(CAP_SYS_ADMIN)) != 0;
	/* Else giving the uid back would empty the permitted set. */
	if (who->hold != 0)
		must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "PR_SET_KEEPCAPS");
	/*
	 * Supplementary groups stay: they are the caller's own, and a group
	 * may be there to deny (CVE-2014-8989).
	 */
	set_ids(SYS_setresgid, who->gid);
	set_ids(SYS_setresuid, who->uid);
	caps_set(0, who->hold);
}

void
priv_effective(const struct caller *who, bool yes)
{
	if (who->hold != 0)
		caps_set(yes ? who->hold & ~BIT(CAP_SETPCAP) : 0, who->hold);
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
		must(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0), "PR_CAPBSET_DROP");
	must(prctl(PR_SET_SECUREBITS, ROOT_IS_NOBODY, 0, 0, 0), "securebits");
}

void
priv_drop(const struct caller *who)
{
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
		"ambient capabilities");
	if ((who->hold & BIT(CAP_SETPCAP)) != 0)
		close_the_bounds();
	caps_set(0, 0);
	/* No exec gives anything back, whatever file it is and whoever runs. */
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
}

static void
verify(bool holds)
{
	if (!holds)
		die("dropping privilege", "something of it is left", NULL);
}

void
priv_verify(const struct caller *who)
{
	uid_t uid[3] = { 0 };
	gid_t gid[3] = { 0 };
	uint64_t any;
	/* The kernel has to refuse what would undo the drop. */
	verify(who->gid == 0 || syscall(SYS_setresgid, -1, 0, -1) != 0);
	verify(who->uid == 0 || syscall(SYS_setresuid, -1, 0, -1) != 0);
	must(getresuid(&uid[0], &uid[1], &uid[2]), "getresuid");
	must(getresgid(&gid[0], &gid[1], &gid[2]), "getresgid");
	for (size_t i = 0; i < 3; i++)
		verify(uid[i] == who->uid && gid[i] == who->gid);
	/* Ambient is part of inheritable by the kernel's own rule. */
	(void)caps_get(&any);
	verify(any == 0);
	/* Who could not empty the bounding set is held by no_new_privs. */
	if ((who->hold & BIT(CAP_SETPCAP)) != 0)
		for (int cap = 0, has = 0; has >= 0; cap++) {
			has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
			verify(has <= 0); /* negative: behind the last */
		}
	verify(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	verify(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
}
