/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ptyrun.c -- run a program on a fresh terminal and play a scene:
 *
 *   ptyrun [-r ROWS] [-c COLUMNS] [-t SECONDS] SCENE -- COMMAND [ARG...]
 *
 * The program is the leader of a session whose controlling terminal is the new
 * pty, so an interactive shell has job control there.  SCENE is a file of steps,
 * one a line; \n \r \t \e \\ and \xNN stand for bytes:
 *
 *   expect TEXT     read until TEXT comes, behind the last text found
 *   send TEXT       type TEXT
 *   until raw       wait until the terminal passes every byte as it is, or
 *   until cooked    makes signals of ^C and ^Z and lines of output again
 *   until job       wait until the program has given the foreground away, or
 *   until shell     has it itself
 *   resize R C      change the size; the kernel tells the foreground
 *   signal NAME     send a signal (TERM, HUP, ...) to the program
 *   hangup          the terminal goes away
 *   exit CODE       wait for the program's end; 128+n for a signal
 *
 * Everything the program wrote goes to stdout.  Ends with 0 when every step came
 * true within SECONDS (20) for the whole scene, else with 1 and a line about
 * the step on stderr.  Nothing sleeps: it waits for output, for the end, or for
 * the terminal's state.
 */
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SEEN_MAX = 1 << 20, LINE_MAX_BYTES = 4096, LOOK_MS = 5 };

struct scene {
	int master; /* -1 once hung up */
	int slave; /* kept open: the terminal's state can be asked to the end */
	pid_t pid;
	bool ended;
	int wstatus;
	size_t from; /* where the next expect begins to look */
	size_t len;
	long long deadline_ms;
	char seen[SEEN_MAX];
};

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP },
	{ "INT", SIGINT },
	{ "QUIT", SIGQUIT },
	{ "KILL", SIGKILL },
	{ "TERM", SIGTERM },
	{ "USR1", SIGUSR1 },
	{ "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },
	{ "CONT", SIGCONT },
};

static long long
now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
fail(const char *what)
{
	perror(what);
	exit(2);
}

/* Replace the escapes in place; returns the number of bytes. */
static size_t
unescape(char *s)
{
	char *to = s;
	const char *from = s;
	while (*from != '\0') {
		if (*from != '\\' || from[1] == '\0') {
			*to++ = *from++;
			continue;
		}
		from++;
		if (*from == 'x' && isxdigit((unsigned char)from[1]) &&
			isxdigit((unsigned char)from[2])) {
			const char hex[] = { from[1], from[2], '\0' };
			*to++ = (char)strtoul(hex, NULL, 16);
			from += 3;
			continue;
		}
		*to++ = (char)(*from == 'n'   ? '\n'
			       : *from == 'r' ? '\r'
			       : *from == 't' ? '\t'
			       : *from == 'e' ? 27
					      : *from);
		from++;
	}
	*to = '\0';
	return (size_t)(to - s);
}

/* Wait for output or until `ms` have gone by; false at the deadline. */
static bool
pump(struct scene *s, int ms)
{
	struct pollfd p = { .fd = s->master, .events = POLLIN };
	long long left = s->deadline_ms - now_ms();
	if (left <= 0)
		return false;
	if (ms > left)
		ms = (int)left;
	if (poll(&p, 1, ms) <= 0 || s->len >= SEEN_MAX - 1)
		return s->len < SEEN_MAX - 1;
	ssize_t n = read(s->master, s->seen + s->len, SEEN_MAX - 1 - s->len);
	if (n > 0) {
		(void)!write(STDOUT_FILENO, s->seen + s->len, (size_t)n);
		s->len += (size_t)n;
	}
	return true;
}

static bool
expect(struct scene *s, const char *text, size_t len)
{
	for (;;) {
		char *at =
			memmem(s->seen + s->from, s->len - s->from, text, len);
		if (at != NULL) {
			s->from = (size_t)(at - s->seen) + len;
			return true;
		}
		if (!pump(s, 1000))
			return false;
	}
}

static bool
type(struct scene *s, const char *text, size_t len)
{
	while (len > 0) {
		struct pollfd p = { .fd = s->master, .events = POLLOUT };
		ssize_t n = write(s->master, text, len);
		if (n > 0) {
			text += n;
			len -= (size_t)n;
			continue;
		}
		if (errno != EAGAIN || poll(&p, 1, 1000) < 0 || !pump(s, 0))
			return false;
	}
	return true;
}

/* Is the terminal in the state of that name?  -1: it cannot be asked. */
static int
is_state(const struct scene *s, const char *state)
{
	struct termios t;
	bool raw = strcmp(state, "raw") == 0;
	pid_t foreground = 0;
	if (raw || strcmp(state, "cooked") == 0) {
		if (tcgetattr(s->slave, &t) != 0)
			return -1;
		return ((t.c_lflag & ISIG) == 0) == raw &&
		       ((t.c_oflag & OPOST) == 0) == raw;
	}
	/* The master may ask; the slave only in its own session. */
	if (ioctl(s->master, TIOCGPGRP, &foreground) != 0)
		return -1;
	return (foreground == s->pid) == (strcmp(state, "shell") == 0);
}

static bool
until(struct scene *s, const char *state)
{
	int is = 0;
	while ((is = is_state(s, state)) == 0)
		if (!pump(s, LOOK_MS))
			return false;
	return is > 0;
}

static bool
ends(struct scene *s, int code)
{
	while (!s->ended) {
		pid_t pid = waitpid(s->pid, &s->wstatus, WNOHANG);
		s->ended = pid == s->pid;
		if (!s->ended && !pump(s, LOOK_MS))
			return false;
	}
	while (s->master >= 0) { /* what is left to read */
		struct pollfd p = { .fd = s->master, .events = POLLIN };
		if (poll(&p, 1, 0) <= 0 || !pump(s, 0))
			break;
	}
	int got = WIFEXITED(s->wstatus) ? WEXITSTATUS(s->wstatus)
					: 128 + WTERMSIG(s->wstatus);
	if (got != code)
		(void)fprintf(stderr, "ptyrun: it ended with %d\n", got);
	return got == code;
}

static bool
send_signal(const struct scene *s, const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(signals[i].name, name) == 0)
			return kill(s->pid, signals[i].number) == 0;
	return false;
}

static bool
step(struct scene *s, const char *word, char *rest)
{
	struct winsize size = { 0 };
	if (strcmp(word, "expect") == 0)
		return expect(s, rest, unescape(rest));
	if (strcmp(word, "send") == 0)
		return type(s, rest, unescape(rest));
	if (strcmp(word, "until") == 0)
		return until(s, rest);
	if (strcmp(word, "signal") == 0)
		return send_signal(s, rest);
	if (strcmp(word, "exit") == 0)
		return ends(s, (int)strtol(rest, NULL, 10));
	if (strcmp(word, "resize") == 0) {
		char *end = NULL;
		size.ws_row = (unsigned short)strtoul(rest, &end, 10);
		size.ws_col = (unsigned short)strtoul(end, NULL, 10);
		return ioctl(s->master, TIOCSWINSZ, &size) == 0;
	}
	if (strcmp(word, "hangup") == 0) {
		(void)close(s->master);
		s->master = -1;
		return true;
	}
	(void)fprintf(stderr, "ptyrun: no such step\n");
	return false;
}

static void
start(struct scene *s, const struct winsize *size, char **command)
{
	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (s->master < 0 || grantpt(s->master) != 0 ||
		unlockpt(s->master) != 0)
		fail("ptyrun: pty");
	s->slave = open(ptsname(s->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->slave < 0 || ioctl(s->master, TIOCSWINSZ, size) != 0)
		fail("ptyrun: pty");
	s->pid = fork();
	if (s->pid < 0)
		fail("ptyrun: fork");
	if (s->pid > 0)
		return;
	(void)setsid();
	if (ioctl(s->slave, TIOCSCTTY, 0) != 0)
		fail("ptyrun: controlling terminal");
	for (int i = 0; i < 3; i++)
		(void)dup2(s->slave, i);
	(void)execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static bool
play(struct scene *s, FILE *script)
{
	char line[LINE_MAX_BYTES];
	for (int n = 1; fgets(line, sizeof(line), script) != NULL; n++) {
		line[strcspn(line, "\n")] = '\0';
		char *rest = strchr(line, ' ');
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (rest != NULL)
			*rest++ = '\0';
		else
			rest = line + strlen(line);
		if (step(s, line, rest))
			continue;
		(void)fprintf(stderr,
			"ptyrun: line %d did not come true: %s %s\n", n, line,
			rest);
		return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct scene s;
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	long seconds = 20;
	int option;
	while ((option = getopt(argc, argv, "+r:c:t:")) != -1) {
		long value = option == '?' ? 0 : strtol(optarg, NULL, 10);
		if (option == 'r')
			size.ws_row = (unsigned short)value;
		else if (option == 'c')
			size.ws_col = (unsigned short)value;
		else if (option == 't')
			seconds = value;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	FILE *script = fopen(argv[optind++], "re");
	if (script == NULL)
		fail("ptyrun: scene");
	if (strcmp(argv[optind], "--") == 0)
		optind++;
	s.deadline_ms = now_ms() + seconds * 1000;
	start(&s, &size, argv + optind);
	bool good = play(&s, script);
	(void)fclose(script);
	if (!s.ended)
		(void)kill(s.pid, SIGKILL);
	return good ? 0 : 1;
}
