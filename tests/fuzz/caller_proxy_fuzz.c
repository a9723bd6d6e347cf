/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller_proxy_fuzz.c -- the URL of a proxy, any bytes: a port or none, and what
 * names another host has none.
 */
#include "policy/caller_proxy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *url = malloc(size + 1);
	unsigned int port;

	if (!url)
		return 0;
	memcpy(url, data, size);
	url[size] = '\0';
	port = caller_proxy_port(url);
	if (port > 65535 ||
		(port > 0 && !strcasestr(url, "localhost") &&
			!strstr(url, "127.0.0.1") && !strstr(url, "[::1]")))
		abort();
	free(url);
	return 0;
}
