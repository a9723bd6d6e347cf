/* SPDX-License-Identifier: Apache-2.0 */
/* acts.c -- what programs do, for real, with what each filter says to it. */
#include "tests/seccomp/acts.h"

#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>

#include "policy/seccomp.h"

/* Sets of programs. */
enum {
	NONE = 0,
	ALL = (1 << SECCOMP_PROGRAM_MAX) - 1,
	EXTERNAL = 1 << SECCOMP_EXTERNAL | 1 << SECCOMP_LANDLOCK |
		   1 << SECCOMP_LANDLOCK_LOOSE, /* in place */
	NO_UNIX = 1 << SECCOMP_ISOLATED_NO_UNIX | 1 << SECCOMP_FULL_NO_UNIX,
	CAGED = ALL & ~EXTERNAL,
};

/* The process ends with the child that performs the act, so nothing here
 * closes what it opened. */
static int
result(long rc)
{
	return rc < 0 ? errno : 0;
}

/* ---- terminals ---------------------------------------------------- */

/* Put a byte into the input of our terminal and read it back from there. */
static int
push_input(unsigned long request)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios t;
	char got = 0;
	int fd;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
		setsid() < 0)
		return EIO;
	fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0 || tcgetattr(fd, &t) != 0)
		return EIO;
	cfmakeraw(&t);
	if (tcsetattr(fd, TCSANOW, &t) != 0)
		return EIO;
	if (syscall(SYS_ioctl, (long)fd, request, "x") != 0)
		return errno;
	return read(fd, &got, 1) == 1 && got == 'x' ? 0 : EIO;
}

static int
tiocsti(const struct place *p)
{
	(void)p;
	return push_input(TIOCSTI);
}

static int
tiocsti_bit_32(const struct place *p)
{
	(void)p;
	return push_input(TIOCSTI | 1ul << 32);
}

static int
tiocsti_bit_63(const struct place *p)
{
	(void)p;
	return push_input(TIOCSTI | 1ul << 63);
}

/* ---- sockets that reach the host by path -------------------------- */

static int
host_got(const struct place *p)
{
	char got[8];

	return recv(p->host_fd, got, sizeof(got), MSG_DONTWAIT) > 0;
}

static int
send_to_host(const struct place *p, int fd)
{
	struct sockaddr_un host = { .sun_family = AF_UNIX };
	struct iovec data = { .iov_base = (char[]){ "out" }, .iov_len = 3 };
	const struct msghdr m = {
		.msg_name = &host,
		.msg_namelen = sizeof(host),
		.msg_iov = &data,
		.msg_iovlen = 1,
	};

	memccpy(host.sun_path, p->host_path, 0, sizeof(host.sun_path) - 1);
	if (sendmsg(fd, &m, MSG_NOSIGNAL) != 3)
		return errno;
	return host_got(p) ? 0 : ENOMSG;
}

static int
datagram_out(const struct place *p)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? errno : send_to_host(p, fd);
}

static int
raw_out(const struct place *p)
{
	int fd = socket(AF_UNIX, SOCK_RAW, 0);

	return fd < 0 ? errno : send_to_host(p, fd);
}

static int
datagram_pair_out(const struct place *p)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) != 0)
		return errno;
	return send_to_host(p, fd[0]);
}

/* What the filters allow must not be a way out: here a refusal is success. */
static int
pair_stays(const struct place *p, int type)
{
	int fd[2];
	int rc;

	if (socketpair(AF_UNIX, type, 0, fd) != 0)
		return errno;
	rc = send_to_host(p, fd[0]);
	return rc != 0 && !host_got(p) ? 0 : EXDEV;
}

static int
stream_pair_stays(const struct place *p)
{
	return pair_stays(p, SOCK_STREAM);
}

static int
seqpacket_pair_stays(const struct place *p)
{
	return pair_stays(p, SOCK_SEQPACKET);
}

/* ---- wake-ups, as event loops make them --------------------------- */

static void *
wake(void *arg)
{
	const int *fd = arg;

	/* send() is sendto() with a null address. */
	return send(*fd, "w", 1, MSG_NOSIGNAL) == 1 ? NULL : arg;
}

/* A loop that sleeps in epoll_wait and a thread that wakes it (asyncio). */
static int
wake_up(int type)
{
	int fd[2];
	struct epoll_event ev = { .events = EPOLLIN };
	int loop = epoll_create1(EPOLL_CLOEXEC);
	pthread_t thread;
	void *failed;
	char got = 0;

	if (socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) !=
			0 ||
		loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, fd[0], &ev) != 0)
		return errno;
	if (pthread_create(&thread, NULL, wake, &fd[1]) != 0)
		return EAGAIN;
	if (epoll_wait(loop, &ev, 1, 10000) != 1)
		return ETIME;
	if (pthread_join(thread, &failed) != 0 || failed != NULL)
		return EPIPE;
	return recv(fd[0], &got, 1, 0) == 1 && got == 'w' ? 0 : ENOMSG;
}

static int
wake_stream(const struct place *p)
{
	(void)p;
	return wake_up(SOCK_STREAM);
}

static int
wake_seqpacket(const struct place *p)
{
	(void)p;
	return wake_up(SOCK_SEQPACKET);
}

static int
pair_names(const struct place *p)
{
	int fd[2];
	int n = 1;
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	socklen_t four = sizeof(n);

	(void)p;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0 ||
		setsockopt(fd[0], SOL_SOCKET, SO_PASSCRED, &n, four) != 0 ||
		getsockopt(fd[0], SOL_SOCKET, SO_TYPE, &n, &four) != 0 ||
		getsockname(fd[0], (struct sockaddr *)&a, &len) != 0 ||
		getpeername(fd[0], (struct sockaddr *)&a, &len) != 0)
		return errno;
	return result(shutdown(fd[0], SHUT_WR));
}

/* ---- internet ----------------------------------------------------- */

static int
loopback_server(const struct place *p)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client;
	char got = 0;

	(void)p;
	if (server < 0 || bind(server, (struct sockaddr *)&a, len) != 0 ||
		listen(server, 1) != 0 ||
		getsockname(server, (struct sockaddr *)&a, &len) != 0)
		return errno;
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client < 0 || connect(client, (struct sockaddr *)&a, len) != 0 ||
		send(client, "x", 1, 0) != 1)
		return errno;
	server = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	if (server < 0 || recv(server, &got, 1, 0) != 1)
		return errno;
	return got == 'x' ? 0 : ENOMSG;
}

static int
udp_got(const struct place *p)
{
	char got[8];

	return recv(p->udp_fd, got, sizeof(got), MSG_DONTWAIT) > 0 ? 0 : ENOMSG;
}

static struct sockaddr_in
udp_address(const struct place *p)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = p->udp_port,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int
udp_sendto(const struct place *p)
{
	struct sockaddr_in a = udp_address(p);

	if (sendto(p->udp_out, "x", 1, 0, (struct sockaddr *)&a, sizeof(a)) !=
		1)
		return errno;
	return udp_got(p);
}

static int
udp_sendmmsg(const struct place *p)
{
	struct sockaddr_in a = udp_address(p);
	struct iovec data = { .iov_base = (char[]){ "x" }, .iov_len = 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &a,
				     .msg_namelen = sizeof(a),
				     .msg_iov = &data,
				     .msg_iovlen = 1 } };

	if (sendmmsg(p->udp_out, &m, 1, 0) != 1)
		return errno;
	return udp_got(p);
}

static int
udp_connect(const struct place *p)
{
	struct sockaddr_in a = udp_address(p);

	if (connect(p->udp_out, (struct sockaddr *)&a, sizeof(a)) != 0)
		return errno;
	return send(p->udp_out, "x", 1, 0) == 1 ? udp_got(p) : errno;
}

static int
netlink_route(const struct place *p)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	(void)p;
	if (fd < 0)
		return errno;
	return result(getsockname(
		fd, (struct sockaddr *)&a, &(socklen_t){ sizeof(a) }));
}

static int
netlink_uevent(const struct place *p)
{
	(void)p;
	return result(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT));
}

/* Does the kernel have the family already?  Asking would load a module. */
static int
family_is_there(const char *name)
{
	char text[8192];
	int fd = open("/proc/net/protocols", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strstr(text, name) != NULL;
}

static int
vsock(const struct place *p)
{
	(void)p;
	if (!family_is_there("AF_VSOCK"))
		return ACT_NOT_HERE;
	return result(socket(AF_VSOCK, SOCK_STREAM, 0));
}

static int
alg(const struct place *p)
{
	(void)p;
	if (!family_is_there("ALG"))
		return ACT_NOT_HERE;
	return result(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

/* ---- processes and namespaces ------------------------------------- */

static int
reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return ECHILD;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : EPROTO;
}

static int
new_process(const struct place *p)
{
	pid_t pid = fork();

	(void)p;
	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(0);
	return reap(pid);
}

static int
spawn(const struct place *p)
{
	char name[] = "true";
	char *const argv[] = { name, NULL };
	char *const env[] = { NULL };
	pid_t pid;
	int rc = posix_spawn(&pid, "/bin/true", NULL, NULL, argv, env);

	(void)p;
	return rc != 0 ? rc : reap(pid);
}

static int
by_clone3(const struct place *p)
{
	struct clone_args a = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &a, sizeof(a));

	(void)p;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : reap((pid_t)pid);
}

static int
clone_user(const struct place *p)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	(void)p;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : reap((pid_t)pid);
}

static int
unshare_user(const struct place *p)
{
	(void)p;
	return result(unshare(CLONE_NEWUSER));
}

static int
unshare_files(const struct place *p)
{
	(void)p;
	return result(unshare(CLONE_FILES | CLONE_FS));
}

/* Into the namespace where we are: needs nothing but that setns exists. */
static int
setns_pidfd(const struct place *p)
{
	long fd = syscall(SYS_pidfd_open, getpid(), 0);

	(void)p;
	if (fd < 0)
		return errno;
	/* EINVAL is the kernel's answer to flags of 0: it has been asked. */
	return setns((int)fd, 0) != 0 && errno == EINVAL ? 0 : errno;
}

static int
trace(const struct place *p)
{
	pid_t pid = fork();
	int rc;

	(void)p;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	if (pid < 0)
		return errno;
	rc = result(ptrace(PTRACE_SEIZE, pid, 0, 0));
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return rc;
}

static int
read_other(const struct place *p)
{
	char from[] = "seen";
	char to[sizeof(from)] = "";
	struct iovec here = { to, sizeof(to) };
	struct iovec there = { from, sizeof(from) };

	(void)p;
	if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != sizeof(from))
		return errno;
	return strcmp(to, from) == 0 ? 0 : EIO;
}

/* ---- kernel surface ----------------------------------------------- */

static int
ring(const struct place *p)
{
	struct io_uring_params params = { 0 };

	(void)p;
	return result(syscall(SYS_io_uring_setup, 1, &params));
}

static int
session_key(const struct place *p)
{
	(void)p;
	return result(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		KEY_SPEC_SESSION_KEYRING, 0));
}

static int
process_key(const struct place *p)
{
	(void)p;
	return result(syscall(SYS_add_key, "user", "codex-sandbox-test", "x", 1,
		KEY_SPEC_PROCESS_KEYRING));
}

static int
fault_fd(const struct place *p)
{
	(void)p;
	return result(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
}

static int
perf(const struct place *p)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(a),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	(void)p;
	return result(syscall(SYS_perf_event_open, &a, 0, -1, -1, 0));
}

static int
watch_files(const struct place *p)
{
	(void)p;
	return result(
		fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

static int
take_fd(const struct place *p)
{
	long fd = syscall(SYS_pidfd_open, getpid(), 0);

	(void)p;
	return fd < 0 ? errno : result(syscall(SYS_pidfd_getfd, fd, 1, 0));
}

static int
advise(const struct place *p)
{
	long fd = syscall(SYS_pidfd_open, getpid(), 0);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec there = { page, 4096 };

	(void)p;
	if (fd < 0 || page == MAP_FAILED)
		return errno;
	return result(
		syscall(SYS_process_madvise, fd, &there, 1, MADV_COLD, 0));
}

static int
tree_fd(const struct place *p)
{
	(void)p;
	return result(syscall(SYS_open_tree, AT_FDCWD, "/", 0));
}

static int
kernel_log(const struct place *p)
{
	const int size_of_buffer = 10;

	(void)p;
	return result(syscall(SYS_syslog, size_of_buffer, NULL, 0));
}

#ifdef __x86_64__
static int
port_level(const struct place *p)
{
	(void)p;
	return result(syscall(SYS_iopl, 0));
}

static int
by_int80(const struct place *p)
{
	long pid;

	(void)p;
	/* 20 is getpid in i386's table and writev in ours. */
	__asm__ volatile("int $0x80"
			 : "=a"(pid)
			 : "a"(20)
			 : "r8", "r9", "r10", "r11", "memory");
	if (pid < 0)
		return (int)-pid;
	return pid == getpid() ? 0 : EPROTO;
}

static int
by_x32(const struct place *p)
{
	long pid = syscall(SYS_getpid | 0x40000000);

	(void)p;
	return pid < 0 ? errno : 0;
}
#endif

static const struct act list[] = {
	{ "push into the terminal (TIOCSTI)", tiocsti, ALL, EPERM },
	{ "the same with bit 32 set", tiocsti_bit_32, ALL, EPERM },
	{ "the same with bit 63 set", tiocsti_bit_63, ALL, EPERM },

	{ "unix datagram to a host socket", datagram_out, ALL, EPERM },
	{ "the same as SOCK_RAW", raw_out, ALL, EPERM },
	{ "datagram pair re-addressed", datagram_pair_out, ALL, EPERM },
	{ "stream pair cannot be re-addressed", stream_pair_stays, NONE, 0 },
	{ "seqpacket pair cannot either", seqpacket_pair_stays, NONE, 0 },

	{ "thread wakes a loop by send()", wake_stream, NONE, 0 },
	{ "the same on a seqpacket pair", wake_seqpacket, NONE, 0 },
	{ "names and options of a pair", pair_names, NONE, 0 },

	{ "server on loopback", loopback_server, EXTERNAL, EPERM },
	{ "sendto an address", udp_sendto, EXTERNAL, EPERM },
	{ "sendmmsg to an address", udp_sendmmsg, EXTERNAL, EPERM },
	{ "connect an inherited socket", udp_connect, EXTERNAL, EPERM },
	{ "netlink, routes", netlink_route, EXTERNAL, EPERM },
	{ "netlink, device events", netlink_uevent, ALL, EPERM },
	{ "AF_VSOCK", vsock, ALL, EPERM },
	{ "AF_ALG", alg, ALL, EPERM },

	{ "fork", new_process, NONE, 0 },
	{ "posix_spawn", spawn, NONE, 0 },
	{ "clone3", by_clone3, ALL, ENOSYS },
	{ "user namespace by clone", clone_user, ALL, EPERM },
	{ "user namespace by unshare", unshare_user, ALL, EPERM },
	{ "unshare files", unshare_files, NONE, 0 },
	{ "setns", setns_pidfd, ALL, EPERM },
	{ "ptrace a child", trace, EXTERNAL, EPERM },
	{ "process_vm_readv", read_other, EXTERNAL, EPERM },

	{ "io_uring", ring, ALL, EPERM },
	{ "keyctl", session_key, ALL, EPERM },
	{ "add_key", process_key, ALL, EPERM },
	{ "userfaultfd", fault_fd, ALL, EPERM },
	{ "perf_event_open", perf, ALL, EPERM },
	{ "fanotify_init", watch_files, ALL, EPERM },
	{ "pidfd_getfd", take_fd, ALL, EPERM },
	{ "process_madvise", advise, ALL, EPERM },
	{ "open_tree", tree_fd, ALL, EPERM },
	{ "syslog", kernel_log, ALL, EPERM },
#ifdef __x86_64__
	{ "iopl", port_level, ALL, EPERM },
	{ "getpid by int 0x80", by_int80, ALL, ENOSYS },
	{ "getpid by x32", by_x32, ALL, ENOSYS },
#endif
};

const struct act *
acts(size_t *ret_n)
{
	*ret_n = sizeof(list) / sizeof(list[0]);
	return list;
}
