/* SPDX-License-Identifier: Apache-2.0 */
/* socks.c -- the messages of SOCKS, read and written (room: user). */
#include "supervisor/socks.h"

#include <errno.h>
#include <string.h>

#include "policy/cursor.h"

enum {
	ATYP_IPV4 = 1,
	ATYP_NAME = 3,
	ATYP_IPV6 = 4,
	NO_AUTHENTICATION = 0,
	NONE_ACCEPTABLE = 0xff,
	V4_GRANTED = 0x5a,
	V4_REJECTED = 0x5b,
	V4_FIELDS = 8, /* version, command, port, address */
};

/* ---- greeting ---------------------------------------------------------------- */

long
socks_hello_read(const uint8_t *bytes, size_t len, bool *ret_ok)
{
	if (len >= 1 && bytes[0] != 5)
		return -EBADMSG;
	if (len < 2)
		return 0;
	size_t methods = bytes[1];
	if (len < 2 + methods)
		return 0;
	*ret_ok = memchr(bytes + 2, NO_AUTHENTICATION, methods) != NULL;
	return (long)(2 + methods); /* 257 at most */
}

size_t
socks_hello_write(uint8_t out[2], bool ok)
{
	out[0] = 5;
	out[1] = ok ? NO_AUTHENTICATION : NONE_ACCEPTABLE;
	return 2;
}

/* ---- addresses --------------------------------------------------------------- */

static void
literal(struct nethost *h, const struct netaddr *a)
{
	*h = (struct nethost){ .literal = true, .addr = *a };
	netaddr_text(a, h->name);
}

static struct netaddr
mapped(const uint8_t v4[4])
{
	struct netaddr a;
	netaddr_from4(&a, (uint32_t)v4[0] << 24 | (uint32_t)v4[1] << 16 |
				  (uint32_t)v4[2] << 8 | v4[3]);
	return a;
}

/*
 * Type, address and port at the cursor.  SOCKS_OK, or the reply that says what
 * is wrong with it; the cursor latches where bytes are missing.
 */
static enum socks_reply
address_read(struct cursor *c, struct nethost *host, uint16_t *ret_port)
{
	enum socks_reply reply = SOCKS_OK;
	struct netaddr a = { .bytes = { 0 } };
	uint64_t type = cursor_be(c, 1);
	if (type == ATYP_NAME) {
		size_t len = (size_t)cursor_be(c, 1);
		const uint8_t *name = cursor_bytes(c, len);
		if (name != NULL &&
			nethost_parse((const char *)name, len, host) < 0)
			reply = SOCKS_BAD_ADDRESS;
	} else if (type == ATYP_IPV4) {
		const uint8_t *v4 = cursor_bytes(c, 4);
		if (v4 != NULL)
			a = mapped(v4);
		literal(host, &a);
	} else if (type == ATYP_IPV6) {
		const uint8_t *v6 = cursor_bytes(c, sizeof(a.bytes));
		if (v6 != NULL)
			memcpy(a.bytes, v6, sizeof(a.bytes));
		literal(host, &a);
	} else
		return SOCKS_BAD_ADDRESS; /* of unknown length: nothing follows */
	*ret_port = (uint16_t)cursor_be(c, 2);
	return reply;
}

/* ---- requests ---------------------------------------------------------------- */

long
socks_request_read(const uint8_t *bytes, size_t len, struct socks_request *ret)
{
	struct cursor c = { .at = bytes, .left = len };
	memset(ret, 0, sizeof(*ret));
	if (len >= 1 && bytes[0] != 5)
		return -EBADMSG;
	ret->version = (uint8_t)cursor_be(&c, 1);
	ret->command = (uint8_t)cursor_be(&c, 1);
	(void)cursor_be(&c, 1); /* reserved; 0, and who cares */
	if (c.left == 0)
		return 0;
	ret->refuse = address_read(&c, &ret->host, &ret->port);
	if (c.failed)
		return 0; /* 262 bytes are enough for any */
	/* Where a client will send from may be anything, and often is zero. */
	if (ret->refuse == SOCKS_OK && ret->port == 0 &&
		ret->command == SOCKS_CONNECT)
		ret->refuse = SOCKS_FAILURE;
	return (long)(len - c.left);
}

/* Text up to a NUL at most max bytes away.  0: more is needed; -EBADMSG. */
static long
text_len(const uint8_t *bytes, size_t len, size_t max)
{
	const uint8_t *nul = memchr(bytes, '\0', len < max ? len : max);
	if (nul != NULL)
		return nul - bytes + 1;
	return len < max ? 0 : -EBADMSG;
}

long
socks4_request_read(const uint8_t *bytes, size_t len, struct socks_request *ret)
{
	enum { TEXT_MAX = 256 };
	memset(ret, 0, sizeof(*ret));
	if (len >= 1 && bytes[0] != 4)
		return -EBADMSG;
	if (len < V4_FIELDS)
		return 0;
	ret->version = 4;
	ret->command = bytes[1];
	ret->port = (uint16_t)(bytes[2] << 8 | bytes[3]);
	size_t at = V4_FIELDS;
	long user = text_len(bytes + at, len - at, TEXT_MAX);
	if (user <= 0)
		return user;
	at += (size_t)user;
	/* 0.0.0.x with x not zero: 4a, a name follows. */
	bool named = bytes[4] == 0 && bytes[5] == 0 && bytes[6] == 0 &&
		     bytes[7] != 0;
	if (!named) {
		struct netaddr a = mapped(bytes + 4);
		literal(&ret->host, &a);
	} else {
		const char *name = (const char *)bytes + at;
		long n = text_len(bytes + at, len - at, TEXT_MAX);
		if (n <= 0)
			return n;
		if (nethost_parse(name, (size_t)n - 1, &ret->host) < 0)
			ret->refuse = SOCKS_BAD_ADDRESS;
		at += (size_t)n;
	}
	if (ret->port == 0)
		ret->refuse = SOCKS_FAILURE;
	return (long)at;
}

/* ---- replies ----------------------------------------------------------------- */

static size_t
address_write(uint8_t *out, const struct netaddr *a, uint16_t port)
{
	static const struct netaddr none;
	/* No address at all is said as 0.0.0.0. */
	bool v4 = netaddr_is4(a) || netaddr_equal(a, &none);
	size_t len = v4 ? 4 : 16;
	size_t n = 0;
	out[n++] = v4 ? ATYP_IPV4 : ATYP_IPV6;
	memcpy(out + n, a->bytes + 16 - len, len);
	n += len;
	out[n++] = (uint8_t)(port >> 8);
	out[n++] = (uint8_t)(port & 0xff);
	return n;
}

size_t
socks_reply_write(uint8_t out[SOCKS_REPLY_MAX], uint8_t version,
	enum socks_reply reply, const struct netaddr *bound, uint16_t port)
{
	if (version == 4) {
		memset(out, 0, V4_FIELDS);
		out[1] = reply == SOCKS_OK ? V4_GRANTED : V4_REJECTED;
		return V4_FIELDS;
	}
	out[0] = 5;
	out[1] = (uint8_t)reply; /* 0..8 */
	out[2] = 0;
	return 3 + address_write(out + 3, bound, port);
}

enum socks_reply
socks_reply_of(int err)
{
	switch (err) {
	case ENETUNREACH:
	case ENETDOWN: return SOCKS_NET_UNREACHABLE;
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENOENT: return SOCKS_HOST_UNREACHABLE;
	case ECONNREFUSED: return SOCKS_REFUSED;
	case ETIMEDOUT: return SOCKS_TTL;
	default: return SOCKS_FAILURE;
	}
}

/* ---- datagrams --------------------------------------------------------------- */

int
socks_udp_read(const uint8_t *bytes, size_t len, struct socks_datagram *ret)
{
	struct cursor c = { .at = bytes, .left = len };
	(void)cursor_be(&c, 2); /* reserved */
	uint64_t fragment = cursor_be(&c, 1);
	enum socks_reply bad = address_read(&c, &ret->host, &ret->port);
	if (c.failed || bad != SOCKS_OK || ret->port == 0)
		return -EBADMSG;
	if (fragment != 0)
		return -EOPNOTSUPP;
	ret->head_len = len - c.left;
	return 0;
}

size_t
socks_udp_write(uint8_t out[SOCKS_UDP_HEAD_MAX], const struct netaddr *from,
	uint16_t port)
{
	memset(out, 0, 3);
	return 3 + address_write(out + 3, from, port);
}
