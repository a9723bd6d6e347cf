/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_hello.c -- the server name of a ClientHello (room: user).
 *
 * RFC 8446 4.1.2, RFC 6066 3.  The message may be cut into several records; it is
 * put together first, so that a name cannot hide at a cut.
 */
#include "supervisor/client_hello.h"

#include <errno.h>
#include <string.h>

#include "policy/cursor.h"

enum {
	RECORD_HEAD = 5,
	RECORD_MAX = 16384,
	RECORD_SEALED_MAX = 16384 + 256,
	RECORD_FIRST = 20, /* change_cipher_spec */
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_LAST = 24, /* heartbeat */
	MESSAGE_HEAD = 4,
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_VERSIONS = 43,
	EXTENSION_ECH = 0xfe0d,
	NAME_HOST = 0,
};

/* The handshake message, out of its records. */
struct message {
	size_t len;
	uint8_t bytes[CLIENT_HELLO_MAX];
};

static enum client_hello_state
bad(struct client_hello *ret, const char *why)
{
	ret->why = why;
	return CLIENT_HELLO_BAD;
}

static size_t
be24(const uint8_t *b)
{
	return (size_t)b[0] << 16 | (size_t)b[1] << 8 | b[2];
}

/* The length of the message when its head is there; 0 = not yet. */
static size_t
message_len(const struct message *m)
{
	return m->len < MESSAGE_HEAD ? 0 : MESSAGE_HEAD + be24(m->bytes + 1);
}

/*
 * Collect records.  MORE, BAD, or NAME for "whole" (of the caller's states that
 * is the one that means to go on).
 */
static enum client_hello_state
collect(const uint8_t *bytes, size_t len, struct message *m,
	struct client_hello *ret)
{
	for (size_t at = 0;;) {
		size_t want = message_len(m);
		if (want > CLIENT_HELLO_MAX)
			return bad(ret, "too long");
		if (m->len > 0 && m->bytes[0] != MESSAGE_CLIENT_HELLO)
			return bad(ret, "not a ClientHello");
		ret->used = at;
		if (want != 0 && m->len >= want)
			return m->len == want
				       ? CLIENT_HELLO_NAME
				       : bad(ret, "bytes behind the hello");
		if (len - at < RECORD_HEAD)
			return CLIENT_HELLO_MORE;
		const uint8_t *r = bytes + at;
		size_t n = (size_t)r[3] << 8 | r[4];
		if (r[0] != RECORD_HANDSHAKE || r[1] != 3)
			return bad(ret, "not a handshake record");
		if (n == 0 || n > RECORD_MAX)
			return bad(ret, "length of a record");
		size_t here = len - at - RECORD_HEAD;
		size_t part = n < here ? n : here;
		if (part > sizeof(m->bytes) - m->len)
			return bad(ret, "too long");
		memcpy(m->bytes + m->len, r + RECORD_HEAD, part);
		m->len += part;
		at += RECORD_HEAD + part;
		/* The rest of a record that is not whole: look at the head, so
		 * that nonsense is not waited for. */
		if (part < n && message_len(m) <= CLIENT_HELLO_MAX)
			return CLIENT_HELLO_MORE;
	}
}

/* The one name of a server_name extension. */
static enum client_hello_state
server_name(struct cursor e, struct client_hello *ret)
{
	struct cursor list = cursor_sub(&e, (size_t)cursor_be(&e, 2));
	uint64_t type = cursor_be(&list, 1);
	size_t len = (size_t)cursor_be(&list, 2);
	const uint8_t *name = cursor_bytes(&list, len);
	if (list.failed || e.failed || e.left != 0)
		return bad(ret, "server_name");
	if (type != NAME_HOST || list.left != 0)
		return bad(ret, "not exactly one name");
	if (nethost_parse((const char *)name, len, &ret->host) < 0)
		return bad(ret, "the name is no host");
	/* RFC 6066: literals are not permitted, nor is the last dot. */
	if (ret->host.literal || name[len - 1] == '.')
		return bad(ret, "the name is no host name");
	return CLIENT_HELLO_NAME;
}

static enum client_hello_state
extensions(struct cursor all, struct client_hello *ret)
{
	enum client_hello_state state = CLIENT_HELLO_NO_NAME;
	while (all.left > 0) {
		uint64_t type = cursor_be(&all, 2);
		struct cursor e = cursor_sub(&all, (size_t)cursor_be(&all, 2));
		if (all.failed)
			return bad(ret, "extensions");
		if (type == EXTENSION_ECH)
			ret->ech = true;
		/* TLS 1.3 is offered in it, and nowhere else. */
		if (type == EXTENSION_VERSIONS)
			ret->may_retry = true;
		if (type != EXTENSION_SERVER_NAME)
			continue;
		if (state != CLIENT_HELLO_NO_NAME)
			return bad(ret, "server_name twice");
		state = server_name(e, ret);
		if (state == CLIENT_HELLO_BAD)
			return state;
	}
	return state;
}

/*
 * Is it TLS at all?  NOT_TLS, BAD, NO_NAME, or MORE where it is, or may be.  What
 * a server takes before or in place of a ClientHello must not hide one.
 */
static enum client_hello_state
first_bytes(const uint8_t *b, size_t len, struct client_hello *ret)
{
	/* In the form of SSL 2, which has no names: servers still take it, some
	 * whatever version it says. */
	if (len > 2 && (b[0] & 0x80) != 0)
		return b[2] == MESSAGE_CLIENT_HELLO ? CLIENT_HELLO_NO_NAME
						    : CLIENT_HELLO_NOT_TLS;
	if (len > 0 && (b[0] & 0x80) != 0)
		return CLIENT_HELLO_MORE;
	if (len > 0 && (b[0] < RECORD_FIRST || b[0] > RECORD_LAST))
		return CLIENT_HELLO_NOT_TLS;
	/* The version of the first record is for nobody to look at (RFC 8446
	 * 5.1), and there are servers that do not. */
	if (len > 1 && b[1] != 3)
		return b[0] == RECORD_HANDSHAKE || b[0] == RECORD_ALERT
			       ? bad(ret, "version of a record")
			       : CLIENT_HELLO_NOT_TLS;
	/* A warning or the like first. */
	if (len > 1 && b[0] != RECORD_HANDSHAKE)
		return bad(ret, "another record first");
	return CLIENT_HELLO_MORE;
}

enum client_hello_state
client_hello_read(const uint8_t *bytes, size_t len, struct client_hello *ret)
{
	struct message m;
	m.len = 0;
	memset(ret, 0, sizeof(*ret));
	enum client_hello_state state = first_bytes(bytes, len, ret);
	if (state == CLIENT_HELLO_MORE && len >= RECORD_HEAD)
		state = collect(bytes, len, &m, ret);
	if (state != CLIENT_HELLO_NAME)
		return state;
	struct cursor c = { .at = m.bytes + MESSAGE_HEAD,
		.left = m.len - MESSAGE_HEAD };
	(void)cursor_bytes(&c, 2 + 32);                   /* version, random */
	(void)cursor_bytes(&c, (size_t)cursor_be(&c, 1)); /* session */
	(void)cursor_bytes(&c, (size_t)cursor_be(&c, 2)); /* cipher suites */
	(void)cursor_bytes(&c, (size_t)cursor_be(&c, 1)); /* compression */
	if (c.failed)
		return bad(ret, "malformed");
	if (c.left == 0)
		return CLIENT_HELLO_NO_NAME; /* from before extensions */
	struct cursor all = cursor_sub(&c, (size_t)cursor_be(&c, 2));
	if (c.failed || c.left != 0)
		return bad(ret, "extensions");
	return extensions(all, ret);
}

/* ---- a second one ------------------------------------------------------------- */

/* The length of a record, with its head. */
static size_t
record_len(const uint8_t *r)
{
	return RECORD_HEAD + ((size_t)r[3] << 8 | r[4]);
}

long
client_hello_between(const uint8_t *bytes, size_t len)
{
	if (len > 0 && (bytes[0] < RECORD_FIRST || bytes[0] > RECORD_LAST ||
			       bytes[0] == RECORD_HANDSHAKE))
		return -EBADMSG;
	if (len < RECORD_HEAD)
		return 0;
	size_t n = record_len(bytes);
	if (bytes[1] != 3 || n > RECORD_HEAD + RECORD_SEALED_MAX)
		return -EBADMSG;
	return n <= len ? (long)n : 0; /* a record's length */
}

enum server_hello_state
server_hello_read(const uint8_t *bytes, size_t len)
{
	/* The random of a HelloRetryRequest (RFC 8446 4.1.3). */
	static const uint8_t retry[32] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a,
		0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
		0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };
	if (len > 0 && bytes[0] != RECORD_HANDSHAKE)
		return SERVER_HELLO_OTHER;
	if (len < RECORD_HEAD)
		return SERVER_HELLO_MORE;
	/* Cut so small that the random is in another record: nobody does, and
	 * to look at what follows is no harm. */
	if (record_len(bytes) < SERVER_HELLO_LOOK)
		return SERVER_HELLO_RETRY;
	if (len > RECORD_HEAD && bytes[RECORD_HEAD] != MESSAGE_SERVER_HELLO)
		return SERVER_HELLO_OTHER;
	if (len < SERVER_HELLO_LOOK)
		return SERVER_HELLO_MORE;
	return memcmp(bytes + SERVER_HELLO_LOOK - sizeof(retry), retry,
		       sizeof(retry)) == 0
		       ? SERVER_HELLO_RETRY
		       : SERVER_HELLO_OTHER;
}
