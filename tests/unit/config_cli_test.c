/* SPDX-License-Identifier: Apache-2.0 */
/* config_cli_test.c -- codex-sandbox config ..., its output and codes; room: test. */
#include "policy/config.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>

#include "policy/buf.h"
#include "tests/unit/config_fixture.h"

enum { ARGS_MAX = 12, OUTPUT_MAX = 1 << 20 };

struct result {
	int code;
	struct buf out, err;
};

static void
result_free(struct result *r)
{
	buf_free(&r->out);
	buf_free(&r->err);
}

static int
scratch(void)
{
	FILE *f = tmpfile();

	return f == NULL ? -1 : fileno(f); /* open until the test ends */
}

static void
child(const struct config_options *o, char **argv, int argc, int out, int err)
{
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	int code = config_command(o, argc, argv);
	(void)fflush(stdout); /* what is missing is seen */
	_exit(code);
}

/* The words of a line, and what came of them. */
static struct result
run(const struct config_options *o, const char *line)
{
	struct result r = { .code = -1 };
	char words[2048];
	char *argv[ARGS_MAX + 1] = { NULL };
	char *save = NULL;
	int argc = 0, status = 0, out = scratch(), err = scratch();

	(void)snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &save);
		w != NULL && argc < ARGS_MAX; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	(void)fflush(stdout); /* or the child would print it once more */
	pid_t pid = fork();
	if (pid == 0)
		child(o, argv, argc, out, err);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		r.code = WEXITSTATUS(status);
	(void)lseek(out, 0, SEEK_SET);
	(void)lseek(err, 0, SEEK_SET);
	if (buf_read_fd(&r.out, out, OUTPUT_MAX) < 0 ||
		buf_read_fd(&r.err, err, OUTPUT_MAX) < 0)
		r.code = -1;
	return r;
}

/* Code, and a part of what is on stdout and on stderr. */
static void
expect(struct tap *t, const struct fixture *f, const char *line, int code,
	const char *out, const char *err)
{
	struct result r = run(&f->o, line);
	bool ok = r.code == code && strstr(buf_str(&r.out), out) != NULL &&
		  strstr(buf_str(&r.err), err) != NULL &&
		  (*err != '\0' || r.err.len == 0);

	if (!tap_ok(t, ok, "%s", line))
		printf("# code %d\n# out %s\n# err %s\n", r.code,
			buf_str(&r.out), buf_str(&r.err));
	result_free(&r);
}

static void
show(struct tap *t, struct fixture *f)
{
	char line[FIXTURE_PATH_MAX + 64];

	expect(t, f, "config show", 0, "sandbox_mode = \"workspace-write\"\n",
		"");
	fixture_write(f, "user/config.toml",
		"# mine\nlimits.timeout = '5m'\n"
		"shell_environment_policy.exclude = [\"\\u001B\xe2\x80\xae\"]\n");
	expect(t, f, "config show --origin", 0, "/user/config.toml:2 (user)\n",
		"");
	expect(t, f, "config show", 0, "[\"\\u001B\\u202E\"]\n", "");
	expect(t, f, "config show -c limits.timeout=7 --origin", 0,
		"limits.timeout = 7  # -c option 1:1 (session)\n", "");
	fixture_write(f, "project/.codex-sandbox/config.toml", "");
	(void)snprintf(line, sizeof(line), "config show -C %s", f->project);
	expect(t, f, line, 0, "limits", "note: ");
	(void)unlink("project/.codex-sandbox/config.toml");
}

static void
errors(struct tap *t, struct fixture *f)
{
	expect(t, f, "config", 2, "", "a subcommand is missing");
	expect(t, f, "config frob", 2, "", "no such subcommand");
	expect(t, f, "config show x", 2, "", "no such subcommand");
	expect(t, f, "config show --frob", 2, "", "no such option");
	expect(t, f, "config show -c", 2, "", "a value is missing");
	expect(t, f, "config show -c x", 2, "", "no key=value");
	expect(t, f, "config --help", 0, "usage: codex-sandbox config", "");
	fixture_write(f, "user/config.toml", "\n  sandbox_mdoe = 'x'\n");
	expect(t, f, "config show", 125, "",
		"unknown key \"sandbox_mdoe\"; did you mean \"sandbox_mode\"?\n"
		"    2 |   sandbox_mdoe = 'x'\n      |   ^\n");
	expect(t, f, "config check", 125, "", "unknown key");
	expect(t, f, "config profiles", 125, "", "unknown key");
	fixture_write(f, "user/config.toml", "");
}

static void
check_files(struct tap *t, struct fixture *f)
{
	char line[3 * FIXTURE_PATH_MAX];

	expect(t, f, "config check", 0, "configuration: ok\n", "");
	fixture_write(f, "user/config.toml",
		"sandbox_mode = 'read-only'\n"
		"[permissions.x.filesystem]\nfoo = 'read'\n");
	expect(t, f, "config check", 125, "", "\"foo\" is no place");
	(void)snprintf(
		line, sizeof(line), "config check %s/config.toml", f->user);
	expect(t, f, line, 125, "", "\"foo\" is no place");
	fixture_write(f, "user/config.toml", "limits.nofile = 3\n");
	expect(t, f, line, 0, "config.toml: ok\n", "");
	fixture_write(f, "user/requirements.toml", "forbid = ['limits']\n");
	(void)snprintf(line, sizeof(line),
		"config check %s/requirements.toml %s/none", f->user, f->user);
	expect(t, f, line, 125, "requirements.toml: ok\n", "No such file");
}

static void
profiles(struct tap *t, struct fixture *f)
{
	fixture_write(f, "user/config.toml",
		"default_permissions = 'mine'\n"
		"[permissions.mine]\ndescription = 'my own'\n");
	fixture_write(f, "profiles/s.toml",
		"permissions.s.description = 'shipped'\n");
	expect(t, f, "config profiles", 0, "* mine                 my own  # ",
		"");
	expect(t, f, "config profiles", 0, "  s                    shipped",
		"");
	expect(t, f, "config profiles", 0, "  :read-only ", "");
}

/* A place of the schema by the names on the way. */
static const json_t *
at(const json_t *schema, const char *path)
{
	char words[128];
	char *save = NULL;

	(void)snprintf(words, sizeof(words), "%s", path);
	for (char *w = strtok_r(words, ".", &save); w != NULL && schema != NULL;
		w = strtok_r(NULL, ".", &save)) {
		if (json_object_get(schema, "anyOf") != NULL)
			schema = json_array_get(
				json_object_get(schema, "anyOf"), 1);
		schema = strcmp(w, "*") == 0
				 ? json_object_get(
					   schema, "additionalProperties")
				 : json_object_get(json_object_get(schema,
							   "properties"),
					   w);
	}
	return schema;
}

static void
json(struct tap *t, struct fixture *f)
{
	struct result r = run(&f->o, "config show --json");
	json_t *shown =
		json_loads(buf_str(&r.out), JSON_REJECT_DUPLICATES, NULL);

	tap_ok(t, json_array_size(json_object_get(shown, "values")) > 20,
		"config show --json");
	json_decref(shown);
	result_free(&r);
	r = run(&f->o, "config schema");
	json_t *s = json_loads(buf_str(&r.out), JSON_REJECT_DUPLICATES, NULL);
	static const char *const there[] = { "sandbox_mode", "limits.timeout",
		"permissions.*.network.domains.*", "projects.*.trust_level",
		"approval_policy.granular.rules",
		"permissions.*.filesystem.*.*",
		"permissions.*.filesystem.glob_scan_max_depth" };
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		tap_ok(t, at(s, there[i]) != NULL, "the schema has %s",
			there[i]);
	tap_ok(t, at(s, "limits.frob") == NULL, "and no other key");
	const json_t *closed =
		json_object_get(at(s, "limits"), "additionalProperties");
	tap_ok(t, json_is_false(closed), "which it refuses");
	json_decref(s);
	result_free(&r);
	expect(t, f, "config reference", 0, "| `limits.timeout` | duration |",
		"");
}

int
main(void)
{
	struct tap t = { 0 };
	struct fixture f;

	fixture_begin(&f);
	/* As where the program is called: the options come from argv. */
	f.o.workspace = NULL;
	(void)setenv("HOME", f.dir, 1);
	if (chdir(f.dir) < 0)
		return 1;
	show(&t, &f);
	errors(&t, &f);
	check_files(&t, &f);
	profiles(&t, &f);
	json(&t, &f);
	return fixture_end(&f, &t);
}
