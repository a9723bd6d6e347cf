/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_UPSTREAM_H
#define SUPERVISOR_UPSTREAM_H
/*
 * upstream.h -- the proxy beyond us.
 *
 * Everything but a plain request goes through it by CONNECT, with the name that
 * was asked for; a plain request is sent to it in absolute form (door_http.c).
 */
#include <stddef.h>

struct conn;
struct buf;

/**
 * c->outside is connected to it: ask it for c->want; conn_route_open() or
 * conn_route_failed() follows.
 */
void upstream_connect(struct conn *c);

/** "Proxy-Authorization: Basic ...\r\n", or nothing. */
void upstream_auth(const struct conn *c, struct buf *out);

#endif /* SUPERVISOR_UPSTREAM_H */
