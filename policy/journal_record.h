/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_JOURNAL_RECORD_H
#define POLICY_JOURNAL_RECORD_H
/* journal_record.h -- the form of a record of placeholders (see journal.c). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { RECORD_DIR_MODE = 0555, RECORD_FILE_MODE = 0444 };

/* In place of an inode: the name had its object already. */
#define RECORD_NOT_OURS UINT64_MAX

struct record {
	bool is_dir;
	uint64_t ino;         /* 0: not made yet; or RECORD_NOT_OURS */
	uint64_t parent, dev; /* of the directory it is in */
	int64_t time;         /* seconds; it is not older */
	const char *path;     /* borrowed from the text */
};

void record_begin(struct buf *text, bool late);
/** Returns where in the text its inode is. */
size_t record_add(struct buf *text, const struct record *r);

/** Write the inode there in the file; failure only loses it. */
void record_put_inode(int fd, size_t at, uint64_t ino);

struct record_reader {
	const char *at, *end;
	bool late;
};

/** 0, or -EBADMSG when the text is no record; it ends with a NUL behind len. */
int record_open(struct record_reader *r, const char *text, size_t len);

/** The next one; false at the end, or at what is of another form. */
bool record_next(struct record_reader *r, struct record *ret);

#endif /* POLICY_JOURNAL_RECORD_H */
