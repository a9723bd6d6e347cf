/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_NET_H
#define TESTS_BENCH_NET_H
/*
 * net.h -- measuring ways to the network: server, client, driver.
 *
 * The driver starts a server, and a client behind each way (a contender's command
 * line ends with the client); it then asks the clients in turn, a line a
 * measurement, and each answers with a line of numbers.
 *
 *   T BYTES  one stream of so many bytes: seconds, its own CPU seconds
 *   C N      connect and a byte there and back, N times: p50, p99 in us
 *   R N      a byte there and back on one connection: p50 in us
 *   H N      N plain requests, one after the other: seconds
 *   Q N      N connections, one after the other: how many were whole
 *   M N      N connections at a time, a byte each, twice: how many were whole;
 *            they are held until the next line
 */
#include <stdint.h>

struct bench;

/** A listener on that port. */
int net_listen(unsigned int port);

/** Serve until we are killed. */
_Noreturn void net_server(int listener);

/** `bench net-client direct|proxy HOST PORT`: the client. */
int net_client(int argc, char **argv);

/** `bench net`: the driver. */
void net_run(struct bench *b);

#endif /* TESTS_BENCH_NET_H */
