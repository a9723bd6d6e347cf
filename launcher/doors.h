/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAUNCHER_DOORS_H
#define LAUNCHER_DOORS_H
/*
 * doors.h -- the sockets that init makes inside and the supervisor serves.
 *
 * A socket belongs for ever to the network namespace it was made in, so what
 * init makes, and nobody else can, is all that is needed inside: no bridge, no
 * helper process, no path.  The launcher reads nothing of this.
 *
 * One packet on plan.net_fd, from init to the supervisor:
 *
 *   u8 DOORS_VERSION, u8 level (enum door_level), u16 n, little-endian
 *   n x { u8 kind (enum door_kind), u8 0, u16 port }
 *
 * with SCM_RIGHTS of exactly n descriptors, the i-th of which is the i-th entry.
 * The answer is one byte, DOORS_OK or DOORS_REFUSED; anything else, or the end
 * of the connection, is a refusal too.
 */
#include <stddef.h>
#include <stdint.h>

/*
 * Of lo too, beside its own: who asks for names only of families that he has an
 * address of (AI_ADDRCONFIG) does not count loopback.  RFC 7600's dummy, and one
 * of the private range whose other end answers are taken from.
 */
#define DOORS_OWN4 192, 0, 0, 8
#define DOORS_OWN6 \
	0xfd, 0xc0, 0xde, 0x5b, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8

enum {
	DOORS_VERSION = 1,
	DOORS_MAX = 240, /* descriptors in a packet; the kernel takes 253 */
	DOORS_HEAD = 4,
	DOORS_ENTRY = 4,
	DOORS_PACKET_MAX = DOORS_HEAD + DOORS_MAX * DOORS_ENTRY,
	DOORS_OK = 1,
	DOORS_REFUSED = 2,

	DOORS_DNS_PORT = 53,
	/* What the proxy variables name, unless a grant takes it. */
	DOORS_PROXY_PORT = 3128,
	/* Where nftables sends connections to all other addresses. */
	DOORS_ALL_PORT = 3129,

	/* How many of each the plan may ask for. */
	DOORS_PORTS_MAX = 32,
	DOORS_FORWARD_MAX = 32,
	DOORS_PUBLISH_MAX = 5,
	/* Connections at once to one published port. */
	DOORS_PUBLISH_SOCKETS = 16,
};

/* What of the transparent door this kernel has. */
enum door_level {
	DOORS_NONE,  /* not asked for: explicit door and grants only */
	DOORS_PORTS, /* the listed ports; the kernel refuses the others */
	DOORS_ALL,   /* nftables TPROXY: all ports of all addresses but 127/8
		      * and ::1 */
};

/* 4 and 6 are twins, and 6 may be missing where the kernel has no IPv6. */
enum door_kind {
	/* Listener on that port of 127.0.0.1, ::1: HTTP and SOCKS5. */
	DOOR_PROXY4 = 1,
	DOOR_PROXY6,
	/* Listener behind TPROXY; an accepted socket's own name is the address
	 * that the program asked for. */
	DOOR_ALL4,
	DOOR_ALL6,
	/* UDP port 53 of every address, with IP_PKTINFO, IPV6_RECVPKTINFO:
	 * answer from the address that was asked. */
	DOOR_DNS_UDP4,
	DOOR_DNS_UDP6,
	/* Listener on port 53 of every address. */
	DOOR_DNS_TCP4,
	DOOR_DNS_TCP6,
	/* UDP on 127.0.0.1, its port in the entry: SOCKS5 UDP. */
	DOOR_RELAY_UDP4,
	/* DOORS_PORTS: listener on that port of every address; an accepted
	 * socket's own name is the address that was asked for. */
	DOOR_PORT4,
	DOOR_PORT6,
	/* Listener on that port of 127.0.0.1, ::1, for the host's loopback. */
	DOOR_FORWARD4,
	DOOR_FORWARD6,
	/* Not connected; DOORS_PUBLISH_SOCKETS of them for each such port, to be
	 * connected to 127.0.0.1 and that port inside. */
	DOOR_PUBLISH4,
	/* DOORS_PORTS: a raw socket of TCP (which is its "port") that gets a
	 * copy of the resets with which the kernel refuses a connection; not
	 * there where a host has no raw sockets. */
	DOOR_REFUSED4,
	DOOR_REFUSED6,
	DOOR_KINDS,
};

static inline void
doors_put(uint8_t out[2], uint16_t value)
{
	out[0] = (uint8_t)(value & 0xff);
	out[1] = (uint8_t)(value >> 8);
}

static inline uint16_t
doors_get(const uint8_t in[2])
{
	return (uint16_t)(in[0] | (unsigned int)in[1] << 8); /* two bytes */
}

#endif /* LAUNCHER_DOORS_H */
