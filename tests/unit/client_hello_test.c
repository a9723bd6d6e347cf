/* SPDX-License-Identifier: Apache-2.0 */
/* client_hello_test.c -- one name, wherever the cuts are, or none at all. */
#include "supervisor/client_hello.h"

#include <errno.h>

#include "tests/unit/tap.h"

enum { ROOM = 40000 };

struct made {
	size_t len;
	uint8_t bytes[ROOM];
};

static void
put(struct made *m, const void *bytes, size_t len)
{
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

static void
put_be(struct made *m, size_t v, size_t n)
{
	while (n-- > 0)
		m->bytes[m->len++] = (uint8_t)(v >> (8 * n));
}

static void
put_name(struct made *m, const char *name, uint8_t type)
{
	size_t len = strlen(name);
	put_be(m, 0, 2); /* server_name */
	put_be(m, len + 5, 2);
	put_be(m, len + 3, 2);
	put_be(m, type, 1);
	put_be(m, len, 2);
	put(m, name, len);
}

/* The handshake message around these extensions. */
static struct made
message(const struct made *extensions)
{
	struct made m = { 0 };
	static const uint8_t zero[32];
	size_t ext = extensions == NULL ? 0 : 2 + extensions->len;
	put_be(&m, 1, 1);
	put_be(&m, 2 + 32 + 1 + 4 + 2 + ext, 3);
	put_be(&m, 0x0303, 2);
	put(&m, zero, 32);
	put_be(&m, 0, 1);
	put_be(&m, 2, 2);
	put_be(&m, 0x1301, 2);
	put_be(&m, 0x0100, 2);
	if (extensions != NULL) {
		put_be(&m, extensions->len, 2);
		put(&m, extensions->bytes, extensions->len);
	}
	return m;
}

/* In records of at most `cut` bytes. */
static struct made
records(const struct made *m, size_t cut)
{
	struct made r = { 0 };
	for (size_t at = 0; at < m->len;) {
		size_t n = m->len - at < cut ? m->len - at : cut;
		put_be(&r, 0x160301, 3);
		put_be(&r, n, 2);
		put(&r, m->bytes + at, n);
		at += n;
	}
	return r;
}

static struct made
hello(const char *name)
{
	struct made e = { 0 };
	put_be(&e, 0x002b0003, 4); /* another extension first */
	put_be(&e, 0x020304, 3);
	put_name(&e, name, 0);
	struct made m = message(&e);
	return records(&m, 16384);
}

static enum client_hello_state
read_all(const struct made *r, struct client_hello *h)
{
	return client_hello_read(r->bytes, r->len, h);
}

static void
test_name(struct tap *t)
{
	struct client_hello h;
	struct made r = hello("Www.Example.COM");
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_NAME, "a hello with a name");
	tap_str(t, h.host.name, "www.example.com", "the name, canonical");
	size_t early = 0;
	for (size_t n = 0; n < r.len; n++)
		early += client_hello_read(r.bytes, n, &h) != CLIENT_HELLO_MORE;
	tap_int(t, (long long)early, 0, "every shorter part wants more");
	put(&r, "\x17\x03\x03\x00\x01x", 6);
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_NAME,
		"what follows it (early data) is no matter");
	struct made e = { 0 };
	put_name(&e, "a.example", 0);
	struct made m = message(&e);
	bool all = true;
	for (size_t cut = 1; cut < m.len; cut++) {
		struct made parts = records(&m, cut);
		all = all && read_all(&parts, &h) == CLIENT_HELLO_NAME &&
		      strcmp(h.host.name, "a.example") == 0;
	}
	tap_ok(t, all, "wherever the records are cut, it is the same name");
}

static void
test_none(struct tap *t)
{
	struct client_hello h;
	struct made none = message(NULL);
	struct made r = records(&none, 16384);
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_NO_NAME, "no extensions");
	struct made e = { 0 };
	put_be(&e, 0xfe0d0001, 4); /* encrypted_client_hello */
	put_be(&e, 0, 1);
	struct made m = message(&e);
	r = records(&m, 16384);
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_NO_NAME, "no server_name");
	tap_ok(t, h.ech, "an encrypted one is noticed");
	static const char ssl2[] = "\x80\x2e\x01\x03\x01";
	tap_int(t, client_hello_read((const uint8_t *)ssl2, 5, &h),
		CLIENT_HELLO_NO_NAME, "the form of SSL 2 has none");
	static const char ssl2_odd[] = "\x80\x2e\x01\x7f\x01";
	tap_int(t, client_hello_read((const uint8_t *)ssl2_odd, 5, &h),
		CLIENT_HELLO_NO_NAME, "whatever version it says");
	static const char *const other[] = { "GET / HTTP/1.1\r\n",
		"SSH-2.0-x\r\n", "\x17\x24", "\x05\x01", "Q",
		"\x80\x01\x02\x03" };
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		tap_int(t,
			client_hello_read((const uint8_t *)other[i],
				strlen(other[i]), &h),
			CLIENT_HELLO_NOT_TLS, "something else");
}

static void
refused(struct tap *t, const struct made *extensions, const char *why)
{
	struct client_hello h;
	struct made m = message(extensions);
	struct made r = records(&m, 16384);
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_BAD, why);
}

static void
test_bad(struct tap *t)
{
	struct made e = { 0 };
	put_name(&e, "a.example", 0);
	put_name(&e, "b.example", 0);
	refused(t, &e, "two extensions with names");
	static const char two[] = "\0\0\0\x10\0\x0e\0\0\x04"
				  "a.bc"
				  "\0\0\x04"
				  "b.cd";
	e.len = 0;
	put(&e, two, sizeof(two) - 1);
	refused(t, &e, "two names in one");
	static const char *const names[] = { "127.0.0.1", "a.example.", "a b",
		"", "a\r\nb", "x..y" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		e.len = 0;
		put_name(&e, names[i], 0);
		refused(t, &e, "a name that is none");
	}
	e.len = 0;
	put_name(&e, "a.example", 1);
	refused(t, &e, "another type of name");
	e.len = 0;
	put_be(&e, 0x00000009, 4);
	refused(t, &e, "an extension that is cut off");

	struct client_hello h;
	struct made r = hello("a.example");
	r.bytes[0] = 21;
	tap_int(t, read_all(&r, &h), CLIENT_HELLO_BAD,
		"an alert first, behind which a hello could hide");
	/* There are servers that take these. */
	for (unsigned int v = 0; v < 256; v++) {
		r = hello("a.example");
		r.bytes[1] = (uint8_t)v;
		if (v != 3 && read_all(&r, &h) != CLIENT_HELLO_BAD)
			tap_int(t, v, -1, "a record of another version");
	}
	tap_int(t, client_hello_read((const uint8_t *)"\x15\x04", 2, &h),
		CLIENT_HELLO_BAD, "an alert of another version");
	struct made big = { 0 };
	put_be(&big, 0x16030140, 4);
	put_be(&big, 0, 1);
	put_be(&big, 0x01ffffff, 4);
	tap_int(t, read_all(&big, &h), CLIENT_HELLO_BAD,
		"one that is too long is not waited for");
}

static void
test_second(struct tap *t)
{
	struct client_hello h;
	struct made r = hello("a.example");
	size_t whole = r.len;
	put(&r, "\x17\x03\x03\x00\x01x", 6);
	(void)read_all(&r, &h);
	tap_ok(t, h.may_retry, "versions are offered");
	tap_int(t, (long long)h.used, (long long)whole, "where it ends");
	struct made e = { 0 };
	put_name(&e, "a.example", 0);
	struct made m = message(&e);
	r = records(&m, 10);
	(void)read_all(&r, &h);
	tap_ok(t, !h.may_retry, "of TLS 1.2 there is one alone");
	tap_int(t, (long long)h.used, (long long)r.len, "in records too");

	static const struct {
		const char *bytes;
		size_t len;
		long want;
	} between[] = {
		{ "\x14\3\3\0\1\1", 6, 6 },
		{ "\x17\3\3\0\2xyz", 8, 7 },
		{ "\x15\3\3\0\2\1\x5a", 7, 7 },
		{ "\x17\3\3\0\2x", 6, 0 },
		{ "\x14\3\3\0", 4, 0 },
		{ "", 0, 0 },
		{ "\x16\3\3\0\1\1", 6, -EBADMSG },
		{ "\x17\2\3\0\1x", 6, -EBADMSG },
		{ "\x17\3\3\xff\xff", 5, -EBADMSG },
		{ "GET /", 5, -EBADMSG },
	};
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
		tap_int(t,
			client_hello_between((const uint8_t *)between[i].bytes,
				between[i].len),
			between[i].want, "a record between two hellos");
}

static void
test_server(struct tap *t)
{
	static const uint8_t retry[SERVER_HELLO_LOOK] = { 0x16, 3, 3, 0, 0x60,
		2, 0, 0, 0x5c, 3, 3, 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61,
		0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
		0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09,
		0xe2, 0xc8, 0xa8, 0x33, 0x9c };
	uint8_t b[SERVER_HELLO_LOOK];
	memcpy(b, retry, sizeof(b));
	tap_int(t, server_hello_read(b, sizeof(b)), SERVER_HELLO_RETRY,
		"a HelloRetryRequest");
	size_t early = 0;
	for (size_t n = 0; n < sizeof(b); n++)
		early += server_hello_read(b, n) != SERVER_HELLO_MORE;
	tap_int(t, (long long)early, 0, "every shorter part wants more");
	b[20] ^= 1;
	tap_int(t, server_hello_read(b, sizeof(b)), SERVER_HELLO_OTHER,
		"a ServerHello");
	b[4] = 7;
	tap_int(t, server_hello_read(b, 12), SERVER_HELLO_RETRY,
		"one in small pieces may be");
	tap_int(t, server_hello_read((const uint8_t *)"\x15\3", 2),
		SERVER_HELLO_OTHER, "an alert");
	tap_int(t, server_hello_read((const uint8_t *)"220 x", 5),
		SERVER_HELLO_OTHER, "no TLS");
	b[4] = 0x60;
	b[5] = 11;
	tap_int(t, server_hello_read(b, 6), SERVER_HELLO_OTHER,
		"another message");
}

int
main(void)
{
	struct tap t = { 0 };
	test_second(&t);
	test_server(&t);
	test_name(&t);
	test_none(&t);
	test_bad(&t);
	return tap_end(&t);
}
