/* SPDX-License-Identifier: Apache-2.0 */
/* rules_explain.c -- `rules explain`, `test`, `fmt`, `add` (room: user). */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/rules_cli.h"
#include "policy/vis.h"

/* ---- layers ----------------------------------------------------------------------------------- */

static void
user_dir(struct buf *out)
{
	const char *xdg = rules_env("XDG_CONFIG_HOME");
	const char *home = rules_env("HOME");
	if (xdg != NULL && xdg[0] == '/')
		buf_printf(out, "%s/codex-sandbox", xdg);
	else
		buf_printf(out, "%s/.config/codex-sandbox",
			home == NULL ? "" : home);
}

/* Every *.rules of a directory in name order; a broken one ends it. */
static int
load_dir(struct rules *r, const char *dir, enum rules_trust trust,
	struct buf *text)
{
	own_buf struct buf pattern = { 0 };
	glob_t found = { 0 };
	int code = 0;
	buf_printf(&pattern, "%s/*.rules", dir);
	int none = glob(/* NOLINT(concurrency-mt-unsafe): one thread */
		buf_str(&pattern), GLOB_PERIOD, NULL, &found);
	if (none == GLOB_NOMATCH)
		return 0;
	if (none != 0) {
		own_buf struct buf why = { 0 };
		buf_str_add(&why, "the directory cannot be read");
		return rules_cli_bad("read", dir, &why);
	}
	for (size_t i = 0; i < found.gl_pathc && code == 0; i++) {
		own_rules_error struct rules_error err = { 0 };
		own_buf struct buf detail = { 0 };
		const char *file = found.gl_pathv[i];
		if (strcmp(strrchr(file, '/'), "/.rules") == 0)
			continue; /* has no name before the suffix */
		text->len = 0;
		int bad = rules_read(file, text);
		if (bad < 0) {
			buf_str_add(&detail, diag_errno(-bad));
			code = rules_cli_bad("read", file, &detail);
		} else if (rules_load_text(r, file, buf_str(text), text->len,
				   trust, &err) < 0) {
			rules_cli_error_text(&detail, &err);
			code = rules_cli_bad("parse", file, &detail);
		}
	}
	globfree(&found);
	return code;
}

static int
load_layers(struct rules *r)
{
	own_buf struct buf user = { 0 };
	own_buf struct buf text = { 0 };
	int code = load_dir(r, "/etc/codex-sandbox", RULES_MANAGED, &text);
	user_dir(&user);
	if (code == 0)
		code = load_dir(r, buf_str(&user), RULES_USER, &text);
	return code;
}

/* ---- explain ---------------------------------------------------------------------------------- */

static void
add_pattern(struct buf *out, const struct rules_rule *rule)
{
	buf_char(out, '[');
	rules_json_string(out, rule->head->s, rule->head->len);
	for (uint32_t i = 0; i < rule->n_rest; i++) {
		const struct rules_token *t = &rule->shown[i];
		buf_str_add(out, t->list ? ", [" : ", ");
		for (uint32_t j = 0; j < t->n; j++) {
			if (j > 0)
				buf_str_add(out, ", ");
			rules_json_string(out, t->alts[j]->s, t->alts[j]->len);
		}
		if (t->list)
			buf_char(out, ']');
	}
	buf_char(out, ']');
}

static void
add_rule_line(struct buf *out, const struct rules_match *m, bool decided)
{
	const struct rules_rule *rule = m->rule;
	static const char *const layers[] = { "project", "session", "user",
		"managed" };
	buf_printf(out, "  %s ", decided ? "=>" : "  ");
	vis_str(out, rule->file);
	buf_printf(out, ":%u (%s): %s ", rule->line, layers[rule->trust],
		rules_decision_name(rule->decision));
	own_buf struct buf pattern = { 0 };
	add_pattern(&pattern, rule);
	vis_add(out, buf_str(&pattern), pattern.len);
	if (m->flags & RULES_MATCH_OVERRIDDEN)
		buf_str_add(out, ", overridden by a longer rule");
	if (m->flags & RULES_MATCH_IGNORED)
		buf_str_add(out, ", ignored: a project can only narrow");
	if (rule->justification != NULL) {
		buf_str_add(out, ", because: ");
		vis_add(out, rule->justification->s, rule->justification->len);
	}
	buf_char(out, '\n');
}

static int
explain_one(struct buf *out, const struct rules *r, const struct rules_query *q,
	enum rules_decision *strictest)
{
	own_rules_result struct rules_result res = { 0 };
	if (rules_decide(r, q, &res) < 0)
		return -ENOMEM;
	buf_str_add(out, "command:");
	for (size_t i = 0; i < q->argc; i++) {
		buf_char(out, ' ');
		vis_shell(out, q->argv[i]);
	}
	buf_char(out, '\n');
	if (res.resolved != NULL) {
		buf_str_add(out, "program: ");
		vis_str(out, res.resolved);
		buf_char(out, '\n');
	}
	for (size_t i = 0; i < res.n; i++)
		add_rule_line(out, &res.v[i], res.v[i].rule == res.decided);
	if (res.unwritten > 0)
		buf_printf(out,
			"  %zu allow rule(s) left out: the sandbox can write "
			"this program\n",
			res.unwritten);
	buf_printf(out, "decision: %s\n",
		res.decision == RULES_NO_MATCH
			? "no rule matches; the approval policy decides"
			: rules_decision_name(res.decision));
	if (res.decision > *strictest)
		*strictest = res.decision;
	return 0;
}

static int
explain_all(struct buf *out, const struct rules *r, struct rules_query *q)
{
	own_arena struct arena a = { .max = RULES_VALUE_MAX };
	own_buf struct buf why = { 0 };
	struct rules_segments seg = { 0 };
	enum rules_decision strictest = RULES_NO_MATCH;
	int n = rules_shell_segments(&a, q->argc, q->argv, &seg, &why);
	if (n < 0) {
		buf_str_add(out, "shell text is taken as one command: ");
		vis_add(out, buf_str(&why), why.len);
		buf_char(out, '\n');
	}
	if (n <= 0)
		return explain_one(out, r, q, &strictest);
	for (size_t i = 0; i < seg.n; i++) {
		const char **argv =
			arena_array(&a, (size_t)seg.v[i].n + 1, sizeof(*argv));
		if (argv == NULL)
			return -ENOMEM;
		for (uint32_t j = 0; j < seg.v[i].n; j++)
			argv[j] = seg.v[i].v[j]->s;
		q->argv = argv;
		q->argc = seg.v[i].n;
		if (explain_one(out, r, q, &strictest) < 0)
			return -ENOMEM;
	}
	buf_printf(out, "together: %s\n", rules_decision_name(strictest));
	return 0;
}

int
rules_cli_explain(struct rules_cli *c, int argc, char **argv)
{
	own_rules struct rules r = { 0 };
	own_buf struct buf out = { 0 };
	rules_init(&r, c->compat ? RULES_COMPAT : 0);
	int code = c->n_files > 0 ? rules_cli_load(c, &r) : load_layers(&r);
	if (code != 0)
		return code;
	char *cwd = getcwd(NULL, 0);
	struct rules_query q = {
		.argc = (size_t)(argc - c->command), /* not negative */
		.argv = (const char *const *)(argv + c->command),
		.resolve = true,
		.cwd = cwd == NULL ? "/" : cwd,
		.home = rules_env("HOME"),
		.writable = c->writable,
		.n_writable = c->n_writable,
	};
	int bad = explain_all(&out, &r, &q);
	free(cwd);
	if (bad < 0 || buf_failed(&out)) {
		(void)fprintf(stderr, "Error: out of memory\n");
		return 1;
	}
	(void)fwrite(buf_str(&out), 1, out.len, stdout); /* flushed below */
	return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- test ------------------------------------------------------------------------------------- */

int
rules_cli_test(struct rules_cli *c, int argc, char **argv)
{
	own_rules struct rules r = { 0 };
	int code = 0;
	rules_init(&r, 0);
	for (int i = c->command; i < argc && c->n_files < RULES_CLI_FILES_MAX;
		i++)
		c->files[c->n_files++] = argv[i];
	code = rules_cli_load(c, &r);
	if (code != 0)
		return code;
	size_t n = 0;
	for (uint32_t i = 0; i < r.n_examples; i++)
		n += (size_t)r.examples[i].n_match + r.examples[i].n_not_match;
	(void)printf("%u rules, %zu examples, all as stated\n", r.n_rules, n);
	return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- fmt -------------------------------------------------------------------------------------- */

static int
write_file(const char *path, const struct buf *text)
{
	own_buf struct buf name = { 0 };
	buf_printf(&name, "%s.new", path);
	own_fd int fd = open(buf_str(&name),
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);
		if (n < 0 && errno != EINTR)
			goto fail;
		if (n > 0)
			done += (size_t)n; /* positive */
	}
	if (fsync(fd) == 0 && rename(buf_str(&name), path) == 0)
		return 0;
fail:;
	int err = errno;
	(void)unlink(buf_str(&name)); /* the first error counts */
	return -err;
}

static int
fmt_one(struct rules_cli *c, const char *file)
{
	own_rules_error struct rules_error err = { 0 };
	own_buf struct buf text = { 0 };
	own_buf struct buf out = { .max = 16 << 20 };
	own_buf struct buf detail = { 0 };
	int bad = rules_read(file, &text);
	if (bad < 0) {
		buf_str_add(&detail, diag_errno(-bad));
		return rules_cli_bad("read", file, &detail);
	}
	struct rules_src src = { file, buf_str(&text), (uint32_t)text.len };
	if (rules_format(&out, &src, &err) < 0) {
		rules_cli_error_text(&detail, &err);
		return rules_cli_bad("parse", file, &detail);
	}
	bool same = out.len == text.len &&
		    memcmp(buf_str(&out), buf_str(&text), out.len) == 0;
	if (c->print) {
		(void)fwrite(buf_str(&out), 1, out.len, stdout);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (c->check && !same)
		(void)printf("%s is not in house form\n", file);
	if (same || c->check)
		return same ? 0 : 1;
	bad = write_file(file, &out);
	if (bad < 0)
		buf_str_add(&detail, diag_errno(-bad));
	return bad < 0 ? rules_cli_bad("write", file, &detail) : 0;
}

int
rules_cli_fmt(struct rules_cli *c, int argc, char **argv)
{
	int code = 0;
	for (int i = c->command; i < argc; i++)
		code |= fmt_one(c, argv[i]);
	return code;
}

/* ---- add -------------------------------------------------------------------------------------- */

int
rules_cli_add(struct rules_cli *c, int argc, char **argv)
{
	own_buf struct buf path = { 0 };
	struct diag d = { 0 };
	if (c->n_files == 0) {
		user_dir(&path);
		buf_str_add(&path, "/default.rules");
	}
	int bad = rules_amend_prefix(
		c->n_files > 0 ? c->files[0] : buf_str(&path),
		(const char *const *)(argv + c->command),
		(size_t)(argc - c->command), &d); /* not negative */
	return bad < 0 ? diag_print(&d) : 0;
}
