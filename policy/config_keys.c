/* SPDX-License-Identifier: Apache-2.0 */
/* config_keys.c -- the table of known configuration keys (room: user). */
#include "policy/config_keys.h"

#include <string.h>

/* clang-format off */

/* Keys that stand at the top and, with the same meaning, in a profile. */
#define ENVIRONMENT(at, who, less, fewer) \
	{ at ".inherit", CONFIG_ENUM, false, "none|core|all", who, less, \
	  "\"core\"", "which of the caller's variables are passed on" }, \
	{ at ".ignore_default_excludes", CONFIG_BOOL, false, NULL, who, fewer, \
	  "false", "pass on names that look like secrets (*KEY*, *SECRET*, *TOKEN*)" }, \
	{ at ".include", CONFIG_STRING, true, NULL, WHO_MUS, MERGE_REPLACE, \
	  "[]", "patterns of further variables to pass on" }, \
	{ at ".exclude", CONFIG_STRING, true, NULL, who, MERGE_APPEND, \
	  "[]", "patterns of variables to leave out" }, \
	{ at ".include_only", CONFIG_STRING, true, NULL, WHO_MUS, MERGE_REPLACE, \
	  "[]", "patterns; what matches none of them is left out at the end" }, \
	{ at ".set.*", CONFIG_STRING, false, NULL, WHO_MUS, MERGE_REPLACE, \
	  NULL, "a variable to set" }, \
	{ at ".filters.*", CONFIG_ENUM, false, "include|exclude", WHO_MUS, \
	  MERGE_REPLACE, NULL, "newer spelling of include_only and exclude" }, \
	{ at ".experimental_use_profile", CONFIG_REFUSED, false, \
	  "start a login shell by name instead", WHO_ALL, MERGE_REPLACE, NULL, "" }

#define LIMIT(at, name, who, less, help) \
	{ at "." name, CONFIG_COUNT, false, NULL, who, less, NULL, help }

#define LIMITS(at, who, less) \
	{ at ".timeout", CONFIG_DURATION, false, NULL, who, less, \
	  "0", "end the command after this time; 0 = never" }, \
	{ at ".grace", CONFIG_DURATION, false, NULL, who, less, \
	  "\"5s\"", "time between TERM and KILL" }, \
	LIMIT(at, "nofile", who, less, "open descriptors"), \
	LIMIT(at, "nproc", who, less, "processes of the user"), \
	LIMIT(at, "as", who, less, "bytes of address space"), \
	LIMIT(at, "core", who, less, "bytes of a core file"), \
	LIMIT(at, "fsize", who, less, "bytes of a file that is written"), \
	LIMIT(at, "data", who, less, "bytes of data segment"), \
	LIMIT(at, "stack", who, less, "bytes of stack"), \
	LIMIT(at, "memlock", who, less, "bytes of locked memory"), \
	LIMIT(at, "cpu", who, less, "seconds of processor time"), \
	{ at ".memory", CONFIG_SIZE, false, NULL, who, less, NULL, \
	  "bytes of memory of the whole sandbox (needs a cgroup)" }, \
	{ at ".pids", CONFIG_INT, false, "1..4194304", who, less, NULL, \
	  "processes in the sandbox (needs a cgroup)" }, \
	{ at ".cpu_percent", CONFIG_INT, false, "1..1000000", who, less, NULL, \
	  "share of one processor (needs a cgroup)" }

#define PROTECTED(at, who, fewer) \
	{ at ".groups", CONFIG_NAME, true, NULL, who, MERGE_APPEND, \
	  "[\"default\"]", "groups of names that cannot be written in a workspace" }, \
	{ at ".git_commit", CONFIG_BOOL, false, NULL, who, fewer, \
	  "false", "objects, refs, index and logs of .git are writable" }

#define NET "permissions.*.network"
#define PROFILE(name, type, list, values, help) \
	{ "permissions.*." name, type, list, values, WHO_MUS, MERGE_REPLACE, NULL, help }

static const struct config_key keys[] = {
	{ "sandbox_mode", CONFIG_ENUM, false,
	  "read-only|workspace-write|danger-full-access|external-sandbox",
	  WHO_ALL, MERGE_LEAST, "\"workspace-write\"",
	  "what the command may write, where no profile is selected" },
	{ "sandbox_workspace_write.writable_roots", CONFIG_PATH, true, NULL,
	  WHO_MUS, MERGE_REPLACE, "[]", "writable beside the workspace" },
	{ "sandbox_workspace_write.network_access", CONFIG_BOOL, false, NULL,
	  WHO_ALL, MERGE_FALSE, "false", "the host's network" },
	{ "sandbox_workspace_write.exclude_tmpdir_env_var", CONFIG_BOOL, false,
	  NULL, WHO_ALL, MERGE_TRUE, "false", "the host's $TMPDIR is not writable where it was granted" },
	{ "sandbox_workspace_write.exclude_slash_tmp", CONFIG_BOOL, false, NULL,
	  WHO_ALL, MERGE_TRUE, "false", "the host's /tmp is not writable where it was granted" },
	{ "default_permissions", CONFIG_PROFILE, false, NULL, WHO_MUS,
	  MERGE_REPLACE, NULL, "the profile in force; beats sandbox_mode of the same layer" },

	{ "approval_policy", CONFIG_ENUM, false,
	  "untrusted|on-failure|on-request|never", WHO_MUS, MERGE_REPLACE,
	  "\"on-request\"", "when a person is asked" },
	{ "approval_policy.granular.sandbox_approval", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "ask for more rights" },
	{ "approval_policy.granular.rules", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "ask where a rule says prompt" },
	{ "approval_policy.granular.mcp_elicitations", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "ask for MCP elicitations" },
	{ "approval_policy.granular.request_permissions", CONFIG_BOOL, false,
	  NULL, WHO_MUS, MERGE_REPLACE, NULL, "ask when permissions are requested" },
	{ "approval_policy.granular.skill_approval", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "ask for skills" },
	{ "approval_policy.reject.sandbox_approval", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "older form: do not ask for more rights" },
	{ "approval_policy.reject.rules", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "older form: do not ask where a rule says prompt" },
	{ "approval_policy.reject.mcp_elicitations", CONFIG_BOOL, false, NULL,
	  WHO_MUS, MERGE_REPLACE, NULL, "older form: do not ask for MCP elicitations" },
	{ "approvals_reviewer", CONFIG_REFUSED, false,
	  "say who answers with supervisor.approver", WHO_ALL, MERGE_REPLACE, NULL, "" },

	{ "rules.safe_list", CONFIG_BOOL, false, NULL, WHO_MUS, MERGE_REPLACE,
	  "false", "commands known to be harmless are not asked about" },
	{ "rules.danger_list", CONFIG_BOOL, false, NULL, WHO_ALL, MERGE_TRUE,
	  "true", "commands known to be dangerous are asked about" },

	{ "backend", CONFIG_ENUM, false,
	  "namespaces|landlock|landlock-loose|auto", WHO_MUS, MERGE_REPLACE,
	  "\"namespaces\"", "what the cage is made of; without namespaces it is weaker" },
	{ "filesystem.deny", CONFIG_PATTERN, true, NULL, WHO_ALL, MERGE_APPEND,
	  "[]", "paths and globs that cannot be read, whatever the profile" },
	{ "filesystem.allow_secrets", CONFIG_BOOL, false, NULL, WHO_MUS,
	  MERGE_REPLACE, "false", "keys and tokens of the home directory are readable" },
	{ "network.denied_domains", CONFIG_HOST, true, NULL, WHO_ALL,
	  MERGE_APPEND, "[]", "hosts that cannot be reached, whatever the profile" },
	{ "network.denied_cidrs", CONFIG_CIDR, true, NULL, WHO_ALL,
	  MERGE_APPEND, "[]", "addresses that cannot be reached, whatever the profile" },
	ENVIRONMENT("shell_environment_policy", WHO_ALL, MERGE_LEAST, MERGE_FALSE),
	LIMITS("limits", WHO_ALL, MERGE_LEAST),
	PROTECTED("protected", WHO_ALL, MERGE_FALSE),

	{ "projects.*.trust_level", CONFIG_ENUM, false, "untrusted|trusted",
	  WHO_MU, MERGE_REPLACE, NULL, "whether the directory's .codex-sandbox/ is read" },

	{ "supervisor.approver", CONFIG_ENUM, false,
	  "none|terminal|json-rpc|mcp|program", WHO_MUS, MERGE_REPLACE,
	  "\"terminal\"", "who is asked" },
	{ "supervisor.approver_program", CONFIG_PATH, false, NULL, WHO_MU,
	  MERGE_REPLACE, NULL, "the program that answers, for approver = \"program\"" },
	{ "supervisor.question_timeout", CONFIG_DURATION, false, NULL, WHO_MUS,
	  MERGE_REPLACE, "\"10m\"", "no answer by then is a refusal; 0 = wait" },
	{ "supervisor.intercept", CONFIG_ENUM, false, "off|auto|notify|stubs",
	  WHO_MUS, MERGE_REPLACE, "\"auto\"", "how commands inside are seen" },
	{ "supervisor.remember", CONFIG_ENUM, false, "nothing|session",
	  WHO_MUS, MERGE_REPLACE, "\"session\"", "how long answers hold" },
	{ "supervisor.max_requests", CONFIG_INT, false, "1..4096", WHO_MUS,
	  MERGE_REPLACE, "64", "requests at a time" },
	{ "supervisor.record", CONFIG_PATH, false, NULL, WHO_MUS,
	  MERGE_REPLACE, NULL, "file of events, one JSON object a line" },
	{ "supervisor.record_max_size", CONFIG_SIZE, false, NULL, WHO_MUS,
	  MERGE_REPLACE, "\"64M\"", "the record is turned over beyond that" },

	PROFILE("description", CONFIG_STRING, false, NULL, "one line for people"),
	PROFILE("extends", CONFIG_PROFILE, false, NULL, "the profile this one adds to"),
	PROFILE("workspace_roots.*", CONFIG_BOOL, false, NULL, "one more workspace: a path"),
	PROFILE("filesystem.glob_scan_max_depth", CONFIG_INT, false, "0..64",
		"levels that deny globs are looked for"),
	PROFILE("filesystem.*", CONFIG_ENUM, false, "read|write|deny|none",
		"access to a path, ~/path, :root :minimal :workspace_roots :tmpdir :slash_tmp"),
	PROFILE("filesystem.*.*", CONFIG_ENUM, false, "read|write|deny|none",
		"access to a path or glob below the path"),
	PROFILE("tmp", CONFIG_ENUM, false, "private|host", "which /tmp the command sees"),
	PROFILE("devices", CONFIG_ENUM, true, "dri|kvm|fuse", "device classes granted"),
	{ "permissions.*.allow_unsandboxed", CONFIG_BOOL, false, NULL, WHO_MU,
	  MERGE_REPLACE, NULL, "an allow rule may leave the sandbox" },
	{ "permissions.*.allow_secrets", CONFIG_BOOL, false, NULL, WHO_MUS,
	  MERGE_REPLACE, NULL, "keys and tokens of the home directory are readable" },

	PROFILE("network.access", CONFIG_ENUM, false, "none|proxy|full",
		"no network, what domains allow, or the host's network"),
	PROFILE("network.enabled", CONFIG_BOOL, false, NULL,
		"older form: true = access \"proxy\", false = \"none\""),
	PROFILE("network.mode", CONFIG_ENUM, false, "limited|full",
		"limited: GET, HEAD and OPTIONS only"),
	PROFILE("network.domains.*", CONFIG_ENUM, false, "allow|deny", "a host pattern"),
	PROFILE("network.unix_sockets.*", CONFIG_ENUM, false, "allow|deny",
		"a socket of the host by path"),
	PROFILE("network.allow_local_binding", CONFIG_BOOL, false, NULL,
		"private and loopback addresses may be reached"),
	PROFILE("network.allow_upstream_proxy", CONFIG_BOOL, false, NULL,
		"go on through the host's own proxy"),
	PROFILE("network.enable_socks5", CONFIG_BOOL, false, NULL, "SOCKS5 at the proxy door"),
	PROFILE("network.enable_socks5_udp", CONFIG_BOOL, false, NULL, "UDP by SOCKS5"),
	PROFILE("network.transparent", CONFIG_ENUM, false, "auto|on|off",
		"programs that know no proxy"),
	PROFILE("network.sni_check", CONFIG_BOOL, false, NULL,
		"the name of TLS or Host must agree with the destination"),
	PROFILE("network.report_only", CONFIG_BOOL, false, NULL,
		"record what would be refused, and let it pass"),
	PROFILE("network.all_proxy_scheme", CONFIG_ENUM, false, "http|socks5h",
		"what ALL_PROXY says"),
	PROFILE("network.on_supervisor_exit", CONFIG_ENUM, false, "isolate|kill",
		"what happens to the command"),
	PROFILE("network.ports", CONFIG_INT, true, "1..65535", "only these ports; none = any"),
	PROFILE("network.host_loopback", CONFIG_INT, true, "1..65535",
		"ports of the host's loopback that are reachable"),
	PROFILE("network.publish", CONFIG_STRING, true, NULL,
		"HOSTPORT:PORT or ADDRESS:HOSTPORT:PORT"),
	PROFILE("network.allowed_cidrs", CONFIG_CIDR, true, NULL, "addresses granted"),
	PROFILE("network.denied_cidrs", CONFIG_CIDR, true, NULL, "addresses refused"),
	PROFILE("network.egress_budget", CONFIG_SIZE, false, NULL, "bytes that may leave"),
	PROFILE("network.egress_budget_host", CONFIG_SIZE, false, NULL,
		"bytes that may leave to one host"),
	PROFILE("network.proxy_url", CONFIG_REFUSED, false,
		"the proxy has no fixed address here", ""),
	PROFILE("network.socks_url", CONFIG_REFUSED, false,
		"the proxy has no fixed address here", ""),
	PROFILE("network.mitm", CONFIG_REFUSED, false, "TLS is never opened here", ""),
	PROFILE("network.dangerously_allow_non_loopback_proxy", CONFIG_REFUSED,
		false, "the proxy is reachable from the sandbox only", ""),
	PROFILE("network.dangerously_allow_all_unix_sockets", CONFIG_REFUSED,
		false, "name each socket in unix_sockets", ""),
	ENVIRONMENT("permissions.*.environment", WHO_MUS, MERGE_REPLACE, MERGE_REPLACE),
	LIMITS("permissions.*.limits", WHO_MUS, MERGE_REPLACE),
	PROTECTED("permissions.*.protected", WHO_MUS, MERGE_REPLACE),

	{ "profile", CONFIG_REFUSED, false, "use default_permissions", WHO_ALL,
	  MERGE_REPLACE, NULL, "" },
	{ "features", CONFIG_REFUSED, false, "nothing here hides behind a feature",
	  WHO_ALL, MERGE_REPLACE, NULL, "" },
};

#define REQUIRED(path, type, list, values, help) \
	{ path, type, list, values, WHO_REQ, MERGE_REPLACE, NULL, help }

static const struct config_key required[] = {
	REQUIRED("allowed_sandbox_modes", CONFIG_ENUM, true,
		"read-only|workspace-write|danger-full-access|external-sandbox",
		"sandbox_mode, and what a profile amounts to; must hold read-only"),
	REQUIRED("allowed_approval_policies", CONFIG_ENUM, true,
		"untrusted|on-failure|on-request|never|granular", "approval_policy"),
	REQUIRED("allowed_permission_profiles", CONFIG_PROFILE, true, NULL,
		"profiles of the administrator, shipped or built-in, that may be selected"),
	REQUIRED("default_permissions", CONFIG_PROFILE, false, NULL,
		"the profile in force where nobody selects one"),
	REQUIRED("permissions.filesystem.deny_read", CONFIG_PATTERN, true, NULL,
		"paths and globs that nobody reads"),
	REQUIRED("network.access", CONFIG_ENUM, false, "none|proxy|full",
		"the most network that a policy may have"),
	REQUIRED("network.mode", CONFIG_ENUM, false, "limited|full",
		"limited: mode full may not be chosen"),
	REQUIRED("network.allowed_domains", CONFIG_HOST, true, NULL,
		"every allowed host pattern has to lie within one of these"),
	REQUIRED("network.allowed_cidrs", CONFIG_CIDR, true, NULL,
		"every granted address or network has to lie within one of these"),
	REQUIRED("network.host_loopback", CONFIG_INT, true, "1..65535",
		"ports of the host's loopback that may be granted"),
	REQUIRED("network.allow_local_binding", CONFIG_BOOL, false, NULL,
		"false: private addresses are granted one by one"),
	REQUIRED("network.allow_upstream_proxy", CONFIG_BOOL, false, NULL,
		"false: nobody goes on through another proxy"),
	REQUIRED("network.sni_check", CONFIG_BOOL, false, NULL,
		"true: nobody switches it off"),
	REQUIRED("forbid", CONFIG_STRING, true, NULL,
		"keys that no other layer may set"),
	REQUIRED("rules.prefix_rules", CONFIG_TABLES, false, NULL,
		"rules that no other layer can relax"),
};

/* clang-format on */

const struct config_key *
config_keys(size_t *ret_n)
{
	*ret_n = sizeof(keys) / sizeof(keys[0]);
	return keys;
}

const struct config_key *
config_required_keys(size_t *ret_n)
{
	*ret_n = sizeof(required) / sizeof(required[0]);
	return required;
}

const char *
config_layer_name(enum config_layer layer)
{
	static const char *const names[] = {
		[CONFIG_BUILTIN] = "built-in",
		[CONFIG_SHIPPED] = "shipped",
		[CONFIG_MANAGED] = "managed",
		[CONFIG_USER] = "user",
		[CONFIG_SESSION] = "session",
		[CONFIG_PROJECT] = "project",
		[CONFIG_REQUIREMENTS] = "requirements",
	};

	return layer < CONFIG_LAYER_MAX ? names[layer] : "?";
}
