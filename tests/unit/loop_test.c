/* SPDX-License-Identifier: Apache-2.0 */
/* loop_test.c -- deadlines in order, tasks after events, sources. */
#include "supervisor/loop.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/tap.h"

enum { TIMERS = 200 };

struct run {
	struct loop loop;
	struct loop_timer timer[TIMERS];
	uint64_t set[TIMERS];
	uint64_t last;
	size_t fired;
	bool in_order;
	struct loop_task task;
	size_t tasks;
	struct loop_source source;
	uint32_t events;
};

static struct run *run; /* of the test that is being made */

static void
timer_fired(struct loop_timer *t)
{
	size_t i = (size_t)(t - run->timer);
	if (run->set[i] < run->last)
		run->in_order = false;
	run->last = run->set[i];
	run->fired++;
}

static void
stop(struct loop_timer *t)
{
	(void)t;
	run->loop.stop = true;
}

static void
task_run(struct loop_task *t)
{
	if (++run->tasks < 3)
		loop_later(&run->loop, t);
	else
		run->loop.stop = true;
}

static void
source_ready(struct loop_source *s, uint32_t events)
{
	char byte;
	run->events |= events;
	if ((events & EPOLLIN) != 0 && read(s->fd, &byte, 1) == 1)
		run->loop.stop = true;
}

static void
test_timers(struct tap *t)
{
	struct run r = { .in_order = true };
	struct loop_timer last = { .fire = stop };
	run = &r;
	tap_int(t, loop_init(&r.loop), 0, "a loop");
	srand(7);
	for (size_t i = 0; i < TIMERS; i++) {
		r.timer[i].fire = timer_fired;
		r.set[i] = r.loop.now_ms + (uint64_t)(rand() % 20);
		(void)loop_timer_at(&r.loop, &r.timer[i], r.set[i]);
	}
	/* Some are moved, some are taken back. */
	size_t off = 0;
	for (size_t i = 0; i < TIMERS; i += 3) {
		r.set[i] = r.loop.now_ms + (uint64_t)(rand() % 20);
		bool gone = i % 2 == 0;
		off += gone;
		(void)loop_timer_at(&r.loop, &r.timer[i], gone ? 0 : r.set[i]);
	}
	(void)loop_timer_at(&r.loop, &last, r.loop.now_ms + 21);
	tap_int(t, loop_run(&r.loop), 0, "it runs");
	tap_ok(t, r.in_order, "deadlines fire in their order");
	tap_int(t, (long long)r.fired, (long long)(TIMERS - off),
		"each once, but for those taken back");
	tap_int(t, (long long)r.loop.timers, 0, "none is left");
	loop_free(&r.loop);
}

static void
test_tasks(struct tap *t)
{
	struct run r = { .task = { .run = task_run } };
	run = &r;
	tap_int(t, loop_init(&r.loop), 0, "a loop");
	loop_later(&r.loop, &r.task);
	loop_later(&r.loop, &r.task);
	tap_int(t, loop_run(&r.loop), 0, "tasks need no event");
	tap_int(t, (long long)r.tasks, 3,
		"one that is asked for twice runs once a turn");
	loop_free(&r.loop);
}

static void
test_sources(struct tap *t)
{
	struct run r = { 0 };
	int pair[2];
	run = &r;
	if (!tap_ok(t,
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) ==
			    0,
		    "a pair"))
		return;
	tap_int(t, loop_init(&r.loop), 0, "a loop");
	r.source = (struct loop_source){ .fd = pair[0], .ready = source_ready };
	tap_int(t, loop_watch(&r.loop, &r.source), 0, "a source");
	tap_int(t, (long long)write(pair[1], "x", 1), 1, "a byte");
	tap_int(t, loop_run(&r.loop), 0, "it runs");
	tap_ok(t, (r.events & (EPOLLIN | EPOLLOUT)) == (EPOLLIN | EPOLLOUT),
		"both edges are told");
	loop_unwatch(&r.loop, &r.source);
	struct loop_timer last = { .fire = stop };
	r.events = 0;
	r.loop.stop = false;
	tap_int(t, (long long)write(pair[1], "x", 1), 1, "another byte");
	(void)loop_timer_at(&r.loop, &last, r.loop.now_ms + 5);
	tap_int(t, loop_run(&r.loop), 0, "it runs");
	tap_int(t, r.events, 0, "nothing is told of one no longer watched");
	(void)close(pair[0]);
	(void)close(pair[1]);
	loop_free(&r.loop);
}

int
main(void)
{
	struct tap t = { 0 };
	test_timers(&t);
	test_tasks(&t);
	test_sources(&t);
	return tap_end(&t);
}
