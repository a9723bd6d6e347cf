/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c -- what a shell cannot see or do, one act a word; room: test.
 *
 * Prints one line, the result or the name of the errno, and ends with 0 when
 * the act succeeded, 1 when it was refused.  Copied into the workspace by the
 * tests, so it runs both outside and inside the cage.
 */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>

static int
told(const char *what, long rc)
{
	if (rc < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: ok\n", what);
	return rc < 0;
}

/** Every open descriptor below 4096, in order, on one line. */
static int
act_fds(char **argv)
{
	(void)argv;
	for (int fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d ", fd);
	printf("\n");
	return 0;
}

/** Signals that are blocked or ignored: a fresh command has none. */
static int
act_signals(char **argv)
{
	(void)argv;
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int s = 1; s < 65; s++) {
		struct sigaction sa;
		if (sigismember(&mask, s) == 1)
			printf("blocked %d ", s);
		if (sigaction(s, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
			printf("ignored %d ", s);
	}
	printf("end\n");
	return 0;
}

/** Effective, permitted, inheritable, bounding and ambient sets, and NNP. */
static int
act_caps(char **argv)
{
	(void)argv;
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	if (syscall(SYS_capget, &head, data))
		return told("capget", -1);
	unsigned int bounding = 0;
	unsigned int ambient = 0;
	for (unsigned long c = 0; c < 64; c++) {
		bounding += prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1;
		ambient += prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, c, 0,
				   0) == 1;
	}
	printf("eff %x%x prm %x%x inh %x%x bnd %u amb %u nnp %d\n",
		data[1].effective, data[0].effective, data[1].permitted,
		data[0].permitted, data[1].inheritable, data[0].inheritable,
		bounding, ambient, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return 0;
}

/** Fill a unix address; "@name" is abstract.  Returns its length, 0 = too long. */
static socklen_t
address(struct sockaddr_un *un, const char *name)
{
	size_t len = strlen(name);
	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len >= sizeof(un->sun_path))
		return 0;
	memcpy(un->sun_path, name, len);
	if (name[0] == '@')
		un->sun_path[0] = '\0';
	size_t whole = offsetof(struct sockaddr_un, sun_path) + len;
	return (socklen_t)(whole + (name[0] != '@'));
}

static int
act_connect(char **argv)
{
	struct sockaddr_un un;
	socklen_t len = address(&un, argv[0]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return told("socket", fd);
	return told("connect", connect(fd, (struct sockaddr *)&un, len));
}

/** One datagram to a path, as journald and sd_notify are reached. */
static int
act_dgram(char **argv)
{
	struct sockaddr_un un;
	struct iovec iov = { .iov_base = (char[]){ "x" }, .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &un, .msg_iov = &iov, .msg_iovlen = 1
	};
	msg.msg_namelen = address(&un, argv[0]);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return told("socket", fd);
	return told("sendmsg", sendmsg(fd, &msg, 0));
}

/** The same through one end of a datagram socketpair. */
static int
act_dgrampair(char **argv)
{
	struct sockaddr_un un;
	struct iovec iov = { .iov_base = (char[]){ "x" }, .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &un, .msg_iov = &iov, .msg_iovlen = 1
	};
	msg.msg_namelen = address(&un, argv[0]);
	int fd[2];
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) < 0)
		return told("socketpair", -1);
	return told("sendmsg", sendmsg(fd[0], &msg, 0));
}

static int
act_pair(char **argv)
{
	int type = strcmp(argv[0], "seqpacket") ? SOCK_STREAM : SOCK_SEQPACKET;
	int fd[2];
	char byte = 'x';
	if (socketpair(AF_UNIX, type, 0, fd) < 0)
		return told("socketpair", -1);
	if (send(fd[0], &byte, 1, 0) != 1)
		return told("send", -1);
	return told("recv", recv(fd[1], &byte, 1, 0));
}

static int
act_socket(char **argv)
{
	int fd = socket(atoi(argv[0]), atoi(argv[1]), 0);
	return told("socket", fd);
}

/** tcp ADDRESS PORT, numbers only; gives up after two seconds. */
static int
act_tcp(char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	in.sin_port = htons((uint16_t)atoi(argv[1]));
	if (inet_pton(AF_INET, argv[0], &in.sin_addr) != 1)
		return 2;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return told("socket", fd);
	int rc = connect(fd, (struct sockaddr *)&in, sizeof(in));
	if (rc < 0 && errno == EINPROGRESS) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		int err = ETIMEDOUT;
		socklen_t len = sizeof(err);
		if (poll(&p, 1, 2000) == 1)
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
		errno = err;
		rc = err ? -1 : 0;
	}
	return told("connect", rc);
}

static int
act_tiocsti(char **argv)
{
	(void)argv;
	int fd = open("/dev/tty", O_RDWR);
	return told("TIOCSTI", ioctl(fd < 0 ? 0 : fd, TIOCSTI, "x"));
}

/** TIOCLINUX, paste selection: harmless where it is refused or no console. */
static int
act_tioclinux(char **argv)
{
	(void)argv;
	char subcode = 3;
	return told("TIOCLINUX", ioctl(0, TIOCLINUX, &subcode));
}

/** getpid by the 32-bit entry of x86-64. */
static int
act_int80(char **argv)
{
	(void)argv;
#ifdef __x86_64__
	long rc = 20;
	__asm__ volatile("int $0x80"
			 : "+a"(rc)::"memory", "r8", "r9", "r10", "r11");
	errno = rc < 0 ? (int)-rc : 0;
	return told("int80", rc < 0 ? -1 : 0);
#else
	puts("int80: ENOSYS");
	return 1;
#endif
}

static int
act_x32(char **argv)
{
	(void)argv;
	return told("x32", syscall(0x40000000L + SYS_getpid));
}

static int
act_syscall(char **argv)
{
	long nr = strtol(argv[0], NULL, 0);
	return told("syscall", syscall(nr, 0, 0, 0, 0, 0, 0));
}

/** A nested user namespace. */
static int
act_userns(char **argv)
{
	(void)argv;
	return told("unshare", syscall(SYS_unshare, 0x10000000L));
}

/** Run the rest with every disposition default and nothing blocked. */
static int
act_default(char **argv)
{
	sigset_t none;
	sigemptyset(&none);
	for (int s = 1; s < 65; s++)
		(void)signal(s, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	return told("exec", -1);
}

/** Run the rest with signals ignored and blocked, as a careless caller would. */
static int
act_ignore(char **argv)
{
	sigset_t some;
	sigemptyset(&some);
	sigaddset(&some, SIGUSR2);
	sigaddset(&some, SIGALRM);
	sigaddset(&some, SIGRTMIN + 3);
	sigprocmask(SIG_SETMASK, &some, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	execvp(argv[0], argv);
	return told("exec", -1);
}

/** End by a signal: raise SIGNO. */
static int
act_raise(char **argv)
{
	struct rlimit no_core = { 0 };
	setrlimit(RLIMIT_CORE, &no_core);
	raise(atoi(argv[0]));
	return 0;
}

/** Listen or bind, count what arrives until killed: serve LOG NAME... */
static int
act_serve(char **argv)
{
	enum { MAX = 16 };
	struct pollfd p[MAX];
	nfds_t n = 0;
	FILE *log = fopen(argv[0], "a");
	if (!log)
		return told("open", -1);
	for (char **name = argv + 1; *name && n < MAX; name++, n++) {
		bool dgram = !strncmp(*name, "dgram:", 6);
		struct sockaddr_un un;
		socklen_t len = address(&un, *name + (dgram ? 6 : 0));
		int fd = socket(AF_UNIX, dgram ? SOCK_DGRAM : SOCK_STREAM, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&un, len) < 0 ||
			(!dgram && listen(fd, 8) < 0))
			return told(*name, -1);
		p[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	fputs("ready\n", log);
	fflush(log);
	for (;;) {
		if (poll(p, n, -1) < 0)
			return told("poll", -1);
		for (nfds_t i = 0; i < n; i++) {
			char byte;
			if (!(p[i].revents & POLLIN))
				continue;
			int fd = accept(p[i].fd, NULL, NULL);
			if (fd >= 0)
				close(fd);
			else
				(void)!recv(p[i].fd, &byte, 1, 0);
			fprintf(log, "hit %s\n", argv[1 + i]);
			fflush(log);
		}
	}
}

static const struct act {
	const char *name;
	int min; /* arguments */
	int (*run)(char **argv);
} acts[] = {
	{ "fds", 0, act_fds },
	{ "signals", 0, act_signals },
	{ "caps", 0, act_caps },
	{ "connect", 1, act_connect },
	{ "dgram", 1, act_dgram },
	{ "dgrampair", 1, act_dgrampair },
	{ "pair", 1, act_pair },
	{ "socket", 2, act_socket },
	{ "tcp", 2, act_tcp },
	{ "tiocsti", 0, act_tiocsti },
	{ "tioclinux", 0, act_tioclinux },
	{ "int80", 0, act_int80 },
	{ "x32", 0, act_x32 },
	{ "syscall", 1, act_syscall },
	{ "userns", 0, act_userns },
	{ "default", 1, act_default },
	{ "ignore", 1, act_ignore },
	{ "raise", 1, act_raise },
	{ "serve", 2, act_serve },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(argv[1], acts[i].name) && argc - 2 >= acts[i].min)
			return acts[i].run(argv + 2);
	fputs("probe: no such act, or too few words for it\n", stderr);
	return 2;
}
