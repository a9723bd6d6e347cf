/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_hello_fuzz.c -- the verdict on a stream does not depend on how much of
 * it came at a time: once said, it stays.  The same bytes are also what a server
 * says first, and what stands between two hellos.
 */
#include "supervisor/client_hello.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client_hello whole, part;
	if (size > CLIENT_HELLO_STREAM_MAX)
		return 0;
	enum client_hello_state last = client_hello_read(data, size, &whole);
	enum server_hello_state answer = server_hello_read(data, size);
	long between = client_hello_between(data, size);
	if (between > (long)size ||
		(last == CLIENT_HELLO_NAME && whole.used > size))
		abort();
	size_t step = size / 16 + 1;
	for (size_t n = 0; n < size; n += step) {
		/* Of its own size, so that reading behind it is found. */
		uint8_t *copy = malloc(n ? n : 1);
		if (copy == NULL)
			return 0;
		memcpy(copy, data, n);
		enum client_hello_state s = client_hello_read(copy, n, &part);
		enum server_hello_state early = server_hello_read(copy, n);
		long record = client_hello_between(copy, n);
		free(copy);
		if (early != SERVER_HELLO_MORE && early != answer)
			abort();
		if (record != 0 && record != between)
			abort();
		if (s == CLIENT_HELLO_MORE)
			continue;
		if (s != last ||
			(s == CLIENT_HELLO_NAME &&
				(strcmp(part.host.name, whole.host.name) != 0 ||
					part.used != whole.used)))
			abort();
	}
	if (last == CLIENT_HELLO_NAME &&
		(whole.host.literal || whole.host.name[0] == '\0'))
		abort();
	if (last == CLIENT_HELLO_BAD && whole.why == NULL)
		abort();
	return 0;
}
