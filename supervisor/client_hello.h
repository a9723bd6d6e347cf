/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_CLIENT_HELLO_H
#define SUPERVISOR_CLIENT_HELLO_H
/*
 * client_hello.h -- the server name in a TLS ClientHello, read and left alone.
 *
 * Call it with everything that has come so far (peeked or kept), until it says
 * something else than MORE.  Nothing of TLS is opened.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

enum {
	CLIENT_HELLO_MAX = 16 << 10, /* bytes of the handshake message */
	/* Of the stream; a fragmented hello has record headers in between. */
	CLIENT_HELLO_STREAM_MAX = CLIENT_HELLO_MAX + 4096,
};

enum client_hello_state {
	CLIENT_HELLO_MORE,    /* could be one; wait for more bytes */
	CLIENT_HELLO_NOT_TLS, /* the first bytes are something else */
	CLIENT_HELLO_NAME,    /* exactly one name, in ret->host */
	CLIENT_HELLO_NO_NAME, /* a ClientHello without a server name */
	CLIENT_HELLO_BAD,     /* TLS, but malformed, too long, two names ... */
};

struct client_hello {
	struct nethost host;
	bool ech; /* encrypted_client_hello is there: host is the outer */
	const char *why; /* of BAD, for the event; static */
};

enum client_hello_state client_hello_read(
	const uint8_t *bytes, size_t len, struct client_hello *ret);

#endif /* SUPERVISOR_CLIENT_HELLO_H */
