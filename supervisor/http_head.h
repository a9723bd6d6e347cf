/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_HTTP_HEAD_H
#define SUPERVISOR_HTTP_HEAD_H
/*
 * http_head.h -- heads of HTTP/1 messages, strict, and where their bodies end.
 *
 * Strict because two readers of one message must never disagree about it: a
 * bare LF, a folded line, a blank before the colon, Content-Length beside
 * Transfer-Encoding, two lengths, two Hosts, a NUL are all refused (400).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/netaddr.h"

struct buf;

enum {
	HTTP_HEAD_MAX = 64 << 10, /* bytes; longer is 431 */
	HTTP_FIELDS_MAX = 256,
	HTTP_METHOD_MAX = 32,
};

enum http_form {
	HTTP_ABSOLUTE, /* GET http://host/path */
	HTTP_ORIGIN,   /* GET /path, host from Host */
	HTTP_CONNECT,  /* CONNECT host:port */
};

enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH, /* .length bytes */
	HTTP_CHUNKED,
	HTTP_TO_EOF, /* responses only */
};

struct http_head {
	enum http_form form;
	char method[HTTP_METHOD_MAX + 1];
	struct nethost host;
	uint16_t port; /* default filled in */
	bool port_given;
	unsigned int minor; /* HTTP/1.minor, 0 or 1 */
	bool close;         /* the connection ends after this message */
	bool expect;        /* Expect: 100-continue */
	bool upgrade;       /* asks to change the protocol (stripped) */
	enum http_framing framing;
	uint64_t length;          /* of HTTP_LENGTH */
	size_t path_at, path_len; /* into the bytes; len 0 = "/" */
	unsigned int status;      /* responses: 200 ... */
	const char *why; /* after a failure: the text of the answer; static */
	unsigned int refuse; /* after a failure: the status to answer with */
};

/**
 * Read a request head from the len bytes that are there.  Its length in bytes
 * when it is whole; 0 = more is needed; -EBADMSG with why and refuse (400, 431,
 * 501, 505).
 */
long http_request_read(const char *bytes, size_t len, struct http_head *ret);

/**
 * The same where only form and host are wanted, of bytes that are sent on as
 * they are: what else is wrong with the head is the other side's business.  A
 * request without Host names nobody: its name is "".
 */
long http_request_names(const char *bytes, size_t len, struct http_head *ret);

/**
 * The same for a response; method is the request's (HEAD has no body), and
 * decides the framing together with the status.  refuse is 502 then.
 */
long http_response_read(const char *bytes, size_t len, const char *method,
	struct http_head *ret);

/**
 * Write the head as it is sent on: origin form (absolute: an HTTP proxy beyond
 * us), Host made from the target, hop-by-hop fields and those that Connection
 * names gone (Transfer-Encoding stays where the body is chunked), userinfo
 * gone, "Connection: close" added where close is set, extra (may be NULL, whole
 * lines) at the end.  Of an answer x-proxy-error is gone, which is ours to say.
 */
enum http_write { HTTP_WRITE_CLOSE = 1u << 0, HTTP_WRITE_ABSOLUTE = 1u << 1 };
void http_request_write(const struct http_head *h, const char *bytes,
	size_t head_len, unsigned int flags, const char *extra,
	struct buf *out);
void http_response_write(const struct http_head *h, const char *bytes,
	size_t head_len, unsigned int flags, struct buf *out);

/* ---- bodies ---------------------------------------------------------------- */

struct http_body {
	enum http_framing framing;
	uint64_t left;      /* bytes of the present chunk or of the body */
	unsigned int state; /* of the chunked reader */
	unsigned int line;  /* bytes of the present line of it */
	bool done;
};
void http_body_begin(struct http_body *b, const struct http_head *h);
/**
 * How many of these len bytes belong to the body (b->done: it ends there);
 * -EBADMSG for chunks that are none.
 */
long http_body_take(struct http_body *b, const char *bytes, size_t len);

/* ---- answers of our own ---------------------------------------------------- */

/**
 * A whole answer with "Connection: close": status, x-proxy-error (NULL = none),
 * content type (json or text) and body.
 */
void http_answer(struct buf *out, unsigned int status, const char *error,
	bool json, const char *body);

#endif /* SUPERVISOR_HTTP_HEAD_H */
