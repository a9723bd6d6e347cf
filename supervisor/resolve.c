/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.c -- a pool of threads around getaddrinfo() (room: user). */
#include "supervisor/resolve.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/loop.h"

enum { STACK_BYTES = 512 << 10 };

enum name_state {
	NAME_QUEUED, /* a thread will take it, or has it; only the loop may look
		      * at its waiters, only the thread at err and addrs */
	NAME_KNOWN,  /* the loop's alone */
};

struct resolve_name {
	struct resolve_name *next; /* of all names, the loop's list */
	struct resolve_name *link; /* of the work or of the finished */
	struct resolve_waiter *waiters;
	enum name_state state;
	uint64_t until_ms; /* KNOWN: the answer may be used that long */
	int err;
	size_t n;
	struct netaddr addrs[RESOLVE_ADDRESSES_MAX];
	char name[NETHOST_TEXT_MAX];
};

/* What loop and threads share; it outlives the resolver, see resolver_free. */
struct shop {
	pthread_mutex_t lock;
	pthread_cond_t more;
	int wake;    /* eventfd */
	size_t idle; /* threads that wait for work */
	size_t threads;
	struct resolve_name *work;
	struct resolve_name **work_end;
	struct resolve_name *finished;
};

struct resolver {
	struct loop *loop;
	struct loop_source source;
	struct resolve_name *names;
	size_t n_names;
	struct shop *shop;
};

/* ---- in a thread --------------------------------------------------------------- */

static int
error_of(int gai)
{
	switch (gai) {
	case 0: return 0;
	case EAI_MEMORY: return -ENOMEM;
	case EAI_AGAIN: return -EAGAIN;
	default: return -ENOENT;
	}
}

static void
look_up(struct resolve_name *name)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM, /* else each one three times */
	};
	struct addrinfo *list = NULL;
	int gai = getaddrinfo(name->name, NULL, &hints, &list);
	name->err = error_of(gai);
	name->n = 0;
	for (const struct addrinfo *a = gai == 0 ? list : NULL;
		a != NULL && name->n < RESOLVE_ADDRESSES_MAX; a = a->ai_next) {
		uint16_t port;
		if (netaddr_from_sockaddr(
			    a->ai_addr, &name->addrs[name->n], &port) == 0)
			name->n++;
	}
	if (gai == 0)
		freeaddrinfo(list);
	if (name->err == 0 && name->n == 0)
		name->err = -ENOENT;
}

static void *
thread_main(void *arg)
{
	struct shop *shop = arg;
	pthread_mutex_lock(&shop->lock);
	for (;;) {
		while (shop->work == NULL) {
			shop->idle++;
			pthread_cond_wait(&shop->more, &shop->lock);
			shop->idle--;
		}
		struct resolve_name *name = shop->work;
		shop->work = name->link;
		if (shop->work == NULL)
			shop->work_end = &shop->work;
		pthread_mutex_unlock(&shop->lock);
		look_up(name);
		pthread_mutex_lock(&shop->lock);
		name->link = shop->finished;
		shop->finished = name;
		uint64_t one = 1;
		/* Cannot fill up: the loop resets it. */
		(void)!write(shop->wake, &one, sizeof(one));
	}
	return NULL;
}

static bool
thread_start(struct shop *shop)
{
	pthread_attr_t attr;
	pthread_t thread;
	if (pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	int err = pthread_create(&thread, &attr, thread_main, shop);
	(void)pthread_attr_destroy(&attr);
	return err == 0;
}

/* ---- in the loop ---------------------------------------------------------------- */

static void
tell(struct resolve_name *name)
{
	/* Who is told may ask again or leave: take one after the other. */
	while (name->waiters != NULL) {
		struct resolve_waiter *w = name->waiters;
		name->waiters = w->next;
		w->name = NULL;
		w->done(w, name->err, name->addrs, name->n);
	}
}

static void
finished(struct loop_source *s, uint32_t events)
{
	struct resolver *r =
		(struct resolver *)((char *)s -
				    offsetof(struct resolver, source));
	(void)events;
	uint64_t count;
	(void)!read(r->shop->wake, &count, sizeof(count)); /* reset it */
	pthread_mutex_lock(&r->shop->lock);
	struct resolve_name *name = r->shop->finished;
	r->shop->finished = NULL;
	pthread_mutex_unlock(&r->shop->lock);
	while (name != NULL) {
		/* QUEUED until all are told: then an ask in between joins the
		 * waiters, and nothing is submitted, forgotten or freed. */
		struct resolve_name *next = name->link;
		tell(name);
		name->state = NAME_KNOWN;
		/* A failure is told to those who wait, and not kept. */
		name->until_ms =
			name->err ? 0 : r->loop->now_ms + RESOLVE_KEEP_MS;
		name = next;
	}
}

static struct shop *
shop_new(void)
{
	struct shop *shop = calloc(1, sizeof(*shop));
	if (shop == NULL)
		return NULL;
	(void)pthread_mutex_init(&shop->lock, NULL);
	(void)pthread_cond_init(&shop->more, NULL);
	shop->work_end = &shop->work;
	shop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (shop->wake < 0) {
		free(shop);
		return NULL;
	}
	return shop;
}

struct resolver *
resolver_new(struct loop *l)
{
	struct resolver *r = calloc(1, sizeof(*r));
	/* The root as the one search domain: what the policy judged is what is
	 * asked for.  Before the first look-up, which reads it. */
	if (r == NULL || setenv("LOCALDOMAIN", ".", 1) < 0) {
		free(r);
		return NULL;
	}
	r->loop = l;
	r->shop = shop_new();
	if (r->shop == NULL) {
		free(r);
		return NULL;
	}
	r->source =
		(struct loop_source){ .fd = r->shop->wake, .ready = finished };
	int err = loop_watch_input(l, &r->source);
	if (err) {
		resolver_free(r);
		errno = -err;
		return NULL;
	}
	return r;
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	/* A thread may be in getaddrinfo() with a name and the shop in its
	 * hands, and cannot be stopped: where there are threads, those stay. */
	if (r->shop->threads == 0) {
		(void)close(r->shop->wake); /* nothing can be done about it */
		free(r->shop);
	}
	struct resolve_name *next;
	for (struct resolve_name *n = r->names; n != NULL; n = next) {
		next = n->next;
		if (n->state == NAME_KNOWN)
			free(n);
	}
	free(r);
}

/* Forget a name that nobody waits for; the one whose answer is oldest. */
static bool
forget_one(struct resolver *r)
{
	struct resolve_name **oldest = NULL;
	for (struct resolve_name **n = &r->names; *n != NULL; n = &(*n)->next)
		if ((*n)->state == NAME_KNOWN && (*n)->waiters == NULL &&
			(oldest == NULL ||
				(*n)->until_ms < (*oldest)->until_ms))
			oldest = n;
	if (oldest == NULL)
		return false;
	struct resolve_name *gone = *oldest;
	*oldest = gone->next;
	free(gone);
	r->n_names--;
	return true;
}

static struct resolve_name *
find(struct resolver *r, const char *name)
{
	for (struct resolve_name *n = r->names; n != NULL; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

static struct resolve_name *
add(struct resolver *r, const char *text, int *ret_err)
{
	*ret_err = -EAGAIN;
	if (r->n_names >= RESOLVE_NAMES_MAX && !forget_one(r))
		return NULL;
	*ret_err = -ENOMEM;
	struct resolve_name *name = calloc(1, sizeof(*name));
	if (name == NULL)
		return NULL;
	size_t len = strlen(text);
	if (len >= sizeof(name->name)) {
		free(name);
		*ret_err = -EINVAL;
		return NULL;
	}
	memcpy(name->name, text, len + 1);
	name->state = NAME_KNOWN;
	name->next = r->names;
	r->names = name;
	r->n_names++;
	return name;
}

/* Give a name to the threads; false where there is none and none can be made. */
static bool
submit(struct resolver *r, struct resolve_name *name)
{
	struct shop *shop = r->shop;
	bool ok = true;
	pthread_mutex_lock(&shop->lock);
	if (shop->idle == 0 && shop->threads < RESOLVE_THREADS_MAX) {
		if (thread_start(shop))
			shop->threads++;
		else
			ok = shop->threads > 0;
	}
	if (ok) {
		name->state = NAME_QUEUED;
		name->link = NULL;
		*shop->work_end = name;
		shop->work_end = &name->link;
		pthread_cond_signal(&shop->more);
	}
	pthread_mutex_unlock(&shop->lock);
	return ok;
}

int
resolver_ask(struct resolver *r, const char *name, struct resolve_waiter *w)
{
	int err;
	struct resolve_name *n = find(r, name);
	if (n != NULL && n->state == NAME_KNOWN &&
		n->until_ms > r->loop->now_ms) {
		w->done(w, n->err, n->addrs, n->n);
		return 0;
	}
	if (n == NULL)
		n = add(r, name, &err);
	if (n == NULL)
		return err;
	if (n->state == NAME_KNOWN && !submit(r, n))
		return -EAGAIN;
	w->name = n;
	w->next = n->waiters;
	n->waiters = w;
	return 0;
}

void
resolver_leave(struct resolve_waiter *w)
{
	if (w->name == NULL)
		return;
	struct resolve_waiter **at = &w->name->waiters;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	w->name = NULL;
}
