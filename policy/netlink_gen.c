/* SPDX-License-Identifier: Apache-2.0 */
/* netlink_gen.c -- composes the messages of netns/netlink.h.  Room: build. */
/*
 * libnl-route makes the routes.  The nftables messages are put together with
 * libnl's own functions: one library for both, its packages are everywhere, and
 * libnftnl would add an object model for one table with one chain.
 *
 * The table, as `nft list ruleset` prints it inside:
 *
 *   table inet codex-sandbox {
 *     chain doors {
 *       type filter hook prerouting priority mangle; policy accept;
 *       meta l4proto != tcp accept
 *       th dport 53 accept
 *       ip daddr 192.0.0.8 accept
 *       ip6 daddr fdc0:de5b:ffff::8 accept
 *       meta nfproto ipv4 ip daddr != 127.0.0.0/8 tproxy ip to 127.0.0.1:3129
 *       meta nfproto ipv6 ip6 daddr != ::1 tproxy ip6 to [::1]:3129
 *     }
 *   }
 *
 * What a process sends to a local address comes back in over lo and meets the
 * prerouting hook there, and with the routes every address is local: no mark and
 * no rule of routing is needed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "launcher/doors.h"

enum {
	LO = 1, /* interface of every namespace */
	PRIORITY_MANGLE = -150,
	IP4_DADDR = 16,
	IP6_DADDR = 24,
	TH_DPORT = 2,
	PER_LINE = 12,
};

static const char table[] = "codex-sandbox";
static const char chain[] = "doors";

static void
must(int ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "netlink_gen: %s failed\n", what);
	exit(1);
}

static void
print_bytes(const char *name, const uint8_t *bytes, size_t len)
{
	(void)printf("\nstatic const uint8_t %s_bytes[] = {", name);
	for (size_t i = 0; i < len; i++)
		(void)printf("%s%u,", i % PER_LINE == 0 ? "\n\t" : " ",
			(unsigned int)bytes[i]);
	(void)printf(
		"\n};\nconst struct netlink_bytes netlink_%s = { %s_bytes,\n"
		"\tsizeof %s_bytes };\n",
		name, name, name);
}

/* Completes what libnl fills in when it sends a message itself. */
static void
print_message(const char *name, struct nl_msg *m)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	h->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_seq = 1;
	h->nlmsg_pid = 0;
	print_bytes(name, (const uint8_t *)h, h->nlmsg_len);
	nlmsg_free(m);
}

/* ---- routes -------------------------------------------------------------- */

static void
print_route(const char *name, int family)
{
	static const uint8_t zero[16] = { 0 };
	const size_t len = family == AF_INET ? 4 : 16;
	struct rtnl_route *route = rtnl_route_alloc();
	struct rtnl_nexthop *hop = rtnl_route_nh_alloc();
	struct nl_addr *any = nl_addr_build(family, zero, len);
	struct nl_msg *m = NULL;
	must(route && hop && any, "memory");
	nl_addr_set_prefixlen(any, 0);
	(void)rtnl_route_set_family(route, (uint8_t)family);
	(void)rtnl_route_set_dst(route, any);
	(void)rtnl_route_set_type(route, RTN_LOCAL);
	rtnl_route_set_scope(route, RT_SCOPE_HOST);
	rtnl_route_set_table(route, RT_TABLE_LOCAL);
	rtnl_route_nh_set_ifindex(hop, LO);
	rtnl_route_add_nexthop(route, hop);
	must(rtnl_route_build_add_request(
		     route, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &m) == 0,
		"route");
	print_message(name, m);
	rtnl_route_put(route);
	nl_addr_put(any);
}

/* ---- addresses ----------------------------------------------------------- */

static const uint8_t own4[4] = { DOORS_OWN4 };
static const uint8_t own6[16] = { DOORS_OWN6 };

static void
print_address(const char *name, int family, const uint8_t *bytes, size_t len)
{
	struct rtnl_addr *address = rtnl_addr_alloc();
	struct nl_addr *local = nl_addr_build(family, bytes, len);
	struct nl_msg *m = NULL;
	must(address && local, "memory");
	rtnl_addr_set_ifindex(address, LO);
	must(rtnl_addr_set_local(address, local) == 0, "address");
	if (family == AF_INET6) /* usable at once */
		rtnl_addr_set_flags(address, IFA_F_NODAD);
	must(rtnl_addr_build_add_request(
		     address, NLM_F_CREATE | NLM_F_EXCL, &m) == 0,
		"address");
	print_message(name, m);
	rtnl_addr_put(address);
	nl_addr_put(local);
}

/* ---- nftables ------------------------------------------------------------ */

struct batch {
	uint8_t bytes[8192];
	size_t len;
	uint32_t seq;
};

static struct nl_msg *
begin(int type, int family, int flags, uint16_t res_id)
{
	struct nfgenmsg head = { .nfgen_family = (uint8_t)family,
		.version = NFNETLINK_V0,
		.res_id = htons(res_id) };
	struct nl_msg *m = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);
	must(m && nlmsg_append(m, &head, sizeof head, NLMSG_ALIGNTO) == 0,
		"message");
	return m;
}

static void
end(struct batch *b, struct nl_msg *m)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	const size_t len = NLMSG_ALIGN(h->nlmsg_len);
	h->nlmsg_seq = ++b->seq;
	h->nlmsg_pid = 0;
	must(len <= sizeof b->bytes - b->len, "room");
	memcpy(b->bytes + b->len, h, h->nlmsg_len);
	b->len += len;
	nlmsg_free(m);
}

static int
nft(int message)
{
	return NFNL_SUBSYS_NFTABLES << 8 | message;
}

static void
put_u32(struct nl_msg *m, int attribute, uint32_t value)
{
	must(nla_put_u32(m, attribute, htonl(value)) == 0, "number");
}

static void
put_string(struct nl_msg *m, int attribute, const char *text)
{
	must(nla_put_string(m, attribute, text) == 0, "text");
}

static struct nlattr *
open_nest(struct nl_msg *m, int attribute)
{
	struct nlattr *nest = nla_nest_start(m, attribute | NLA_F_NESTED);
	must(nest != NULL, "nest");
	return nest;
}

static void
close_nest(struct nl_msg *m, struct nlattr *nest)
{
	must(nla_nest_end(m, nest) >= 0, "nest");
}

static void
put_value(struct nl_msg *m, int attribute, const void *value, size_t len)
{
	struct nlattr *nest = open_nest(m, attribute);
	must(nla_put(m, NFTA_DATA_VALUE, (int)len, value) == 0, "value");
	close_nest(m, nest);
}

/* An expression of a rule: its name, and its data nest in *ret_data. */
static struct nlattr *
open_expr(struct nl_msg *m, const char *name, struct nlattr **ret_data)
{
	struct nlattr *expr = open_nest(m, NFTA_LIST_ELEM);
	put_string(m, NFTA_EXPR_NAME, name);
	*ret_data = open_nest(m, NFTA_EXPR_DATA);
	return expr;
}

static void
close_expr(struct nl_msg *m, struct nlattr *expr, struct nlattr *data)
{
	close_nest(m, data);
	close_nest(m, expr);
}

static void
load_meta(struct nl_msg *m, uint32_t key)
{
	struct nlattr *data = NULL;
	struct nlattr *expr = open_expr(m, "meta", &data);
	put_u32(m, NFTA_META_DREG, NFT_REG_1);
	put_u32(m, NFTA_META_KEY, key);
	close_expr(m, expr, data);
}

static void
load_payload(struct nl_msg *m, uint32_t base, uint32_t offset, uint32_t len)
{
	struct nlattr *data = NULL;
	struct nlattr *expr = open_expr(m, "payload", &data);
	put_u32(m, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_u32(m, NFTA_PAYLOAD_BASE, base);
	put_u32(m, NFTA_PAYLOAD_OFFSET, offset);
	put_u32(m, NFTA_PAYLOAD_LEN, len);
	close_expr(m, expr, data);
}

static void
compare(struct nl_msg *m, uint32_t op, const void *value, size_t len)
{
	struct nlattr *data = NULL;
	struct nlattr *expr = open_expr(m, "cmp", &data);
	put_u32(m, NFTA_CMP_SREG, NFT_REG_1);
	put_u32(m, NFTA_CMP_OP, op);
	put_value(m, NFTA_CMP_DATA, value, len);
	close_expr(m, expr, data);
}

static void
load_value(struct nl_msg *m, uint32_t reg, const void *value, size_t len)
{
	struct nlattr *data = NULL;
	struct nlattr *expr = open_expr(m, "immediate", &data);
	put_u32(m, NFTA_IMMEDIATE_DREG, reg);
	put_value(m, NFTA_IMMEDIATE_DATA, value, len);
	close_expr(m, expr, data);
}

static void
accept_packet(struct nl_msg *m)
{
	struct nlattr *data = NULL;
	struct nlattr *expr = open_expr(m, "immediate", &data);
	put_u32(m, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	struct nlattr *value = open_nest(m, NFTA_IMMEDIATE_DATA);
	struct nlattr *verdict = open_nest(m, NFTA_DATA_VERDICT);
	put_u32(m, NFTA_VERDICT_CODE, NF_ACCEPT);
	close_nest(m, verdict);
	close_nest(m, value);
	close_expr(m, expr, data);
}

static void
tproxy(struct nl_msg *m, uint32_t family, const void *address, size_t len)
{
	const uint16_t port = htons(DOORS_ALL_PORT);
	struct nlattr *data = NULL;
	load_value(m, NFT_REG_1, address, len);
	load_value(m, NFT_REG_2, &port, sizeof port);
	struct nlattr *expr = open_expr(m, "tproxy", &data);
	put_u32(m, NFTA_TPROXY_FAMILY, family);
	put_u32(m, NFTA_TPROXY_REG_ADDR, NFT_REG_1);
	put_u32(m, NFTA_TPROXY_REG_PORT, NFT_REG_2);
	close_expr(m, expr, data);
}

static struct nl_msg *
begin_rule(int flags, struct nlattr **ret_exprs)
{
	struct nl_msg *m = begin(nft(NFT_MSG_NEWRULE), NFPROTO_INET,
		NLM_F_CREATE | NLM_F_APPEND | flags, 0);
	put_string(m, NFTA_RULE_TABLE, table);
	put_string(m, NFTA_RULE_CHAIN, chain);
	*ret_exprs = open_nest(m, NFTA_RULE_EXPRESSIONS);
	return m;
}

static void
end_rule(struct batch *b, struct nl_msg *m, struct nlattr *exprs)
{
	close_nest(m, exprs);
	end(b, m);
}

static void
add_table(struct batch *b)
{
	struct nl_msg *m =
		begin(nft(NFT_MSG_NEWTABLE), NFPROTO_INET, NLM_F_CREATE, 0);
	put_string(m, NFTA_TABLE_NAME, table);
	end(b, m);

	m = begin(nft(NFT_MSG_NEWCHAIN), NFPROTO_INET, NLM_F_CREATE, 0);
	put_string(m, NFTA_CHAIN_TABLE, table);
	put_string(m, NFTA_CHAIN_NAME, chain);
	struct nlattr *hook = open_nest(m, NFTA_CHAIN_HOOK);
	put_u32(m, NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
	put_u32(m, NFTA_HOOK_PRIORITY, (uint32_t)PRIORITY_MANGLE);
	close_nest(m, hook);
	put_string(m, NFTA_CHAIN_TYPE, "filter");
	end(b, m);
}

static void
add_exceptions(struct batch *b)
{
	const uint8_t tcp = IPPROTO_TCP;
	const uint16_t dns = htons(DOORS_DNS_PORT);
	struct nlattr *exprs = NULL;
	struct nl_msg *m = begin_rule(0, &exprs);
	load_meta(m, NFT_META_L4PROTO);
	compare(m, NFT_CMP_NEQ, &tcp, sizeof tcp);
	accept_packet(m);
	end_rule(b, m, exprs);

	m = begin_rule(0, &exprs);
	load_payload(m, NFT_PAYLOAD_TRANSPORT_HEADER, TH_DPORT, sizeof dns);
	compare(m, NFT_CMP_EQ, &dns, sizeof dns);
	accept_packet(m);
	end_rule(b, m, exprs);
}

/* What is sent to lo's second address stays with the command. */
static void
add_own(struct batch *b, int family)
{
	const uint8_t nfproto = (uint8_t)family;
	const int is4 = family == NFPROTO_IPV4;
	struct nlattr *exprs = NULL;
	struct nl_msg *m = begin_rule(0, &exprs);
	load_meta(m, NFT_META_NFPROTO);
	compare(m, NFT_CMP_EQ, &nfproto, sizeof nfproto);
	load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, is4 ? IP4_DADDR : IP6_DADDR,
		is4 ? sizeof own4 : sizeof own6);
	compare(m, NFT_CMP_EQ, is4 ? own4 : own6,
		is4 ? sizeof own4 : sizeof own6);
	accept_packet(m);
	end_rule(b, m, exprs);
}

/* `same` are the first bytes of an address of lo's own. */
static void
add_capture(struct batch *b, int family, int flags)
{
	static const uint8_t lo4[4] = { 127, 0, 0, 1 };
	static const uint8_t lo6[16] = { [15] = 1 };
	const uint8_t nfproto = (uint8_t)family;
	const int is4 = family == NFPROTO_IPV4;
	struct nlattr *exprs = NULL;
	struct nl_msg *m = begin_rule(flags, &exprs);
	load_meta(m, NFT_META_NFPROTO);
	compare(m, NFT_CMP_EQ, &nfproto, sizeof nfproto);
	if (is4) { /* all of 127.0.0.0/8 is lo's own */
		load_payload(m, NFT_PAYLOAD_NETWORK_HEADER, IP4_DADDR, 1);
		compare(m, NFT_CMP_NEQ, lo4, 1);
		tproxy(m, NFPROTO_IPV4, lo4, sizeof lo4);
	} else {
		load_payload(
			m, NFT_PAYLOAD_NETWORK_HEADER, IP6_DADDR, sizeof lo6);
		compare(m, NFT_CMP_NEQ, lo6, sizeof lo6);
		tproxy(m, NFPROTO_IPV6, lo6, sizeof lo6);
	}
	end_rule(b, m, exprs);
}

static void
print_tproxy(const char *name, int with_ipv6)
{
	struct batch b = { .len = 0 };
	end(&b, begin(NFNL_MSG_BATCH_BEGIN, AF_UNSPEC, 0,
			NFNL_SUBSYS_NFTABLES));
	add_table(&b);
	add_exceptions(&b);
	add_own(&b, NFPROTO_IPV4);
	if (with_ipv6)
		add_own(&b, NFPROTO_IPV6);
	add_capture(&b, NFPROTO_IPV4, with_ipv6 ? 0 : NLM_F_ACK);
	if (with_ipv6)
		add_capture(&b, NFPROTO_IPV6, NLM_F_ACK);
	end(&b, begin(NFNL_MSG_BATCH_END, AF_UNSPEC, 0, NFNL_SUBSYS_NFTABLES));
	print_bytes(name, b.bytes, b.len);
}

int
main(void)
{
	(void)printf("/* made by policy/netlink_gen.c with libnl */\n"
		     "#include \"netns/netlink.h\"\n");
	print_address("address4", AF_INET, own4, sizeof own4);
	print_address("address6", AF_INET6, own6, sizeof own6);
	print_route("route4", AF_INET);
	print_route("route6", AF_INET6);
	print_tproxy("tproxy", 1);
	print_tproxy("tproxy4", 0);
	return fflush(stdout) != 0 || ferror(stdout);
}
