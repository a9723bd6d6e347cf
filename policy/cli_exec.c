/* SPDX-License-Identifier: Apache-2.0 */
/* cli_exec.c -- `codex-sandbox exec`: build the plan and run it; room: user. */
#include "policy/cli.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "launcher/own.h"
#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/options.h"
#include "policy/plan_build.h"
#include "policy/plan_encode.h"
#include "policy/plan_netpol.h"
#include "policy/result.h"
#include "policy/run.h"
#include "policy/run_net.h"
#include "policy/scope.h"
#include "policy/view_lost.h"
#include "policy/vis.h"

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
 * Nothing of the caller's is handed on: every descriptor above 2 is closed but
 * the result's, which no program of ours inherits, and PLAN_FD is taken so that
 * no file we open gets that number.
 */
static int
take_descriptors(const struct result *r, struct diag *d)
{
	int fd;

	if (r->fd >= 0) {
		(void)close_range(3, (unsigned int)r->fd - 1, 0);
		(void)close_range((unsigned int)r->fd + 1, ~0U, 0);
	} else {
		(void)close_range(3, ~0U, 0);
	}
	fd = open("/", O_PATH | O_CLOEXEC);
	if (fd == PLAN_FD)
		return 0;
	return diag_set(d, -EMFILE, DIAG_SETUP, "descriptors",
		fd < 0 ? diag_errno(errno) : "could not be closed",
		"raise the limit on open files (ulimit -n)");
}

/* One attempt to run a plan: what lives as long as it. */
struct attempt {
	const struct options *o;
	struct run *run; /* owned; NULL before it was begun */
	int events;      /* owned */
	int errlog;      /* owned */
};

static void
attempt_end(struct attempt *a)
{
	run_abandon(a->run);
	a->run = NULL;
	own_close(&a->events);
	own_close(&a->errlog);
}

/* Where the plan will be, and what goes with it. */
static int
attempt_prepare(struct attempt *a, const struct plan_build *b, struct diag *d)
{
	own_fd int plan = -1;
	int err = plan_memfd_new(&plan, d);

	if (err >= 0 && b->net.on && a->o->net_events)
		err = run_net_events(a->o->net_events, &a->events, d);
	if (err < 0)
		return err;
	a->errlog = memfd_create("errlog", MFD_CLOEXEC);
	if (dup3(plan, PLAN_FD, O_CLOEXEC) < 0 || a->errlog < 0)
		return diag_set(d, -errno, DIAG_SETUP, "plan",
			diag_errno(errno),
			"raise the limit on open files (ulimit -n)");
	return 0;
}

static int
attempt_start(struct attempt *a, struct plan_build *b, struct diag *d)
{
	const struct run_args args = { .plan = b->plan,
		.plan_fd = PLAN_FD,
		.net = b->net.on ? &b->net : NULL,
		.events = a->events,
		.control_fd = b->control_near,
		.cgroup_fd = b->cgroup.procs,
		.errlog_fd = a->errlog,
		.program = b->program,
		.die_with_parent = a->o->die_with_parent };

	a->run = run_begin(&args, d);
	return a->run ? 0 : -ECHILD;
}

/* For plan_build: the launcher makes namespaces while we make the rest. */
static int
begin(struct plan_build *b, void *arg, struct diag *d)
{
	int err = attempt_prepare(arg, b, d);

	return err < 0 ? err : attempt_start(arg, b, d);
}

static int
run_once(struct attempt *a, struct plan_build *b, struct run_result *ret,
	struct diag *d)
{
	int err = a->run ? 0 : attempt_prepare(a, b, d);

	if (err >= 0)
		err = plan_memfd_fill(PLAN_FD, &b->blob, d);
	if (err >= 0 && !a->run)
		err = attempt_start(a, b, d);
	if (err < 0)
		return err;
	run_plan(a->run, ret, d);
	a->run = NULL;
	attempt_end(a);
	return 0;
}

/* Once more for each means that this host refuses, weaker every time. */
static int
run(struct attempt *a, struct options *o, struct plan_build *b,
	struct run_result *ret, struct diag *d)
{
	int err;

	do
		err = run_once(a, b, ret, d);
	while (err >= 0 && ret->unable != 0 && ret->code == DIAG_SETUP &&
		(err = plan_build_weaker(b, o, ret->unable, d)) >= 0);
	return err == -EOPNOTSUPP ? 0
				  : err; /* *d and *ret are of the last run */
}

/* The result lies where the command can replace it: said, not hidden. */
static void
warn_of_result(struct result *r, const struct plan_build *b)
{
	struct diag d = { 0 };

	if (!result_is_exposed(r, b) || !plan_is_caged(b))
		return;
	(void)diag_set(&d, 0, 0, r->path,
		"the command can write to the file of the result",
		"believe it only if nothing untrusted ran, or keep it elsewhere");
	(void)diag_print(&d);
}

/* Rare, and somebody made them: a person should look at them. */
static void
tell_notes(const struct plan_build *b)
{
	const struct view *v = &b->view;
	own_buf struct buf link = { 0 };
	own_buf struct buf net = { 0 };

	plan_netpol_notes(b, &net);
	if (net.len > 0)
		(void)!write(STDERR_FILENO, buf_str(&net), net.len);
	if (v->led_out) {
		vis_str(&link, v->led_out);
		(void)dprintf(STDERR_FILENO,
			"note: a grant follows the symlink %s out of a writable directory, where a command could have made it (codex-sandbox explain shows where to)\n",
			buf_str(&link));
	}
	if (v->hard_links > 0)
		(void)dprintf(STDERR_FILENO,
			"note: the workspace holds %zu other names of protected files; they are read-only too (codex-sandbox explain lists them)\n",
			v->hard_links);
}

/* Afterwards: what was denied or read-only, and did not stay so. */
static void
tell_lost(const struct plan_build *b)
{
	own_buf struct buf path = { 0 };
	const char *first = NULL;
	size_t n = b->cage == CAGE_NAMESPACES ? view_lost(&b->view, &first) : 0;

	if (n == 0)
		return;
	vis_str(&path, first);
	(void)dprintf(STDERR_FILENO,
		"note: %s%s was replaced by somebody outside while the command ran; what has its name since then was not kept from the command\n",
		buf_str(&path), n > 1 ? " (and more)" : "");
}

/* Somebody left it to us, and gets less than he may think. */
static void
tell_backend(const struct plan_build *b)
{
	if (b->no_namespaces)
		(void)dprintf(STDERR_FILENO,
			"note: %s, so Landlock is the cage: names of files and other processes are visible, no sockets, no change of modes (codex-sandbox explain)\n",
			b->no_namespaces);
}

struct execution {
	struct plan_build build;
	struct attempt attempt;
	struct run_result run;
	struct result result;
	struct diag failure;
	bool built;   /* build was begun */
	bool started; /* run has something to say */
};

/* 0 or -errno with x->failure, which may be set at 0 too. */
static int
execute(struct execution *x, struct options *o)
{
	int err;

	if (!o->command[0])
		return diag_set(&x->failure, -EINVAL, DIAG_USAGE, "COMMAND",
			"is missing", "write codex-sandbox exec -- COMMAND");
	err = take_descriptors(&x->result, &x->failure);
	if (err < 0)
		return err;
	x->built = true;
	x->attempt.o = o;
	x->build.begin = begin;
	x->build.begin_arg = &x->attempt;
	err = plan_build(&x->build, o, &x->failure);
	/* Nothing was started yet, and nothing is kept but the result's file. */
	if (err < 0 && x->build.cgroup.scope)
		(void)scope_enter(
			x->result.by_name ? -1 : x->result.fd, o->result_fd);
	if (err < 0)
		return err;
	warn_of_result(&x->result, &x->build);
	tell_notes(&x->build);
	tell_backend(&x->build);
	err = run(&x->attempt, o, &x->build, &x->run, &x->failure);
	x->started = err >= 0;
	return err;
}

/* Say what went wrong, and what became of it to whoever asked. */
static int
report(struct execution *x, int err)
{
	const struct diag *failure = &x->failure;
	struct result_facts facts = {
		.code = err < 0 ? DIAG_SETUP : x->run.code,
		.build = x->built ? &x->build : NULL,
		.run = x->started ? &x->run : NULL,
		.failure = failure,
	};
	struct diag d = { 0 };

	if (err < 0)
		facts.code = diag_print(failure);
	else if (failure->thing[0])
		(void)diag_print(failure);
	if (x->started && x->run.ready)
		tell_lost(&x->build);
	/* The command's own code stays, whoever could not be told of it. */
	if (result_write(&x->result, &facts, &d) < 0)
		(void)diag_print(&d);
	return facts.code;
}

static int
exec_with(struct options *o, struct plan *plan, const struct diag *refused)
{
	struct execution x = { .build.plan = plan,
		.attempt = { .events = -1, .errlog = -1 } };
	struct diag d = { 0 };
	int code;

	if (result_open(&x.result, o, &d) < 0) {
		/* A line that is refused anyway is refused for its own reason. */
		code = diag_print(refused ? refused : &d);
	} else if (refused) {
		x.failure = *refused;
		code = report(&x, -EINVAL);
	} else {
		code = report(&x, execute(&x, o));
	}
	attempt_end(&x.attempt);
	if (x.built)
		plan_build_free(&x.build);
	run_result_free(&x.run);
	result_close(&x.result);
	return code;
}

int
exec_main(int argc, char **argv)
{
	static struct plan plan; /* too large for the stack */
	struct options o = { 0 };
	struct diag d = { 0 };
	int code;

	if (options_parse(&o, FOR_EXEC, argc, argv, &d) < 0 ||
		options_container(&o, environ, &d) < 0)
		code = exec_with(&o, &plan, &d);
	else if (o.help)
		code = help();
	else
		code = exec_with(&o, &plan, NULL);
	options_free(&o);
	return code;
}
