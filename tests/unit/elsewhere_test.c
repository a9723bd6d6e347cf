/* SPDX-License-Identifier: Apache-2.0 */
/* elsewhere_test.c -- which file systems somebody else keeps. */
#include "policy/elsewhere.h"

#include <string.h>

#include "policy/buf.h"
#include "tests/unit/tap.h"

static const struct {
	const char *type;
	const char *keeper; /* NULL: this kernel */
} rows[] = {
	{ "nfs", "another machine" },
	{ "nfs4", "another machine" },
	{ "cifs", "another machine" },
	{ "9p", "the host" },
	{ "virtiofs", "the host" },
	{ "fuse", "a program" },
	{ "fuse.sshfs", "a program" },
	{ "fuseblk", "a program" },
	{ "fusectl", NULL },
	{ "nfsd", NULL },
	{ "ext4", NULL },
	{ "tmpfs", NULL },
	{ "overlay", NULL },
	{ "", NULL },
	{ ".nfs", NULL },
};

int
main(void)
{
	struct tap tap = { 0 };
	own_buf struct buf here = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = elsewhere_words(rows[i].type);

		tap_ok(&tap,
			rows[i].keeper
				? words && strncmp(words, rows[i].keeper,
						   strlen(rows[i].keeper)) == 0
				: !words,
			"%s", rows[i].type);
	}
	/* The directory of the tests may be anywhere: only that both agree. */
	tap_ok(&tap, elsewhere_here(&here) == (here.len > 0),
		"the current directory");
	return tap_end(&tap);
}
