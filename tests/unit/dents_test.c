/* SPDX-License-Identifier: Apache-2.0 */
/* dents_test.c -- every entry of a directory once, however many there are. */
#include "policy/dents.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/tap.h"

enum { FILES = 1000 }; /* more than fit into one read */

static size_t
count(const char *name, size_t seen[FILES])
{
	own_dents struct dents list;
	const struct dirent *entry;
	size_t n = 0;
	(void)dents_open(&list, AT_FDCWD, name);
	while ((entry = dents_next(&list)) != NULL) {
		n++;
		if (entry->d_type == DT_REG)
			seen[strtoul(entry->d_name, NULL, 10) % FILES]++;
	}
	return n;
}

int
main(void)
{
	static size_t seen[FILES];
	struct tap t = { 0 };
	char dir[] = "/tmp/dents_test.XXXXXX";
	char name[16];
	bool once = true;
	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	tap_int(&t, (long long)count(".", seen), 0, "an empty directory");
	for (int i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		(void)close(open(name, O_CREAT | O_WRONLY, 0600));
	}
	(void)mkdir("...", 0700);
	(void)mkdir(".hidden", 0700);
	(void)symlink(".", "link");
	tap_int(&t, (long long)count(".", seen), FILES + 3, "all of them");
	for (int i = 0; i < FILES; i++)
		once = once && seen[i] == 1;
	tap_ok(&t, once, "each once");
	own_dents struct dents none;
	tap_ok(&t, !dents_open(&none, AT_FDCWD, "link"), "no symlink");
	tap_ok(&t, dents_next(&none) == NULL, "what was not opened is empty");
	tap_ok(&t, !dents_open(&none, AT_FDCWD, "7"), "no file");
	for (int i = 0; i < FILES; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		(void)unlink(name);
	}
	(void)rmdir("...");
	(void)rmdir(".hidden");
	(void)unlink("link");
	(void)rmdir(dir);
	return tap_end(&t);
}
