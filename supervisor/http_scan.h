/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPERVISOR_HTTP_SCAN_H
#define SUPERVISOR_HTTP_SCAN_H
/*
 * http_scan.h -- lines, fields and words of an HTTP head.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some bytes of the head; borrowed. */
struct span {
	const char *at;
	size_t len;
};

/* The lines of a head that are left. */
struct scan {
	const char *at;
	const char *end;
	bool bad; /* a line does not end with CR LF, or holds a CR or NUL */
};

/** The length of the head with its empty line; 0: its end is not there yet. */
size_t scan_head(const char *bytes, size_t len, struct scan *ret);

/** The next line without its end; false at the empty line, or when it is bad. */
bool scan_line(struct scan *s, struct span *ret);

/** Name and value of a field, blanks around the value gone; false: it is none. */
bool scan_field(
	struct span line, struct span *ret_name, struct span *ret_value);

/** The same word, in whatever case? */
bool scan_is(struct span s, const char *word);

/** Is the word in this list with commas? */
bool scan_list_has(struct span list, const char *word);
/** Is the name (of a field) in this list? */
bool scan_list_names(struct span list, struct span name);

/** A token of RFC 9110? */
bool scan_token(struct span s);
/** Could it be the begin of a request: a token, then a blank? */
bool scan_begins_token(const char *bytes, size_t len);

/** Decimal digits only, at most max. */
bool scan_number(struct span s, uint64_t max, uint64_t *ret);

#endif /* SUPERVISOR_HTTP_SCAN_H */
