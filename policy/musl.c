/* SPDX-License-Identifier: Apache-2.0 */
/* musl.c -- functions that musl lacks (policy/musl.h); room: user.
 *
 * Among them three that Debian's libjansson.a asks for, which was compiled for
 * glibc.  All else it takes from there is the same in musl (plain functions of
 * the C library, errno, the first field of struct lconv); these are the names
 * that glibc's headers give to functions when they check sizes.  packaging/probe
 * links, parses and prints with the library before it is chosen, else the C
 * library stays glibc.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#ifndef __GLIBC__

const char *
musl_sigabbrev(int sig)
{
	static const char names[][8] = {
		[SIGHUP] = "HUP",
		[SIGINT] = "INT",
		[SIGQUIT] = "QUIT",
		[SIGILL] = "ILL",
		[SIGTRAP] = "TRAP",
		[SIGABRT] = "ABRT",
		[SIGBUS] = "BUS",
		[SIGFPE] = "FPE",
		[SIGKILL] = "KILL",
		[SIGUSR1] = "USR1",
		[SIGSEGV] = "SEGV",
		[SIGUSR2] = "USR2",
		[SIGPIPE] = "PIPE",
		[SIGALRM] = "ALRM",
		[SIGTERM] = "TERM",
		[SIGSTKFLT] = "STKFLT",
		[SIGCHLD] = "CHLD",
		[SIGCONT] = "CONT",
		[SIGSTOP] = "STOP",
		[SIGTSTP] = "TSTP",
		[SIGTTIN] = "TTIN",
		[SIGTTOU] = "TTOU",
		[SIGURG] = "URG",
		[SIGXCPU] = "XCPU",
		[SIGXFSZ] = "XFSZ",
		[SIGVTALRM] = "VTALRM",
		[SIGPROF] = "PROF",
		[SIGWINCH] = "WINCH",
		[SIGPOLL] = "POLL",
		[SIGPWR] = "PWR",
		[SIGSYS] = "SYS",
	};

	if (sig <= 0 || (size_t)sig >= sizeof(names) / sizeof(names[0]))
		return NULL;
	return names[sig][0] == '\0' ? NULL : names[sig];
}

int __snprintf_chk(
	char *out, size_t max, int flag, size_t room, const char *format, ...);
int __vsnprintf_chk(char *out, size_t max, int flag, size_t room,
	const char *format, va_list args);
char *__strncpy_chk(char *out, const char *in, size_t max, size_t room);

int
__vsnprintf_chk(char *out, size_t max, int flag, size_t room,
	const char *format, va_list args)
{
	(void)flag;
	if (max > room)
		__builtin_trap();
	return vsnprintf(out, max, format, args);
}

int
__snprintf_chk(
	char *out, size_t max, int flag, size_t room, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = __vsnprintf_chk(out, max, flag, room, format, args);
	va_end(args);
	return n;
}

char *
__strncpy_chk(char *out, const char *in, size_t max, size_t room)
{
	if (max > room)
		__builtin_trap();
	size_t len = strnlen(in, max);
	memcpy(out, in, len);
	memset(out + len, 0, max - len);
	return out;
}

#endif
