/* SPDX-License-Identifier: Apache-2.0 */
/* http_begin.c -- is it HTTP? (room: user) */
#include "supervisor/http_begin.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "supervisor/http_head.h"
#include "supervisor/http_scan.h"

/* RFC 9110, 5789, 4918, 3253, 5323, and what caches take. */
static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE",
	"OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "PROPPATCH",
	"MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE",
	"QUERY" };

/* Servers have taken any of these for the blank. */
static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* Is the word a method, or, with more letters, could it be? */
static enum http_begin
method(struct span word, bool whole, unsigned int flags)
{
	if ((flags & HTTP_BEGIN_WEB) != 0 && word.len <= HTTP_METHOD_MAX)
		return whole ? HTTP_BEGIN_REQUEST : HTTP_BEGIN_MORE;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strncasecmp(word.at, methods[i], word.len) == 0 &&
			(!whole || methods[i][word.len] == '\0'))
			return whole ? HTTP_BEGIN_REQUEST : HTTP_BEGIN_MORE;
	return HTTP_BEGIN_NOT;
}

static bool
says_http(struct span line)
{
	static const char *const words[] = { "http/", "http:", "https:" };
	for (size_t at = 0; at < line.len; at++)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (line.len - at >= strlen(words[i]) &&
				strncasecmp(line.at + at, words[i],
					strlen(words[i])) == 0)
				return true;
	return false;
}

enum http_begin
http_begin(const char *bytes, size_t len, unsigned int flags)
{
	const bool ended = (flags & HTTP_BEGIN_ENDED) != 0;
	/* There are servers that skip all of these; we read none of it, so that
	 * a request behind them is one that cannot be told. */
	while (len > 0 && *bytes > '\0' && *bytes <= ' ') {
		bytes++;
		len--;
	}
	struct span word = { bytes, 0 };
	while (word.len < len &&
		scan_token((struct span){ bytes + word.len, 1 }))
		word.len++;
	const bool whole = word.len < len;
	if ((whole && !blank(bytes[word.len])) || (word.len == 0 && whole))
		return HTTP_BEGIN_NOT;
	enum http_begin is = method(word, whole, flags);
	if (is != HTTP_BEGIN_REQUEST)
		return ended ? HTTP_BEGIN_NOT : is;
	const char *lf = memchr(bytes, '\n', len);
	if (lf == NULL && !ended && len < HTTP_HEAD_MAX)
		return memchr(bytes, '\0', len) == NULL ? HTTP_BEGIN_MORE
		       : (flags & HTTP_BEGIN_WEB) != 0  ? HTTP_BEGIN_REQUEST
							: HTTP_BEGIN_NOT;
	const struct span line = { bytes + word.len,
		(lf != NULL ? (size_t)(lf - bytes) : len) - word.len };
	return says_http(line) ? HTTP_BEGIN_REQUEST : HTTP_BEGIN_NOT;
}
