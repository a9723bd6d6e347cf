/* SPDX-License-Identifier: Apache-2.0 */
/* sim_sweep.c -- many numbers and arguments, by rule and by row. */
#include "tests/seccomp/sim.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <seccomp.h>

#include <linux/audit.h>
#include <linux/netlink.h>

enum {
	NUMBERS = 1024, /* of the sweep, per kind of call */
	ROUNDS = 64,    /* sets of arguments for each */
};

/* ---- sockets, by a rule of their own -------------------------------- */

/* No namespace of ours, and the network off. */
static bool
in_place(unsigned int id)
{
	return id == SECCOMP_EXTERNAL || id == SECCOMP_LANDLOCK ||
	       id == SECCOMP_LANDLOCK_LOOSE;
}

/* Written from the requirement, not from the table. */
static bool
socket_allowed(unsigned int id, unsigned int family, unsigned int type,
	uint64_t protocol)
{
	unsigned int kind = type % 16;
	bool connected = kind == SOCK_STREAM || kind == SOCK_SEQPACKET;

	if (family == AF_UNIX)
		return connected && id != SECCOMP_ISOLATED_NO_UNIX &&
		       id != SECCOMP_FULL_NO_UNIX;
	if (in_place(id))
		return false;
	if (family == AF_INET)
		return kind != SOCK_PACKET;
	if (family == AF_INET6)
		return true;
	return family == AF_NETLINK && protocol == NETLINK_ROUTE;
}

static unsigned int
try_sockets(
	struct sim *s, unsigned int id, unsigned int family, unsigned int type)
{
	static const uint64_t protocols[] = { 0, 1, 2, 4, 6, 9, 12, 15, 16, 17,
		31, 255, 262, 1u << 31, (uint64_t)1 << 32, UINT64_MAX };
	bool connected = type % 16 == 1 || type % 16 == 5;
	unsigned int bad = 0;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		uint64_t arg[6] = { family, type, protocols[i] };
		bool ok = socket_allowed(id, family, type, protocols[i]);

		bad += sim_run_native(s, id, SYS_socket, arg) !=
		       sim_action(ok ? 0 : EPERM);
		/* The kernel looks at the low halves, so nothing may change
		 * for those, except that EXTERNAL refuses odd families. */
		arg[1] |= sim_random(s) << 32;
		if (!in_place(id))
			arg[0] |= sim_random(s) << 32;
		bad += sim_run_native(s, id, SYS_socket, arg) !=
		       sim_action(ok ? 0 : EPERM);
		arg[0] = family;
		ok = family == AF_UNIX && connected;
		bad += sim_run_native(s, id, SYS_socketpair, arg) !=
		       sim_action(ok ? 0 : EPERM);
	}
	return bad;
}

static void
check_sockets(struct sim *s)
{
	/* CLOEXEC, NONBLOCK, both, and bits that mean nothing. */
	static const unsigned int flags[] = { 0, SOCK_CLOEXEC, SOCK_NONBLOCK,
		SOCK_CLOEXEC | SOCK_NONBLOCK, 16, 1u << 31, 0xfffffff0 };

	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		unsigned int bad = 0;

		for (unsigned int family = 0; family < 0x10000;
			family = family < 300 ? family + 1 : family + 1021)
			for (unsigned int type = 0; type < 16; type++)
				for (size_t f = 0; f < 7; f++)
					bad += try_sockets(
						s, id, family, type | flags[f]);
		(void)tap_ok(&s->tap, bad == 0,
			"%s: socket and socketpair, family by type by protocol",
			seccomp_get(id)->name);
	}
}

/* sendto: only a null address, and both halves of it count. */
static void
check_sendto(struct sim *s)
{
	static const uint64_t half[] = { 0, 1, 2, 0x80000000, 0xffffffff,
		0x7fff };

	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		unsigned int bad = 0;

		for (size_t hi = 0; hi < 6; hi++) {
			for (size_t lo = 0; lo < 6; lo++) {
				uint64_t arg[6] = { 3, 0x1000, 10, 0,
					half[hi] << 32 | half[lo], 16 };
				bool ok = !in_place(id) || arg[4] == 0;

				bad += sim_run_native(s, id, SYS_sendto, arg) !=
				       sim_action(ok ? 0 : EPERM);
			}
		}
		(void)tap_ok(&s->tap, bad == 0, "%s: sendto by both halves",
			seccomp_get(id)->name);
	}
}

/* Every pair of flag bits of clone and unshare, whatever the high half. */
static void
check_clone(struct sim *s)
{
	const uint32_t forbidden =
		0x7e020000; /* NS CGROUP UTS IPC USER PID NET */
	unsigned int bad = 0;

	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		for (unsigned int bits = 0; bits < 64 * 64; bits++) {
			uint64_t flags = (uint64_t)1 << bits / 64 |
					 (uint64_t)1 << bits % 64;
			uint64_t arg[6] = { flags };
			bool no = ((uint32_t)flags & forbidden) != 0;

			bad += sim_run_native(s, id, SYS_clone, arg) !=
			       sim_action(no ? EPERM : 0);
			no = no || (flags & 0x80) != 0; /* NEWTIME */
			bad += sim_run_native(s, id, SYS_unshare, arg) !=
			       sim_action(no ? EPERM : 0);
		}
	}
	(void)tap_ok(&s->tap, bad == 0, "clone and unshare, two flags of 64");
}

/* ---- the sweep ------------------------------------------------------ */

/* Half of the arguments lie at or beside a value that some row looks for. */
static uint64_t
pick_arg(struct sim *s)
{
	uint64_t r = sim_random(s);
	const struct seccomp_cond *c =
		&s->row[(r >> 8) % s->n_rows]
			 .cond[(r >> 4) % SECCOMP_CONDS_MAX];
	uint64_t v = c->test == SECCOMP_ANY_BIT
			     ? c->mask
			     : c->value[(r >> 40) % SECCOMP_VALUES_MAX];

	switch (r % 8) {
	case 0: return v;
	case 1: return v | r << 32;
	case 2: return v ^ (uint64_t)1 << (r >> 56) % 64;
	case 3: return 0;
	case 4: return r >> 56;
	default: return sim_random(s);
	}
}

static unsigned int
sweep_one(struct sim *s, unsigned int id, int nr)
{
	struct seccomp_data data = { .arch = seccomp_arch_native() };
	bool x86_64 = seccomp_arch_native() == AUDIT_ARCH_X86_64;
	unsigned int bad = 0;
	int want;

	data.instruction_pointer = sim_random(s);
	for (size_t i = 0; i < 6; i++)
		data.args[i] = pick_arg(s);
	data.nr = nr;
	want = sim_want(s, id, nr, (const uint64_t *)data.args);
	bad += sim_run(s, id, &data) != sim_action(want);
	data.nr = (int)((uint32_t)nr | SIM_X32_BIT);
	if (x86_64)
		bad += sim_run(s, id, &data) != sim_action(ENOSYS);
	/* Foreign: 32 bits, and anything else a word can hold. */
	data.nr = nr;
	data.arch = AUDIT_ARCH_I386;
	bad += sim_run(s, id, &data) != sim_action(ENOSYS);
	data.arch = (uint32_t)sim_random(s);
	if (data.arch != seccomp_arch_native())
		bad += sim_run(s, id, &data) != sim_action(ENOSYS);
	return bad;
}

static void
check_sweep(struct sim *s)
{
	for (unsigned int id = 0; id < SECCOMP_PROGRAM_MAX; id++) {
		unsigned int bad = 0;

		for (int nr = 0; nr < NUMBERS; nr++)
			for (int round = 0; round < ROUNDS; round++)
				bad += sweep_one(s, id, nr);
		(void)tap_ok(&s->tap, bad == 0,
			"%s: numbers 0-%d, native, x32, foreign, as the rows say",
			seccomp_get(id)->name, NUMBERS - 1);
	}
}

/* A word of any value as the number: allowed or one of the two errors. */
static void
check_words(struct sim *s)
{
	unsigned int bad = 0;

	for (unsigned int i = 0; i < 200000; i++) {
		unsigned int id = i % SECCOMP_PROGRAM_MAX;
		uint64_t arg[6] = { sim_random(s), sim_random(s) };
		uint32_t nr = (uint32_t)sim_random(s) >> i % 23;
		uint32_t got = sim_run_native(s, id, (int)nr, arg);

		bad += got != SECCOMP_RET_ALLOW && got != sim_action(EPERM) &&
		       got != sim_action(ENOSYS);
		if (nr >= SECCOMP_FIRST_UNKNOWN && nr != UINT32_MAX)
			bad += got != sim_action(ENOSYS) &&
			       !(nr >= SIM_X32_BIT &&
				       seccomp_arch_native() !=
					       AUDIT_ARCH_X86_64);
	}
	(void)tap_ok(&s->tap, bad == 0,
		"any word as number: allow, EPERM or ENOSYS, high ones ENOSYS");
}

void
sim_sweep(struct sim *s)
{
	check_sockets(s);
	check_sendto(s);
	check_clone(s);
	check_sweep(s);
	check_words(s);
}
