/* SPDX-License-Identifier: Apache-2.0 */
/* sha256_test.c -- the standard's examples, and every length about a block. */
#include "policy/sha256.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

struct row {
	const char *text;
	const char *hex;
};

/* FIPS 180-4 examples (NIST, "SHA256.pdf"), and the empty message. */
static const struct row rows[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
	  "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

/*
 * A chain over messages of 0 to 200 bytes, each of which holds the digest of
 * the one before: the last value was computed by another implementation.
 */
static void
test_lengths(struct tap *t)
{
	char text[200 + SHA256_HEX] = { 0 };
	char hex[SHA256_HEX] = "";

	for (size_t len = 0; len <= 200; len++) {
		memset(text, 'x', len);
		memcpy(text, hex, strlen(hex) < len ? strlen(hex) : len);
		/* An exact copy, so that the sanitizer sees a read too many. */
		char *exact = malloc(len ? len : 1);

		memcpy(exact, text, len);
		sha256_hex(exact, len, hex);
		free(exact);
	}
	tap_str(t, hex,
		"b897bbde3c23b3bf9d940a593268b1a1fa6012d7f3d7eb5e77cf7ae37b06ef5a",
		"every length up to 200 bytes");
}

int
main(void)
{
	struct tap t = { 0 };
	char hex[SHA256_HEX];
	char *million = malloc(1000000);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sha256_hex(rows[i].text, strlen(rows[i].text), hex);
		tap_str(&t, hex, rows[i].hex, "an example of the standard");
	}
	memset(million, 'a', 1000000);
	sha256_hex(million, 1000000, hex);
	free(million);
	tap_str(&t, hex,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
		"a million times the letter a");
	test_lengths(&t);
	return tap_end(&t);
}
