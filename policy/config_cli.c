/* SPDX-License-Identifier: Apache-2.0 */
/* config_cli.c -- codex-sandbox config show|check|schema|profiles; room: user. */
#include "policy/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/own.h"
#include "policy/config_impl.h"
#include "policy/diag.h"

static const char usage[] =
	"usage: codex-sandbox config show [--origin] [--json]\n"
	"       codex-sandbox config check [FILE...]\n"
	"       codex-sandbox config profiles\n"
	"       codex-sandbox config schema | reference\n"
	"options: -C DIR (workspace)  -c KEY=VALUE  --help\n";

/* What the command line says; -C and -c go into options of our own. */
struct args {
	struct config_options o;
	const char *session[CONFIG_SESSION_MAX];
	unsigned show;
	bool help;
	const char *verb;
	char **files;
	int n_files;
	char *cwd; /* owned */
};

static int
add_session(struct args *a, const char *text, struct diag *d)
{
	if (a->o.n_session == CONFIG_SESSION_MAX)
		return diag_set(d, -E2BIG, DIAG_USAGE, "-c",
			"more than 128 of them", "use a file");
	a->session[a->o.n_session++] = text;
	return 0;
}

/* One option at argv[*i]; *i is moved over its value. */
static int
option(struct args *a, int argc, char **argv, int *i, struct diag *d)
{
	const char *arg = argv[*i];
	bool takes = strcmp(arg, "-C") == 0 || strcmp(arg, "-c") == 0;

	if (strcmp(arg, "--origin") == 0)
		a->show |= CONFIG_SHOW_ORIGIN;
	else if (strcmp(arg, "--json") == 0)
		a->show |= CONFIG_SHOW_JSON;
	else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		a->help = true;
	else if (!takes)
		return diag_set(d, -EINVAL, DIAG_USAGE, arg, "no such option",
			"see --help");
	else if (*i + 1 == argc)
		return diag_set(d, -EINVAL, DIAG_USAGE, arg,
			"a value is missing", "give one");
	else if (arg[1] == 'c')
		return add_session(a, argv[++*i], d);
	else
		a->o.workspace = argv[++*i];
	return 0;
}

static int
parse(struct args *a, int argc, char **argv, struct diag *d)
{
	int i = 1, n = 1;

	/* Operands move to the front; `--` ends the options. */
	for (; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			break;
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[n++] = argv[i];
			continue;
		}
		int rc = option(a, argc, argv, &i, d);
		if (rc < 0)
			return rc;
	}
	for (i++; i < argc; i++)
		argv[n++] = argv[i];
	a->o.session = a->session;
	a->verb = n > 1 ? argv[1] : NULL;
	a->files = argv + 2;
	a->n_files = n > 2 ? n - 2 : 0;
	if (a->help)
		a->verb = "help";
	if (a->verb == NULL)
		return diag_set(d, -EINVAL, DIAG_USAGE, "config",
			"a subcommand is missing",
			"give show, check, profiles or schema");
	return 0;
}

static int
put(const struct buf *out)
{
	size_t len = out->len;
	const char *p = buf_str(out);

	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return DIAG_SETUP;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
complain(const struct config *c, const struct diag *d)
{
	int code = diag_print(d);

	if (c != NULL)
		(void)fputs(config_excerpt(c), stderr); /* the last resort */
	return code;
}

static int
load(struct config *c, struct args *a, struct diag *d)
{
	if (a->o.workspace == NULL) {
		a->cwd = getcwd(NULL, 0);
		a->o.workspace = a->cwd;
	}
	return config_load(c, &a->o, d);
}

/* Each profile must resolve, not only the selected one. */
static int
check_profiles(struct config *c, struct diag *d)
{
	struct config_list names = { 0 };
	struct config_approval approval;
	int rc = config_approval(c, &approval, d);

	if (rc == 0)
		rc = config_profile_names(c, &names, d);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		struct config_profile p = { 0 };
		rc = config_resolve(c, names.items[i], &p, d);
		if (rc == -EPERM) { /* not allowed here, but well-formed */
			diag_reset(d);
			buf_free(&c->excerpt);
			rc = 0;
		}
		config_profile_free(&p);
	}
	return rc;
}

/* A file as its place in the layers would read it. */
static int
check_file(struct config *c, const struct config_options *o, const char *path,
	struct diag *d)
{
	own_buf struct buf text = { 0 };
	struct config_source *src = NULL;
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	bool required = strcmp(name, "requirements.toml") == 0;
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return diag_set(d, -errno, DIAG_SETUP, path, diag_errno(errno),
			"name a readable file");
	int rc = buf_read_fd(&text, fd, TOML_SIZE_MAX);
	if (rc < 0)
		return diag_set(d, rc, DIAG_SETUP, path,
			rc == -EFBIG ? "it is larger than 1 MiB"
				     : diag_errno(-rc),
			"name another file");
	/* The layers below it: what it extends may stand there. */
	rc = required ? 0 : config_load(c, o, d);
	if (rc < 0)
		return rc;
	rc = config_parse(c, required ? CONFIG_REQUIREMENTS : CONFIG_USER, path,
		&text, &src, d);
	if (rc < 0)
		return rc;
	if (required) {
		struct config_prefix_rule *rules = NULL;
		size_t n = 0;
		rc = config_scan_required(c, src, d);
		return rc < 0 ? rc : config_prefix_rules(c, &rules, &n, d);
	}
	rc = config_scan(c, src, src->doc.root, config_merge, d);
	return rc < 0 ? rc : check_profiles(c, d);
}

static int
check_files(struct args *a)
{
	struct config_options o = a->o;
	int code = 0;

	o.flags |= CONFIG_SKIP_USER | CONFIG_SKIP_PROJECT;
	for (int i = 0; i < a->n_files; i++) {
		own_config struct config *c = config_new();
		struct diag d = { 0 };
		if (c == NULL || check_file(c, &o, a->files[i], &d) < 0)
			code = complain(c, &d);
		else
			(void)printf("%s: ok\n", a->files[i]);
	}
	return code;
}

static int
with_layers(struct args *a)
{
	own_config struct config *c = config_new();
	own_buf struct buf out = { 0 };
	struct config_profile p = { 0 };
	struct diag d = { 0 };

	if (c == NULL)
		return DIAG_SETUP;
	int rc = load(c, a, &d);
	if (rc == 0 && strcmp(a->verb, "show") == 0) {
		rc = config_resolve(c, NULL, &p, &d);
		config_profile_free(&p);
		if (rc == 0)
			rc = config_print(c, a->show, &out);
	} else if (rc == 0 && strcmp(a->verb, "profiles") == 0) {
		rc = config_print_profiles(c, &out, &d);
	} else if (rc == 0) {
		rc = config_resolve(c, NULL, &p, &d);
		config_profile_free(&p);
		if (rc == 0)
			rc = check_profiles(c, &d);
		buf_str_add(&out, "configuration: ok\n");
	}
	config_tell_notes(c);
	return rc < 0 ? complain(c, &d) : put(&out);
}

static int
run(struct args *a, struct diag *d)
{
	if (a->verb == NULL)
		return DIAG_USAGE;
	own_buf struct buf out = { 0 };

	if (strcmp(a->verb, "help") == 0)
		buf_str_add(&out, usage);
	else if (strcmp(a->verb, "schema") == 0)
		(void)config_schema(&out); /* put() sees a failure */
	else if (strcmp(a->verb, "reference") == 0)
		config_reference(&out);
	if (out.len > 0)
		return put(&out);
	if (strcmp(a->verb, "check") == 0 && a->n_files > 0)
		return check_files(a);
	if (a->n_files == 0 && (strcmp(a->verb, "show") == 0 ||
				       strcmp(a->verb, "check") == 0 ||
				       strcmp(a->verb, "profiles") == 0))
		return with_layers(a);
	(void)diag_set(d, -EINVAL, DIAG_USAGE, a->verb,
		"no such subcommand, or too many words", "see --help");
	return diag_print(d);
}

int
config_command(const struct config_options *o, int argc, char **argv)
{
	struct args a = { .o = *o };
	struct diag d = { 0 };

	a.o.n_session = 0;
	int code = parse(&a, argc, argv, &d) < 0 ? diag_print(&d) : run(&a, &d);
	free(a.cwd);
	return code;
}

int
config_main(int argc, char **argv)
{
	const struct config_options o = { 0 };

	return config_command(&o, argc, argv);
}
