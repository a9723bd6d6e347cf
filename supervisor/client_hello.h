/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_CLIENT_HELLO_H
#define SUPERVISOR_CLIENT_HELLO_H
/*
 * client_hello.h -- the server name in a TLS ClientHello, read and left alone.
 *
 * Call it with everything that has come so far (peeked or kept), until it says
 * something else than MORE.  Nothing of TLS is opened.
 *
 * In TLS 1.3 a server may ask for a second hello (HelloRetryRequest, RFC 8446
 * 4.1.4), and serves the name of that one: so it has to be read too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

enum {
	CLIENT_HELLO_MAX = 16 << 10, /* bytes of the handshake message */
	/* Of the stream; a fragmented hello has record headers in between. */
	CLIENT_HELLO_STREAM_MAX = CLIENT_HELLO_MAX + 4096,
	/* As much of a server's first record as tells: heads, version, random. */
	SERVER_HELLO_LOOK = 5 + 4 + 2 + 32,
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
	bool ech;       /* encrypted_client_hello is there: host is the outer */
	bool may_retry; /* TLS 1.3 is offered: a second one may follow */
	size_t used;    /* bytes of the stream, up to the end of the hello */
	const char *why; /* of BAD, for the event; static */
};

enum client_hello_state client_hello_read(
	const uint8_t *bytes, size_t len, struct client_hello *ret);

/**
 * A whole record at the begin of these bytes that may stand between two hellos
 * (change_cipher_spec, an alert, early data that the server skips): its length.
 * 0 = more is needed, -EBADMSG = it is of another kind.
 */
long client_hello_between(const uint8_t *bytes, size_t len);

enum server_hello_state {
	SERVER_HELLO_MORE,  /* wait for SERVER_HELLO_LOOK bytes */
	SERVER_HELLO_OTHER, /* no second ClientHello is asked for */
	SERVER_HELLO_RETRY, /* one is */
};

/** The first bytes of a server that was sent a ClientHello. */
enum server_hello_state server_hello_read(const uint8_t *bytes, size_t len);

#endif /* SUPERVISOR_CLIENT_HELLO_H */
