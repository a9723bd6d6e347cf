/* SPDX-License-Identifier: Apache-2.0 */
/* dial_test.c -- names are looked up once and dialled in turn. */
#include "supervisor/dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include <netinet/in.h>

#include "supervisor/loop.h"
#include "supervisor/resolve.h"
#include "tests/unit/tap.h"

struct run {
	struct loop loop;
	struct dial_result result;
	unsigned int calls;
};

static int
listener(uint16_t *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 8) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return -1;
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static void
done(void *ctx, const struct dial_result *r)
{
	struct run *run = ctx;
	run->result = *r;
	run->calls++;
	run->loop.stop = true;
}

static void
dial_these(struct run *r, const struct netaddr *addrs, size_t n, uint16_t port)
{
	*r = (struct run){ 0 };
	(void)loop_init(&r->loop);
	if (dial_start(&r->loop, addrs, n, port, done, r) != NULL)
		(void)loop_run(&r->loop);
	loop_drain(&r->loop);
	loop_free(&r->loop);
}

static void
test_dial(struct tap *t)
{
	struct run r;
	struct netaddr addrs[2];
	uint16_t port = 0;
	int fd = listener(&port);
	netaddr_from4(&addrs[0], 0x7f000001);
	dial_these(&r, addrs, 1, port);
	tap_ok(t, r.result.fd >= 0, "an address that listens is reached");
	tap_int(t, r.calls, 1, "and told once");
	if (r.result.fd >= 0)
		(void)close(r.result.fd);

	netaddr_from4(&addrs[0], 0x7f000002); /* nobody listens there */
	netaddr_from4(&addrs[1], 0x7f000001);
	dial_these(&r, addrs, 2, port);
	tap_ok(t, r.result.fd >= 0 && netaddr_equal(&r.result.addr, &addrs[1]),
		"after a refusal the next address has its turn");
	if (r.result.fd >= 0)
		(void)close(r.result.fd);
	(void)close(fd);

	dial_these(&r, addrs, 2, port);
	tap_int(t, r.result.fd, -ECONNREFUSED,
		"where all refuse, that is the answer");
	dial_these(&r, addrs, 0, port);
	tap_int(t, r.result.fd, -EINVAL, "no address at all is an error");
}

struct lookup {
	struct loop *loop;
	struct resolve_waiter w;
	int err;
	size_t n;
	bool told;
	size_t *left;
};

static void
looked_up(struct resolve_waiter *w, int err, const struct netaddr *addrs,
	size_t n)
{
	struct lookup *l =
		(struct lookup *)((char *)w - offsetof(struct lookup, w));
	(void)addrs;
	l->err = err;
	l->n = n;
	l->told = true;
	if (--*l->left == 0)
		l->loop->stop = true;
}

static void
test_resolve(struct tap *t)
{
	struct loop l;
	size_t left = 3;
	(void)loop_init(&l);
	struct resolver *r = resolver_new(&l);
	if (!tap_ok(t, r != NULL, "a resolver"))
		return;
	struct lookup a = {
		.loop = &l, .w = { .done = looked_up }, .left = &left
	};
	struct lookup b = a, c = a, gone = a, again = a;
	tap_int(t, resolver_ask(r, "localhost", &a.w), 0, "a name");
	tap_int(t, resolver_ask(r, "localhost", &b.w), 0, "the same");
	tap_int(t, resolver_ask(r, "localhost", &gone.w), 0, "and again");
	tap_ok(t, a.w.name == b.w.name, "share one look-up");
	resolver_leave(&gone.w);
	/* A label that is too long is refused before anybody is asked. */
	tap_int(t,
		resolver_ask(r,
			"0123456789012345678901234567890123456789"
			"012345678901234567890123456789.invalid",
			&c.w),
		0, "no name");
	(void)loop_run(&l);
	tap_ok(t, a.err == 0 && a.n > 0 && b.n == a.n, "both get addresses");
	tap_ok(t, !gone.told, "who has left is not told");
	tap_ok(t, c.err < 0, "and that is no name");
	left = 1;
	tap_int(t, resolver_ask(r, "localhost", &again.w), 0, "once more");
	tap_ok(t, again.told && again.n == a.n, "is known for a while");
	resolver_free(r);
	loop_free(&l);
}

int
main(void)
{
	struct tap t = { 0 };
	test_dial(&t);
	test_resolve(&t);
	return tap_end(&t);
}
