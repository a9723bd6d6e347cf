/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_HTTP_BEGIN_H
#define SUPERVISOR_HTTP_BEGIN_H
/*
 * http_begin.h -- are these first bytes of a client a request of HTTP/1?
 *
 * For a connection of which nothing is known but whom it is for.  A server may
 * read a request more leniently than we do, so what could be one is called one,
 * and http_request_names() says of it whom it names, or that it cannot be told.
 */
#include <stddef.h>

enum http_begin {
	HTTP_BEGIN_NOT,
	HTTP_BEGIN_MORE, /* cannot be told yet */
	HTTP_BEGIN_REQUEST,
};

enum http_begin_flag {
	/* A port where nothing else is expected: any word is a method. */
	HTTP_BEGIN_WEB = 1u << 0,
	HTTP_BEGIN_ENDED = 1u << 1, /* no more bytes follow */
};

/**
 * What the first len bytes are; empty lines before them are the caller's to
 * skip.  A request has a method (behind blanks and control characters, if any), a
 * blank, and "http/" or "http:" or "https:" in its first line, in whatever case:
 * that of HTTP/0.9 names nobody.
 */
enum http_begin http_begin(const char *bytes, size_t len, unsigned int flags);

#endif /* SUPERVISOR_HTTP_BEGIN_H */
