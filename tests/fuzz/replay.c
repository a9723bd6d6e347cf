/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c -- feed a fuzz target the files named in argv; room: test. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 8 << 20 };

/** Run one file through the target; 0, or 1 when it cannot be read whole. */
static int
replay_file(const char *path, uint8_t *space)
{
	FILE *f = fopen(path, "rbe");
	if (!f) {
		perror(path);
		return 1;
	}
	size_t len = fread(space, 1, INPUT_MAX, f);
	int failed = ferror(f);
	fclose(f);
	if (failed || len == INPUT_MAX) {
		fprintf(stderr, "%s: cannot be read whole\n", path);
		return 1;
	}
	/* An exact copy, so that the sanitizer sees a read past the end. */
	uint8_t *exact = malloc(len ? len : 1);
	if (!exact)
		return 1;
	for (size_t i = 0; i < len; i++)
		exact[i] = space[i];
	(void)LLVMFuzzerTestOneInput(exact, len); /* by contract always 0 */
	free(exact);
	return 0;
}

int
main(int argc, char **argv)
{
	uint8_t *space = malloc(INPUT_MAX);
	if (!space)
		return 1;
	int failed = 0;
	for (int i = 1; i < argc; i++)
		failed |= replay_file(argv[i], space);
	free(space);
	printf("replayed %d inputs\n", argc - 1);
	return failed;
}
