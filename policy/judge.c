/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c -- a command against the rules (room: user). */
#include "policy/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/buf.h"
#include "policy/danger.h"
#include "policy/fallback.h"

void
judgement_free(struct judgement *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->n; i++) {
		free(j->parts[i].program);
		rules_result_free(&j->parts[i].rules);
	}
	for (size_t i = 0; i < j->n_texts; i++) {
		shell_commands_free(&j->texts[i].commands);
		free(j->texts[i].own);
	}
	shell_commands_free(&j->commands);
	free(j->parts);
	free(j->subjects);
	*j = (struct judgement){ 0 };
}

/* ---- programs ------------------------------------------------------------ */

/*
 * The file that a bare name means, by its real name.  A directory of PATH that
 * the sandbox can write ends the search: what is not in it now can be there
 * when the command starts.  Empty and relative directories are below cwd.
 */
static char *
find_program(const struct judge_query *q, const char *name)
{
	const char *p = q->path;
	while (p != NULL) {
		own_buf struct buf at = { .max = 1 << 16 };
		size_t n = strcspn(p, ":");
		if (n == 0 || *p != '/')
			buf_printf(&at, "%s/", q->cwd);
		buf_add(&at, p, n);
		buf_printf(&at, "/%s", name);
		if (buf_failed(&at))
			return NULL;
		if (rules_writable(buf_str(&at), q->writable, q->n_writable))
			return buf_take(&at);
		if (access(buf_str(&at), X_OK) == 0) {
			char *real = realpath(buf_str(&at), NULL);
			return real != NULL ? real : buf_take(&at);
		}
		p = p[n] == ':' ? p + n + 1 : NULL;
	}
	return NULL;
}

/* The same for a path: where its links lead, when it is there. */
static char *
real_program(const struct judge_query *q, const char *word)
{
	char *path = rules_resolve(word, q->cwd, q->home);
	char *real = path == NULL ? NULL : realpath(path, NULL);
	free(path);
	return real;
}

/* ---- parts --------------------------------------------------------------- */

static struct judge_part *
room(struct judgement *j)
{
	if (j->n == j->cap) {
		size_t wide = j->cap == 0 ? 8 : j->cap * 2;
		struct judge_part *v = reallocarray(j->parts, wide, sizeof(*v));
		if (v == NULL)
			return NULL;
		j->parts = v;
		j->cap = wide;
	}
	j->parts[j->n] = (struct judge_part){ 0 };
	return &j->parts[j->n];
}

struct rules_query
judge_rules_query(const struct judge_query *q, const struct judge_part *p)
{
	return (struct rules_query){
		.argc = p->argc,
		.argv = (const char *const *)p->argv,
		.resolve = true,
		.cwd = q->cwd,
		.home = q->home,
		.writable = q->writable,
		.n_writable = q->n_writable,
		.exact_allow = judge_is_text(p->argc, p->argv),
		.shifted = p->shifted,
	};
}

static int
ask_rules(const struct judge_query *q, struct judge_part *p)
{
	struct rules_query rq = judge_rules_query(q, p);
	int bad = rules_decide(q->rules, &rq, &p->rules);
	/* Only what an allow rule would free is worth looking for. */
	if (bad < 0 || p->rules.decision != RULES_ALLOW || q->n_writable == 0)
		return bad;
	p->program = strchr(p->argv[0], '/') == NULL
			     ? find_program(q, p->argv[0])
			     : real_program(q, p->argv[0]);
	if (p->program == NULL)
		return 0;
	rules_result_free(&p->rules);
	rq.program = p->program;
	return rules_decide(q->rules, &rq, &p->rules);
}

static int
add_part(struct judgement *j, const struct judge_query *q,
	const struct judge_part *like)
{
	struct judge_part *p = room(j);
	if (p == NULL)
		return -ENOMEM;
	*p = *like;
	int bad = ask_rules(q, p);
	j->n++; /* also when it failed: it is freed with the others */
	return bad;
}

/* A literal command: only what restricts is kept. */
static int
add_found(struct judgement *j, const struct judge_query *q, size_t argc,
	char *const *argv)
{
	struct judge_part like = {
		.kind = JUDGE_FOUND, .argc = argc, .argv = argv
	};
	int bad = add_part(j, q, &like);
	if (bad < 0 || j->parts[j->n - 1].rules.decision >= RULES_PROMPT)
		return bad;
	struct judge_part *p = &j->parts[--j->n];
	free(p->program);
	rules_result_free(&p->rules);
	return 0;
}

/* What a command would run, as it is written. */
static int
add_runs(struct judgement *j, const struct judge_query *q, size_t argc,
	char *const *argv)
{
	size_t at[JUDGE_RUNS_MAX];
	size_t n = judge_runs(argc, argv, at);
	int bad = 0;
	for (size_t i = 0; bad == 0 && i < n; i++)
		bad = add_found(j, q, argc - at[i], argv + at[i]);
	return bad;
}

static int
add_commands(struct judgement *j, const struct judge_query *q)
{
	struct judge_part like = { .argc = q->argc, .argv = q->argv };
	int bad = 0;
	if (!j->wrapper || j->opaque)
		return add_part(j, q, &like);
	for (size_t i = 0; bad == 0 && i < j->commands.n; i++) {
		const struct shell_command *c = &j->commands.items[i];
		like.argc = c->argc;
		like.argv = c->argv;
		bad = add_part(j, q, &like);
		like.shifted |= judge_shift(c->argc, c->argv);
	}
	return bad;
}

/* Is the shell itself a program that somebody may have put there? */
static int
add_shell(struct judgement *j, const struct judge_query *q)
{
	struct judge_part like = {
		.kind = JUDGE_SHELL, .argc = 1, .argv = q->argv
	};
	if (!j->wrapper || j->opaque)
		return 0;
	if (j->shell.usual_path) {
		char *program = strchr(q->argv[0], '/') == NULL
					? find_program(q, q->argv[0])
					: NULL;
		bool ours = program != NULL &&
			    rules_writable(program, q->writable, q->n_writable);
		free(program);
		if (!ours)
			return 0;
	}
	return add_part(j, q, &like);
}

/* Everything in one command: texts are noted, what it runs is added. */
static int
look_at(struct judgement *j, const struct judge_query *q, size_t argc,
	char *const *argv)
{
	int bad = judge_look_into(j, argc, argv);
	return bad < 0 ? bad : add_runs(j, q, argc, argv);
}

static int
look_into(struct judgement *j, const struct judge_query *q)
{
	int bad = 0;
	if (!j->wrapper || j->opaque)
		bad = look_at(j, q, q->argc, q->argv);
	for (size_t i = 0; bad == 0 && i < j->commands.n; i++)
		bad = look_at(j, q, j->commands.items[i].argc,
			j->commands.items[i].argv);
	for (size_t i = 0; bad == 0 && i < j->n_texts; i++)
		for (size_t k = 0; bad == 0 && k < j->texts[i].commands.n;
			k++) {
			const struct shell_command *c =
				&j->texts[i].commands.items[k];
			bad = add_found(j, q, c->argc, c->argv);
			if (bad == 0)
				bad = add_runs(j, q, c->argc, c->argv);
		}
	return bad;
}

/* ---- classes ------------------------------------------------------------- */

/* Of the rules that gave the decision, the one that says most. */
static const struct rules_rule *
longest(const struct rules_result *res)
{
	const struct rules_rule *best = res->decided;
	for (size_t i = 0; i < res->n; i++) {
		const struct rules_rule *rule = res->v[i].rule;
		if (res->v[i].flags == 0 && rule->decision == res->decision &&
			rule->n_rest > best->n_rest)
			best = rule;
	}
	return best;
}

static int
classify(const struct judgement *j, const struct judge_query *q,
	struct judge_part *p, struct decide_part *ret)
{
	static const enum decide_class classes[] = {
		[RULES_ALLOW] = CLASS_ALLOW,
		[RULES_PROMPT] = CLASS_PROMPT,
		[RULES_PROMPT_USER] = CLASS_HUMAN,
		[RULES_FORBIDDEN] = CLASS_FORBIDDEN,
	};
	*ret = (struct decide_part){ .argc = p->argc, .argv = p->argv };
	if (p->rules.decision != RULES_NO_MATCH) {
		p->rule = longest(&p->rules);
		ret->class = classes[p->rules.decision];
		ret->prefix = (size_t)p->rule->n_rest + 1;
		if (p->rule->justification != NULL)
			ret->justification = p->rule->justification->s;
		return 0;
	}
	bool opaque =
		judge_is_text(p->argc, p->argv) && (j->opaque || !j->wrapper);
	int bad = fallback_class(p->argc, p->argv,
		(q->safe_list ? FALLBACK_SAFE_LIST : 0) |
			(q->no_danger_list ? FALLBACK_NO_DANGER : 0) |
			(opaque ? FALLBACK_OPAQUE : 0),
		&ret->class, &ret->danger);
	if (bad == 0 && j->unread && ret->class != CLASS_DANGER) {
		/* Nobody nests like that by accident. */
		ret->class = CLASS_DANGER;
		ret->danger = danger_message(DANGER_OTHER);
	}
	return bad;
}

int
judge(const struct judge_query *q, struct judgement *ret)
{
	struct judgement *j = ret;
	*j = (struct judgement){ 0 };
	if (q->argc == 0)
		return -EINVAL;
	int bad = judge_open(j, q->argc, q->argv);
	if (bad == 0)
		bad = add_shell(j, q);
	if (bad == 0)
		bad = add_commands(j, q);
	if (bad == 0)
		bad = look_into(j, q);
	j->subjects = calloc(j->n + 1, sizeof(*j->subjects));
	if (j->subjects == NULL)
		bad = -ENOMEM;
	for (size_t i = 0; bad == 0 && i < j->n; i++)
		bad = classify(j, q, &j->parts[i], &j->subjects[i]);
	if (bad < 0)
		judgement_free(j);
	return bad;
}
