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
 *
 * In TLS 1.3 a server can ask for the hello once more, and it is the name of that
 * one that counts for it.  So behind a hello that offers TLS 1.3 nothing goes on
 * before the server's first bytes have said which it is; then the second hello is
 * judged as the first was.
 */
struct conn;

/**
 * Hold c->up until the first bytes were looked at, where the policy wants that
 * and the target is a name.  What was read already is in c->in.  Before
 * conn_relay().
 */
void gate_begin(struct conn *c);

#endif /* SUPERVISOR_GATE_H */
