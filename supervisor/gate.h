/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_GATE_H
#define SUPERVISOR_GATE_H
/*
 * gate.h -- the first bytes of a client, before they go out.
 *
 * Where they are a ClientHello, its one server name has to be the name that was
 * judged; else another site of the same machine is reached under that name.
 * Nothing of TLS is opened.  What comes the other way is not held up, so servers
 * that speak first are no different.
 */
struct conn;

/**
 * Hold c->up until the first bytes were looked at, where the policy wants that
 * and the target is a name.  What was read already is in c->in.  Before
 * conn_relay().
 */
void gate_begin(struct conn *c);

#endif /* SUPERVISOR_GATE_H */
