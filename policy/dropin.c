/* SPDX-License-Identifier: Apache-2.0 */
/* dropin.c -- the command line of codex-linux-sandbox, in ours; room: user. */
#include "policy/dropin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/json_read.h"
#include "policy/path.h"
#include "policy/profile.h"

enum option {
	POLICY_CWD,
	COMMAND_CWD,
	PROFILE,
	LEGACY_POLICY,
	NO_PROC,
	BWRAP,
	LANDLOCK,
	PROXY,
	MANAGED_NETWORK,
	INHERIT_PID,
	INNER_STAGE,
	INNER_ROUTES,
	INNER_VERIFY,
	HELP,
	N_OPTIONS,
};

struct row {
	const char *name;
	const char *arg;  /* NULL = takes none */
	const char *help; /* what it becomes */
	const char *why;  /* it is refused, and why */
	const char *mend;
	int code; /* of the refusal */
};

/* What belongs to the second stage of the old helper. */
static const char inner_why[] =
	"belongs to the inner stage of the older helper, which this program does not have";
static const char inner_mend[] = "call it with the options of the outer stage";

static const struct row rows[N_OPTIONS] = {
	[POLICY_CWD] = { "sandbox-policy-cwd", "DIR",
		"what the policy is relative to (--workspace)", NULL, NULL, 0 },
	[COMMAND_CWD] = { "command-cwd", "DIR",
		"working directory of the command (--chdir)", NULL, NULL, 0 },
	[PROFILE] = { "permission-profile", "JSON", "the policy", NULL, NULL,
		0 },
	[LEGACY_POLICY] = { "sandbox-policy", "JSON",
		"the policy in the older form", NULL, NULL, 0 },
	[NO_PROC] = { "no-proc", NULL, "no /proc at all (--proc none)", NULL,
		NULL, 0 },
	[BWRAP] = { "use-bwrap-sandbox", NULL, "what is done anyway", NULL,
		NULL, 0 },
	[LANDLOCK] = { "use-legacy-landlock", NULL,
		"only with a policy that narrows no file", NULL, NULL, 0 },
	[PROXY] = { "allow-network-for-proxy", NULL,
		"no network but the caller's proxies on loopback", NULL, NULL,
		0 },
	[MANAGED_NETWORK] = { "managed-network", "JSON",
		"the same, by the ports it lists", NULL, NULL, 0 },
	[INHERIT_PID] = { "inherit-pid-namespace", NULL, NULL,
		"would let the command see and kill every process of its caller, and outlive its sandbox",
		"leave it out: the command gets process numbers of its own",
		DIAG_SETUP },
	[INNER_STAGE] = { "apply-seccomp-then-exec", NULL, NULL, inner_why,
		inner_mend, DIAG_USAGE },
	[INNER_ROUTES] = { "proxy-route-spec", "JSON", NULL, inner_why,
		inner_mend, DIAG_USAGE },
	[INNER_VERIFY] = { "verify-fd-mount", "FD:DEST", NULL, inner_why,
		inner_mend, DIAG_USAGE },
	[HELP] = { "help", NULL, "this text", NULL, NULL, 0 },
};

struct reading {
	const char *value[N_OPTIONS]; /* NULL = not given, "" = a flag was */
	char **command;
	struct diag *d;
};

static int
usage(struct diag *d, const char *thing, const char *cause)
{
	return diag_set(d, -EINVAL, DIAG_USAGE, thing, cause,
		"see codex-linux-sandbox --help");
}

void
dropin_free(struct dropin *p)
{
	free(p->argv);
	free(p->cwd);
	free(p->ports);
	*p = (struct dropin){ 0 };
}

/* The row of "--name" or "--name=value"; N_OPTIONS when there is none. */
static enum option
find(const char *word)
{
	size_t len = strcspn(word + 2, "=");
	int i = 0;

	while (i < N_OPTIONS &&
		(strlen(rows[i].name) != len ||
			strncmp(rows[i].name, word + 2, len) != 0))
		i++;
	return (enum option)i;
}

/* Refused by name: a value may be long, and is not to blame. */
static int
refuse(struct diag *d, const struct row *row)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "--%s", row->name);
	return diag_set(d, row->code == DIAG_USAGE ? -EINVAL : -EOPNOTSUPP,
		row->code, name, row->why, row->mend);
}

/* One option at argv[at]; how many words it takes, or -errno. */
static int
read_option(struct reading *r, char **argv, int at)
{
	const char *word = argv[at];
	const char *equals = strchr(word, '=');
	enum option which = strcmp(word, "-h") == 0       ? HELP
			    : strncmp(word, "--", 2) == 0 ? find(word)
							  : N_OPTIONS;
	const char *value;

	if (which == N_OPTIONS)
		return usage(r->d, word, "is no option");
	if (rows[which].why)
		return refuse(r->d, &rows[which]);
	if (r->value[which])
		return usage(r->d, word, "is given twice");
	if (!rows[which].arg) {
		r->value[which] = "";
		return equals ? usage(r->d, word, "takes no value") : 1;
	}
	/* A word of its own that looks like an option is no value. */
	value = equals ? equals + 1 : argv[at + 1];
	if (!value || value[0] == '\0' || (!equals && value[0] == '-'))
		return usage(r->d, word, "needs a value");
	r->value[which] = value;
	return equals ? 1 : 2;
}

static int
read_all(struct reading *r, int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
		int n;

		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		n = read_option(r, argv, at);
		if (n < 0)
			return n;
		at += n;
	}
	r->command = argv + (at < argc ? at : argc);
	return 0;
}

/* In the options of exec "@" would read a file. */
static int
check_policy(const struct reading *r)
{
	const char *json =
		r->value[PROFILE] ? r->value[PROFILE] : r->value[LEGACY_POLICY];

	if (!r->value[POLICY_CWD])
		return usage(r->d, "--sandbox-policy-cwd", "is missing");
	if (!json)
		return usage(r->d, "--permission-profile",
			"is missing, and --sandbox-policy too");
	if (r->value[PROFILE] && r->value[LEGACY_POLICY])
		return usage(r->d, "--permission-profile",
			"contradicts --sandbox-policy");
	if (json[0] == '@')
		return usage(r->d, json, "is no JSON");
	if (!r->command[0])
		return usage(r->d, "COMMAND", "is missing");
	return 0;
}

static void
put(struct dropin *p, const char *word)
{
	p->argv[p->argc++] = word;
}

static void
put_pair(struct dropin *p, const char *option, const char *value)
{
	put(p, option);
	put(p, value);
}

/* --managed-network: which ports, and whether unix sockets stay. */
struct managed {
	char *ports; /* owned: "any", or "3128,8080" */
	bool unix_sockets;
};

static int
read_ports(const struct json_reader *rd, const json_t *list, struct buf *out)
{
	static const struct json_at at = { "loopbackPorts" };

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const json_int_t port = json_integer_value(one);

		if (!json_is_integer(one) || port < 1 || port > 65535)
			return json_read_refuse(rd, &at,
				"holds what is no port",
				"write numbers from 1 to 65535");
		buf_printf(out, "%s%lld", i > 0 ? "," : "", (long long)port);
	}
	return 0;
}

static int
read_managed(const char *text, struct managed *ret, struct diag *d)
{
	static const struct json_member members[] = {
		{ "loopbackPorts", JSON_WANT_ARRAY, false },
		{ "allowLocalBinding", JSON_WANT_BOOL, false },
		{ "dangerouslyAllowAllUnixSockets", JSON_WANT_BOOL, false },
	};
	const struct json_reader rd = { "--managed-network", d };
	const struct json_at at = { "" };
	own_buf struct buf ports = { 0 };
	own_json json_t *v = NULL;
	int err = json_read_text(&rd, text, strlen(text), &v);

	if (err == 0)
		err = json_read_object(
			&rd, &at, v, members, JSON_COUNT(members));
	if (err == 0)
		err = read_ports(
			&rd, json_object_get(v, "loopbackPorts"), &ports);
	if (err < 0)
		return err;
	/* An empty list checks nothing. */
	if (ports.len == 0)
		buf_str_add(&ports, "any");
	ret->ports = strdup(buf_str(&ports));
	ret->unix_sockets =
		json_read_bool_of(v, "dangerouslyAllowAllUnixSockets", false);
	return ret->ports && !buf_failed(&ports)
		       ? 0
		       : diag_set(d, -ENOMEM, DIAG_SETUP, "--managed-network",
				 "out of memory", "free some memory");
}

static int
put_network(const struct reading *r, struct dropin *p)
{
	struct managed m = { 0 };
	int err = 0;

	if (!r->value[MANAGED_NETWORK] && !r->value[PROXY])
		return 0;
	if (r->value[MANAGED_NETWORK])
		err = read_managed(r->value[MANAGED_NETWORK], &m, r->d);
	if (err < 0)
		return err;
	p->ports = m.ports;
	put_pair(p, "--net", "proxy");
	put_pair(p, "--caller-proxy", p->ports ? p->ports : "any");
	if (!m.unix_sockets)
		put_pair(p, "--unix", "none");
	return 0;
}

/*
 * The command runs where the helper was started, or in --command-cwd; the
 * directory of the policy is only what paths are relative to.  Variables are
 * the caller's business: he has chosen them already.
 */
static int
translate(const struct reading *r, const char *here, struct dropin *ret)
{
	enum { WORDS_OF_OURS = 24 };
	size_t n = 0;
	struct dropin p = { .legacy_landlock = r->value[LANDLOCK] != NULL,
		.profile = r->value[PROFILE],
		.legacy = r->value[LEGACY_POLICY] };
	const char *cwd = r->value[COMMAND_CWD] ? r->value[COMMAND_CWD] : ".";
	int err = cwd[0] == '/' ? path_normalise(cwd, &p.cwd)
				: path_join(here, cwd, &p.cwd);

	while (r->command[n])
		n++;
	if (err >= 0)
		p.argv = calloc(WORDS_OF_OURS + n + 1, sizeof(*p.argv));
	if (!p.argv) {
		dropin_free(&p);
		return diag_set(r->d, err < 0 ? err : -ENOMEM, DIAG_SETUP, cwd,
			err < 0 ? diag_errno(-err) : "out of memory",
			"give a path of at most 4095 bytes");
	}
	put(&p, "exec");
	put_pair(&p, "--workspace", r->value[POLICY_CWD]);
	put_pair(&p, "--chdir", p.cwd);
	if (p.profile)
		put_pair(&p, "--permission-profile", p.profile);
	else
		put_pair(&p, "--sandbox-policy", p.legacy);
	put_pair(&p, "--env-inherit", "all");
	/* Its caller is an agent, which asks and decides before it comes here. */
	put(&p, "--approved");
	if (r->value[NO_PROC])
		put_pair(&p, "--proc", "none");
	err = put_network(r, &p);
	if (err < 0) {
		dropin_free(&p);
		return err;
	}
	put(&p, "--");
	for (size_t i = 0; i < n; i++)
		put(&p, r->command[i]);
	*ret = p;
	return 0;
}

int
dropin_translate(int argc, char **argv, const char *here, struct dropin *ret,
	struct diag *d)
{
	struct reading r = { .d = d };
	int err = read_all(&r, argc, argv);

	if (err < 0)
		return err;
	if (r.value[HELP]) {
		*ret = (struct dropin){ .help = true };
		return 0;
	}
	err = check_policy(&r);
	return err < 0 ? err : translate(&r, here, ret);
}

/* Nothing is taken away from the file system. */
static bool
narrows_nothing(const struct profile *p)
{
	bool root = p->fs != FS_KIND_RESTRICTED;

	for (size_t i = 0; i < p->n_entries; i++) {
		if (p->entries[i].access != FS_WRITE)
			return false;
		root = root || p->entries[i].kind == FS_ROOT;
	}
	return root;
}

int
dropin_check_landlock(const struct dropin *p, struct diag *d)
{
	struct profile profile;
	bool ok;
	int err;

	if (!p->legacy_landlock)
		return 0;
	err = p->profile
		      ? profile_from_json(&profile, p->profile,
				strlen(p->profile), "--permission-profile", d)
		      : profile_from_legacy_json(&profile, p->legacy,
				strlen(p->legacy), "--sandbox-policy", d);
	if (err < 0)
		return err;
	ok = narrows_nothing(&profile);
	profile_free(&profile);
	if (ok)
		return 0;
	return diag_set(d, -EOPNOTSUPP, DIAG_SETUP, "--use-legacy-landlock",
		"cannot enforce this policy: Landlock alone neither denies inside what it grants nor keeps .git read-only nor hides sockets",
		"leave it out: bubblewrap is used, with or without the setuid launcher");
}

void
dropin_help(struct buf *out)
{
	buf_str_add(out,
		"codex-linux-sandbox --sandbox-policy-cwd DIR --permission-profile JSON\n"
		"                    [OPTION...] [--] COMMAND [ARG...]\n\n"
		"Run COMMAND as codex-sandbox exec does; options of the older helper:\n\n");
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct row *row = &rows[i];
		int used = (int)(strlen(row->name) +
				 (row->arg ? strlen(row->arg) + 1 : 0));

		buf_printf(out, "  --%s%s%s%*s%s\n", row->name,
			row->arg ? " " : "", row->arg ? row->arg : "",
			used < 28 ? 28 - used : 1, "",
			row->help ? row->help : "refused");
	}
	buf_str_add(out,
		"\nExit codes: the command's own; 128+N killed by signal N; 125 the sandbox\n"
		"could not be built; 126 not executable; 127 not found; 2 wrong usage.\n");
}
