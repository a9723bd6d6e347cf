/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_DOOR_H
#define SUPERVISOR_DOOR_H
/*
 * door.h -- the kinds of doors (launcher/doors.h), each in its door_x.c.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supervisor/conn.h"

struct serve;
struct serve_listener;

/* The proxy door: the first byte says which of these two it is. */
extern const struct conn_door door_http;
extern const struct conn_door door_socks;
/* The same for a plain request whose target is known, in mode limited. */
extern const struct conn_door door_plain;

/** An accepted socket (owned from here on) at ... */
void door_proxy_accept(struct serve *s, const struct serve_listener *l, int fd);
/** ... a listener behind TPROXY, or on a port of every address, */
void door_open_accept(struct serve *s, const struct serve_listener *l, int fd);
/** ... a port for the host's loopback, */
void door_forward_accept(
	struct serve *s, const struct serve_listener *l, int fd);
/** ... a published port of the host, */
void door_publish_accept(
	struct serve *s, const struct serve_listener *l, int fd);
/** ... TCP port 53. */
void door_dns_accept(struct serve *s, const struct serve_listener *l, int fd);

/** Datagrams are there. */
void door_dns_datagrams(struct serve *s, int fd);
void door_udp_datagrams(struct serve *s, int fd);
/** The kernel inside has refused connections. */
void door_refused_datagrams(struct serve *s, int fd);

/** What a program wants that dialled this address inside: a name that it stands
 * for, or itself.  0 or -errno. */
int door_open_host(
	const struct serve *s, const struct netaddr *a, struct nethost *ret);

/* Sockets for connections inwards, all made before the command started. */
int door_publish_init(struct serve *s);
void door_publish_free(struct serve *s);
/** Can one more be taken?  Else the listener is paused until a socket is back. */
bool door_publish_may_accept(struct serve_listener *l);

/* SOCKS5 UDP: one relay socket inside, one association for each control
 * connection.  udp_relay_open() answers the client and holds c until it ends. */
int udp_relay_init(struct serve *s);
void udp_relay_free(struct serve *s);
/** 0, or -errno: no relay socket, or too many. */
int udp_relay_open(struct conn *c, uint16_t client_port);

/** Tell of a name that was asked for. */
struct dns_reply;
void door_dns_tell(struct serve *s, const struct dns_reply *r);

#endif /* SUPERVISOR_DOOR_H */
