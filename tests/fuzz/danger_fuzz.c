/* SPDX-License-Identifier: Apache-2.0 */
/* danger_fuzz.c -- any bytes as a dangerous text: total, and never forgetful. */
#include "policy/danger.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	own_shell_commands struct shell_commands c = { 0 };
	own_buf struct buf more = { 0 };
	enum danger d = DANGER_NONE, behind = DANGER_NONE;
	if (danger_text(text, size, &d) != 0)
		abort();
	/* A forced removal on a line of its own before the text is found. */
	buf_str_add(&more, "rm -f x\n");
	buf_add(&more, text, size);
	if (danger_text(more.data, more.len, &behind) != 0)
		abort();
	bool nul = memchr(text, '\0', size) != NULL;
	if (!nul && behind == DANGER_NONE)
		abort();
	/* What a plain list would run is found however it is judged. */
	if (shell_decompose(text, size, SHELL_BASH, &c, NULL) == 0) {
		enum danger one = DANGER_NONE;
		for (size_t i = 0; i < c.n && one == DANGER_NONE; i++)
			if (danger_argv(c.items[i].argc, c.items[i].argv,
				    &one) != 0)
				abort();
		if (one != d)
			abort();
	}
	return 0;
}
