/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo_test.c -- lines of mountinfo, escapes, roots that are no paths. */
#include "policy/mountinfo.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"

struct row {
	const char *line;
	const char *root, *point, *type; /* root NULL: -EBADMSG */
	unsigned int major, minor;
	const char *what;
};

static const struct row rows[] = {
	{ "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw",
		"/mnt1", "/mnt2", "ext3", 98, 0, "the example of proc(5)" },
	{ "1 0 0:2 / / rw - rootfs rootfs rw", "/", "/", "rootfs", 0, 2,
		"no tags" },
	{ "1 1 8:1 / /a rw shared:1 master:2 propagate_from:3 unbindable - xfs x y",
		"/", "/a", "xfs", 8, 1, "many tags" },
	{ "1 1 8:1 / /a\\040b\\011c\\012d\\134e rw - ext4 x y", "/",
		"/a b\tc\nd\\e", "ext4", 8, 1, "escapes" },
	{ "1 1 8:1 /r\\040x /a rw - ext4 x y", "/r x", "/a", "ext4", 8, 1,
		"escapes of a root" },
	{ "1 1 8:1 / /a\\04 rw - ext4 x y", "/", "/a\\04", "ext4", 8, 1,
		"no escape: two digits" },
	{ "1 1 8:1 / /a\\048 rw - ext4 x y", "/", "/a\\048", "ext4", 8, 1,
		"no escape: 8" },
	{ "1 1 8:1 / /a\\400 rw - ext4 x y", "/", "/a\\400", "ext4", 8, 1,
		"no escape: more than a byte" },
	{ "1 1 8:1 / /a\\000b rw - ext4 x y", "/", "/a\\000b", "ext4", 8, 1,
		"no escape: a NUL" },
	{ "1 1 8:1 / /a\\377 rw - ext4 x y", "/", "/a\377", "ext4", 8, 1,
		"the last byte" },
	{ "1 1 8:1 / /a\\ rw - ext4 x y", "/", "/a\\", "ext4", 8, 1,
		"a backslash at the end" },
	{ "1 1 0:4 net:[4026531840] /run/netns/x rw shared:1 - nsfs nsfs rw",
		"net:[4026531840]", "/run/netns/x", "nsfs", 0, 4,
		"a namespace is no path" },
	{ "1 1 8:1 /a//deleted /a rw - ext4 x y", "/a//deleted", "/a", "ext4",
		8, 1, "a root that was removed" },
	{ "1 1 8:1 / /a rw - ext4", "/", "/a", "ext4", 8, 1,
		"nothing after the type" },
	{ "1 1 8:1 / /- rw - fuse.x - -", "/", "/-", "fuse.x", 8, 1,
		"dashes elsewhere" },
	{ "18446744073709551615 1 8:1 / /a rw - ext4 x y", "/", "/a", "ext4", 8,
		1, "the largest number" },
	{ "18446744073709551616 1 8:1 / /a rw - ext4 x y", NULL, NULL, NULL, 0,
		0, "one more" },
	{ "1 1 4294967296:1 / /a rw - ext4 x y", NULL, NULL, NULL, 0, 0,
		"a device number that is none" },
	{ "1 1 8:1 / a rw - ext4 x y", NULL, NULL, NULL, 0, 0,
		"a point that is relative" },
	{ "1 1 8:1 / /a rw ext4 x y", NULL, NULL, NULL, 0, 0, "no dash" },
	{ "1 1 8:1 / /a rw -", NULL, NULL, NULL, 0, 0,
		"nothing after the dash" },
	{ "1 1 8:1 /", NULL, NULL, NULL, 0, 0, "cut" },
	{ "1 1 8 / /a rw - ext4 x y", NULL, NULL, NULL, 0, 0,
		"no minor number" },
	{ "x 1 8:1 / /a rw - ext4 x y", NULL, NULL, NULL, 0, 0, "no number" },
	{ " 1 1 8:1 / /a rw - ext4 x y", NULL, NULL, NULL, 0, 0,
		"a blank too many" },
	{ "1 1 8:1  /a rw - ext4 x y", NULL, NULL, NULL, 0, 0,
		"an empty root" },
	{ "", NULL, NULL, NULL, 0, 0, "an empty line" },
};

static void
check_row(struct tap *t, const struct row *r)
{
	own_buf struct buf text = { 0 };
	struct mountinfo m = { 0 };
	int err;

	/* Before and after a good line, which a bad one takes along. */
	buf_printf(&text, "2 1 8:1 / /first rw - ext4 x y\n%s\n", r->line);
	err = mountinfo_parse(buf_str(&text), text.len, &m, NULL);
	if (!r->root) {
		tap_ok(t, err == -EBADMSG && m.n == 0, "refused: %s", r->what);
		return;
	}
	if (!tap_int(t, err, 0, r->what) ||
		!tap_int(t, (long long)m.n, 2, "lines"))
		return;
	tap_str(t, m.lines[1].root, r->root, "root");
	tap_str(t, m.lines[1].point, r->point, "point");
	tap_str(t, m.lines[1].type, r->type, "type");
	tap_ok(t, m.lines[1].major == r->major && m.lines[1].minor == r->minor,
		"device");
	mountinfo_free(&m);
}

static void
test_limits(struct tap *t)
{
	own_buf struct buf text = { 0 };
	struct mountinfo m = { 0 };
	struct diag d = { 0 };

	tap_int(t, mountinfo_parse("", 0, &m, NULL), 0, "no line at all");
	tap_int(t, (long long)m.n, 0, "is none");
	tap_int(t, mountinfo_parse("1 1 8:1 / / rw - a\0b c d", 23, &m, &d),
		-EBADMSG, "a NUL is refused");
	tap_str(t, d.cause, "has a line of unknown form", "and told");
	/* Overlay mounts have options of many kilobytes. */
	buf_str_add(&text, "1 1 0:50 / /long rw - overlay o rw,lowerdir=");
	for (int i = 0; i < 20000; i++)
		buf_str_add(&text, "/l:");
	tap_int(t, mountinfo_parse(buf_str(&text), text.len, &m, NULL), 0,
		"a line of 60 kB, without a newline");
	tap_str(t, m.n == 1 ? m.lines[0].point : NULL, "/long", "its point");
	mountinfo_free(&m);
	buf_free(&text);
	for (int i = 0; i < MOUNTINFO_MAX; i++)
		buf_printf(&text, "%d 1 8:1 / /a rw - ext4 x y\n", i);
	tap_int(t, mountinfo_parse(buf_str(&text), text.len, &m, NULL), 0,
		"as many lines as are read");
	tap_int(t, (long long)m.n, MOUNTINFO_MAX, "all are there");
	mountinfo_free(&m);
	buf_str_add(&text, "1 1 8:1 / /a rw - ext4 x y\n");
	tap_int(t, mountinfo_parse(buf_str(&text), text.len, &m, NULL), -E2BIG,
		"one more is refused");
}

static const char *
point_of(const struct mountinfo *m, const char *path)
{
	const struct mountinfo_line *line = mountinfo_of(m, path);

	return line ? line->type : "none";
}

static void
test_of(struct tap *t)
{
	static const char text[] = "1 1 8:1 / / rw - root x y\n"
				   "2 1 8:2 / /a rw - first x y\n"
				   "3 1 8:3 / /a rw - second x y\n"
				   "4 1 8:4 / /a/b rw - deep x y\n"
				   "5 1 8:5 / /ab rw - beside x y\n";
	struct mountinfo m = { 0 };

	(void)mountinfo_parse(text, sizeof(text) - 1, &m, NULL);
	tap_str(t, point_of(&m, "/"), "root", "/");
	tap_str(t, point_of(&m, "/x/y"), "root", "elsewhere");
	tap_str(t, point_of(&m, "/a"), "second", "the later of two");
	tap_str(t, point_of(&m, "/a/c"), "second", "below it");
	tap_str(t, point_of(&m, "/a/b/c"), "deep", "the deepest");
	tap_str(t, point_of(&m, "/abc"), "root", "by components");
	tap_ok(t, mountinfo_by_id(&m, 4) == &m.lines[3], "by number");
	tap_ok(t, mountinfo_by_id(&m, 9) == NULL, "by no number");
	mountinfo_free(&m);
	tap_ok(t, mountinfo_of(&m, "/") == NULL, "of no mounts");
}

struct place {
	const char *root, *point;
	const char *outside; /* NULL: inside is not in the mount */
	const char *inside;  /* NULL: outside is not in the mount */
};

static void
test_places(struct tap *t)
{
	static const struct place places[] = {
		{ "/", "/", "/", "/" },
		{ "/", "/", "/a", "/a" },
		{ "/", "/m", "/m", "/" },
		{ "/", "/m", "/m/a/b", "/a/b" },
		{ "/r", "/m", "/m/a", "/r/a" },
		{ "/r", "/m", "/m", "/r" },
		{ "/r/s", "/", "/a", "/r/s/a" },
		{ "/r/s", "/", "/", "/r/s" },
		{ "/", "/m", "/n", NULL },
		{ "/", "/m", "/mm", NULL },
		{ "/r", "/m", NULL, "/rr" },
		{ "/r", "/m", NULL, "/" },
		{ "net:[1]", "/m", "/m", NULL },
		{ "net:[1]", "/m", NULL, "/m" },
	};
	char out[64];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];
		const struct mountinfo_line line = {
			.root = (char[64]){ 0 },
			.point = (char[64]){ 0 },
		};

		(void)snprintf(line.root, 64, "%s", p->root);
		(void)snprintf(line.point, 64, "%s", p->point);
		if (p->outside) {
			bool ok = mountinfo_inside(
				&line, p->outside, out, sizeof(out));

			tap_ok(t, ok == (p->inside != NULL), "%s in %s on %s",
				p->outside, p->root, p->point);
			if (ok && p->inside)
				tap_str(t, out, p->inside, "inside");
		}
		if (p->inside) {
			bool ok = mountinfo_outside(
				&line, p->inside, out, sizeof(out));

			tap_ok(t, ok == (p->outside != NULL), "%s of %s on %s",
				p->inside, p->root, p->point);
			if (ok && p->outside)
				tap_str(t, out, p->outside, "outside");
		}
	}
	tap_ok(t,
		!mountinfo_inside(
			&(struct mountinfo_line){ .root = out, .point = out },
			"/a", out, 0),
		"no room");
}

static void
test_own(struct tap *t)
{
	struct mountinfo m = { 0 };
	struct statx x;

	tap_int(t, mountinfo_read("/proc/self/mountinfo", &m, NULL), 0,
		"this machine's are read");
	if (statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &x) == 0 &&
		(x.stx_mask & STATX_MNT_ID)) {
		const struct mountinfo_line *line =
			mountinfo_by_id(&m, x.stx_mnt_id);

		tap_str(t, line ? line->point : NULL, "/",
			"the number of / is told by statx");
	} else {
		tap_skip(t, "the number of /", "statx does not tell it");
	}
	mountinfo_free(&m);
	tap_int(t, mountinfo_read("/nonexistent", &m, NULL), -ENOENT,
		"no file");
}

int
main(void)
{
	struct tap t = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&t, &rows[i]);
	test_limits(&t);
	test_of(&t);
	test_places(&t);
	test_own(&t);
	return tap_end(&t);
}
