/* SPDX-License-Identifier: Apache-2.0 */
/* result_test.c -- where a result may go, and what it says. */
/* links: cli */
#include "policy/result.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/run.h"
#include "tests/unit/tap.h"

static void
put_text(const char *path, const char *text)
{
	own_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
}

static long
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static int
try_file(const char *path, struct diag *d)
{
	struct options o = { .result = path };
	struct result r;
	int err;

	diag_reset(d);
	err = result_open(&r, &o, d);
	result_close(&r);
	return err;
}

static int
try_fd(int fd, struct diag *d)
{
	struct options o = { .result_fd = fd };
	struct result r;
	int err;

	diag_reset(d);
	err = result_open(&r, &o, d);
	if (err == 0 && (r.fd == fd || r.fd < 10 ||
				(fcntl(r.fd, F_GETFD) & FD_CLOEXEC) == 0))
		err = 1;
	result_close(&r);
	return err;
}

static void
test_files(struct tap *t)
{
	struct diag d = { 0 };
	struct stat st;

	tap_int(t, try_file("new", &d), 0, "a new file");
	tap_ok(t, stat("new", &st) == 0 && (st.st_mode & 0777) == 0600,
		"is for its owner alone");
	put_text("mine", "old text");
	tap_int(t, try_file("mine", &d), 0, "one of one's own");
	tap_int(t, size_of("mine"), 0, "is emptied");
	put_text("target", "kept");
	(void)symlink("target", "link");
	tap_int(t, try_file("link", &d), -ELOOP, "a link is refused");
	(void)link("target", "other-name");
	tap_int(t, try_file("other-name", &d), -EPERM,
		"a second name is refused");
	tap_ok(t, strstr(d.cause, "another name"), "with the reason");
	tap_int(t, size_of("target"), 4, "what they lead to is kept");
	(void)mkdir("directory", 0700);
	tap_ok(t, try_file("directory", &d) < 0, "a directory is refused");
	(void)mkfifo("fifo", 0600);
	tap_ok(t, try_file("fifo", &d) < 0, "a pipe is refused, at once");
	tap_ok(t, try_file("/dev/null", &d) == -EPERM, "a device is refused");
	tap_ok(t, try_file("no/where", &d) == -ENOENT && d.mend[0] != '\0',
		"a missing directory is told");
}

static void
test_descriptors(struct tap *t)
{
	own_fd int read_only = open("mine", O_RDONLY | O_CLOEXEC);
	own_fd int path = open("mine", O_PATH | O_CLOEXEC);
	own_fd int both = open("mine", O_RDWR | O_CLOEXEC);
	struct options o = { .result = "x", .result_fd = 9 };
	struct result r;
	struct diag d = { 0 };

	tap_int(t, try_fd(both, &d), 0, "an open descriptor, by a copy");
	tap_int(t, try_fd(read_only, &d), -EBADF, "one for reading is refused");
	tap_int(t, d.code, DIAG_USAGE, "as usage");
	tap_int(t, try_fd(path, &d), -EBADF, "one for nothing, too");
	tap_int(t, try_fd(500, &d), -EBADF, "one that is not open, too");
	diag_reset(&d);
	tap_int(t, result_open(&r, &o, &d), -EINVAL, "both options");
	tap_int(t, d.code, DIAG_USAGE, "are a usage error");
	o = (struct options){ .result = NULL };
	diag_reset(&d);
	tap_ok(t, result_open(&r, &o, &d) == 0 && r.fd < 0, "neither is fine");
	tap_int(t, result_write(&r, &(struct result_facts){ .code = 1 }, &d), 0,
		"and nothing is written");
}

/* ---- what it says ---- */

static const struct {
	const char *name;
	struct run_result run;
	bool none; /* nothing was started */
	int code;
	const char *how;
	int signal;
} ends[] = {
	{ "exit 3",
		{ .ready = true, .ended = true, .code = 3, .wstatus = 3 << 8 },
		false, 3, "exit", 0 },
	{ "exit 137 of its own",
		{ .ready = true,
			.ended = true,
			.code = 137,
			.wstatus = 137 << 8 },
		false, 137, "exit", 0 },
	{ "killed",
		{ .ready = true,
			.ended = true,
			.code = 137,
			.wstatus = SIGKILL },
		false, 137, "signal", SIGKILL },
	{ "timeout, TERM",
		{ .ready = true,
			.ended = true,
			.timed_out = true,
			.code = 124,
			.wstatus = SIGTERM },
		false, 124, "timeout", SIGTERM },
	{ "timeout, exit",
		{ .ready = true,
			.ended = true,
			.timed_out = true,
			.code = 124,
			.wstatus = 0 },
		false, 124, "timeout", 0 },
	{ "set-up failed", { .code = 125 }, false, 125, "setup", 0 },
	{ "cancelled", { .code = 128 + SIGINT }, false, 130, "signal", SIGINT },
	{ "sandbox killed", { .ready = true, .code = 128 + SIGKILL }, false,
		137, "signal", SIGKILL },
	{ "nothing started", { 0 }, true, 2, "setup", 0 },
};

static void
test_ends(struct tap *t)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct result r = { .fd = -1 };
		const struct result_facts f = { .code = ends[i].code,
			.run = ends[i].none ? NULL : &ends[i].run };
		own_buf struct buf text = { 0 };
		json_t *v;
		const json_t *e;
		const json_t *sig;

		(void)result_json(&r, &f, &text);
		v = json_loads(buf_str(&text), JSON_REJECT_DUPLICATES, NULL);
		e = json_object_get(v, "exit");
		sig = json_object_get(e, "signal");
		tap_int(t, json_integer_value(json_object_get(e, "code")),
			ends[i].code, ends[i].name);
		tap_str(t, json_string_value(json_object_get(e, "how")),
			ends[i].how, ends[i].name);
		tap_ok(t,
			ends[i].signal
				? json_integer_value(sig) == ends[i].signal
				: json_is_null(sig),
			"%s: its signal", ends[i].name);
		tap_ok(t,
			json_is_true(json_object_get(v, "started")) ==
				ends[i].run.ready,
			"%s: whether it was started", ends[i].name);
		tap_ok(t,
			json_is_object(json_object_get(v, "usage")) ==
				ends[i].run.ended,
			"%s: usage where somebody counted", ends[i].name);
		tap_ok(t,
			!json_is_true(json_object_get(
				json_object_get(v, "protections"), "proved")),
			"%s: no proof without a plan", ends[i].name);
		json_decref(v);
	}
}

static void
test_text(struct tap *t)
{
	const struct result r = { .fd = -1,
		.began = { .tv_sec = 1700000000, .tv_nsec = 5000 } };
	struct diag d = { 0 };
	own_buf struct buf text = { 0 };
	json_t *v;

	(void)diag_set(&d, -1, DIAG_SETUP, "a\xff\x1b[31m", "cause", "mend");
	(void)result_json(&r,
		&(struct result_facts){ .code = 125, .failure = &d }, &text);
	tap_ok(t, !strpbrk(buf_str(&text), "\x1b\xff"),
		"hostile bytes are encoded");
	tap_ok(t, strchr(buf_str(&text), '\n') == text.data + text.len - 1,
		"it is one line");
	v = json_loads(buf_str(&text), 0, NULL);
	tap_str(t,
		json_string_value(
			json_object_get(json_object_get(v, "error"), "thing")),
		"a\\xff\x1b[31m", "and the error is there");
	tap_str(t,
		json_string_value(json_object_get(
			json_object_get(v, "times"), "started")),
		"2023-11-14T22:13:20.000005Z", "times are of RFC 3339");
	tap_int(t, json_integer_value(json_object_get(v, "schema")), 1,
		"the schema is told");
	json_decref(v);
}

/* ---- writing ---- */

static void
test_write(struct tap *t)
{
	struct options o = { .result = "out" };
	const struct result_facts f = { .code = 0 };
	struct result r;
	struct diag d = { 0 };
	int p[2];

	(void)result_open(&r, &o, &d);
	put_text("out", "{\"exit\":\"forged\"}"); /* by its name, meanwhile */
	tap_int(t, result_write(&r, &f, &d), 0, "a file");
	result_close(&r);
	{
		json_t *v = json_load_file("out", JSON_REJECT_DUPLICATES, NULL);

		tap_int(t, json_integer_value(json_object_get(v, "schema")), 1,
			"holds the result and nothing else");
		json_decref(v);
	}

	(void)result_open(&r, &o, &d);
	(void)unlink("out");
	put_text("out", "forged");
	tap_int(t, result_write(&r, &f, &d), -ESTALE,
		"a file that was replaced is told");
	result_close(&r);

	if (pipe(p) != 0)
		abort();
	diag_reset(&d);
	o = (struct options){ .result_fd = p[1] };
	(void)result_open(&r, &o, &d);
	(void)close(p[0]);
	tap_int(t, result_write(&r, &f, &d), -EPIPE,
		"a reader that is gone ends nobody");
	result_close(&r);
	(void)close(p[1]);
}

static void
test_append(struct tap *t)
{
	own_fd int fd = -1;
	struct options o = { 0 };
	struct result r;
	struct diag d = { 0 };

	put_text("log", "first\n");
	fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
	o.result_fd = fd;
	(void)result_open(&r, &o, &d);
	(void)result_write(&r, &(struct result_facts){ .code = 0 }, &d);
	result_close(&r);
	tap_ok(t, size_of("log") > 20, "a descriptor is written at its place");
	{
		own_buf struct buf text = { 0 };
		own_fd int in = open("log", O_RDONLY | O_CLOEXEC);

		(void)buf_read_fd(&text, in, 1 << 16);
		tap_ok(t, strncmp(buf_str(&text), "first\n{", 7) == 0,
			"and what was there stays");
	}
}

static int
remove_it(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int
main(void)
{
	struct tap t = { 0 };
	char dir[] = "/tmp/result_test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return 1;
	test_files(&t);
	test_descriptors(&t);
	test_ends(&t);
	test_text(&t);
	test_write(&t);
	test_append(&t);
	(void)nftw(dir, remove_it, 16, FTW_DEPTH | FTW_PHYS);
	return tap_end(&t);
}
