/* SPDX-License-Identifier: Apache-2.0 */
/* plan_encode_test.c -- the wire form byte by byte, limits, the sealed memfd. */
/* links: policy/plan_encode.c policy/buf.c policy/diag.c policy/vis.c policy/utf8.c launcher/plan_wire.c launcher/plan_wire_list.c */
#include "launcher/plan.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan_wire.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/plan_encode.h"
#include "tests/unit/tap.h"

static char word[] = "ab", nothing[] = "", variable[] = "K=v";
static char *const command[] = { word, nothing, NULL };
static char door[] = "port 22";
static char *const environment[] = { variable, NULL };
static char *const doors[] = { door, NULL };

/* The smallest plan with one of everything. */
static void
fill(struct plan *p)
{
	static const uint8_t filter[8] = { 6, 0, 0, 0, 0, 0, 0xff, 0x7f };
	*p = (struct plan){
		.flags = PLAN_NAMESPACES,
		.init_fd = 4,
		.control_fd = 5,
		.net_fd = 8,
		.stdio_fd = { 6, 7, -1 },
		.tty_mask = 4,
		.umask = 022,
		.timeout_ms = 0x01020304,
		.grace_ms = 9,
		.cwd = "/w",
		.n_mounts = 1,
		.n_limits = 1,
		.filter = filter,
		.n_filter = 1,
	};
	p->mounts[0] = (struct plan_mount){ .op = PLAN_TMPFS,
		.perms = 01777,
		.fd = -1,
		.dest = "/t",
		.arg = "",
		.dev = 0x0102,
		.ino = 3 };
	p->limits[0] = (struct plan_limit){ 7, 1024, UINT64_MAX };
}

/* Written down by hand from launcher/plan.h, so that a slip made in both
 * encoder and decoder is seen. */
static const uint8_t golden[] = {
	'C', 'S', 'B', 'P', 'L', 'A', 'N', 0,       /* magic */
	1, 0, 0, 0,                                 /* version */
	0xba, 0, 0, 0,                              /* length: 186 */
	1, 0, 0, 0,                                 /* flags */
	4, 0, 0, 0, 5, 0, 0, 0,                     /* init, control */
	8, 0, 0, 0,                                 /* net */
	6, 0, 0, 0, 7, 0, 0, 0, 255, 255, 255, 255, /* stdio */
	4, 0, 0, 0,                                 /* tty_mask */
	18, 0, 0, 0,                                /* umask */
	4, 3, 2, 1, 9, 0, 0, 0,                     /* timeout, grace */
	2, 0, 0, 0, '/', 'w', 0,                    /* cwd */
	1, 0, 0, 0,                                 /* mounts */
	PLAN_TMPFS, 0xff, 0x03, 255, 255, 255, 255, /* op, perms, fd */
	2, 0, 0, 0, '/', 't', 0,                    /* dest */
	0, 0, 0, 0, 0,                              /* arg */
	2, 1, 0, 0, 0, 0, 0, 0,                     /* dev */
	3, 0, 0, 0, 0, 0, 0, 0,                     /* ino */
	1, 0, 0, 0,                                 /* limits */
	7, 0, 0, 0,                                 /* resource */
	0, 4, 0, 0, 0, 0, 0, 0,                     /* soft */
	255, 255, 255, 255, 255, 255, 255, 255,     /* hard */
	1, 0, 0, 0,                                 /* filter */
	6, 0, 0, 0, 0, 0, 0xff, 0x7f,               /* one instruction */
	2, 0, 0, 0,                                 /* argv */
	2, 0, 0, 0, 'a', 'b', 0,                    /* "ab" */
	0, 0, 0, 0, 0,                              /* "" */
	1, 0, 0, 0,                                 /* environment */
	3, 0, 0, 0, 'K', '=', 'v', 0,               /* "K=v" */
	1, 0, 0, 0,                                 /* doors */
	7, 0, 0, 0, 'p', 'o', 'r', 't',             /* "port... */
	' ', '2', '2', 0,                           /* ... 22" */
};

static void
test_bytes(struct tap *t, struct plan *p, struct plan *decoded)
{
	own_buf struct buf out = { 0 };
	own_buf struct buf again = { 0 };
	const char *why = "";
	fill(p);
	tap_int(t, plan_encode(p, command, environment, doors, &out, NULL), 0,
		"a plan is encoded");
	tap_int(t, (long long)out.len, sizeof golden, "its length");
	tap_ok(t,
		out.len == sizeof golden &&
			memcmp(out.data, golden, sizeof golden) == 0,
		"its bytes are those of plan.h");
	tap_int(t, plan_decode(out.data, out.len, decoded, &why), 0,
		"the decoder takes them");
	tap_int(t, plan_encode(decoded, NULL, NULL, NULL, &again, NULL), 0,
		"a decoded plan is encoded with its own lists");
	tap_ok(t,
		again.len == out.len &&
			memcmp(again.data, out.data, out.len) == 0,
		"and gives the same bytes");
}

static void
refused(struct tap *t, const struct plan *p, char *const *argv,
	const char *name)
{
	own_buf struct buf out = { 0 };
	struct diag d = { 0 };
	int err = plan_encode(p, argv, environment, doors, &out, &d);
	tap_ok(t,
		err == -E2BIG && d.code == DIAG_SETUP && d.cause[0] != '\0' &&
			d.mend[0] != '\0',
		"%s", name);
}

static void
test_limits(struct tap *t, struct plan *p)
{
	static char path[PLAN_PATH_MAX + 2];
	own_buf struct buf out = { 0 };
	fill(p);
	memset(path, 'a', PLAN_PATH_MAX);
	p->mounts[0].dest = path;
	tap_int(t, plan_encode(p, command, environment, doors, &out, NULL), 0,
		"a path of 4095 bytes fits");
	path[PLAN_PATH_MAX] = 'a';
	refused(t, p, command, "a path of 4096 bytes does not");
	fill(p);
	p->n_mounts = PLAN_MOUNTS_MAX + 1;
	refused(t, p, command, "one mount too many");
	fill(p);
	p->n_limits = PLAN_LIMITS_MAX + 1;
	refused(t, p, command, "one limit too many");
	fill(p);
	p->n_filter = PLAN_FILTER_MAX + 1;
	refused(t, p, command, "one instruction too many");
	fill(p);
	char *big = malloc(PLAN_BLOB_MAX + 1);
	if (!tap_ok(t, big != NULL, "memory for a large argument"))
		return;
	memset(big, 'x', PLAN_BLOB_MAX);
	big[PLAN_BLOB_MAX] = '\0';
	refused(t, p, (char *[]){ big, NULL }, "a command of more than 8 MiB");
	/* The rest of the blob: all of golden but "ab" and "". */
	const size_t rest = sizeof golden - 2 - 5;
	big[PLAN_BLOB_MAX - rest] = '\0';
	own_buf struct buf full = { 0 };
	tap_int(t,
		plan_encode(p, (char *[]){ big, NULL }, environment, doors,
			&full, NULL),
		0, "exactly 8 MiB fit");
	tap_int(t, (long long)full.len, PLAN_BLOB_MAX, "and are 8 MiB");
	big[PLAN_BLOB_MAX - rest] = 'x';
	big[PLAN_BLOB_MAX - rest + 1] = '\0';
	refused(t, p, (char *[]){ big, NULL }, "one byte more does not fit");
	free(big);
}

static void
test_memfd(struct tap *t, struct plan *p, struct plan *decoded)
{
	own_buf struct buf out = { 0 };
	own_fd int fd = -1;
	const char *why = "";
	fill(p);
	(void)plan_encode(
		p, command, environment, doors, &out, NULL); /* see above */
	tap_int(t, plan_memfd(&out, &fd, NULL), 0, "a memfd is made");
	tap_ok(t, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "close-on-exec");
	tap_int(t, lseek(fd, 0, SEEK_CUR), 0, "its offset is 0");
	tap_ok(t, pwrite(fd, "x", 1, 0) < 0 && errno == EPERM, "not writable");
	tap_ok(t, ftruncate(fd, 0) != 0 && errno == EPERM, "not shrinkable");
	tap_ok(t, ftruncate(fd, 1 << 20) != 0 && errno == EPERM,
		"not growable");
	tap_ok(t,
		mmap(NULL, out.len, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			0) == MAP_FAILED,
		"not mappable for writing");
	tap_int(t, plan_map(fd, decoded, &why), 0, "plan_map() takes it");
	tap_str(t, decoded->cwd, "/w", "and reads it");
}

int
main(void)
{
	static struct plan p, decoded;
	struct tap t = { 0 };
	test_bytes(&t, &p, &decoded);
	test_limits(&t, &p);
	test_memfd(&t, &p, &decoded);
	return tap_end(&t);
}
