/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.c -- SHA-256 after FIPS 180-4; room: user.
 *
 * Our own eighty lines, because no library that we depend on has it and the
 * digest names a policy; it is checked against the standard's examples.
 */
#include "policy/sha256.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, ROUNDS = 64 };

static const uint32_t k[ROUNDS] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static uint32_t
rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void
schedule(const uint8_t block[BLOCK], uint32_t w[ROUNDS])
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[t * 4] << 24 |
		       (uint32_t)block[t * 4 + 1] << 16 |
		       (uint32_t)block[t * 4 + 2] << 8 | block[t * 4 + 3];
	for (int t = 16; t < ROUNDS; t++) {
		uint32_t a = w[t - 15];
		uint32_t b = w[t - 2];

		w[t] = w[t - 16] + w[t - 7] +
		       (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void
compress(uint32_t h[8], const uint8_t block[BLOCK])
{
	uint32_t w[ROUNDS];
	uint32_t v[8];

	schedule(block, w);
	memcpy(v, h, sizeof(v));
	for (int t = 0; t < ROUNDS; t++) {
		uint32_t e =
			rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t a =
			rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t t1 = v[7] + e + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
			      k[t] + w[t];
		uint32_t t2 =
			a + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

void
sha256_hex(const void *bytes, size_t len, char ret_hex[SHA256_HEX])
{
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const uint8_t *p = bytes;
	size_t left = len;
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t tail_len;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		compress(h, p);
	if (left > 0)
		memcpy(tail, p, left);
	tail[left] = 0x80;
	tail_len = left + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	for (int i = 0; i < 8; i++)
		tail[tail_len - 1 - (size_t)i] =
			(uint8_t)((uint64_t)len * 8 >> (8 * i));
	for (size_t at = 0; at < tail_len; at += BLOCK)
		compress(h, tail + at);
	for (int i = 0; i < 32; i++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t b = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));

		ret_hex[(size_t)i * 2] = digits[b >> 4];
		ret_hex[(size_t)i * 2 + 1] = digits[b & 15];
	}
	ret_hex[64] = '\0';
}
