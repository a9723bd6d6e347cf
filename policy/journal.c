/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.c -- placeholders on the host: made, held, removed; room: user.
 *
 * A record is one file "ghost-NUMBER", written before the first placeholder in
 * it is made:
 *
 *   codex-sandbox placeholders 1 LATE\n
 *   KIND INODE PARENT DEVICE TIME PATH NUL \n    (one for each)
 *
 * KIND is d or f, PARENT and DEVICE are of the directory it is in, the numbers
 * have 16 hex digits, LATE is 0 or 1.  INODE is zero
 * until the placeholder exists.  Everything is done under one lock ("lock"), so
 * that no record is looked at between its writing and the locking of what it
 * names.
 *
 * A record is not believed: a command that may write to our directory (Landlock
 * has no masks) could name what is the user's.  What is removed bears a mark that
 * only who may write to the object can give it, the time of its last change; or it
 * was made, by the kernel's clock, in the seconds after the record was: a run that
 * was killed between making and marking.
 */
#include "policy/journal.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/dents.h"
#include "policy/diag.h"
#include "policy/journal_record.h"
#include "policy/walk.h"

enum {
	TRIES = 8,
	LOCK_TRIES = 400, /* of LOCK_WAIT_NS each: two seconds */
	LOCK_WAIT_NS = 5000000,
	DYING_NS = 20000000,
	RECORD_MAX = 16 << 20,
	MARK = 946684811, /* 2000-01-01 00:00:11 UTC, for its odd look */
	TEXT_LEN = sizeof(JOURNAL_TEXT) - 1,
};

static const int64_t NS = 1000000000;
static const int64_t MAKING_NS = 10 * (int64_t)1000000000;
static const char prefix[] = JOURNAL_PREFIX;

static const char *
last_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* --- what a placeholder looks like ------------------------------------------------ */

bool
journal_has_form(const struct stat *st)
{
	const mode_t perms = st->st_mode & ALLPERMS;

	return S_ISDIR(st->st_mode)
		       ? perms == RECORD_DIR_MODE
		       : S_ISREG(st->st_mode) && perms == RECORD_FILE_MODE &&
				 (st->st_size == 0 || st->st_size == TEXT_LEN);
}

static int
open_it(int dir, const char *name)
{
	int fd = openat(dir, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool
is_empty_dir(int fd)
{
	own_dents struct dents list;

	return dents_open(&list, fd, ".") && !dents_next(&list);
}

/* Nothing of anybody's is in it. */
static bool
has_nothing(int fd, const struct stat *st)
{
	char text[TEXT_LEN + 1];
	ssize_t n;

	if (S_ISDIR(st->st_mode))
		return is_empty_dir(fd);
	n = pread(fd, text, sizeof(text), 0);
	return n == 0 ||
	       (n == TEXT_LEN && memcmp(text, JOURNAL_TEXT, TEXT_LEN) == 0);
}

bool
journal_looks_like(int dir, const char *name)
{
	own_fd int fd = open_it(dir, name);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && journal_has_form(&st) &&
	       has_nothing(fd, &st);
}

/* --- the lock over all records ---------------------------------------------------- */

/* Somebody else's hands are on it for a few milliseconds at most. */
static int
lock_all(int place)
{
	own_fd int fd = openat(place, "lock",
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	for (int i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return own_take_fd(&fd);
		(void)nanosleep(
			&(struct timespec){ .tv_nsec = LOCK_WAIT_NS }, NULL);
	}
	return fd < 0 ? -errno : -ETIMEDOUT;
}

/* --- removal ---------------------------------------------------------------------- */

/*
 * The directory that a record names, without following a symlink.  -ENOENT when
 * it is no more; -EAGAIN when its file system is not there now.
 */
static int
open_parent(const struct record *r)
{
	char path[PATH_MAX];
	own_walk struct walk w = WALK_EMPTY;
	size_t len = (size_t)(last_name(r->path) - 1 - r->path);
	struct stat st;

	if (len >= sizeof(path))
		return -ENOENT;
	memcpy(path, r->path, len);
	path[len] = '\0';
	if (walk_path(len > 0 ? path : "/", &w, NULL) < 0 ||
		stat(w.canonical, &st) < 0)
		return -EAGAIN;
	if (!w.missing && w.n_links == 0 && S_ISDIR(w.mode) &&
		w.ino == r->parent)
		return own_take_fd(&w.fd);
	return st.st_dev == r->dev ? -ENOENT : -EAGAIN;
}

static int64_t
ns_of(int64_t seconds, int64_t ns)
{
	return seconds * NS + ns;
}

/* Made just after the record.  Nobody can set either of the two times. */
static bool
is_of_then(int record, const struct record *r, const struct stat *st)
{
	const int64_t made = ns_of(st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
	struct statx of_record;
	int64_t written;

	if (statx(record, "", AT_EMPTY_PATH, STATX_BTIME, &of_record) < 0 ||
		(of_record.stx_mask & STATX_BTIME) == 0)
		return false;
	written =
		ns_of(of_record.stx_btime.tv_sec, of_record.stx_btime.tv_nsec);
	return st->st_ctim.tv_sec >= r->time && made >= written &&
	       made <= written + MAKING_NS;
}

static bool
is_recorded(int record, const struct record *r, int fd, struct stat *ret)
{
	if (fstat(fd, ret) < 0 || !journal_has_form(ret) ||
		!has_nothing(fd, ret) || ret->st_uid != geteuid() ||
		S_ISDIR(ret->st_mode) != r->is_dir)
		return false;
	if (r->ino != 0 && ret->st_ino != r->ino)
		return false;
	return ret->st_mtim.tv_sec == MARK ||
	       (r->ino == 0 && is_of_then(record, r, ret));
}

static bool
has_name(int dir, const char *name, const struct stat *st)
{
	struct stat now;

	return fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == st->st_ino && now.st_dev == st->st_dev;
}

/* True when nothing is left to be done about it. */
static bool
settle(int record, const struct record *r)
{
	own_fd int dir = open_parent(r);
	own_fd int fd = -1;
	const char *name = last_name(r->path);
	struct stat st;

	if (dir < 0)
		return dir == -ENOENT; /* else later, when it is mounted */
	fd = open_it(dir, name);
	if (fd < 0)
		return fd == -ENOENT || fd == -ELOOP;
	if (!is_recorded(record, r, fd, &st))
		return true; /* somebody made it his own */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return false;
	if (!has_name(dir, name, &st))
		return true; /* replaced a moment ago */
	/* Not empty: it is somebody's own now, and stays. */
	return unlinkat(dir, name, r->is_dir ? AT_REMOVEDIR : 0) == 0 ||
	       errno == ENOTEMPTY || errno == ENOENT;
}

static void
sweep_file(int place, const char *name)
{
	own_fd int fd = open_it(place, name);
	own_buf struct buf text = { .max = RECORD_MAX };
	struct record_reader reader;
	struct record r;
	bool done = true;

	if (fd < 0 || buf_read_fd(&text, fd, RECORD_MAX) < 0)
		return;
	/* What is no record was not written to its end: nothing was made. */
	if (record_open(&reader, buf_str(&text), text.len) < 0) {
		(void)unlinkat(place, name, 0);
		return;
	}
	if (reader.late)
		(void)nanosleep(
			&(struct timespec){ .tv_nsec = DYING_NS }, NULL);
	while (record_next(&reader, &r))
		done = settle(fd, &r) && done;
	if (done)
		(void)unlinkat(place, name, 0);
}

static void
sweep_locked(int place)
{
	own_dents struct dents list;
	const struct dirent *entry;

	(void)dents_open(&list, place, "."); /* else it is empty */
	while ((entry = dents_next(&list)))
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) == 0)
			sweep_file(place, entry->d_name);
}

void
journal_sweep(int place)
{
	own_fd int lock = lock_all(place);

	if (lock >= 0)
		sweep_locked(place);
}

/* --- making ----------------------------------------------------------------------- */

static int
make(const struct journal_want *w)
{
	static const struct timespec mark[2] = { { .tv_sec = MARK },
		{ .tv_sec = MARK } };
	const char *name = last_name(w->path);
	own_fd int fd = -1;

	/* The mode is exact, whatever the umask: it is part of the form. */
	if (w->is_dir) {
		if (mkdirat(w->dir, name, RECORD_DIR_MODE) < 0)
			return -errno;
		fd = open_it(w->dir, name);
	} else {
		fd = openat(w->dir, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			RECORD_FILE_MODE);
		fd = fd < 0 ? -errno : fd;
		if (fd >= 0 && w->text &&
			write(fd, JOURNAL_TEXT, TEXT_LEN) != TEXT_LEN)
			return -ENOSPC;
	}
	if (fd < 0)
		return fd;
	return fchmod(fd, w->is_dir ? RECORD_DIR_MODE : RECORD_FILE_MODE) < 0 ||
			       futimens(fd, mark) < 0
		       ? -errno
		       : 0;
}

/* Hold the object that has the name now; -EAGAIN when it lost it meanwhile. */
static int
hold(struct journal_want *w)
{
	const char *name = last_name(w->path);
	own_fd int fd = open_it(w->dir, name);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!journal_has_form(&st) || !has_nothing(fd, &st) ||
		S_ISDIR(st.st_mode) != w->is_dir)
		return -EEXIST;
	if (flock(fd, LOCK_SH | LOCK_NB) < 0 || !has_name(w->dir, name, &st))
		return -EAGAIN;
	w->dev = st.st_dev;
	w->ino = st.st_ino;
	w->hold = own_take_fd(&fd);
	return 0;
}

/* Somebody else may make or remove it at any time: another run of ours. */
static int
make_and_hold(struct journal_want *w, bool *ret_made)
{
	int err = -ENOENT;

	*ret_made = false;
	for (int i = 0; i < TRIES && (err == -ENOENT || err == -EAGAIN); i++) {
		err = hold(w);
		if (err != -ENOENT)
			continue;
		err = make(w);
		*ret_made = err == 0;
		if (err == 0 || err == -EEXIST)
			err = hold(w);
	}
	return err;
}

/* On disk before anything is made. */
static int
write_record(
	int place, struct journal_want *want, size_t n, int flags, int *ret_fd)
{
	char name[32];
	uint64_t random = 0;
	own_buf struct buf text = { .max = RECORD_MAX };
	own_fd int fd = -1;

	record_begin(&text, (flags & JOURNAL_LATE) != 0);
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if (fstat(want[i].dir, &st) < 0)
			return -errno;
		want[i].at = record_add(
			&text, &(struct record){ .is_dir = want[i].is_dir,
				       .parent = st.st_ino,
				       .dev = st.st_dev,
				       .time = time(NULL) - 1,
				       .path = want[i].path });
	}
	if (buf_failed(&text) || getentropy(&random, sizeof(random)) < 0)
		return -ENOMEM;
	(void)snprintf(
		name, sizeof(name), "%s%016jx", prefix, (uintmax_t)random);
	fd = openat(place, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		S_IRUSR | S_IWUSR);
	if (fd < 0)
		return -errno;
	if (write(fd, buf_str(&text), text.len) != (ssize_t)text.len ||
		fsync(fd) < 0 || fsync(place) < 0) {
		int err = errno ? -errno : -ENOSPC;

		(void)unlinkat(place, name, 0); /* half a record is none */
		return err;
	}
	*ret_fd = own_take_fd(&fd);
	return 0;
}

static int
explain(struct diag *d, int err, const char *path)
{
	return diag_setf(d, err, DIAG_SETUP, path,
		err == -EEXIST
			? "run the command again when nothing else changes it"
			: "make the directory writable, or use --no-protect",
		err == -EEXIST
			? "appeared while the sandbox was being built"
			: "cannot be kept from being created: no placeholder can be made (%s)",
		diag_errno(-err));
}

static int
take_locked(struct journal *j, struct journal_want *want, size_t n, int flags,
	struct diag *d)
{
	own_fd int record = -1;
	int err = write_record(j->place, want, n, flags, &record);

	if (err < 0)
		return diag_setf(d, err, DIAG_SETUP, want[0].path,
			"make room where codex-sandbox keeps its state",
			"cannot be guarded: its placeholder cannot be recorded (%s)",
			diag_errno(-err));
	j->wrote = true;
	for (size_t i = 0; i < n; i++) {
		bool made;

		err = make_and_hold(&want[i], &made);
		want[i].needless =
			err == -EACCES || err == -EPERM || err == -EROFS;
		if (want[i].needless)
			continue;
		if (err < 0)
			return explain(d, err, want[i].path);
		j->holds[j->n++] = want[i].hold;
		record_put_inode(record, want[i].at,
			made ? want[i].ino : RECORD_NOT_OURS);
	}
	return 0;
}

int
journal_take(int place, struct journal_want *want, size_t n, int flags,
	struct journal *ret, struct diag *d)
{
	own_fd int lock = -1;

	*ret = (struct journal){ .place = place };
	if (n == 0)
		return 0;
	ret->holds = calloc(n, sizeof(*ret->holds));
	lock = ret->holds ? lock_all(place) : -ENOMEM;
	if (lock < 0)
		return diag_setf(d, lock, DIAG_SETUP, want[0].path,
			"find who locks the state directory of codex-sandbox",
			"cannot be guarded: the journal cannot be locked (%s)",
			diag_errno(-lock));
	return take_locked(ret, want, n, flags, d);
}

void
journal_end(struct journal *j)
{
	for (size_t i = 0; i < j->n; i++)
		own_close(&j->holds[i]);
	if (j->wrote)
		journal_sweep(j->place);
	free(j->holds);
	*j = (struct journal)JOURNAL_EMPTY;
}
