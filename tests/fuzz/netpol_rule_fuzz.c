/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_rule_fuzz.c -- a host pattern, a network, something to publish, the URL
 * of a proxy, a host: what a person or a client writes.  A pattern that is
 * understood is printed so that it is understood again as the same.
 */
#include "policy/netpol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must_hold(x)             \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static void
print_and_read(const struct netpol *np)
{
	own_netpol struct netpol again = { 0 };
	own_buf struct buf one = { 0 }, two = { 0 };

	netpol_rule_text(&np->rules[0], &one);
	must_hold(netpol_add_rule(&again, true, buf_str(&one), "", NULL) == 0);
	netpol_rule_text(&again.rules[0], &two);
	must_hold(strcmp(buf_str(&one), buf_str(&two)) == 0);
}

/* A host has one spelling, and that is its own. */
static void
host_again(const char *text, size_t size)
{
	struct nethost h, again;

	if (nethost_parse(text, size, &h) < 0)
		return;
	must_hold(strlen(h.name) <= NETHOST_NAME_MAX && h.name[0]);
	must_hold(nethost_parse(h.name, strlen(h.name), &again) == 0);
	must_hold(strcmp(h.name, again.name) == 0 &&
		  h.literal == again.literal &&
		  netaddr_equal(&h.addr, &again.addr));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_netpol struct netpol np = { 0 };
	own_buf struct buf wire = { 0 };
	char *text = malloc(size + 1);
	struct nethost h;

	must_hold(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	host_again(text, size);
	if (netpol_add_rule(&np, true, text, "", NULL) == 0)
		print_and_read(&np);
	(void)netpol_add_cidr(&np, false, text, "", NULL);
	(void)netpol_add_publish(&np, text, NULL);
	(void)netpol_add_loopback(&np, text, NULL);
	must_hold(nethost_parse("a.test", 6, &h) == 0);
	if (netpol_set_upstream(&np, text, text, NULL) == 0)
		(void)netpol_upstream_skips(&np, &h, 80);
	netpol_encode(&np, &wire);
	if (!buf_failed(&wire)) {
		own_netpol struct netpol back = { 0 };

		must_hold(netpol_decode((const uint8_t *)buf_str(&wire),
				  wire.len, &back) == 0);
	}
	free(text);
	return 0;
}
