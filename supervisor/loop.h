/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_LOOP_H
#define SUPERVISOR_LOOP_H
/*
 * loop.h -- one thread, one epoll, deadlines.
 *
 * Theory.  A source is a descriptor with a function; it is registered once,
 * edge-triggered, so nothing is registered again while bytes flow: whoever gets
 * an event works until EAGAIN, or asks for another turn with loop_later() when
 * it has had its share.  A timer is a place in a heap; moving a deadline further
 * away costs an assignment, since a timer that fires early is put back
 * (loop_timer_at).  Tasks run after all events of a turn.  That is also when
 * objects may be freed: an event of the same turn may still point to them, so
 * they are closed at once, and freed by their task.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop_source {
	int fd;                                                /* borrowed */
	void (*ready)(struct loop_source *s, uint32_t events); /* EPOLLIN... */
};

struct loop_timer {
	uint64_t due_ms; /* 0 = off */
	size_t place;    /* in the heap, from 1; 0 = not in it */
	void (*fire)(struct loop_timer *t);
};

struct loop_task {
	bool queued;
	void (*run)(struct loop_task *t);
	struct loop_task *next;
};

struct loop {
	int epoll;       /* owned */
	uint64_t now_ms; /* CLOCK_MONOTONIC when this turn began */
	bool stop;
	struct loop_timer **heap; /* owned array of borrowed timers */
	size_t timers;
	size_t timers_max;
	struct loop_task *first; /* tasks for the end of this turn */
	struct loop_task **last;
};

/** 0 or -errno. */
int loop_init(struct loop *l);
void loop_free(struct loop *l);

/**
 * Watch s->fd for EPOLLIN, EPOLLPRI, EPOLLOUT and EPOLLRDHUP as edges.  0 or
 * -errno.
 * Closing the descriptor ends it (nobody else has a copy of it).
 */
int loop_watch(struct loop *l, struct loop_source *s);

/** No longer, though the descriptor stays open. */
void loop_unwatch(struct loop *l, const struct loop_source *s);

/** Listeners: level-triggered EPOLLIN, which can be switched off and on. */
int loop_watch_input(struct loop *l, struct loop_source *s);
void loop_pause(struct loop *l, struct loop_source *s, bool paused);

/** Fire at due_ms (0 = never); false where there is no memory for that. */
bool loop_timer_at(struct loop *l, struct loop_timer *t, uint64_t due_ms);

/** Run t once after the events of this turn (of the next, from a task). */
void loop_later(struct loop *l, struct loop_task *t);

/** Run the tasks that there are, and those that they lead to. */
void loop_drain(struct loop *l);

/** Until l->stop.  0 or -errno. */
int loop_run(struct loop *l);

#endif /* SUPERVISOR_LOOP_H */
