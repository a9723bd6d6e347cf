/* SPDX-License-Identifier: Apache-2.0 */
/* diag_test.c -- first failure wins, cut texts, and the one printed line. */
#include "policy/diag.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

/* diag_print() with fd 2 turned into a memfd for as long as it takes. */
static int
print_into(const struct diag *d, struct buf *out)
{
	int saved = dup(STDERR_FILENO);
	int fd = memfd_create("diag_test", MFD_CLOEXEC);
	if (saved < 0 || fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		abort();
	int code = diag_print(d);
	if (dup2(saved, STDERR_FILENO) < 0 || lseek(fd, 0, SEEK_SET) != 0 ||
		buf_read_fd(out, fd, 65536) < 0)
		abort();
	(void)close(fd);
	(void)close(saved);
	return code;
}

static void
test_set(struct tap *t)
{
	struct diag d = { 0 };
	tap_int(t,
		diag_set(&d, -EINVAL, DIAG_USAGE, "--net", "is not a mode",
			"use none or full"),
		-EINVAL, "the error is handed through");
	tap_int(t, d.code, DIAG_USAGE, "code");
	(void)diag_set(&d, -EIO, DIAG_SETUP, "later", "later", "later");
	tap_str(t, d.thing, "--net", "the first failure wins");
	(void)diag_setf(&d, -EIO, DIAG_SETUP, "later", "later", "%d", 1);
	tap_str(t, d.cause, "is not a mode", "the first wins over setf too");
	diag_reset(&d);
	tap_int(t,
		diag_setf(
			&d, -E2BIG, DIAG_SETUP, "x", "fewer", "%d of %d", 3, 2),
		-E2BIG, "setf hands the error through");
	tap_str(t, d.cause, "3 of 2", "setf makes the cause");
	tap_int(t, diag_set(NULL, -EIO, 125, "a", "b", "c"), -EIO, "NULL diag");
	tap_int(t, diag_setf(NULL, -EIO, 125, "a", "b", "%s", "c"), -EIO,
		"NULL diag in setf");
}

static void
test_long(struct tap *t)
{
	char text[2 * DIAG_TEXT_MAX];
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct diag d = { 0 };
	(void)diag_set(&d, -EINVAL, 125, text, "cause", "mend");
	tap_int(t, (long long)strlen(d.thing), DIAG_TEXT_MAX - 1, "cut");
	tap_str(t, d.thing + DIAG_TEXT_MAX - 4, "...", "cut is shown");
	diag_reset(&d);
	(void)diag_setf(&d, -EINVAL, 125, "t", "m", "%s", text);
	tap_str(t, d.cause + DIAG_TEXT_MAX - 4, "...", "setf cuts too");
	/* Two-byte letters: the cut must not leave half of one. */
	for (size_t i = 0; i + 1 < sizeof(text) - 1; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	diag_reset(&d);
	(void)diag_set(&d, -EINVAL, 125, text + 1, "cause", "mend");
	size_t len = strlen(d.thing);
	tap_ok(t, len >= 4 && d.thing[len - 4] == '\xa9',
		"cut between letters");
	diag_reset(&d);
	(void)diag_set(&d, -EINVAL, 125, text, "cause", "mend");
	len = strlen(d.thing);
	tap_ok(t, len >= 4 && d.thing[len - 4] == '\xa9',
		"cut between letters, other parity");
}

static void
test_print(struct tap *t)
{
	struct diag d = { 0 };
	own_buf struct buf a = { 0 };
	(void)diag_set(&d, -EINVAL, DIAG_USAGE, "a\033]0;x\nb",
		"holds \xe2\x80\xae", "mend it");
	tap_int(t, print_into(&d, &a), DIAG_USAGE, "print returns the code");
	tap_str(t, buf_str(&a),
		"codex-sandbox: a\\x1b]0;x\\x0ab: holds \\xe2\\x80\\xae; "
		"mend it\n",
		"one line, encoded");
	diag_reset(&d);
	own_buf struct buf b = { 0 };
	(void)diag_set(&d, -EINVAL, DIAG_SETUP, "", "only a cause", NULL);
	tap_int(t, print_into(&d, &b), DIAG_SETUP, "125");
	tap_str(t, buf_str(&b), "codex-sandbox: only a cause\n",
		"neither thing nor mend");
	diag_reset(&d);
	own_buf struct buf c = { 0 };
	tap_int(t, print_into(&d, &c), DIAG_SETUP, "an empty diag is 125");
	tap_ok(t,
		c.len > 0 && c.data[c.len - 1] == '\n' &&
			strchr(c.data, '\n') == c.data + c.len - 1,
		"an empty diag prints one line too");
	own_buf struct buf n = { 0 };
	tap_int(t, print_into(NULL, &n), DIAG_SETUP, "NULL is 125");
}

static void
test_errno(struct tap *t)
{
	tap_str(t, diag_errno(ENOENT), "No such file or directory", "ENOENT");
	tap_ok(t, diag_errno(123456) != NULL, "an unknown number has a text");
	tap_ok(t, diag_errno(-1) != NULL, "a negative number has a text");
}

int
main(void)
{
	struct tap t = { 0 };
	test_set(&t);
	test_long(&t);
	test_print(&t);
	test_errno(&t);
	return tap_end(&t);
}
