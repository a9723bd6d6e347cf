/* SPDX-License-Identifier: Apache-2.0 */
/* cli_exec.c -- `codex-sandbox exec`: build the plan and run it; room: user. */
#include "policy/cli.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/plan_encode.h"
#include "policy/run.h"

static int
help(void)
{
	own_buf struct buf out = { 0 };

	buf_str_add(&out,
		"codex-sandbox exec [OPTION...] [--] COMMAND [ARG...]\n\n"
		"Run COMMAND.  Without options: it reads everything but sockets, writes the\n"
		"current directory and a /tmp of its own, and has no network.\n\n");
	options_help(FOR_EXEC, &out);
	buf_str_add(&out,
		"\nExit codes: the command's own; 128+N killed by signal N; 124 timeout;\n"
		"125 the sandbox could not be built; 126 not executable; 127 not found;\n"
		"2 wrong usage.  Try `codex-sandbox explain` with the same options.\n");
	return cli_write(STDOUT_FILENO, buf_str(&out), out.len);
}

/*
 * Nothing of the caller's is handed on: every descriptor above 2 is closed, and
 * PLAN_FD is taken so that no file we open gets that number.
 */
static int
take_descriptors(struct diag *d)
{
	int fd;

	(void)close_range(3, ~0U, 0);
	fd = open("/", O_PATH | O_CLOEXEC);
	if (fd == PLAN_FD)
		return 0;
	return diag_set(d, -EMFILE, DIAG_SETUP, "descriptors",
		fd < 0 ? diag_errno(errno) : "could not be closed",
		"raise the limit on open files (ulimit -n)");
}

static int
run_once(const struct options *o, struct plan_build *b, struct run_result *ret,
	struct diag *d)
{
	struct run_args args = { .plan = b->plan,
		.plan_fd = PLAN_FD,
		.control_fd = b->control_near,
		.program = b->program,
		.die_with_parent = o->die_with_parent };
	own_fd int blob = -1;
	own_fd int errlog = -1;
	int err = plan_memfd(&b->blob, &blob, d);

	if (err < 0)
		return err;
	errlog = memfd_create("errlog", MFD_CLOEXEC);
	if (dup3(blob, PLAN_FD, O_CLOEXEC) < 0 || errlog < 0)
		return diag_set(d, -errno, DIAG_SETUP, "plan",
			diag_errno(errno),
			"raise the limit on open files (ulimit -n)");
	args.errlog_fd = errlog;
	return run_plan(&args, ret, d);
}

/* Once more for each means that this host refuses, weaker every time. */
static int
run(struct options *o, struct plan_build *b, struct diag *d)
{
	struct run_result result = { 0 };
	int err;

	do
		err = run_once(o, b, &result, d);
	while (err >= 0 && result.unable != 0 && result.code == DIAG_SETUP &&
		(err = plan_build_weaker(b, o, result.unable, d)) >= 0);
	if (err < 0 && err != -EOPNOTSUPP)
		return diag_print(d);
	if (d->thing[0])
		(void)diag_print(d);
	return result.code;
}

static int
exec_with(struct options *o, struct plan *plan)
{
	struct plan_build b = { .plan = plan };
	struct diag d = { 0 };
	int code;

	if (!o->command[0]) {
		(void)diag_set(&d, -EINVAL, DIAG_USAGE, "COMMAND", "is missing",
			"write codex-sandbox exec -- COMMAND");
		return diag_print(&d);
	}
	if (take_descriptors(&d) < 0)
		return diag_print(&d);
	code = plan_build(&b, o, &d) < 0 ? diag_print(&d) : run(o, &b, &d);
	plan_build_free(&b);
	return code;
}

int
exec_main(int argc, char **argv)
{
	static struct plan plan; /* too large for the stack */
	struct options o = { 0 };
	struct diag d = { 0 };
	int code;

	if (options_parse(&o, FOR_EXEC, argc, argv, &d) < 0)
		code = diag_print(&d);
	else if (o.help)
		code = help();
	else
		code = exec_with(&o, &plan);
	options_free(&o);
	return code;
}
