/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.c -- capabilities, no_new_privs, seccomp (room: inside).
 *
 * Init shares everything it sets up here with the command, which is its child:
 * what PID 1 cannot do, no descendant can.  Capabilities come first, while
 * dropping is still allowed; Landlock and seccomp need no_new_privs; seccomp is
 * last, since the filter may refuse what the other steps need.
 */
#include "netns/confine.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "launcher/fail.h"
#include "launcher/plan.h"
#include "netns/broken.h"

enum { STATUS_MAX = 4096, HEX_DIGITS = 16, CAPABILITIES_MAX = 64 };

/* The sixteen hex digits behind "\nName:\t"; all bits when there are none. */
static uint64_t
status_mask(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	uint64_t mask = 0;
	if (at == NULL)
		return ~UINT64_C(0);
	at += strlen(name);
	for (int i = 0; i < HEX_DIGITS; i++, at++) {
		unsigned int digit = 0;
		if (*at >= '0' && *at <= '9')
			digit = (unsigned int)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			digit = (unsigned int)(*at - 'a') + 10;
		else
			return ~UINT64_C(0);
		mask = mask << 4 | digit;
	}
	return mask;
}

static uint64_t
bounding_asked(void)
{
	uint64_t mask = 0;
	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++) {
		int is_in = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
		if (is_in < 0)
			break; /* behind the last one the kernel knows */
		mask |= is_in != 0 ? UINT64_C(1) << i : 0;
	}
	return mask;
}

/*
 * One read in place of the hundred calls that ask signal by signal and
 * capability by capability.  A doubtful line reads as all bits set: then every
 * signal is reset, and the bounding set is asked for.
 */
void
confine_status(struct proc_status *ret)
{
	char text[STATUS_MAX] = "";
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t n = read(fd, text, sizeof text - 1);
		text[n > 0 ? n : 0] = '\0';
		(void)close(fd); /* nothing was written */
	}
	ret->ignored = status_mask(text, "\nSigIgn:\t");
	ret->bounding = status_mask(text, "\nCapBnd:\t");
	if (ret->bounding == ~UINT64_C(0))
		ret->bounding = bounding_asked();
}

static void
caps_get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	if (syscall(SYS_capget, &head, data) != 0)
		die_errno("capabilities", "codex-sandbox doctor");
}

static void
caps_clear(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	const struct __user_cap_data_struct none[2] = { { 0 } };
	if (syscall(SYS_capset, &head, none) != 0)
		die_errno("capabilities", "codex-sandbox doctor");
}

/* What bwrap left us for our own work, by the plan. */
static uint64_t
caps_lent(const struct plan *plan)
{
	uint64_t lent = UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1)
							       << CAP_SETPCAP;
	if ((plan->flags & PLAN_NET_PROXY) != 0)
		lent |= UINT64_C(1) << CAP_NET_ADMIN |
			UINT64_C(1) << CAP_NET_BIND_SERVICE |
			UINT64_C(1) << CAP_NET_RAW;
	if ((plan->flags & PLAN_INIT_MOUNTS) != 0)
		lent |= UINT64_C(1) << CAP_SYS_CHROOT |
			UINT64_C(1) << CAP_DAC_OVERRIDE |
			UINT64_C(1) << CAP_SYS_PTRACE;
	return lent;
}

/* Give them back for ever, out of the bounding set too. */
static void
caps_give_back(const struct plan *plan, uint64_t lent)
{
	if (broken(plan, "caps-given-back"))
		return;
	for (unsigned int i = broken(plan, "bounding") ? CAPABILITIES_MAX : 0;
		i < CAPABILITIES_MAX; i++)
		if ((lent >> i & 1) != 0 &&
			prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
			die_errno("capabilities", "codex-sandbox doctor");
	caps_clear();
}

/*
 * The ambient set needs no look of its own: the kernel keeps it within
 * permitted and inheritable.
 */
void
confine_capabilities(const struct plan *plan, const struct proc_status *status)
{
	struct __user_cap_data_struct d[2] = { { 0 } };
	const uint64_t lent = caps_lent(plan);
	uint64_t bounding = status->bounding;
	caps_give_back(plan, lent);
	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++)
		if ((lent >> i & 1) != 0 &&
			prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 0)
			bounding &= ~(UINT64_C(1) << i);
	caps_get(d);
	uint32_t rest = d[0].effective | d[1].effective | d[0].permitted |
			d[1].permitted | d[0].inheritable | d[1].inheritable;
	if (rest != 0)
		die("capabilities", "the sandbox retained some of them",
			"this bubblewrap did not honour --cap-drop ALL: "
			"codex-sandbox doctor");
	if (bounding != 0)
		die("capabilities", "the bounding set is not empty",
			"this bubblewrap did not honour --cap-drop ALL: "
			"codex-sandbox doctor");
}

/* What may be in the way in a container, to root: all that can be given up is.
 * Under no_new_privs an exec gives nobody back what is not permitted now. */
void
confine_give_up(void)
{
	for (unsigned int i = 0; i < CAPABILITIES_MAX; i++)
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			(void)prctl(
				PR_CAPBSET_DROP, i, 0, 0, 0); /* if we may */
	caps_clear();
}

void
confine_no_new_privs(void)
{
	/* That it holds is for canary.c to see. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		die_errno("no_new_privs", "codex-sandbox doctor");
}

void
confine_filter(const struct plan *plan)
{
	/* The kernel only reads it, and reads it at any alignment. */
	union {
		const uint8_t *bytes;
		struct sock_filter *program;
	} filter = { .bytes = plan->filter };
	const struct sock_fprog program = {
		.len = (unsigned short)plan->n_filter, /* <= PLAN_FILTER_MAX */
		.filter = filter.program,
	};
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		die_errno("system call filter",
			"the kernel needs CONFIG_SECCOMP_FILTER: "
			"codex-sandbox doctor");
}
