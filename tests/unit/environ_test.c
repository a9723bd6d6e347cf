/* SPDX-License-Identifier: Apache-2.0 */
/* environ_test.c -- which variables the command gets, and with what values. */
#include "policy/environ.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/environ_net.h"
#include "tests/unit/tap.h"

/* --- patterns ---------------------------------------------------------------- */

struct match {
	const char *pattern, *name;
	bool yes;
};

static const struct match matches[] = {
	{ "PATH", "PATH", true },
	{ "PATH", "path", true },
	{ "path", "PATH", true },
	{ "PATH", "PATHS", false },
	{ "PATHS", "PATH", false },
	{ "", "", true },
	{ "", "A", false },
	{ "*", "", true },
	{ "*", "ANY", true },
	{ "?", "", false },
	{ "?", "A", true },
	{ "?", "AB", false },
	{ "LC_*", "LC_", true },
	{ "LC_*", "LC_ALL", true },
	{ "LC_*", "XLC_ALL", false },
	{ "*KEY*", "KEY", true },
	{ "*KEY*", "aws_key_id", true },
	{ "*KEY*", "KE", false },
	{ "*KEY", "KEYKE", false },
	{ "*KEY", "KEKEY", true },
	{ "A*B*C", "AXBXC", true },
	{ "A*B*C", "ABCBC", true },
	{ "A*B*C", "AC", false },
	{ "**A**", "A", true },
	{ "*?", "", false },
	{ "*?*?", "AB", true },
	{ "[A]", "A", false },
	{ "\\*", "*", false },
	{ "\xff*", "\xff\xfe", true },
};

/* Longest pattern first: the last letter of the name decides. */
static void
test_match(struct tap *t)
{
	char name[2001];
	char pattern[2001];

	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		const struct match *m = &matches[i];

		tap_ok(t,
			env_match(m->pattern, m->name, strlen(m->name)) ==
				m->yes,
			"%s %s %s", m->pattern,
			m->yes ? "matches" : "does not match", m->name);
	}
	tap_ok(t, env_match("AB", "ABC", 2), "the name has a length");
	memset(name, 'A', 2000);
	name[2000] = '\0';
	for (size_t i = 0; i < 1999; i += 2)
		memcpy(pattern + i, "A*", 2);
	memcpy(pattern + 1998, "B", 2);
	tap_ok(t, !env_match(pattern, name, 2000),
		"a thousand stars end before the test does");
}

/* --- environments -------------------------------------------------------------- */

#define LIST(...)                                              \
	(const char *const[]){ __VA_ARGS__ },                  \
		sizeof((const char *const[]){ __VA_ARGS__ }) / \
			sizeof(const char *)

/* Every variable, in order, each followed by "|"; or the errno. */
static void
check(struct tap *t, const struct env_policy *policy,
	const struct env_facts *facts, const char *want, const char *what)
{
	char *const caller[] = {
		(char[]){ "PATH=/bin" },
		(char[]){ "HOME=/h" },
		(char[]){ "TMPDIR=/t" },
		(char[]){ "lc_all=C" },
		(char[]){ "EDITOR=vi" },
		(char[]){ "API_KEY=k" },
		(char[]){ "lang_TOKEN=t" },
		(char[]){ "LD_PRELOAD=/x.so" },
		(char[]){ "Bash_Env=/x" },
		(char[]){ "BASH_FUNC_ls%%=() { x; }" },
		(char[]){ "CODEX_SANDBOX=forged" },
		(char[]){ "PWD=/old" },
		(char[]){ "HOME=/second" },
		(char[]){ "no equals sign" },
		(char[]){ "=nameless" },
		(char[]){ "EMPTY=" },
		NULL,
	};
	own_buf struct buf got = { 0 };
	struct diag d = { 0 };
	char **env = NULL;
	int err = env_make(policy, facts, caller, &env, &d);

	if (err < 0)
		buf_printf(&got, "%d %d", err, d.code);
	for (size_t i = 0; env && env[i]; i++)
		buf_printf(&got, "%s|", env[i]);
	tap_str(t, buf_str(&got), want, what);
	env_free(env);
}

static void
test_inherit(struct tap *t)
{
	const struct env_facts none = { 0 };

	check(t, &(struct env_policy){ .inherit = ENV_CORE }, &none,
		"PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|", "core");
	check(t, &(struct env_policy){ .inherit = ENV_ALL }, &none,
		"PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|EDITOR=vi|API_KEY=k|"
		"lang_TOKEN=t|EMPTY=|",
		"all, without what starts other code");
	check(t, &(struct env_policy){ .inherit = ENV_NONE }, &none,
		"PATH=/usr/local/bin:/usr/bin:/bin|", "none, but a path");
	check(t, &(struct env_policy){ ENV_CORE, LIST("ed*", "*k*") }, &none,
		"PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|EDITOR=vi|",
		"a pattern includes no secret");
	check(t, &(struct env_policy){ ENV_CORE, LIST("api_key") }, &none,
		"PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|API_KEY=k|",
		"its name does");
	check(t,
		&(struct env_policy){
			ENV_CORE, LIST("*"), .keep_secrets = true },
		&none,
		"PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|EDITOR=vi|API_KEY=k|"
		"lang_TOKEN=t|EMPTY=|",
		"secrets are kept where that is asked");
	check(t, &(struct env_policy){ ENV_NONE, LIST("LD_PRELOAD", "PWD") },
		&none, "PATH=/usr/local/bin:/usr/bin:/bin|",
		"the loader's and ours cannot be included");
	check(t,
		&(struct env_policy){ ENV_ALL,
			.exclude =
				(const char *const[]){
					"*",
				},
			.n_exclude = 1 },
		&none, "PATH=/usr/local/bin:/usr/bin:/bin|", "all excluded");
	check(t, &(struct env_policy){ ENV_CORE, LIST("EDITOR"), LIST("e*") },
		&none, "PATH=/bin|HOME=/h|TMPDIR=/t|lc_all=C|",
		"exclude is behind include");
}

static void
test_set(struct tap *t)
{
	const struct env_facts none = { 0 };
	const char *const set[] = { "A=1", "HOME=/x", "A=2=3",
		"B=", "LD_PRELOAD=/y.so" };

	check(t,
		&(struct env_policy){
			.inherit = ENV_CORE, .set = set, .n_set = 5 },
		&none,
		"PATH=/bin|HOME=/x|TMPDIR=/t|lc_all=C|A=2=3|B=|LD_PRELOAD=/y.so|",
		"set replaces, the last one wins");
	check(t,
		&(struct env_policy){ ENV_CORE,
			.only = (const char *const[]){ "h*", "b" }, .n_only = 2,
			.set = set, .n_set = 5 },
		&none, "HOME=/x|B=|PATH=/usr/local/bin:/usr/bin:/bin|",
		"only is behind set, and takes no path away");
	check(t,
		&(struct env_policy){
			.set = (const char *const[]){ "A" }, .n_set = 1 },
		&none, "-22 2", "no equals sign");
	check(t,
		&(struct env_policy){
			.set = (const char *const[]){ "=x" }, .n_set = 1 },
		&none, "-22 2", "no name");
	check(t,
		&(struct env_policy){
			.set = (const char *const[]){ "CODEX_SANDBOX=0" },
			.n_set = 1 },
		&none, "-22 2", "ours cannot be forged");
	check(t,
		&(struct env_policy){
			.set = (const char *const[]){ "PWD=/x" }, .n_set = 1 },
		&none, "-22 2", "nor the directory");
}

static void
test_facts(struct tap *t)
{
	check(t, &(struct env_policy){ .inherit = ENV_CORE },
		&(struct env_facts){ true, true, true, "/w", "/tmp" },
		"PATH=/bin|HOME=/h|TMPDIR=/tmp|lc_all=C|CODEX_SANDBOX=1|"
		"CODEX_SANDBOX_NETWORK_DISABLED=1|"
		"GIT_DISCOVERY_ACROSS_FILESYSTEM=1|PWD=/w|",
		"all facts");
	check(t, &(struct env_policy){ .inherit = ENV_NONE },
		&(struct env_facts){ .sandboxed = true, .tmpdir = "/tmp" },
		"PATH=/usr/local/bin:/usr/bin:/bin|CODEX_SANDBOX=1|",
		"TMPDIR is not made up");
	check(t,
		&(struct env_policy){ ENV_NONE,
			.set =
				(const char *const[]){
					"GIT_DISCOVERY_ACROSS_FILESYSTEM=0",
					"TMP=/mine" },
			.n_set = 2 },
		&(struct env_facts){ .overlaid = true, .tmpdir = "/tmp" },
		"GIT_DISCOVERY_ACROSS_FILESYSTEM=0|TMP=/mine|"
		"PATH=/usr/local/bin:/usr/bin:/bin|",
		"what was set on purpose stays");
}

/* More than the list holds at first. */
static void
test_many(struct tap *t)
{
	char text[200][32];
	char *caller[201];
	char **env = NULL;
	size_t n = 0;

	for (int i = 0; i < 200; i++) {
		(void)snprintf(text[i], sizeof(text[i]), "V%d=%d", i, i);
		caller[i] = text[i];
	}
	caller[200] = NULL;
	tap_int(t,
		env_make(&(struct env_policy){ .inherit = ENV_ALL },
			&(struct env_facts){ 0 }, caller, &env, NULL),
		0, "two hundred variables");
	while (env && env[n])
		n++;
	tap_int(t, (long long)n, 201, "and a path");
	tap_str(t, env_get(env, "V199"), "199", "the last one");
	tap_ok(t, env_get(env, "V") == NULL, "no part of a name");
	tap_ok(t, env_get(NULL, "V") == NULL, "nothing of nothing");
	env_free(env);
	env_free(NULL);
}

/* --- the proxy inside ---------------------------------------------------------- */

#define EVERY_URL "http://127.0.0.1:3128"
#define DIRECT    "localhost,127.0.0.1,::1"

/* The published list (docs/NETWORK.md): exactly this, no more and no less. */
static const char *const proxy_pairs[] = {
	"HTTP_PROXY=" EVERY_URL,
	"http_proxy=" EVERY_URL,
	"HTTPS_PROXY=" EVERY_URL,
	"https_proxy=" EVERY_URL,
	"WS_PROXY=" EVERY_URL,
	"ws_proxy=" EVERY_URL,
	"WSS_PROXY=" EVERY_URL,
	"wss_proxy=" EVERY_URL,
	"GRPC_PROXY=" EVERY_URL,
	"grpc_proxy=" EVERY_URL,
	"ALL_PROXY=" EVERY_URL,
	"all_proxy=" EVERY_URL,
	"FTP_PROXY=" EVERY_URL,
	"ftp_proxy=" EVERY_URL,
	"NO_PROXY=" DIRECT,
	"no_proxy=" DIRECT,
	"npm_config_proxy=" EVERY_URL,
	"NPM_CONFIG_PROXY=" EVERY_URL,
	"npm_config_http_proxy=" EVERY_URL,
	"NPM_CONFIG_HTTP_PROXY=" EVERY_URL,
	"npm_config_https_proxy=" EVERY_URL,
	"NPM_CONFIG_HTTPS_PROXY=" EVERY_URL,
	"npm_config_noproxy=" DIRECT,
	"NPM_CONFIG_NOPROXY=" DIRECT,
	"YARN_HTTP_PROXY=" EVERY_URL,
	"YARN_HTTPS_PROXY=" EVERY_URL,
	"BUNDLE_HTTP_PROXY=" EVERY_URL,
	"BUNDLE_HTTPS_PROXY=" EVERY_URL,
	"BUNDLE_NO_PROXY=" DIRECT,
	"PIP_PROXY=" EVERY_URL,
	"CARGO_HTTP_PROXY=" EVERY_URL,
	"DOCKER_HTTP_PROXY=" EVERY_URL,
	"DOCKER_HTTPS_PROXY=" EVERY_URL,
	"RSYNC_PROXY=127.0.0.1:3128",
	"CLOUDSDK_PROXY_TYPE=http",
	"CLOUDSDK_PROXY_ADDRESS=127.0.0.1",
	"CLOUDSDK_PROXY_PORT=3128",
	"JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=3128 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3128",
	"NODE_USE_ENV_PROXY=1",
	"ELECTRON_GET_USE_PROXY=true",
	"CODEX_NETWORK_PROXY_ACTIVE=1",
	"CODEX_NETWORK_ALLOW_LOCAL_BINDING=0",
	"CODEX_SANDBOX_NETWORK_PROXY=1",
	"PATH=/usr/local/bin:/usr/bin:/bin",
	"CODEX_SANDBOX=1",
};
enum { N_PAIRS = sizeof(proxy_pairs) / sizeof(proxy_pairs[0]) };

static void
test_proxy(struct tap *t)
{
	char *caller[] = { (char[]){ "HTTP_PROXY=http://corp:1" },
		(char[]){ "http_Proxy=http://corp:2" },
		(char[]){ "YARN_NO_PROXY=x" }, NULL };
	const struct env_net net = { .port = 3128 };
	char **env = NULL;
	size_t n = 0;

	tap_int(t,
		env_make(&(struct env_policy){ .inherit = ENV_ALL },
			&(struct env_facts){ .sandboxed = true, .net = &net },
			caller, &env, NULL),
		0, "with a proxy inside");
	for (; env && env[n] && n < N_PAIRS; n++)
		tap_str(t, env[n], proxy_pairs[n], "a variable of the list");
	tap_ok(t, n == N_PAIRS && env && !env[n],
		"and no other: what the caller had speaks of other proxies");
	env_free(env);
}

static void
test_proxy_choices(struct tap *t)
{
	char *caller[] = { (char[]){ "JAVA_TOOL_OPTIONS=-Xmx1g" },
		(char[]){ "https_proxy=http://corp:1" }, NULL };
	const struct env_net net = { .port = 9, .socks = true, .local = true };
	char **env = NULL;

	tap_int(t,
		env_make(
			&(struct env_policy){ .inherit = ENV_ALL,
				.exclude =
					(const char *const[]){ "npm_config_*" },
				.n_exclude = 1,
				.set = (const char *const[]){ "NO_PROXY=x" },
				.n_set = 1 },
			&(struct env_facts){ .net = &net }, caller, &env, NULL),
		0, "with other wishes");
	tap_str(t, env_get(env, "ALL_PROXY"), "socks5h://127.0.0.1:9",
		"socks5h for what asks for any proxy");
	tap_str(t, env_get(env, "HTTPS_PROXY"), "http://127.0.0.1:9",
		"HTTP for the rest");
	tap_str(t, env_get(env, "CODEX_NETWORK_ALLOW_LOCAL_BINDING"), "1",
		"local binding");
	tap_ok(t,
		!env_get(env, "NPM_CONFIG_PROXY") &&
			!env_get(env, "npm_config_noproxy"),
		"what is excluded is not set");
	tap_str(t, env_get(env, "NO_PROXY"), "x",
		"what is set on purpose stays");
	tap_str(t, env_get(env, "JAVA_TOOL_OPTIONS"),
		"-Xmx1g -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=9 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9",
		"the caller's options for Java come first");
	env_free(env);
	env = NULL;
	tap_int(t,
		env_make(&(struct env_policy){ .inherit = ENV_CORE },
			&(struct env_facts){ .net = &net }, caller, &env, NULL),
		0, "of core variables only");
	tap_ok(t, strncmp(env_get(env, "JAVA_TOOL_OPTIONS"), "-Dhttp", 6) == 0,
		"those do not come in");
	env_free(env);
	env = NULL;
	tap_int(t,
		env_make(&(struct env_policy){ .inherit = ENV_ALL },
			&(struct env_facts){ 0 }, caller, &env, NULL),
		0, "without a proxy");
	tap_str(t, env_get(env, "https_proxy"), "http://corp:1",
		"the caller's are the caller's");
	tap_ok(t,
		!env_get(env, "HTTP_PROXY") &&
			!env_get(env, "NODE_USE_ENV_PROXY"),
		"and none of ours is there");
	env_free(env);
}

int
main(void)
{
	struct tap t = { 0 };

	test_match(&t);
	test_inherit(&t);
	test_set(&t);
	test_facts(&t);
	test_many(&t);
	test_proxy(&t);
	test_proxy_choices(&t);
	return tap_end(&t);
}
