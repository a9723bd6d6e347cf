/* SPDX-License-Identifier: Apache-2.0 */
/* netaddr.c -- addresses and what kind they are; room: user. */
#include "policy/netaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <net/if.h>
#include <netinet/in.h>

enum { MAPPED_BITS = 96 };

/* Where IPv4 lies in an IPv6 address, if anywhere. */
enum embeds { EMBEDS_NOTHING, EMBEDS_LAST, EMBEDS_6TO4, EMBEDS_TEREDO };

struct block4 {
	uint32_t base;
	uint8_t bits;
	uint8_t class; /* enum netaddr_class */
};

/* The narrower block stands before the wider one: the first that fits counts. */
static const struct block4 blocks4[] = {
	{ 0xa9fea9fe, 32, NETADDR_METADATA }, /* 169.254.169.254 */
	{ 0xa9feaa02, 32, NETADDR_METADATA }, /* 169.254.170.2, ECS */
	{ 0xa9feaa17, 32, NETADDR_METADATA }, /* 169.254.170.23, EKS */
	{ 0x646464c8, 32, NETADDR_METADATA }, /* 100.100.100.200, Alibaba */
	{ 0xa83f8110, 32, NETADDR_METADATA }, /* 168.63.129.16, Azure: public */
	{ 0xc00000c0, 32, NETADDR_METADATA }, /* 192.0.0.192, Oracle */
	{ 0x00000000, 8, NETADDR_LOOPBACK },  /* "this host": Linux connects */
	{ 0x7f000000, 8, NETADDR_LOOPBACK },  /* 127/8 */
	{ 0xa9fe0000, 16, NETADDR_LINK_LOCAL }, /* 169.254/16 */
	{ 0x0a000000, 8, NETADDR_PRIVATE },     /* 10/8 */
	{ 0x64400000, 10, NETADDR_PRIVATE },    /* 100.64/10, carriers' NAT */
	{ 0xac100000, 12, NETADDR_PRIVATE },    /* 172.16/12 */
	{ 0xc0a80000, 16, NETADDR_PRIVATE },    /* 192.168/16 */
	{ 0xc0000000, 24, NETADDR_SPECIAL },    /* 192.0.0/24 */
	{ 0xc0000200, 24, NETADDR_SPECIAL },    /* 192.0.2/24, documentation */
	{ 0xc0586300, 24, NETADDR_SPECIAL },    /* 192.88.99/24, 6to4 relays */
	{ 0xc6120000, 15, NETADDR_SPECIAL },    /* 198.18/15, our own pool */
	{ 0xc6336400, 24, NETADDR_SPECIAL },    /* 198.51.100/24 */
	{ 0xcb007100, 24, NETADDR_SPECIAL },    /* 203.0.113/24 */
	{ 0xe0000000, 4, NETADDR_SPECIAL },     /* multicast */
	{ 0xf0000000, 4, NETADDR_SPECIAL },     /* reserved, broadcast */
};

struct block6 {
	uint8_t base[16];
	uint8_t bits;
	uint8_t class;  /* enum netaddr_class */
	uint8_t embeds; /* enum embeds */
};

static const struct block6 blocks6[] = {
	{ { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54 }, 128,
		NETADDR_METADATA, EMBEDS_NOTHING }, /* fd00:ec2::254, AWS */
	{ { 0xfd, 0x20, 0x00, 0xce, [14] = 0x02, [15] = 0x54 }, 128,
		NETADDR_METADATA, EMBEDS_NOTHING }, /* fd20:ce::254, GCP */
	{ { 0 }, 128, NETADDR_LOOPBACK, EMBEDS_NOTHING },        /* :: */
	{ { [15] = 1 }, 128, NETADDR_LOOPBACK, EMBEDS_NOTHING }, /* ::1 */
	{ { 0 }, 96, NETADDR_SPECIAL, EMBEDS_LAST },             /* ::a.b.c.d */
	{ { [8] = 0xff, 0xff }, 96, NETADDR_SPECIAL,
		EMBEDS_LAST }, /* ::ffff:0:a.b.c.d, translated */
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, NETADDR_SPECIAL,
		EMBEDS_LAST }, /* NAT64 */
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, NETADDR_SPECIAL,
		EMBEDS_LAST }, /* 64:ff9b:1::/48, NAT64 of one's own */
	{ { 0x20, 0x02 }, 16, NETADDR_SPECIAL, EMBEDS_6TO4 },
	{ { 0x20, 0x01, 0x00, 0x00 }, 32, NETADDR_SPECIAL, EMBEDS_TEREDO },
	{ { 0x20, 0x01, 0x00, 0x00 }, 23, NETADDR_SPECIAL,
		EMBEDS_NOTHING }, /* protocol assignments */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, NETADDR_SPECIAL, EMBEDS_NOTHING },
	{ { 0x3f, 0xff }, 20, NETADDR_SPECIAL, EMBEDS_NOTHING },
	{ { 0xfc }, 7, NETADDR_PRIVATE, EMBEDS_NOTHING },
	{ { 0xfe, 0xc0 }, 10, NETADDR_PRIVATE, EMBEDS_NOTHING },
	{ { 0xfe, 0x80 }, 10, NETADDR_LINK_LOCAL, EMBEDS_NOTHING },
	{ { 0x20 }, 3, NETADDR_PUBLIC, EMBEDS_NOTHING }, /* 2000::/3 */
	{ { 0 }, 0, NETADDR_SPECIAL, EMBEDS_NOTHING },   /* all the rest */
};

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int whole = bits / 8;
	unsigned int rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static uint32_t
word_at(const struct netaddr *a, size_t i)
{
	return (uint32_t)a->bytes[i] << 24 | (uint32_t)a->bytes[i + 1] << 16 |
	       (uint32_t)a->bytes[i + 2] << 8 | a->bytes[i + 3];
}

static enum netaddr_class
class4(uint32_t v)
{
	for (size_t i = 0; i < sizeof(blocks4) / sizeof(blocks4[0]); i++) {
		const struct block4 *b = &blocks4[i];

		if ((v ^ b->base) >> (32 - b->bits) == 0)
			return (enum netaddr_class)b->class;
	}
	return NETADDR_PUBLIC;
}

/* ::0:5efe:a.b.c.d and ::200:5efe:a.b.c.d below any prefix. */
static bool
is_isatap(const struct netaddr *a)
{
	return (a->bytes[8] & 0xfd) == 0 && a->bytes[9] == 0 &&
	       a->bytes[10] == 0x5e && a->bytes[11] == 0xfe;
}

bool
netaddr_embedded(const struct netaddr *a, struct netaddr *ret)
{
	if (netaddr_is4(a))
		return false;
	for (size_t i = 0; i < sizeof(blocks6) / sizeof(blocks6[0]); i++) {
		const struct block6 *b = &blocks6[i];

		if (!same_bits(a->bytes, b->base, b->bits))
			continue;
		if (b->embeds == EMBEDS_LAST)
			netaddr_from4(ret, word_at(a, 12));
		else if (b->embeds == EMBEDS_6TO4)
			netaddr_from4(ret, word_at(a, 2));
		else if (b->embeds == EMBEDS_TEREDO)
			netaddr_from4(ret, ~word_at(a, 12));
		else
			break;
		return true;
	}
	if (!is_isatap(a))
		return false;
	netaddr_from4(ret, word_at(a, 12));
	return true;
}

enum netaddr_class
netaddr_class(const struct netaddr *a)
{
	enum netaddr_class own = NETADDR_SPECIAL;
	enum netaddr_class inner = NETADDR_PUBLIC;
	struct netaddr four;

	if (netaddr_is4(a))
		return class4(word_at(a, 12));
	for (size_t i = 0; i < sizeof(blocks6) / sizeof(blocks6[0]); i++) {
		const struct block6 *b = &blocks6[i];

		if (same_bits(a->bytes, b->base, b->bits)) {
			own = (enum netaddr_class)b->class;
			break;
		}
	}
	if (netaddr_embedded(a, &four))
		inner = class4(word_at(&four, 12));
	return inner < own ? inner : own;
}

const char *
netaddr_class_name(enum netaddr_class c)
{
	switch (c) {
	case NETADDR_METADATA: return "cloud metadata";
	case NETADDR_LOOPBACK: return "loopback";
	case NETADDR_LINK_LOCAL: return "link-local";
	case NETADDR_PRIVATE: return "private";
	case NETADDR_SPECIAL: return "special-purpose";
	case NETADDR_PUBLIC: return "public";
	}
	return "unknown";
}

bool
netaddr_is4(const struct netaddr *a)
{
	return memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

bool
netaddr_equal(const struct netaddr *a, const struct netaddr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void
netaddr_from4(struct netaddr *a, uint32_t v)
{
	*a = (struct netaddr){ 0 };
	memcpy(a->bytes, mapped, sizeof(mapped));
	for (unsigned int i = 0; i < 4; i++)
		a->bytes[12 + i] = (uint8_t)(v >> (24 - 8 * i) & 0xff);
}

int
netaddr_from_sockaddr(
	const struct sockaddr *sa, struct netaddr *ret, uint16_t *ret_port)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		netaddr_from4(ret, ntohl(in.sin_addr.s_addr));
		*ret_port = ntohs(in.sin_port);
		return 0;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		char name[IF_NAMESIZE];

		memcpy(&in, sa, sizeof(in));
		*ret = (struct netaddr){ 0 };
		memcpy(ret->bytes, &in.sin6_addr, sizeof(ret->bytes));
		if (in.sin6_scope_id != 0 &&
			if_indextoname(in.sin6_scope_id, name))
			(void)snprintf(
				ret->scope, sizeof(ret->scope), "%s", name);
		*ret_port = ntohs(in.sin6_port);
		return 0;
	}
	return -EAFNOSUPPORT;
}

socklen_t
netaddr_to_sockaddr(
	const struct netaddr *a, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };

	*ret = (struct sockaddr_storage){ 0 };
	if (netaddr_is4(a)) {
		memcpy(&in.sin_addr, a->bytes + 12, 4);
		memcpy(ret, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, a->bytes, sizeof(a->bytes));
	if (a->scope[0])
		in6.sin6_scope_id = if_nametoindex(a->scope);
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}

void
netaddr_text(const struct netaddr *a, char text[NETADDR_TEXT_MAX])
{
	char plain[INET6_ADDRSTRLEN] = "?";

	if (netaddr_is4(a))
		(void)inet_ntop(AF_INET, a->bytes + 12, plain, sizeof(plain));
	else
		(void)inet_ntop(AF_INET6, a->bytes, plain, sizeof(plain));
	(void)snprintf(text, NETADDR_TEXT_MAX, "%s%s%s", plain,
		a->scope[0] ? "%" : "", a->scope);
}

bool
netcidr_has(const struct netcidr *c, const struct netaddr *a)
{
	return same_bits(a->bytes, c->base.bytes, c->bits);
}

void
netcidr_text(const struct netcidr *c, char text[NETADDR_TEXT_MAX])
{
	bool four = netaddr_is4(&c->base) && c->bits >= MAPPED_BITS;
	size_t n;

	netaddr_text(&c->base, text);
	n = strlen(text);
	if (c->bits < 128)
		(void)snprintf(text + n, NETADDR_TEXT_MAX - n, "/%u",
			c->bits - (four ? (unsigned int)MAPPED_BITS : 0u));
}
