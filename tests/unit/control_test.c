/* SPDX-License-Identifier: Apache-2.0 */
/* control_test.c -- packets of the control socket: layout and round trip. */
#include "launcher/control.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/tap.h"

static void
test_layout(struct tap *t)
{
	uint32_t word[CONTROL_WORDS] = { CONTROL_EXIT, 0x01020304, 0xffffffff };
	static const uint8_t want[] = { CONTROL_EXIT, 0, 0, 0, 4, 3, 2, 1, 0xff,
		0xff, 0xff, 0xff, 0, 0, 0, 0 };
	uint8_t packet[CONTROL_LEN];
	memset(packet, 0x55, sizeof(packet));
	control_put(packet, word);
	tap_ok(t, memcmp(packet, want, sizeof(want)) == 0,
		"words are little-endian, in order");
	bool rest = true;
	for (size_t i = sizeof(want); i < sizeof(packet); i++)
		rest = rest && packet[i] == 0;
	tap_ok(t, rest, "unused words are zero");
	tap_int(t, CONTROL_LEN, 64, "a packet is 64 bytes");
}

static void
test_round_trip(struct tap *t)
{
	uint32_t word[CONTROL_WORDS];
	uint32_t back[CONTROL_WORDS] = { 0 };
	uint8_t packet[CONTROL_LEN];
	uint32_t x = 1;
	for (size_t i = 0; i < CONTROL_WORDS; i++) {
		x = x * 1664525u + 1013904223u;
		word[i] = x;
	}
	control_put(packet, word);
	control_get(back, packet);
	tap_ok(t, memcmp(word, back, sizeof(word)) == 0, "round trip");
	packet[CONTROL_LEN - 1] ^= 0x80;
	control_get(back, packet);
	tap_ok(t,
		back[CONTROL_WORDS - 1] ==
			(word[CONTROL_WORDS - 1] ^ 0x80000000u),
		"the last byte is the highest of the last word");
}

static void
test_numbers(struct tap *t)
{
	/* Both programs may be of different builds: numbers are for good. */
	tap_int(t, CONTROL_SIGNAL, 1, "CONTROL_SIGNAL");
	tap_int(t, CONTROL_CONTINUE, 2, "CONTROL_CONTINUE");
	tap_int(t, CONTROL_HANGUP, 3, "CONTROL_HANGUP");
	tap_int(t, CONTROL_READY, 64, "CONTROL_READY");
	tap_int(t, CONTROL_STOPPED, 65, "CONTROL_STOPPED");
	tap_int(t, CONTROL_EXIT, 66, "CONTROL_EXIT");
	tap_ok(t, (int)CX_MAXRSS_KIB < (int)CONTROL_WORDS,
		"EXIT fits into a packet");
}

int
main(void)
{
	struct tap t = { 0 };
	test_layout(&t);
	test_round_trip(&t);
	test_numbers(&t);
	return tap_end(&t);
}
