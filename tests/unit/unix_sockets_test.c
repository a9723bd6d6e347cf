/* SPDX-License-Identifier: Apache-2.0 */
/* unix_sockets_test.c -- both tables of AF_UNIX sockets, as text and asked for. */
/* links: policy/unix_sockets.c policy/unix_sockets_read.c policy/buf.c policy/diag.c policy/vis.c policy/utf8.c */
#include "policy/unix_sockets.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"
#define LISTEN(type, name) \
	"00000000facdeecf: 00000002 00000000 00010000 " type " 01 12345 " name

/* --- text ------------------------------------------------------------------ */

struct row {
	const char *text;
	const char *names;  /* in order, each followed by "|" */
	const char *unsure; /* NULL = sure */
	const char *what;
};

static const struct row rows[] = {
	{ "", "", NULL, "nothing" },
	{ HEAD, "", NULL, "only the head" },
	{ HEAD LISTEN("0001", "/a/b\n"), "/a/b|", NULL, "one" },
	{ LISTEN("0001", "/a\n"), "/a|", NULL, "no head" },
	{ HEAD LISTEN("0001", "/a"), "/a|", NULL, "no newline at the end" },
	{ HEAD LISTEN("0001", "/b\n") LISTEN("0005", "/a\n"), "/a|/b|", NULL,
		"sorted" },
	{ HEAD LISTEN("0001", "rel/s\n"), "rel/s|", NULL, "relative" },
	{ HEAD LISTEN("0001", "/a b  c \n"), "/a b  c |", NULL, "blanks" },
	{ HEAD LISTEN("0001", " x\n"), " x|", NULL, "a blank first" },
	{ HEAD LISTEN("0001", "@abstract\n"), "@abstract|", NULL,
		"abstract, as far as can be told" },
	{ HEAD LISTEN("0002", "@abstract\n"), "", NULL,
		"abstract datagrams are of no interest" },
	{ HEAD LISTEN("0002", "/log\n"), "/log|", NULL, "datagrams" },
	{ HEAD "0000000000000000: 00000003 00000000 00000000 0001 03  1674\n",
		"", NULL, "without a name" },
	{ HEAD "(____ptrval____): 00000003 00000000 00000000 0001 03  1674 /c\n",
		"", NULL, "connected" },
	{ HEAD "0: 00000003 00000000 00000000 0001 02 0 /c\n", "", NULL,
		"not yet accepted" },
	{ HEAD "0: 00000002 00000000 00000000 0001 01 99 /c\n", "/c|", NULL,
		"bound, not yet listening" },
	{ HEAD "0: 00000002 00000000 00000000 0002 03 99 /c\n", "/c|", NULL,
		"datagrams, connected" },
	{ HEAD LISTEN("0001", "/a\nb\n"), "/a|", "/a", "a newline" },
	{ HEAD LISTEN("0001", "/a\n\n"), "/a|", "/a", "a newline at the end" },
	{ HEAD LISTEN("0001", "/a\n") "x\n" LISTEN("0001", "/b\n") "y\n",
		"/a|/b|", "/a", "the first of two newlines" },
	{ HEAD "junk\n", "", "junk", "rubbish" },
	{ HEAD "0: 00000002 00000000 00010000 0001 01\n", "",
		"0: 00000002 00000000 00010000 0001 01",
		"a column is missing" },
	{ HEAD "0: 00000002 00000000 00010000 0001 01 x /a\n", "",
		"0: 00000002 00000000 00010000 0001 01 x /a",
		"an inode that is no number" },
	{ HEAD "0: 0000002 00000000 00010000 0001 01 1 /a\n", "",
		"0: 0000002 00000000 00010000 0001 01 1 /a",
		"seven digits for eight" },
	{ HEAD "0: 000000002 00000000 00010000 0001 01 1 /a\n", "",
		"0: 000000002 00000000 00010000 0001 01 1 /a",
		"nine digits for eight" },
	{ HEAD LISTEN("0001", "/a\n") LISTEN("0001", "/a\n"), "/a|/a|", "/a",
		"twins" },
	{ HEAD LISTEN("0001", "/a\n") LISTEN("0005", "/a\n"), "/a|/a|", "/a",
		"twins of different types" },
	{ HEAD LISTEN("0001", "@a\n") LISTEN("0005", "@a\n"), "@a|@a|", NULL,
		"abstract names are apart by type" },
	{ HEAD LISTEN("0001", "@a\n") LISTEN("0005", "@a\n")
			LISTEN("0001", "@a\n"),
		"@a|@a|@a|", "@a", "abstract twins" },
};

static void
check_row(struct tap *t, const struct row *r)
{
	struct unix_sockets s = { 0 };
	own_buf struct buf names = { 0 };

	tap_int(t, unix_sockets_parse_text(r->text, strlen(r->text), &s), 0,
		r->what);
	for (size_t i = 0; i < s.n; i++)
		buf_printf(&names, "%s|", s.items[i].name);
	tap_str(t, buf_str(&names), r->names, "its names");
	if (r->unsure)
		tap_str(t, s.unsure, r->unsure, "it is unsure");
	else
		tap_ok(t, s.unsure == NULL, "it is sure");
	tap_ok(t, !s.over && !s.exact, "neither too many nor exact");
	unix_sockets_free(&s);
}

static void
test_text(struct tap *t)
{
	own_buf struct buf many = { 0 };
	struct unix_sockets s = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(t, &rows[i]);
	for (int i = 0; i < UNIX_SOCKETS_MAX + 1; i++) {
		if (i == UNIX_SOCKETS_MAX) {
			(void)unix_sockets_parse_text(
				buf_str(&many), many.len, &s);
			tap_int(t, (long long)s.n, UNIX_SOCKETS_MAX,
				"as many names as are kept");
			tap_ok(t, !s.over, "are not too many");
			unix_sockets_free(&s);
		}
		buf_printf(&many, LISTEN("0001", "/s%d\n"), i);
	}
	(void)unix_sockets_parse_text(buf_str(&many), many.len, &s);
	tap_int(t, (long long)s.n, UNIX_SOCKETS_MAX, "no more are kept");
	tap_ok(t, s.over, "one more is too many");
	unix_sockets_free(&s);
}

/* --- unix_diag ------------------------------------------------------------- */

static void
pad(struct buf *b)
{
	while (b->len % 4 != 0)
		buf_char(b, '\0');
}

static void
attribute(struct buf *b, unsigned int type, const void *bytes, size_t len)
{
	const struct nlattr head = {
		.nla_len = (__u16)(sizeof(head) + len),
		.nla_type = (__u16)type,
	};

	buf_add(b, &head, sizeof(head));
	buf_add(b, bytes, len);
	pad(b);
}

static void
message(struct buf *b, unsigned int type, const struct buf *body)
{
	const struct nlmsghdr head = {
		.nlmsg_len = (__u32)(sizeof(head) + body->len),
		.nlmsg_type = (__u16)type,
		.nlmsg_flags = NLM_F_MULTI,
	};

	buf_add(b, &head, sizeof(head));
	buf_add(b, buf_str(body), body->len);
	pad(b);
}

struct socket {
	unsigned int type, state;
	const char *name; /* NULL = none */
	size_t len;
	uint32_t ino, dev; /* ino 0 = no file */
};

static void
put_socket(struct buf *b, const struct socket *s)
{
	own_buf struct buf body = { 0 };
	const struct unix_diag_msg m = {
		.udiag_family = AF_UNIX,
		.udiag_type = (__u8)s->type,
		.udiag_state = (__u8)s->state,
	};
	const struct unix_diag_vfs vfs = { s->ino, s->dev };
	const __u8 shutdown = 0;

	buf_add(&body, &m, sizeof(m));
	if (s->name)
		attribute(&body, UNIX_DIAG_NAME, s->name, s->len);
	if (s->ino)
		attribute(&body, UNIX_DIAG_VFS, &vfs, sizeof(vfs));
	attribute(&body, UNIX_DIAG_SHUTDOWN, &shutdown, 1);
	message(b, SOCK_DIAG_BY_FAMILY, &body);
}

static void
put_end(struct buf *b, unsigned int type, int32_t code)
{
	own_buf struct buf body = { 0 };

	buf_add(&body, &code, sizeof(code));
	message(b, type, &body);
}

static void
test_diag(struct tap *t)
{
	static const struct socket sockets[] = {
		{ SOCK_STREAM, 10, "/b", 3, 7, 1 },
		{ SOCK_STREAM, 10, "rel", 4, 8, 2 },
		{ SOCK_SEQPACKET, 7, "/a\nb", 5, 9, 1 },
		{ SOCK_DGRAM, 1, "@x", 3, 10, 1 },
		{ SOCK_STREAM, 1, "/connected", 11, 11, 1 },
		{ SOCK_STREAM, 10, "\0abstract", 9, 0, 0 },
		{ SOCK_STREAM, 7, NULL, 0, 0, 0 },
		{ SOCK_STREAM, 7, NULL, 0, 12, 1 },
		{ SOCK_STREAM, 10, "/long", 5, 13, 3 }, /* no NUL */
	};
	static const struct {
		const char *name;
		uint32_t ino, dev;
		unsigned int type;
	} want[] = {
		{ "", 12, 1, SOCK_STREAM },
		{ "/a\nb", 9, 1, SOCK_SEQPACKET },
		{ "/b", 7, 1, SOCK_STREAM },
		{ "@x", 10, 1, SOCK_DGRAM },
		{ "rel", 8, 2, SOCK_STREAM },
		{ "/long", 13, 3, SOCK_STREAM },
	};
	own_buf struct buf first = { 0 };
	own_buf struct buf second = { 0 };
	struct unix_sockets s = { 0 };
	size_t n = sizeof(want) / sizeof(want[0]);

	for (size_t i = 0; i < 4; i++)
		put_socket(&first, &sockets[i]);
	for (size_t i = 4; i < sizeof(sockets) / sizeof(sockets[0]); i++)
		put_socket(&second, &sockets[i]);
	put_end(&second, NLMSG_DONE, 0);
	tap_int(t, unix_sockets_parse_diag(buf_str(&first), first.len, &s), 0,
		"a part of a dump");
	tap_int(t, unix_sockets_parse_diag(buf_str(&second), second.len, &s), 1,
		"its end");
	unix_sockets_sort(&s);
	if (tap_int(t, (long long)s.n, (long long)n, "as many as have a file"))
		for (size_t i = 0; i < n; i++) {
			tap_str(t, s.items[i].name, want[i].name, "the name");
			tap_int(t, s.items[i].ino, want[i].ino, "the inode");
			tap_int(t, s.items[i].dev, want[i].dev, "the device");
			tap_int(t, s.items[i].type, want[i].type, "the type");
		}
	unix_sockets_free(&s);
}

/* Every cut of a good dump is refused, or is a shorter good one. */
static void
test_diag_bad(struct tap *t)
{
	static const struct socket one = { SOCK_STREAM, 10, "/b", 3, 7, 1 };
	own_buf struct buf dump = { 0 };
	own_buf struct buf b = { 0 };
	struct unix_sockets s = { 0 };
	size_t bad = 0;
	size_t whole;

	put_socket(&dump, &one);
	whole = dump.len;
	for (size_t len = 1; len < whole; len++) {
		char *exact = malloc(len);

		memcpy(exact, buf_str(&dump), len);
		/* Of the last attribute's padding nothing is missed. */
		bad += unix_sockets_parse_diag(exact, len, &s) != -EBADMSG;
		free(exact);
	}
	tap_int(t, (long long)bad, 0, "a message that was cut is refused");
	tap_int(t, (long long)s.n, 0, "and nothing of it is kept");
	put_end(&b, NLMSG_ERROR, -ENOENT);
	tap_int(t, unix_sockets_parse_diag(buf_str(&b), b.len, &s), -ENOENT,
		"the kernel refuses: it is told");
	buf_free(&b);
	put_end(&b, NLMSG_ERROR, INT32_MIN);
	tap_int(t, unix_sockets_parse_diag(buf_str(&b), b.len, &s), -EBADMSG,
		"with a number that is no errno");
	buf_free(&b);
	put_end(&b, NLMSG_NOOP, 0);
	put_socket(&b, &one);
	tap_int(t, unix_sockets_parse_diag(buf_str(&b), b.len, &s), 0,
		"other messages are skipped");
	tap_int(t, (long long)s.n, 1, "and what follows is read");
	unix_sockets_free(&s);
}

/* --- the kernel's ------------------------------------------------------------ */

static int
bound(const char *name, size_t len, int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, name, len);
	tree_must(fd >= 0 && bind(fd, (struct sockaddr *)&un,
				     (socklen_t)(offsetof(struct sockaddr_un,
							 sun_path) +
						 len)) == 0,
		name);
	if (type != SOCK_DGRAM)
		tree_must(listen(fd, 1) == 0, name);
	return fd;
}

static const struct unix_socket *
named(const struct unix_sockets *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].name, name) == 0)
			return &s->items[i];
	return NULL;
}

static void
test_read(struct tap *t, const char *dir)
{
	struct unix_sockets s = { 0 };
	struct diag d = { 0 };
	struct stat st;
	int fd[4];

	tree_must(chdir(dir) == 0, dir);
	fd[0] = bound("rel", 3, SOCK_STREAM);
	fd[1] = bound("@at", 3, SOCK_SEQPACKET);
	fd[2] = bound("\0unix_sockets_test", 18, SOCK_STREAM);
	fd[3] = bound("new\nline", 8, SOCK_DGRAM);
	tap_int(t, unix_sockets_read(&s, &d), 0, "the kernel's table is read");
	if (!s.exact) {
		tap_skip(t, "with unix_diag", "the kernel has none");
	} else {
		const struct unix_socket *rel = named(&s, "rel");

		(void)stat("rel", &st);
		tap_ok(t, rel && rel->ino == (uint32_t)st.st_ino,
			"the inode is the file's");
		tap_ok(t, rel && rel->type == SOCK_STREAM, "the type too");
		tap_ok(t, named(&s, "@at") != NULL, "a file named @at");
		tap_ok(t, named(&s, "new\nline") != NULL, "a newline");
		tap_ok(t,
			!named(&s, "@unix_sockets_test") &&
				!named(&s, "unix_sockets_test"),
			"no abstract one");
		tap_ok(t, s.unsure == NULL, "nothing is unsure");
	}
	unix_sockets_free(&s);
	for (int i = 0; i < 4; i++)
		(void)close(fd[i]);
}

static void
without_diag(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	tree_must(
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0,
		"seccomp");
}

/* Numbers of failed checks, as an exit status. */
static int
read_without_diag(const char *dir)
{
	struct unix_sockets s = { 0 };
	int failed = 0;
	int fd[2];

	without_diag();
	tree_must(chdir(dir) == 0, dir);
	fd[0] = bound("rel2", 4, SOCK_STREAM);
	fd[1] = bound("\0unix_sockets_test2", 19, SOCK_STREAM);
	failed += unix_sockets_read(&s, NULL) != 0;
	failed += s.exact;
	failed += !named(&s, "rel2");
	/* Proven abstract, so neither listed nor a doubt; other sockets of the
	 * machine may be one. */
	failed += named(&s, "@unix_sockets_test2") != NULL;
	failed += s.unsure && strcmp(s.unsure, "@unix_sockets_test2") == 0;
	unix_sockets_free(&s);
	(void)close(fd[0]);
	(void)close(fd[1]);
	return failed;
}

static int
read_doubtful(const char *dir)
{
	struct unix_sockets s = { 0 };
	int failed = 0;
	int fd;

	without_diag();
	tree_must(chdir(dir) == 0, dir);
	fd = bound("@csb-no-abstract", 16, SOCK_STREAM);
	failed += unix_sockets_read(&s, NULL) != 0;
	failed += s.unsure == NULL;
	unix_sockets_free(&s);
	(void)close(fd);
	return failed;
}

static int
in_child(int (*act)(const char *dir), const char *dir)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(dir));
	tree_must(pid > 0 && waitpid(pid, &status, 0) == pid, "child");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
main(void)
{
	struct tap t = { 0 };
	struct tree tree;

	test_text(&t);
	test_diag(&t);
	test_diag_bad(&t);
	tap_int(&t, unix_sockets_dev(254, 3), 254 << 20 | 3,
		"the kernel's device numbers");
	tree_make(&tree);
	test_read(&t, tree.root);
	tap_int(&t, in_child(read_without_diag, tree.root), 0,
		"without unix_diag: names only");
	tap_int(&t, in_child(read_doubtful, tree.root), 0,
		"without unix_diag: a file @x is a doubt");
	tree_must(chdir("/") == 0, "/");
	tree_remove(&tree);
	return tap_end(&t);
}
