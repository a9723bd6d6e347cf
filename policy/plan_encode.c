/* SPDX-License-Identifier: Apache-2.0 */
/* plan_encode.c -- struct plan to its wire form and memfd (room: user). */
#include "policy/plan_encode.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"

#ifndef MFD_NOEXEC_SEAL
#	define MFD_NOEXEC_SEAL 8u /* Linux 6.3 */
#endif

enum { LENGTH_AT = 12 }; /* where the total length stands */

/* str = u32 length, bytes, NUL.  Too long latches as any buf failure does. */
static void
put_str(struct buf *out, const char *s, size_t max)
{
	size_t len = strlen(s);
	if (len > max)
		out->failed = true;
	buf_u32(out, (uint32_t)len); /* at most max, else failed */
	buf_add(out, s, len + 1);
}

/* A negative descriptor goes as two's complement. */
static void
put_fd(struct buf *out, int32_t fd)
{
	buf_u32(out, (uint32_t)fd);
}

static void
put_process(struct buf *out, const struct plan *p)
{
	static const char magic[8] = "CSBPLAN";
	buf_add(out, magic, sizeof magic);
	buf_u32(out, PLAN_VERSION);
	buf_u32(out, 0); /* the length, known at the end */
	buf_u32(out, p->flags);
	put_fd(out, p->init_fd);
	put_fd(out, p->control_fd);
	put_fd(out, p->net_fd);
	for (size_t i = 0; i < 3; i++)
		put_fd(out, p->stdio_fd[i]);
	buf_u32(out, p->tty_mask);
	buf_u32(out, p->umask);
	buf_u32(out, p->timeout_ms);
	buf_u32(out, p->grace_ms);
	put_str(out, p->cwd, PLAN_PATH_MAX);
}

static void
put_tables(struct buf *out, const struct plan *p)
{
	buf_u32(out, p->n_mounts);
	for (uint32_t i = 0; i < p->n_mounts; i++) {
		const struct plan_mount *m = &p->mounts[i];
		buf_u8(out, m->op);
		buf_u16(out, m->perms);
		put_fd(out, m->fd);
		put_str(out, m->dest, PLAN_PATH_MAX);
		put_str(out, m->arg, PLAN_PATH_MAX);
		buf_u64(out, m->dev);
		buf_u64(out, m->ino);
	}
	buf_u32(out, p->n_limits);
	for (uint32_t i = 0; i < p->n_limits; i++) {
		buf_u32(out, p->limits[i].resource);
		buf_u64(out, p->limits[i].soft);
		buf_u64(out, p->limits[i].hard);
	}
	buf_u32(out, p->n_filter);
	if (p->n_filter > 0)
		buf_add(out, p->filter, (size_t)p->n_filter * 8);
}

static void
put_list(struct buf *out, char *const *strings, const struct plan_list *own)
{
	uint32_t count = 0;
	if (strings == NULL) {
		buf_u32(out, own->count);
		if (own->len > 0)
			buf_add(out, own->bytes, own->len);
		return;
	}
	while (count < PLAN_LIST_MAX && strings[count] != NULL)
		count++;
	if (strings[count] != NULL)
		out->failed = true;
	buf_u32(out, count);
	for (uint32_t i = 0; i < count && !buf_failed(out); i++)
		put_str(out, strings[i], PLAN_BLOB_MAX);
}

int
plan_encode(const struct plan *p, char *const *argv, char *const *env,
	char *const *net, struct buf *out, struct diag *d)
{
	if (p->n_mounts > PLAN_MOUNTS_MAX || p->n_limits > PLAN_LIMITS_MAX ||
		p->n_filter > PLAN_FILTER_MAX)
		return diag_set(d, -E2BIG, DIAG_SETUP, "the sandbox's plan",
			"it has more mounts, limits or filter instructions "
			"than fit",
			"name fewer paths");
	out->max = PLAN_BLOB_MAX;
	put_process(out, p);
	put_tables(out, p);
	put_list(out, argv, &p->argv);
	put_list(out, env, &p->env);
	put_list(out, net, &p->net);
	if (buf_failed(out))
		return diag_set(d, -E2BIG, DIAG_SETUP, "the sandbox's plan",
			"command, environment and paths do not fit into 8 MiB, "
			"or one path is longer than 4095 bytes",
			"shorten the command line or the environment");
	for (size_t i = 0; i < 4; i++)
		out->data[LENGTH_AT + i] =
			(char)(uint8_t)(out->len >> (8 * i) & 0xff);
	return 0;
}

/* Write everything; a memfd takes it in one go unless memory is short. */
static int
write_all(int fd, const char *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(fd, bytes + done, len - done, (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		done += (size_t)n; /* positive */
	}
	return 0;
}

static int
no_memory(int err, struct diag *d)
{
	return diag_setf(d, err, DIAG_SETUP, "the sandbox's plan",
		"free some memory", "it cannot be put into memory: %s",
		diag_errno(-err));
}

int
plan_memfd_new(int *ret_fd, struct diag *d)
{
	static const char name[] = "codex-sandbox-plan";
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	/* Required where vm.memfd_noexec is 2, unknown before Linux 6.3. */
	int fd = memfd_create(name, flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	if (fd < 0)
		return no_memory(-errno, d);
	*ret_fd = fd;
	return 0;
}

int
plan_memfd_fill(int fd, const struct buf *blob, struct diag *d)
{
	const int seals =
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int err = write_all(fd, blob->data, blob->len);
	if (err == 0 && fcntl(fd, F_ADD_SEALS, seals) != 0)
		err = -errno;
	return err < 0 ? no_memory(err, d) : 0;
}

int
plan_memfd(const struct buf *blob, int *ret_fd, struct diag *d)
{
	own_fd int fd = -1;
	int err = plan_memfd_new(&fd, d);
	if (err >= 0)
		err = plan_memfd_fill(fd, blob, d);
	if (err < 0)
		return err;
	*ret_fd = own_take_fd(&fd);
	return 0;
}
