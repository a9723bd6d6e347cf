/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_SOCKS_H
#define SUPERVISOR_SOCKS_H
/*
 * socks.h -- the messages of SOCKS5 (RFC 1928), TCP and UDP, and of SOCKS4/4a.
 *
 * Readers take what has come so far and return the bytes used, 0 for "more is
 * needed", or -EBADMSG.  Writers return the length.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

enum {
	SOCKS_HELLO_MAX = 2 + 255,
	SOCKS_REQUEST_MAX = 4 + 1 + 255 + 2,
	SOCKS_REPLY_MAX = 4 + 16 + 2,
	SOCKS_UDP_HEAD_MAX = SOCKS_REQUEST_MAX,
	SOCKS4_REQUEST_MAX = 8 + 256 + 256,
};

enum socks_command { SOCKS_CONNECT = 1, SOCKS_BIND = 2, SOCKS_UDP = 3 };

enum socks_reply {
	SOCKS_OK = 0,
	SOCKS_FAILURE = 1,
	SOCKS_NOT_ALLOWED = 2,
	SOCKS_NET_UNREACHABLE = 3,
	SOCKS_HOST_UNREACHABLE = 4,
	SOCKS_REFUSED = 5,
	SOCKS_TTL = 6, /* also: timed out */
	SOCKS_BAD_COMMAND = 7,
	SOCKS_BAD_ADDRESS = 8,
};

/** Greeting (05 n methods); *ret_ok: "no authentication" is among them. */
long socks_hello_read(const uint8_t *bytes, size_t len, bool *ret_ok);
/** The answer: 05 00, or 05 ff. */
size_t socks_hello_write(uint8_t out[2], bool ok);

struct socks_request {
	uint8_t version;     /* 5, 4 */
	uint8_t command;     /* enum socks_command, or another number */
	struct nethost host; /* a literal written as a name is a literal */
	uint16_t port;
	/* Not SOCKS_OK: answer with this and close (bad address type, no host). */
	enum socks_reply refuse;
};
/** After the greeting; an unknown address type is whole after its first bytes. */
long socks_request_read(
	const uint8_t *bytes, size_t len, struct socks_request *ret);
/** A whole SOCKS4 or 4a request (first byte 04). */
long socks4_request_read(
	const uint8_t *bytes, size_t len, struct socks_request *ret);

/** version 5: 05 reply 00 atyp bound port; version 4: 00 5a/5b ... */
size_t socks_reply_write(uint8_t out[SOCKS_REPLY_MAX], uint8_t version,
	enum socks_reply reply, const struct netaddr *bound, uint16_t port);
/** The reply for a failed dial: errno (positive) to a code. */
enum socks_reply socks_reply_of(int err);

struct socks_datagram {
	struct nethost host;
	uint16_t port;
	size_t head_len; /* the payload begins there */
};
/** A datagram from the client; fragments are -EOPNOTSUPP, the rest -EBADMSG. */
int socks_udp_read(
	const uint8_t *bytes, size_t len, struct socks_datagram *ret);
/** The head in front of a datagram to the client. */
size_t socks_udp_write(uint8_t out[SOCKS_UDP_HEAD_MAX],
	const struct netaddr *from, uint16_t port);

#endif /* SUPERVISOR_SOCKS_H */
