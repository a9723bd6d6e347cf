/* SPDX-License-Identifier: Apache-2.0 */
/* net_client.c -- the client behind a way to the network, see net.h. */
#include "tests/bench/net.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "tests/bench/bench.h"

enum { CHUNK = 256 << 10, MANY = 4096 };

struct way {
	bool proxy;
	const char *host; /* of the server */
	const char *port;
	char hop[256]; /* whom to connect to */
	char hop_port[8];
	char auth[1024]; /* a whole line, or nothing */
};

static void
base64(char *out, const char *in)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
		"qrstuvwxyz0123456789+/";
	size_t len = strlen(in);
	for (size_t i = 0; i < len; i += 3) {
		unsigned int v = (unsigned int)(unsigned char)in[i] << 16;
		v |= i + 1 < len ? (unsigned int)(unsigned char)in[i + 1] << 8
				 : 0;
		v |= i + 2 < len ? (unsigned char)in[i + 2] : 0;
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = '\0';
}

/* http://[user:password@]host:port of the environment. */
static void
find_proxy(struct way *w)
{
	const char *url = getenv("HTTP_PROXY");
	if (url == NULL)
		url = getenv("http_proxy");
	if (url == NULL || strncmp(url, "http://", 7) != 0)
		bench_die("HTTP_PROXY", "is not there");
	char copy[512], coded[700];
	(void)snprintf(copy, sizeof(copy), "%s", url + 7);
	copy[strcspn(copy, "/")] = '\0';
	char *at = strrchr(copy, '@');
	if (at != NULL) {
		*at = '\0';
		base64(coded, copy);
		(void)snprintf(w->auth, sizeof(w->auth),
			"Proxy-Authorization: Basic %s\r\n", coded);
	}
	char *host = at != NULL ? at + 1 : copy;
	char *colon = strrchr(host, ':');
	if (colon == NULL)
		bench_die(url, "has no port");
	*colon = '\0';
	(void)snprintf(w->hop, sizeof(w->hop), "%s", host);
	(void)snprintf(w->hop_port, sizeof(w->hop_port), "%s", colon + 1);
}

static int
dial(const struct way *w)
{
	/* Looked up once: it is not names that are measured. */
	static struct addrinfo *to;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_family = AF_INET };
	const int one = 1;
	if (to == NULL && getaddrinfo(w->hop, w->hop_port, &hints, &to) != 0)
		bench_die(w->hop, "has no address");
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, to->ai_addr, to->ai_addrlen) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
say(int fd, const char *text)
{
	size_t len = strlen(text);
	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* A connection to the server; -1: there is none. */
static int
open_way(const struct way *w)
{
	char text[2048];
	size_t have = 0;
	int fd = dial(w);
	if (fd < 0 || !w->proxy)
		return fd;
	(void)snprintf(text, sizeof(text),
		"CONNECT %s:%s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n", w->host,
		w->port, w->host, w->port, w->auth);
	(void)say(fd, text);
	text[0] = '\0';
	while (strstr(text, "\r\n\r\n") == NULL && have + 1 < sizeof(text)) {
		ssize_t n = recv(fd, text + have, sizeof(text) - 1 - have, 0);
		if (n <= 0)
			break;
		have += (size_t)n;
		text[have] = '\0';
	}
	if (have > 12 && strncmp(text + 8, " 200", 4) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* A byte there and back. */
static bool
ping(int fd)
{
	char byte = 'P';
	return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 &&
	       recv(fd, &byte, 1, 0) == 1;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static double
cpu_s(void)
{
	struct rusage r;
	(void)getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

static void
stream(const struct way *w, uint64_t bytes)
{
	static char chunk[CHUNK];
	uint8_t head[9] = { 'S' };
	char done = 0;
	for (int i = 0; i < 8; i++)
		head[1 + i] = (uint8_t)(bytes >> (8 * i));
	int fd = open_way(w);
	double cpu = cpu_s();
	uint64_t begin = bench_now();
	bool ok = fd >= 0 && send(fd, head, 9, MSG_NOSIGNAL) == 9;
	for (uint64_t left = bytes; ok && left > 0;) {
		ssize_t n = send(
			fd, chunk, left < CHUNK ? left : CHUNK, MSG_NOSIGNAL);
		ok = n > 0;
		left -= ok ? (uint64_t)n : 0;
	}
	ok = ok && recv(fd, &done, 1, 0) == 1 && done == 'A';
	double s = (double)(bench_now() - begin) * 1e-9;
	(void)printf("%.6f %.6f\n", ok ? s : 0, cpu_s() - cpu);
	(void)close(fd);
}

static void
percentiles(uint64_t *took, size_t n)
{
	qsort(took, n, sizeof(*took), compare);
	(void)printf("%.3f %.3f\n", n ? (double)took[n / 2] * 1e-3 : 0,
		n ? (double)took[n * 99 / 100] * 1e-3 : 0);
	free(took);
}

static void
connects(const struct way *w, size_t n)
{
	uint64_t *took = calloc(n, sizeof(*took));
	size_t whole = 0;
	for (size_t i = 0; took != NULL && i < n; i++) {
		uint64_t begin = bench_now();
		int fd = open_way(w);
		if (fd >= 0 && ping(fd))
			took[whole++] = bench_now() - begin;
		(void)close(fd);
	}
	percentiles(took, whole == n ? whole : 0);
}

static void
trips(const struct way *w, size_t n)
{
	uint64_t *took = calloc(n, sizeof(*took));
	int fd = open_way(w);
	size_t whole = 0;
	(void)ping(fd);
	for (size_t i = 0; took != NULL && i < n; i++) {
		uint64_t begin = bench_now();
		if (ping(fd))
			took[whole++] = bench_now() - begin;
	}
	(void)close(fd);
	percentiles(took, whole == n ? whole : 0);
}

static void
requests(const struct way *w, size_t n)
{
	char text[4096];
	size_t whole = 0;
	uint64_t begin = bench_now();
	for (size_t i = 0; i < n; i++) {
		int fd = dial(w);
		size_t have = 0;
		ssize_t got;
		(void)snprintf(text, sizeof(text),
			"GET %s%s%s%s/ HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n",
			w->proxy ? "http://" : "", w->proxy ? w->host : "",
			w->proxy ? ":" : "", w->proxy ? w->port : "", w->host,
			w->port, w->auth);
		(void)say(fd, text);
		while (have < sizeof(text) &&
			(got = recv(fd, text + have, sizeof(text) - have, 0)) >
				0) {
			have += (size_t)got;
			if (memmem(text, have, "hello", 5) != NULL)
				break;
		}
		whole += have > 0 && memmem(text, have, "hello", 5) != NULL;
		(void)close(fd);
	}
	double s = (double)(bench_now() - begin) * 1e-9;
	(void)printf("%.6f 0\n", whole == n ? s : 0);
}

static void
one_by_one(const struct way *w, size_t n)
{
	size_t whole = 0;
	for (size_t i = 0; i < n; i++) {
		int fd = open_way(w);
		whole += fd >= 0 && ping(fd);
		(void)close(fd);
	}
	(void)printf("%zu 0\n", whole);
}

static int held[MANY];
static size_t n_held;

static void
at_a_time(const struct way *w, size_t n)
{
	struct rlimit r = { 0 };
	(void)getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r);
	size_t whole = 0;
	for (n_held = 0; n_held < n && n_held < MANY; n_held++) {
		held[n_held] = open_way(w);
		(void)ping(held[n_held]);
	}
	for (size_t i = 0; i < n_held; i++)
		whole += ping(held[i]);
	(void)printf("%zu 0\n", whole);
}

static void
release(void)
{
	while (n_held > 0)
		(void)close(held[--n_held]);
}

int
net_client(int argc, char **argv)
{
	struct way w = { 0 };
	char line[128];
	if (argc != 5)
		bench_die("net-client", "direct|proxy HOST PORT");
	w.proxy = strcmp(argv[2], "proxy") == 0;
	w.host = argv[3];
	w.port = argv[4];
	if (w.proxy) {
		find_proxy(&w);
	} else {
		(void)snprintf(w.hop, sizeof(w.hop), "%s", w.host);
		(void)snprintf(w.hop_port, sizeof(w.hop_port), "%s", w.port);
	}
	(void)printf("ready\n");
	(void)fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint64_t n = strtoull(line + 1, NULL, 10);
		release();
		if (line[0] == 'T')
			stream(&w, n);
		else if (line[0] == 'C')
			connects(&w, n);
		else if (line[0] == 'R')
			trips(&w, n);
		else if (line[0] == 'H')
			requests(&w, n);
		else if (line[0] == 'Q')
			one_by_one(&w, n);
		else if (line[0] == 'M')
			at_a_time(&w, n);
		(void)fflush(stdout);
	}
	return 0;
}
