/* SPDX-License-Identifier: Apache-2.0 */
/* plan_wire_test.c -- every truncation and every lie of a blob is refused. */
/* links: policy/plan_encode.c policy/buf.c policy/diag.c policy/vis.c policy/utf8.c launcher/plan_wire.c launcher/plan_wire_list.c */
#include "launcher/plan_wire.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/plan_encode.h"
#include "tests/unit/tap.h"

enum { VERSION_AT = 8, LENGTH_AT = 12, CWD_AT = 60 };

static char cmd[] = "cmd", opt[] = "--opt", nothing[] = "";
static char a_1[] = "A=1", b_2[] = "B=two";
static char *const command[] = { cmd, opt, nothing, NULL };
static char door[] = "port 22";
static char *const environment[] = { a_1, b_2, NULL };
static char *const doors[] = { door, NULL };

static void
make(struct buf *out)
{
	static struct plan p;
	static const uint8_t filter[16] = { 6 };
	p = (struct plan){ .flags = 5,
		.init_fd = 10,
		.control_fd = -1,
		.net_fd = 14,
		.stdio_fd = { 11, 12, 13 },
		.umask = 077,
		.cwd = "/home/u",
		.n_mounts = 2,
		.mounts = { { PLAN_BIND_RO, 0, 20, "/", "/" },
			{ PLAN_SYMLINK, 0, -1, "/bin", "usr/bin" } },
		.n_limits = 1,
		.limits = { { 3, 1, 2 } },
		.filter = filter,
		.n_filter = 2 };
	(void)plan_encode(&p, command, environment, doors, out, NULL);
}

static void
test_values(struct tap *t, const struct buf *blob, struct plan *p)
{
	const char *why = "x";
	size_t at = 0;
	tap_int(t, plan_decode(blob->data, blob->len, p, &why), 0, "decodes");
	tap_ok(t, why == NULL, "no reason is given");
	tap_ok(t,
		p->flags == 5 && p->init_fd == 10 && p->control_fd == -1 &&
			p->net_fd == 14 && p->net.count == 1 &&
			p->stdio_fd[2] == 13 && p->umask == 077,
		"numbers");
	tap_str(t, p->cwd, "/home/u", "cwd");
	tap_ok(t,
		p->n_mounts == 2 && p->mounts[0].fd == 20 &&
			p->mounts[1].op == PLAN_SYMLINK &&
			p->mounts[1].fd == -1,
		"mounts");
	tap_str(t, p->mounts[1].arg, "usr/bin", "symlink target");
	tap_ok(t, p->n_limits == 1 && p->limits[0].hard == 2, "limits");
	tap_ok(t, p->n_filter == 2 && p->filter[0] == 6 && p->filter[15] == 0,
		"filter");
	tap_str(t, plan_list_next(&p->argv, &at), "cmd", "argv[0]");
	tap_str(t, plan_list_next(&p->argv, &at), "--opt", "argv[1]");
	tap_str(t, plan_list_next(&p->argv, &at), "", "argv[2]");
	tap_ok(t, plan_list_next(&p->argv, &at) == NULL, "argv ends");
	tap_ok(t, plan_list_next(&p->argv, &at) == NULL, "and stays ended");
	at = 0;
	tap_ok(t, p->env.count == 2 && plan_list_next(&p->env, &at) != NULL,
		"environment");
	tap_str(t, plan_list_next(&p->env, &at), "B=two", "its second");
	tap_ok(t, p->cwd > blob->data && p->cwd < blob->data + blob->len,
		"strings are views into the blob");
}

/* Decode a copy of exactly len bytes, so that ASan sees a read behind it. */
static int
decode_exact(const char *bytes, size_t len, struct plan *p, const char **why)
{
	char *copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		return 1;
	memcpy(copy, bytes, len);
	int err = plan_decode(copy, len, p, why);
	free(copy);
	return err;
}

static void
test_truncation(struct tap *t, const struct buf *blob, struct plan *p)
{
	size_t bad = 0;
	const char *why = NULL;
	own_buf struct buf b = { 0 };
	buf_add(&b, blob->data, blob->len);
	for (size_t len = 0; len < blob->len; len++) {
		/* Once with the old length field, once with one that fits. */
		bad += decode_exact(blob->data, len, p, &why) != -EBADMSG;
		bad += why == NULL;
		for (size_t i = 0; i < 4; i++)
			b.data[LENGTH_AT + i] = (char)(len >> (8 * i) & 0xff);
		bad += decode_exact(b.data, len, p, &why) != -EBADMSG;
	}
	tap_int(t, (long long)bad, 0, "every truncation is refused");
	buf_char(&b, 'x');
	for (size_t i = 0; i < 4; i++)
		b.data[LENGTH_AT + i] = (char)(b.len >> (8 * i) & 0xff);
	tap_int(t, plan_decode(b.data, b.len, p, &why), -EBADMSG, "a tail");
	tap_str(t, why, "something follows its end", "and its reason");
}

/* Change one byte, expect a refusal (or not), and change it back. */
static void
with_byte(struct tap *t, struct buf *b, size_t at, unsigned int value,
	const char *name)
{
	static struct plan p;
	const char *why = NULL;
	const char old = b->data[at];
	b->data[at] = (char)value;
	tap_int(t, plan_decode(b->data, b->len, &p, &why), -EBADMSG, name);
	b->data[at] = old;
}

static void
test_lies(struct tap *t, struct buf *b, struct plan *p)
{
	const char *why = NULL;
	with_byte(t, b, 0, 'X', "magic");
	with_byte(t, b, VERSION_AT, 2, "version 2");
	with_byte(t, b, LENGTH_AT + 3, 1, "length");
	with_byte(t, b, CWD_AT, 6, "a string shorter than its bytes");
	with_byte(t, b, CWD_AT, 8, "a string longer than its bytes");
	with_byte(t, b, CWD_AT + 3, 0xff, "a string of 4 GiB");
	with_byte(t, b, CWD_AT + 6, 0, "a NUL inside a string");
	with_byte(t, b, CWD_AT + 4 + 7, 'x', "no NUL behind a string");
	with_byte(t, b, CWD_AT + 12 + 1, 0x10, "4098 mounts");
	with_byte(t, b, CWD_AT + 12 + 3, 0xff, "4 G mounts");
	tap_int(t, plan_decode(b->data, b->len, p, &why), 0,
		"the same bytes unchanged are fine");
}

/* What the encoder would not write: a cwd of any length. */
static void
with_cwd(struct buf *out, const struct buf *blob, size_t len)
{
	const size_t rest = CWD_AT + 4 + strlen("/home/u") + 1;
	buf_add(out, blob->data, CWD_AT);
	buf_u32(out, (uint32_t)len);
	for (size_t i = 0; i < len; i++)
		buf_char(out, 'a');
	buf_add(out, blob->data + rest - 1, blob->len - rest + 1);
	for (size_t i = 0; i < 4; i++)
		out->data[LENGTH_AT + i] = (char)(out->len >> (8 * i) & 0xff);
}

static void
test_maximum(struct tap *t, const struct buf *blob, struct plan *p)
{
	static struct plan many;
	const char *why = NULL;
	own_buf struct buf fits = { 0 };
	own_buf struct buf over = { 0 };
	own_buf struct buf full = { 0 };
	with_cwd(&fits, blob, PLAN_PATH_MAX);
	tap_int(t, plan_decode(fits.data, fits.len, p, &why), 0,
		"a path of 4095 bytes");
	tap_int(t, (long long)strlen(p->cwd), PLAN_PATH_MAX, "is read whole");
	with_cwd(&over, blob, PLAN_PATH_MAX + 1);
	tap_int(t, plan_decode(over.data, over.len, p, &why), -EBADMSG,
		"one byte more is refused");
	many = (struct plan){ .cwd = "/", .n_mounts = PLAN_MOUNTS_MAX };
	for (int i = 0; i < PLAN_MOUNTS_MAX; i++)
		many.mounts[i] =
			(struct plan_mount){ PLAN_DEV, 0, -1, "/d", "" };
	tap_int(t, plan_encode(&many, command, environment, doors, &full, NULL),
		0, "4096 mounts are encoded");
	tap_int(t, plan_decode(full.data, full.len, p, &why), 0, "and decoded");
	tap_int(t, p->n_mounts, PLAN_MOUNTS_MAX, "all of them");
}

static int
memfd_of(const char *bytes, size_t len, int seals)
{
	int fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd >= 0 && len > 0 && pwrite(fd, bytes, len, 0) != (ssize_t)len)
		return -1;
	if (fd >= 0 && seals != 0 && fcntl(fd, F_ADD_SEALS, seals) != 0)
		return -1;
	return fd;
}

static void
test_map(struct tap *t, const struct buf *blob, struct plan *p)
{
	static const int each[] = { F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW,
		F_SEAL_WRITE };
	const char *why = NULL;
	own_fd int good = memfd_of(blob->data, blob->len, PLAN_SEALS);
	tap_int(t, plan_map(good, p, &why), 0, "sealed memory is taken");
	for (size_t i = 0; i < 4; i++) {
		own_fd int fd =
			memfd_of(blob->data, blob->len, PLAN_SEALS & ~each[i]);
		tap_ok(t, fd >= 0 && plan_map(fd, p, &why) == -EPERM,
			"without seal %#x it is not", (unsigned int)each[i]);
	}
	own_fd int empty = memfd_of("", 0, PLAN_SEALS);
	tap_int(t, plan_map(empty, p, &why), -EFBIG, "an empty one");
	own_fd int huge = memfd_of("", 0, 0);
	tap_ok(t,
		huge >= 0 && ftruncate(huge, PLAN_BLOB_MAX + 1) == 0 &&
			fcntl(huge, F_ADD_SEALS, PLAN_SEALS) == 0 &&
			plan_map(huge, p, &why) == -EFBIG,
		"one of more than 8 MiB");
	own_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	tap_int(t, plan_map(file, p, &why), -EPERM, "no memory at all");
	tap_int(t, plan_map(-1, p, &why), -EPERM, "no descriptor at all");
}

int
main(void)
{
	static struct plan p;
	own_buf struct buf blob = { 0 };
	struct tap t = { 0 };
	make(&blob);
	test_values(&t, &blob, &p);
	test_truncation(&t, &blob, &p);
	test_lies(&t, &blob, &p);
	test_maximum(&t, &blob, &p);
	test_map(&t, &blob, &p);
	return tap_end(&t);
}
