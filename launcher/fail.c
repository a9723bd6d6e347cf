/* SPDX-License-Identifier: Apache-2.0 */
/* fail.c -- say what is wrong in one line and end (room: hot, warm, cold). */
#include "launcher/fail.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* Plain words instead of strerror(), which asks the locale. */
static const struct {
	int err;
	const char *words;
} errno_words[] = {
	{ EPERM, "not permitted" },
	{ ENOENT, "no such file or directory" },
	{ EIO, "input/output error" },
	{ EAGAIN, "a limit on processes or resources is reached" },
	{ ENOMEM, "out of memory" },
	{ EACCES, "access denied" },
	{ ENOTDIR, "not a directory" },
	{ EINVAL, "the kernel does not accept that" },
	{ EMFILE, "too many open files" },
	{ ENOSPC, "no space left, or a limit of the kernel is reached" },
	{ EROFS, "read-only file system" },
	{ ELOOP, "too many symbolic links" },
	{ ENAMETOOLONG, "the name is too long" },
	{ ENOSYS, "the kernel does not have that call" },
};

/*
 * Always free at the end: a cut, the newline, a NUL.  And what a thing may take,
 * so that a long path leaves room for its cause.
 */
enum { TAIL = sizeof "...\n", THING_MAX = 640 };

/*
 * Append words; the sentence ends before `end` bytes.  The backslash passes
 * although it makes "\x1b" ambiguous: what was said once may be said again.
 */
static void
say_within(struct sentence *s, const char *words, size_t end)
{
	static const char hex[] = "0123456789abcdef";
	for (; *words != '\0' && s->len + TAIL <= end; words++) {
		const unsigned char c = (unsigned char)*words;
		const char coded[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };
		const bool plain = c >= 0x20 && c < 0x7f;
		const char *piece = plain ? words : coded;
		size_t len = plain ? 1 : sizeof coded;
		if (s->len + len + TAIL > end) {
			piece = "...";
			len = 3;
			end = 0;
		}
		memcpy(s->text + s->len, piece, len);
		s->len += len;
	}
	s->text[s->len] = '\0';
}

void
say(struct sentence *s, const char *words)
{
	say_within(s, words, sizeof s->text);
}

void
say_number(struct sentence *s, uint64_t n)
{
	char digits[21] = "";
	size_t at = sizeof digits - 1;
	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	say(s, digits + at);
}

const char *
fail_errno(int err)
{
	for (size_t i = 0; i < sizeof errno_words / sizeof *errno_words; i++)
		if (errno_words[i].err == err)
			return errno_words[i].words;
	return NULL;
}

void
fail(int code, const char *thing, const char *cause, const char *mend)
{
	struct sentence s = { .len = 0 };
	say(&s, fail_program);
	say(&s, ": ");
	say_within(&s, thing, THING_MAX);
	say(&s, ": ");
	say(&s, cause);
	say(&s, "; ");
	say(&s, mend != NULL ? mend : "ask 'codex-sandbox doctor'");
	s.text[s.len++] = '\n';
	(void)!write(STDERR_FILENO, s.text, s.len); /* nobody left to tell */
	_exit(code);
}

void
die_errno(const char *thing, const char *mend)
{
	const int err = errno;
	const char *words = fail_errno(err);
	struct sentence other = { .len = 0 };
	say(&other, "kernel error number ");
	say_number(&other, (uint64_t)err); /* errno is never negative */
	fail(FAIL_SETUP, thing, words != NULL ? words : other.text, mend);
}

void
must(long failed, const char *thing)
{
	if (failed != 0)
		die_errno(thing, NULL);
}
