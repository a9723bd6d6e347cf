/* SPDX-License-Identifier: Apache-2.0 */
/* result_json.c -- the result of a run as one object; room: user. */
#include "policy/result.h"

#include <sys/wait.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "launcher/plan.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/digest.h"
#include "policy/elsewhere.h"
#include "policy/explain.h"
#include "policy/json_text.h"
#include "policy/options.h"
#include "policy/path.h"
#include "policy/plan_build.h"
#include "policy/plan_facts.h"
#include "policy/plan_rules.h"
#include "policy/run.h"
#include "policy/trusted.h"
#include "policy/view_lost.h"

enum { CODE_SIGNAL = 128, US = 1000000, NS_OF_US = 1000 };

/* --- how it ended -------------------------------------------------------------- */

/* The signal that ended it, 0 when none did. */
static int
signal_of(const struct result_facts *f)
{
	const struct run_result *run = f->run;

	if (!run)
		return 0;
	if (run->ended)
		return WIFSIGNALED(run->wstatus) ? WTERMSIG(run->wstatus) : 0;
	/* Ended by us before the command, or killed beside it. */
	return run->code > CODE_SIGNAL ? run->code - CODE_SIGNAL : 0;
}

static const char *
how_of(const struct result_facts *f)
{
	if (f->run && f->run->timed_out)
		return "timeout";
	if (signal_of(f) > 0)
		return "signal";
	return f->run && f->run->ready ? "exit" : "setup";
}

static json_t *
exit_json(const struct result_facts *f)
{
	int sig = signal_of(f);
	const char *name = sig > 0 ? sigabbrev_np(sig) : NULL;

	return json_pack("{s:i, s:s, s:o, s:o}", "code", f->code, "how",
		how_of(f), "signal", sig > 0 ? json_integer(sig) : json_null(),
		"signal_name", json_text(name));
}

static json_t *
error_json(const struct diag *d)
{
	if (!d || (d->thing[0] == '\0' && d->cause[0] == '\0'))
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "thing", json_text(d->thing),
		"cause", json_text(d->cause), "mend", json_text(d->mend));
}

/* RFC 3339 in UTC, to the microsecond. */
static json_t *
time_json(const struct timespec *t)
{
	struct tm tm = { 0 };
	char text[64] = "";
	size_t n;

	if (!gmtime_r(&t->tv_sec, &tm))
		return json_null();
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(
		text + n, sizeof(text) - n, ".%06ldZ", t->tv_nsec / NS_OF_US);
	return json_string(text);
}

static json_t *
times_json(const struct result *r)
{
	struct timespec now = { 0 };
	struct timespec mono = { 0 };
	json_int_t wall;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	wall = (json_int_t)(mono.tv_sec - r->began_mono.tv_sec) * US +
	       (mono.tv_nsec - r->began_mono.tv_nsec) / NS_OF_US;
	return json_pack("{s:o, s:o, s:I}", "started", time_json(&r->began),
		"ended", time_json(&now), "wall_us", wall);
}

/* How often a limit of the whole sandbox held; null where there was none. */
static json_t *
limits_json(const struct plan_build *b)
{
	struct cgroup_events e = { 0 };

	if (b)
		cgroup_look(&b->cgroup, &e);
	if (!e.known)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I}", "oom_kills",
		(json_int_t)e.oom_kills, "memory_peak",
		(json_int_t)e.memory_peak, "forks_refused",
		(json_int_t)e.pids_refused, "throttled_us",
		(json_int_t)e.throttled_us);
}

static json_t *
usage_json(const struct run_result *run)
{
	if (!run || !run->ended)
		return json_null(); /* nobody was there to count */
	return json_pack("{s:I, s:I, s:I}", "user_us",
		(json_int_t)run->utime_us, "system_us",
		(json_int_t)run->stime_us, "max_rss_kib",
		(json_int_t)run->maxrss_kib);
}

/* --- the policy and what it protects --------------------------------------------- */

static json_t *
digest_json(const struct plan_build *b, enum digest_of what)
{
	char hex[SHA256_HEX];

	digest_hex(b, what, hex);
	return json_string(hex);
}

static json_t *
policy_json(const struct plan_build *b, bool whole)
{
	if (!b || !b->profile.source)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "source",
		json_text(b->profile.source), "workspace",
		json_text(b->workspace), "directory", json_text(b->cwd),
		"digest", digest_json(b, DIGEST_POLICY), "instance",
		whole ? digest_json(b, DIGEST_INSTANCE) : json_null());
}

/* What was asked for: the canonical policy, which is what the digest is of. */
static json_t *
requested_json(const struct plan_build *b)
{
	own_buf struct buf text = { 0 };
	json_t *v;

	if (!b || !b->profile.source)
		return json_null();
	digest_canonical(b, &text);
	v = json_loads(buf_str(&text), 0, NULL);
	return v ? v : json_null();
}

static json_t *
paths_json(const struct plan_facts *facts)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "writable",
		(json_int_t)facts->writable, "read_only",
		(json_int_t)facts->read_only, "denied",
		(json_int_t)facts->denied, "secrets_hidden",
		(json_int_t)facts->secrets, "guarded",
		(json_int_t)facts->guarded, "pinned", (json_int_t)facts->pinned,
		"sockets_masked", (json_int_t)facts->sockets,
		"matched_by_patterns", (json_int_t)facts->globbed);
}

static json_t *
active_json(const struct plan_build *b, const struct plan_facts *facts)
{
	uint32_t flags = b->plan->flags;

	return json_pack(
		"{s:s, s:s, s:{s:s, s:i}, s:b, s:b, s:b, s:b, s:i, s:o, s:o, s:b}",
		"cage", explain_cage(b), "mount_engine", facts->engine,
		"filter", "name", b->filter ? b->filter : "none",
		"instructions", (int)b->plan->n_filter, "private_network",
		(int)((flags & PLAN_PRIVATE_NET) != 0), "scoped",
		(int)((flags & PLAN_SCOPE_SOCKETS) != 0), "no_new_privs",
		(int)((flags & PLAN_NO_NEW_PRIVS) != 0), "landlock",
		(int)facts->landlock, "landlock_abi", facts->landlock_abi,
		"paths", paths_json(facts), "elsewhere",
		elsewhere_json(&b->view), "nested_scan_complete",
		(int)!facts->scan_cut);
}

/* Init reports the command as started only after every canary held. */
static bool
is_proved(const struct result_facts *f)
{
	return f->run && f->run->ready && f->build &&
	       f->build->cage != CAGE_NONE;
}

/* Only where there are mounts, and the command had the time to meet them. */
static json_t *
lost_json(const struct result_facts *f)
{
	const struct plan_build *b = f->build;
	json_t *out = json_array();

	for (size_t i = 0; f->run && f->run->ready && b &&
			   b->cage == CAGE_NAMESPACES && i < b->view.n;
		i++)
		if (view_is_lost(&b->view, &b->view.nodes[i]))
			(void)json_array_append_new(
				out, json_text(b->view.nodes[i].path));
	return out;
}

static json_t *
protections_json(const struct result_facts *f, const struct plan_facts *facts)
{
	return json_pack("{s:o, s:o, s:b, s:o}", "requested",
		requested_json(f->build), "active",
		facts ? active_json(f->build, facts) : json_null(), "proved",
		(int)is_proved(f), "lost", lost_json(f));
}

static json_t *
fallbacks_json(const struct plan_facts *facts)
{
	json_t *out = json_array();

	for (size_t i = 0; facts && i < facts->n_fallbacks; i++)
		(void)json_array_append_new(
			out, json_pack("{s:s, s:o}", "name",
				     facts->fallbacks[i].name, "text",
				     json_text(facts->fallbacks[i].text)));
	return out;
}

/* --- network --------------------------------------------------------------------- */

/* The supervisor's own summary; null without one, or when it could not say. */
static json_t *
network_json(const struct run_result *run)
{
	json_t *v =
		run && run->network ? json_loads(run->network, 0, NULL) : NULL;

	return v ? v : json_null();
}

/* --- files that run when they are trusted ---------------------------------------- */

static bool
is_writable(const struct view_node *node)
{
	return node->kind == VIEW_BIND && node->access == FS_WRITE;
}

/* A read-only directory only for what is writable below it. */
static bool
want(const void *arg, const char *path, bool is_dir)
{
	const struct view *v = arg;

	return view_access(v, path) == FS_WRITE ||
	       (is_dir && view_any_below(v, path, is_writable));
}

/* Roots, but for those that lie in another: nodes are sorted, parents first. */
static size_t
find_roots(const struct view *v, const char **roots)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct view_node *node = &v->nodes[i];

		if (!is_writable(node) || node->shadowed ||
			path_is_below(node->path, "/dev"))
			continue;
		if (n == 0 || !path_is_below(node->path, roots[n - 1]))
			roots[n++] = node->path;
	}
	return n;
}

static json_t *
changed_json(const struct trusted_report *report)
{
	json_t *by = json_array();
	json_t *paths = json_array();

	for (size_t i = 0; i < trusted_patterns_n; i++)
		if (report->counts[i] > 0)
			(void)json_array_append_new(by,
				json_pack("{s:s, s:s, s:I}", "pattern",
					trusted_patterns[i].pattern, "reason",
					trusted_patterns[i].reason, "count",
					(json_int_t)report->counts[i]));
	for (size_t i = 0; i < report->n_paths; i++)
		(void)json_array_append_new(paths, json_text(report->paths[i]));
	return json_pack("{s:b, s:b, s:I, s:o, s:o, s:b, s:I}", "checked", 1,
		"complete", (int)report->complete, "changed",
		(json_int_t)report->changed, "by_pattern", by, "paths", paths,
		"paths_complete", (int)!report->paths_cut, "entries_seen",
		(json_int_t)report->seen);
}

static json_t *
trusted_json(const struct result *r, const struct result_facts *f)
{
	own_trusted struct trusted_report report = { 0 };
	struct trusted_request rq = { .since = r->began_files,
		.entries_max = TRUSTED_ENTRIES_MAX,
		.ms_max = TRUSTED_MS_MAX };
	const struct plan_build *b = f->build;
	const char **roots = NULL;
	int err;

	if (!f->run || !f->run->ready || !b)
		return json_pack("{s:b}", "checked", 0);
	roots = calloc(b->view.n + 1, sizeof(*roots));
	if (!roots)
		return json_pack("{s:b}", "checked", 0);
	rq.roots = roots;
	if (plan_is_caged(b)) {
		rq.n_roots = find_roots(&b->view, roots);
		rq.want = want;
		rq.arg = &b->view;
	} else {
		roots[0] = b->workspace;
		rq.n_roots = 1;
	}
	err = trusted_scan(&rq, &report);
	free(roots);
	if (err < 0)
		return json_pack("{s:b}", "checked", 0);
	/* Outside a cage of ours the command could write anywhere. */
	if (!plan_is_caged(b))
		report.complete = false;
	return changed_json(&report);
}

/* --- the whole -------------------------------------------------------------------- */

int
result_json(
	const struct result *r, const struct result_facts *f, struct buf *out)
{
	const struct plan_build *b = f->build;
	bool whole = b && b->blob.len > 0;
	struct plan_facts facts;
	json_t *times = times_json(r);
	json_t *root;
	char *dump;

	if (whole)
		plan_facts(b, &facts);
	root = json_pack(
		"{s:i, s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:{s:b}, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
		"schema", RESULT_SCHEMA, "version", VERSION, "exit",
		exit_json(f), "started", (int)(f->run && f->run->ready),
		"error", error_json(f->failure), "times", times, "usage",
		usage_json(f->run), "limits", limits_json(b), "denials",
		"known", 0, "policy", policy_json(b, whole), "decision",
		plan_rules_json(b), "protections",
		protections_json(f, whole ? &facts : NULL), "fallbacks",
		fallbacks_json(whole ? &facts : NULL), "network",
		network_json(f->run), "trusted_code", trusted_json(r, f),
		"writable_by_command", (int)r->exposed);
	dump = root ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	if (!dump)
		return -ENOMEM;
	buf_str_add(out, dump);
	buf_char(out, '\n');
	free(dump);
	return buf_failed(out) ? -ENOMEM : 0;
}
