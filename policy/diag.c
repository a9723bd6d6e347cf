/* SPDX-License-Identifier: Apache-2.0 */
/* diag.c -- one error for a person: thing, cause, mend (room: user). */
#include "policy/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/vis.h"

/* Cut a text that is too long so that the reader sees that it was cut. */
static void
text_mark_cut(char text[DIAG_TEXT_MAX])
{
	size_t end = DIAG_TEXT_MAX - 4;
	/* Not inside a UTF-8 sequence: go back over continuation bytes. */
	while (end > 0 && ((unsigned char)text[end] & 0xc0u) == 0x80u)
		end--;
	memcpy(text + end, "...", 4);
}

static void
text_set(char text[DIAG_TEXT_MAX], const char *s)
{
	size_t len = s == NULL ? 0 : strlen(s);
	bool cut = len >= DIAG_TEXT_MAX;
	if (cut)
		len = DIAG_TEXT_MAX - 1;
	if (len > 0)
		memcpy(text, s, len);
	text[len] = '\0';
	if (cut)
		text_mark_cut(text);
}

static bool
diag_is_empty(const struct diag *d)
{
	return d->code == 0 && d->thing[0] == '\0' && d->cause[0] == '\0' &&
	       d->mend[0] == '\0';
}

int
diag_set(struct diag *d, int err, int code, const char *thing,
	const char *cause, const char *mend)
{
	if (d == NULL || !diag_is_empty(d))
		return err;
	d->code = code;
	text_set(d->thing, thing);
	text_set(d->cause, cause);
	text_set(d->mend, mend);
	return err;
}

int
diag_setf(struct diag *d, int err, int code, const char *thing,
	const char *mend, const char *fmt, ...)
{
	if (d == NULL || !diag_is_empty(d))
		return err;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(d->cause, sizeof(d->cause), fmt, ap);
	va_end(ap);
	if (n < 0)
		text_set(d->cause, "failed");
	else if ((size_t)n >= sizeof(d->cause)) /* n is not negative */
		text_mark_cut(d->cause);
	d->code = code;
	text_set(d->thing, thing);
	text_set(d->mend, mend);
	return err;
}

const char *
diag_errno(int err)
{
	const char *text = strerrordesc_np(err);
	return text == NULL ? "Unknown error" : text;
}

int
diag_print(const struct diag *d)
{
	own_buf struct buf line = { 0 };
	bool empty = d == NULL || diag_is_empty(d);
	buf_str_add(&line, "codex-sandbox: ");
	if (empty) {
		buf_str_add(&line, "failed without a recorded cause; "
				   "this is a defect, please report it");
	} else {
		if (d->thing[0] != '\0') {
			vis_str(&line, d->thing);
			buf_str_add(&line, ": ");
		}
		vis_str(&line, d->cause);
		if (d->mend[0] != '\0') {
			buf_str_add(&line, "; ");
			vis_str(&line, d->mend);
		}
	}
	buf_char(&line, '\n');
	size_t done = 0;
	while (done < line.len) {
		ssize_t n =
			write(STDERR_FILENO, line.data + done, line.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;     /* nowhere left to complain */
		done += (size_t)n; /* n is positive */
	}
	return empty || d->code == 0 ? DIAG_SETUP : d->code;
}

void
diag_reset(struct diag *d)
{
	*d = (struct diag){ 0 };
}
