/* SPDX-License-Identifier: Apache-2.0 */
/* plan_net.c -- doors, sockets and policy of the supervisor (room: user). */
#include "policy/plan_net.h"

#include <sys/socket.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/doors.h"
#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/diag.h"
#include "policy/netpol.h"
#include "policy/path.h"

enum { WORD_MAX = 24, BACKLOG = 128 };

static_assert((int)PLAN_NET_PUBLISH_MAX == (int)DOORS_PUBLISH_MAX,
	"what is published has doors");
static_assert((int)NETPOL_CAPTURE_MAX <= (int)DOORS_PORTS_MAX,
	"what is caught has doors");

const struct plan_net PLAN_NET_NONE = { .policy_fd = -1,
	.init_near = -1,
	.init_far = -1,
	.front_near = -1,
	.front_far = -1 };

static int
too_many(struct diag *d)
{
	return diag_set(d, -E2BIG, DIAG_SETUP, "network",
		"has more granted and published ports than fit (32 granted, 5 published)",
		"name fewer ports");
}

static int
add_word(struct plan_net *net, const char *word, unsigned int port,
	struct diag *d)
{
	char text[WORD_MAX];

	(void)snprintf(text, sizeof(text), "%s %u", word, port);
	for (size_t i = 0; i < net->n_words; i++)
		if (strcmp(net->words[i], text) == 0)
			return 0; /* said twice */
	if (net->n_words >= PLAN_NET_WORDS_MAX)
		return too_many(d);
	net->words[net->n_words] = strdup(text);
	if (!net->words[net->n_words])
		return diag_set(d, -ENOMEM, DIAG_SETUP, "network",
			"out of memory", "free some memory");
	net->n_words++;
	return 0;
}

static bool
is_granted(const struct netpol *np, uint16_t port)
{
	for (size_t i = 0; i < np->n_loopback; i++)
		if (np->loopback[i] == port)
			return true;
	return false;
}

/* A grant is known by its number; ours can be any other. */
static uint16_t
choose_proxy_port(const struct netpol *np)
{
	uint16_t port = DOORS_PROXY_PORT;

	while (is_granted(np, port) || port == DOORS_ALL_PORT)
		port++;
	return port;
}

/* What is caught where the kernel has no TPROXY. */
static int
add_ports(struct plan_net *net, const struct netpol *np, struct diag *d)
{
	uint16_t port[NETPOL_CAPTURE_MAX];
	size_t n = netpol_capture_ports(np, port);
	int err = 0;

	for (size_t i = 0; i < n && err == 0; i++)
		if (port[i] != DOORS_DNS_PORT && port[i] != DOORS_ALL_PORT &&
			port[i] != net->proxy_port && !is_granted(np, port[i]))
			err = add_word(net, "port", port[i], d);
	return err;
}

static int
add_words(struct plan_net *net, const struct netpol *np, struct diag *d)
{
	int err = 0;

	if (np->n_loopback > DOORS_FORWARD_MAX ||
		np->n_publish > DOORS_PUBLISH_MAX)
		return too_many(d);
	if ((np->flags & NETPOL_FORWARD_ONLY) == 0) {
		net->proxy_port = choose_proxy_port(np);
		err = add_word(net, "proxy", net->proxy_port, d);
	}
	net->ends_run = (np->flags & NETPOL_EXIT_KILL) != 0;
	net->transparent = (np->flags & NETPOL_NO_TRANSPARENT) == 0;
	if (err == 0 && net->transparent)
		err = add_word(net, "transparent", 0, d);
	for (size_t i = 0; i < np->n_loopback && err == 0; i++)
		err = add_word(net, "forward", np->loopback[i], d);
	for (size_t i = 0; i < np->n_publish && err == 0; i++)
		err = add_word(net, "publish", np->publish[i].inside, d);
	if (err == 0 && net->transparent)
		err = add_ports(net, np, d);
	return err;
}

static int
no_socket(int err, struct diag *d)
{
	return diag_set(d, -err, DIAG_SETUP, "network supervisor",
		diag_errno(err), "raise the limit on open files (ulimit -n)");
}

static int
open_pair(int *ret_one, int *ret_other, struct diag *d)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return no_socket(errno, d);
	*ret_one = pair[0];
	*ret_other = pair[1];
	return 0;
}

/* Where the host listens for what the command serves. */
static int
open_published(const struct netpol_publish *p, int *ret_fd, struct diag *d)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} at;
	socklen_t len = netaddr_to_sockaddr(&p->at, p->port, &at.room);
	const int on = 1;
	char thing[WORD_MAX];
	own_fd int fd = socket(at.any.sa_family,
		SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)snprintf(
		thing, sizeof(thing), "--publish %u", (unsigned int)p->port);
	if (fd < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
		bind(fd, &at.any, len) < 0 || listen(fd, BACKLOG) < 0)
		return diag_set(d, -errno, DIAG_SETUP, thing, diag_errno(errno),
			"name another port, or stop what listens there");
	*ret_fd = own_take_fd(&fd);
	return 0;
}

static int
open_all(struct plan_net *net, const struct netpol *np, struct diag *d)
{
	int err = netpol_memfd(np, &net->policy_fd, d);

	if (err == 0)
		err = open_pair(&net->front_near, &net->front_far, d);
	for (size_t i = 0; i < np->n_publish && err == 0; i++) {
		err = open_published(&np->publish[i], &net->publish[i], d);
		net->n_publish += err == 0;
	}
	return err;
}

int
plan_net_arrange(struct plan_net *net, struct plan *plan,
	const struct netpol *np, const char *place, enum plan_net_how how,
	struct diag *d)
{
	int err;

	*net = PLAN_NET_NONE;
	net->on = true;
	err = add_words(net, np, d);
	if (err == 0)
		err = open_pair(&net->init_near, &net->init_far, d);
	if (err == 0 && how == PLAN_NET_RUN)
		err = open_all(net, np, d);
	if (err == 0)
		err = path_join(
			place, "codex-sandbox-supervisor", &net->program);
	if (err < 0)
		return err;
	plan->flags |= PLAN_PRIVATE_NET | PLAN_NET_PROXY;
	plan->net_fd = net->init_far;
	return 0;
}

void
plan_net_started(struct plan_net *net)
{
	own_close(&net->policy_fd);
	own_close(&net->init_near);
	own_close(&net->front_far);
	for (size_t i = 0; i < net->n_publish; i++)
		own_close(&net->publish[i]);
	net->n_publish = 0;
}

void
plan_net_close(struct plan_net *net)
{
	plan_net_started(net);
	own_close(&net->init_far);
	own_close(&net->front_near);
	for (size_t i = 0; i < net->n_words; i++)
		free(net->words[i]);
	free(net->program);
	*net = PLAN_NET_NONE;
}
