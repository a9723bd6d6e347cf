/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socks_fuzz.c -- messages of SOCKS: nothing is read behind the end, what is
 * taken was there, and a host that is accepted is one.
 */
#include "supervisor/socks.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(long n, size_t size, const struct socks_request *r)
{
	struct nethost again;
	if (n > (long)size)
		abort();
	if (n <= 0 || r->refuse != SOCKS_OK)
		return;
	/* Its canonical spelling means the same. */
	if (nethost_parse(r->host.name, strlen(r->host.name), &again) < 0 ||
		strcmp(again.name, r->host.name) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct socks_request r;
	struct socks_datagram d;
	bool ok;
	if (size > 4096)
		return 0;
	if (socks_hello_read(data, size, &ok) > (long)size)
		abort();
	check(socks_request_read(data, size, &r), size, &r);
	check(socks4_request_read(data, size, &r), size, &r);
	if (size > SOCKS_REQUEST_MAX && socks_request_read(data, size, &r) == 0)
		abort(); /* more would be waited for for ever */
	if (size > SOCKS4_REQUEST_MAX &&
		socks4_request_read(data, size, &r) == 0)
		abort();
	if (socks_udp_read(data, size, &d) == 0 && d.head_len > size)
		abort();
	return 0;
}
