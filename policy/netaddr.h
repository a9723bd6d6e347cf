/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NETADDR_H
#define POLICY_NETADDR_H
/*
 * netaddr.h -- addresses, what kind they are, and hosts as a program writes
 * them.
 *
 * One form for both families: sixteen bytes, IPv4 as ::ffff:a.b.c.d, so that
 * 127.0.0.1 and ::ffff:127.0.0.1 are the same address and nobody has to think
 * of that again.
 */
#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NETADDR_SCOPE_MAX = 15, /* bytes of a zone, IFNAMSIZ - 1 */
	NETADDR_TEXT_MAX = 64,  /* buffer of netaddr_text() */
	NETHOST_NAME_MAX = 253, /* bytes of a name without its last dot */
	NETHOST_TEXT_MAX = 256, /* buffer of a canonical host */
};

struct netaddr {
	uint8_t bytes[16];
	char scope[NETADDR_SCOPE_MAX + 1]; /* "" = none; link-local only */
};

/* What an address is, from the most to the least dangerous. */
enum netaddr_class {
	NETADDR_METADATA,   /* cloud metadata services */
	NETADDR_LOOPBACK,   /* 127/8, ::1, 0/8, :: */
	NETADDR_LINK_LOCAL, /* 169.254/16, fe80::/10 */
	NETADDR_PRIVATE, /* 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7 */
	NETADDR_SPECIAL, /* multicast, documentation, reserved, benchmark ... */
	NETADDR_PUBLIC,
};

/**
 * The class; an IPv4 address embedded by NAT64, 6to4, Teredo, ISATAP, or in a
 * mapped, translated or compatible form is judged too, and the more dangerous
 * of both counts.  Addresses that only such a form can have are never public.
 */
enum netaddr_class netaddr_class(const struct netaddr *a);
const char *netaddr_class_name(enum netaddr_class c); /* "loopback" ... */
/** The IPv4 address that an IPv6 address of such a form carries, if any. */
bool netaddr_embedded(const struct netaddr *a, struct netaddr *ret);

bool netaddr_is4(const struct netaddr *a);
/** The same bytes (scopes are not compared)? */
bool netaddr_equal(const struct netaddr *a, const struct netaddr *b);
void netaddr_from4(struct netaddr *a, uint32_t v); /* host order */
/** 0, or -EAFNOSUPPORT for a family that is neither AF_INET nor AF_INET6. */
int netaddr_from_sockaddr(
	const struct sockaddr *sa, struct netaddr *ret, uint16_t *ret_port);
/** v4 as AF_INET, all else as AF_INET6 (scope looked up); the length. */
socklen_t netaddr_to_sockaddr(
	const struct netaddr *a, uint16_t port, struct sockaddr_storage *ret);
/** Text without brackets ("10.0.0.1", "fe80::1%eth0"). */
void netaddr_text(const struct netaddr *a, char text[NETADDR_TEXT_MAX]);

/** A network: a prefix of sixteen bytes (IPv4 bits + 96). */
struct netcidr {
	struct netaddr base; /* host bits are zero */
	uint8_t bits;        /* 0..128 */
};

/**
 * "10.0.0.0/8", "fd00::/8", or one address without a length.  -EINVAL also
 * where host bits are set (10.0.0.1/8 is a slip of the pen).
 */
int netcidr_parse(const char *text, struct netcidr *ret);
bool netcidr_plain(const struct netcidr *c); /* are the host bits zero? */
bool netcidr_has(const struct netcidr *c, const struct netaddr *a);
void netcidr_text(const struct netcidr *c, char text[NETADDR_TEXT_MAX]);

/** A host as asked for: an address, or a name in its one canonical spelling. */
struct nethost {
	bool literal;
	struct netaddr addr;         /* literal */
	char name[NETHOST_TEXT_MAX]; /* canonical text, of an address too */
};

/**
 * Read what a client or a policy calls a host, len bytes: brackets of an IPv6
 * literal and the last dot go, letters become small, IDNA names become
 * A-labels, numbers that inet_aton() takes ("127.1", "0x7f000001",
 * "2130706433") become the address they are.  -EINVAL: no host (empty, a blank
 * or control byte, an empty or too long label, a character that has no known
 * A-label: such a name must be written as xn--...).
 */
int nethost_parse(const char *text, size_t len, struct nethost *ret);

/** "localhost" and everything below it. */
bool nethost_is_localhost(const struct nethost *h);

#endif /* POLICY_NETADDR_H */
