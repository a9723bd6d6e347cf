/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c -- epoll, a heap of deadlines, tasks (room: user). */
#include "supervisor/loop.h"

#include <sys/epoll.h>

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOP_EVENTS = 64, HEAP_FIRST = 64 };

static uint64_t
clock_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int
loop_init(struct loop *l)
{
	memset(l, 0, sizeof(*l));
	l->last = &l->first;
	l->now_ms = clock_ms();
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l->epoll < 0 ? -errno : 0;
}

void
loop_free(struct loop *l)
{
	if (l->epoll >= 0)
		(void)close(l->epoll); /* nothing can be done about it */
	l->epoll = -1;
	free(l->heap);
	l->heap = NULL;
}

static int
watch(struct loop *l, struct loop_source *s, int op, uint32_t events)
{
	struct epoll_event e = { .events = events, .data = { .ptr = s } };
	return epoll_ctl(l->epoll, op, s->fd, &e) < 0 ? -errno : 0;
}

int
loop_watch(struct loop *l, struct loop_source *s)
{
	return watch(l, s, EPOLL_CTL_ADD,
		EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void
loop_unwatch(struct loop *l, const struct loop_source *s)
{
	/* It is registered: cannot fail. */
	(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, s->fd, NULL);
}

int
loop_watch_input(struct loop *l, struct loop_source *s)
{
	return watch(l, s, EPOLL_CTL_ADD, EPOLLIN);
}

void
loop_pause(struct loop *l, struct loop_source *s, bool paused)
{
	/* Cannot fail: it is registered, and needs no memory. */
	(void)watch(l, s, EPOLL_CTL_MOD, paused ? 0 : EPOLLIN);
}

/* ---- timers: a binary heap, places counted from 1 --------------------------- */

static void
heap_set(struct loop *l, size_t place, struct loop_timer *t)
{
	l->heap[place - 1] = t;
	t->place = place;
}

static uint64_t
heap_due(const struct loop *l, size_t place)
{
	return l->heap[place - 1]->due_ms;
}

/* Find t's place, beginning with one where it may stand too deep or too high. */
static void
heap_settle(struct loop *l, size_t place, struct loop_timer *t)
{
	while (place > 1 && heap_due(l, place / 2) > t->due_ms) {
		heap_set(l, place, l->heap[place / 2 - 1]);
		place /= 2;
	}
	for (size_t child = place * 2; child <= l->timers; child = place * 2) {
		if (child < l->timers &&
			heap_due(l, child + 1) < heap_due(l, child))
			child++;
		if (heap_due(l, child) >= t->due_ms)
			break;
		heap_set(l, place, l->heap[child - 1]);
		place = child;
	}
	heap_set(l, place, t);
}

static void
heap_remove(struct loop *l, struct loop_timer *t)
{
	size_t place = t->place;
	t->place = 0;
	struct loop_timer *moved = l->heap[--l->timers];
	if (moved != t)
		heap_settle(l, place, moved);
}

static bool
heap_room(struct loop *l)
{
	if (l->timers < l->timers_max)
		return true;
	size_t max = l->timers_max ? l->timers_max * 2 : HEAP_FIRST;
	struct loop_timer **more = reallocarray(l->heap, max, sizeof(void *));
	if (more == NULL)
		return false;
	l->heap = more;
	l->timers_max = max;
	return true;
}

bool
loop_timer_at(struct loop *l, struct loop_timer *t, uint64_t due_ms)
{
	t->due_ms = due_ms;
	if (due_ms == 0) {
		if (t->place)
			heap_remove(l, t);
		return true;
	}
	if (t->place == 0) {
		if (!heap_room(l))
			return false;
		heap_settle(l, ++l->timers, t);
	} else
		heap_settle(l, t->place, t);
	return true;
}

static void
run_timers(struct loop *l)
{
	/* A timer set by another one waits for the next turn, where it is due
	 * now: what fires now is not more than there is. */
	for (size_t n = l->timers; n > 0 && l->timers > 0; n--) {
		struct loop_timer *t = l->heap[0];
		if (t->due_ms > l->now_ms)
			return;
		heap_remove(l, t);
		t->due_ms = 0;
		t->fire(t);
	}
}

static int
wait_ms(const struct loop *l)
{
	if (l->first != NULL)
		return 0;
	if (l->timers == 0)
		return -1;
	uint64_t due = heap_due(l, 1);
	if (due <= l->now_ms)
		return 0;
	uint64_t left = due - l->now_ms;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* ---- tasks and the loop ------------------------------------------------------ */

void
loop_later(struct loop *l, struct loop_task *t)
{
	if (t->queued)
		return;
	t->queued = true;
	t->next = NULL;
	*l->last = t;
	l->last = &t->next;
}

static void
run_tasks(struct loop *l)
{
	struct loop_task *t = l->first;
	l->first = NULL;
	l->last = &l->first;
	while (t != NULL) {
		struct loop_task *next = t->next;
		t->queued = false;
		t->run(t); /* may free t, and may queue tasks */
		t = next;
	}
}

void
loop_drain(struct loop *l)
{
	while (l->first != NULL)
		run_tasks(l);
}

int
loop_run(struct loop *l)
{
	struct epoll_event event[LOOP_EVENTS];
	while (!l->stop) {
		int n = epoll_wait(l->epoll, event, LOOP_EVENTS, wait_ms(l));
		if (n < 0 && errno != EINTR)
			return -errno;
		l->now_ms = clock_ms();
		for (int i = 0; i < n; i++) {
			struct loop_source *s = event[i].data.ptr;
			s->ready(s, event[i].events);
		}
		run_timers(l);
		run_tasks(l);
	}
	return 0;
}
