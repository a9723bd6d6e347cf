/* SPDX-License-Identifier: Apache-2.0 */
/* profile_test.c -- the tagged and untagged profile, presets, entries, print. */
#include "policy/profile.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/profile_print.h"
#include "policy/vis.h"
#include "tests/unit/profile_rows.h"
#include "tests/unit/tap.h"

#define MANAGED(entries)                                                    \
	"{\"type\":\"managed\",\"network\":\"restricted\",\"file_system\":" \
	"{\"type\":\"restricted\",\"entries\":[" entries "]}}"
#define ENTRY(path, access) "{\"path\":" path ",\"access\":\"" access "\"}"
#define PATH(text)          "{\"type\":\"path\",\"path\":\"" text "\"}"
#define GLOB(text)          "{\"type\":\"glob_pattern\",\"pattern\":\"" text "\"}"
#define SPECIAL(value)      "{\"type\":\"special\",\"value\":{" value "}}"
#define KIND(word)          SPECIAL("\"kind\":\"" word "\"")

struct good_row {
	const char *json;
	const char *shown;
};

static const struct good_row good[] = {
	{ "{\"type\":\"disabled\"}", "unrestricted net=enabled" },
	{ " {\n\"type\" : \"disabled\"\t}\r\n", "unrestricted net=enabled" },
	{ "{\"type\":\"external\",\"network\":\"restricted\"}",
		"external net=restricted" },
	{ "{\"type\":\"external\",\"network\":\"enabled\"}",
		"external net=enabled" },
	{ "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"},"
	  "\"network\":\"restricted\"}",
		"unrestricted net=restricted" },
	{ "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"},"
	  "\"network\":\"enabled\"}",
		"unrestricted net=enabled" },
	{ MANAGED(""), "restricted net=restricted" },
	{ MANAGED(ENTRY(PATH("/a"), "read") "," ENTRY(
		  PATH("/b"), "write") "," ENTRY(PATH("/c"),
		  "deny") "," ENTRY(PATH("/d"), "none")),
		"restricted net=restricted: r /a, w /b, d /c, d /d" },
	{ MANAGED(ENTRY(PATH("//a/./b/../c/"), "read")),
		"restricted net=restricted: r /a/c" },
	{ MANAGED(ENTRY(PATH("file:///a%20b/%C3%A9"), "read")),
		"restricted net=restricted: r /a b/\xc3\xa9" },
	{ MANAGED(ENTRY(PATH("file:/a"), "read")),
		"restricted net=restricted: r /a" },
	{ MANAGED(ENTRY(PATH("file://localhost/a"), "read")),
		"restricted net=restricted: r /a" },
	{ MANAGED(ENTRY(PATH("file:///a%2f..%2Fb"), "read")),
		"restricted net=restricted: r /b" },
	{ MANAGED(ENTRY(PATH("file:///a%FF"), "read")),
		"restricted net=restricted: r /a\xff" },
	{ MANAGED(ENTRY(GLOB("**/*.env"), "deny")),
		"restricted net=restricted: d glob:**/*.env" },
	{ MANAGED(ENTRY(GLOB("/a//b/*/"), "deny")),
		"restricted net=restricted: d glob:/a/b/*" },
	{ MANAGED(ENTRY(GLOB("a/../../b*"), "deny")),
		"restricted net=restricted: d glob:../b*" },
	{ MANAGED(ENTRY(GLOB("/a/{b,c/d}"), "deny")),
		"restricted net=restricted: d glob:/a/{b,c/d}" },
	{ MANAGED(ENTRY(KIND("root"), "read") "," ENTRY(
		  KIND("minimal"), "read") "," ENTRY(KIND("project_roots"),
		  "write") "," ENTRY(KIND("tmpdir"),
		  "write") "," ENTRY(KIND("slash_tmp"), "write")),
		"restricted net=restricted: r root, r minimal, "
		"w project_roots, w tmpdir, w slash_tmp" },
	{ MANAGED(ENTRY(KIND("current_working_directory"), "write")),
		"restricted net=restricted: w project_roots" },
	{ MANAGED(ENTRY(SPECIAL("\"kind\":\"project_roots\","
				"\"subpath\":\"a/./b/../../../c\""),
		  "deny")),
		"restricted net=restricted: d project_roots/../c" },
	{ MANAGED(ENTRY(SPECIAL("\"kind\":\"project_roots\",\"subpath\":\".\""),
		  "deny")),
		"restricted net=restricted: d project_roots" },
	{ MANAGED(ENTRY(
		  SPECIAL("\"kind\":\"unknown\",\"path\":\":later\""), "read")),
		"restricted net=restricted: r unknown/:later" },
	{ MANAGED(ENTRY(SPECIAL("\"kind\":\"unknown\",\"path\":\":later\","
				"\"subpath\":\"x/y\""),
		  "write")),
		"restricted net=restricted: w unknown/:later/x/y" },
	{ MANAGED("{\"path\":" PATH(
		  "/a") ",\"access\":\"read\","
			"\"missing_path_behavior\":\"skip\"}"),
		"restricted net=restricted: r? /a" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":"
	  "{\"type\":\"restricted\",\"entries\":[],"
	  "\"glob_scan_max_depth\":3}}",
		"restricted net=enabled depth=3" },
	/* One place, two kinds: the strength of the access decides later. */
	{ MANAGED(ENTRY(PATH("/tmp"), "deny") "," ENTRY(
		  KIND("slash_tmp"), "read")),
		"restricted net=restricted: d /tmp, r slash_tmp" },
	/* The shape before there was a "type". */
	{ "{}", "restricted net=restricted" },
	{ "{\"network\":{}}", "restricted net=restricted" },
	{ "{\"network\":{\"enabled\":false}}", "restricted net=restricted" },
	{ "{\"file_system\":{}}", "restricted net=restricted" },
	{ "{\"file_system\":{\"entries\":[" ENTRY(
		  KIND("root"), "none") "],\"glob_scan_max_depth\":1},"
					"\"network\":{\"enabled\":true}}",
		"restricted net=enabled depth=1: d root" },
};

#define NETWORK(value)                             \
	"{\"type\":\"managed\",\"network\":" value \
	",\"file_system\":{\"type\":\"unrestricted\"}}"

static const struct bad_row bad[] = {
	{ "", "profile", "no valid JSON" },
	{ "{", "profile", "no valid JSON" },
	{ "[]", "profile", "is no JSON object" },
	{ "1", "profile", "no valid JSON" },
	{ "{} {}", "profile", "end of file expected" },
	{ "{},", "profile", "end of file expected" },
	{ "{}\xff", "profile", "no valid JSON" },
	{ "{\"\xff\":1}", "profile", "unable to decode" },
	{ "{'type':'disabled'}", "profile", "no valid JSON" },
	{ "{\"type\":\"disabled\",}", "profile", "no valid JSON" },
	{ "{\"type\":\"disabled\"/**/}", "profile", "no valid JSON" },
	{ "{\"type\":\"disabled\",\"type\":\"disabled\"}", "profile",
		"duplicate object key" },
	{ "{\"type\":\"dis\\u0000abled\"}", "profile", "u0000" },
	{ "{\"ty\\u0000pe\":\"disabled\"}", "profile", "u0000" },
	{ "{\"type\":\"\\ud800\"}", "profile", "no valid JSON" },
	{ "{\"type\":\"off\"}", "profile type", "is unknown: \"off\"" },
	{ "{\"type\":\"Disabled\"}", "profile type", "is unknown" },
	{ "{\"type\":null}", "profile type", "is null, not a string" },
	{ "{\"type\":{}}", "profile type", "is an object, not a string" },
	{ "{\"type\":\"disabled\",\"network\":\"enabled\"}", "profile",
		"unknown member \"network\"" },
	{ "{\"type\":\"external\"}", "profile network", "is missing" },
	{ NETWORK("{\"acces\":\"proxy\"}"), "profile network",
		"unknown member \"acces\"" },
	{ NETWORK("{\"access\":\"some\"}"), "profile network.access",
		"is unknown" },
	{ NETWORK("{\"access\":\"none\",\"enabled\":true}"),
		"profile network.access", "contrary of enabled" },
	{ NETWORK("{\"domains\":{\"a b\":\"allow\"}}"),
		"profile network.domains.a b", "is no host" },
	{ NETWORK("{\"domains\":{\"a\":\"maybe\"}}"),
		"profile network.domains.a", "is unknown" },
	{ NETWORK("{\"domains\":{\"*\":\"deny\"}}"),
		"profile network.domains.*", "every host" },
	{ NETWORK("{\"ports\":[0]}"), "profile network.ports[0]",
		"is no port" },
	{ NETWORK("{\"ports\":[\"80\"]}"), "profile network.ports[0]",
		"no whole number" },
	{ NETWORK("{\"allowed_cidrs\":[\"10.0.0.1/8\"]}"),
		"profile network.allowed_cidrs[0]", "is no network" },
	{ NETWORK("{\"publish\":[\"x\"]}"), "profile network.publish[0]",
		"nothing to publish" },
	{ NETWORK("{\"egress_budget\":-1}"), "profile network.egress_budget",
		"is negative" },
	{ NETWORK("{\"upstream_proxy\":\"socks5://x\"}"),
		"profile network.upstream_proxy", "no http://" },
	{ NETWORK("{\"mode\":\"open\"}"), "profile network.mode",
		"is unknown" },
	{ "{\"type\":\"external\",\"network\":\"full\"}", "profile network",
		"is unknown" },
	{ "{\"type\":\"external\",\"network\":true}", "profile network",
		"is true or false, not a word or an object" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\"}",
		"profile file_system", "is missing" },
	{ "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"}}",
		"profile network", "is missing" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":[]}",
		"profile file_system", "is an array, not an object" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":{}}",
		"profile file_system.type", "is missing" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":"
	  "{\"type\":\"unrestricted\",\"entries\":[]}}",
		"profile file_system", "unknown member \"entries\"" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":"
	  "{\"type\":\"restricted\"}}",
		"profile file_system.entries", "is missing" },
	{ "{\"type\":\"managed\",\"network\":\"enabled\",\"file_system\":"
	  "{\"type\":\"restricted\",\"entries\":{}}}",
		"profile file_system.entries", "is an object, not an array" },
	{ MANAGED("1"), "file_system.entries[0]",
		"is a number, not an object" },
	{ MANAGED("{}"), "file_system.entries[0].path", "is missing" },
	{ MANAGED("{\"path\":" PATH("/a") "}"), "entries[0].access",
		"is missing" },
	{ MANAGED(ENTRY(PATH("/a"), "read") "," ENTRY(PATH("/b"), "rw")),
		"file_system.entries[1].access", "is unknown: \"rw\"" },
	{ MANAGED("{\"path\":" PATH("/a") ",\"access\":\"read\",\"x\":1}"),
		"file_system.entries[0]", "unknown member \"x\"" },
	{ MANAGED("{\"path\":" PATH("/a") ",\"access\":\"read\","
					  "\"missing_path_behavior\":\"x\"}"),
		"entries[0].missing_path_behavior", "is unknown" },
	{ MANAGED("{\"path\":" PATH("/a") ",\"access\":\"read\","
					  "\"missing_path_behavior\":null}"),
		"entries[0].missing_path_behavior", "is null" },
	{ MANAGED(ENTRY("\"/a\"", "read")), "entries[0].path",
		"is a string, not an object" },
	{ MANAGED(ENTRY("{\"type\":\"dir\"}", "read")), "entries[0].path.type",
		"is unknown" },
	{ MANAGED(ENTRY("{\"type\":\"path\"}", "read")), "entries[0].path.path",
		"is missing" },
	{ MANAGED(ENTRY("{\"type\":\"path\",\"path\":7}", "read")),
		"entries[0].path.path", "is a number, not a string" },
	{ MANAGED(ENTRY("{\"type\":\"path\",\"path\":\"/a\",\"pattern\":\"\"}",
		  "read")),
		"entries[0].path", "unknown member" },
	{ MANAGED(ENTRY(PATH("a"), "read")), "file_system.entries[0]",
		"\"a\" is not an absolute path" },
	{ MANAGED(ENTRY(PATH("~/a"), "read")), "file_system.entries[0]",
		"is not an absolute path" },
	{ MANAGED(ENTRY(PATH(""), "read")), "file_system.entries[0]",
		"is empty" },
	{ MANAGED(ENTRY(PATH("file:a"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("file://host/a"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("file:///a%00b"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("file:///a%2"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("file:///a%"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("file:///a?b"), "read")), "entries[0].path.path",
		"file: URI" },
	{ MANAGED(ENTRY(PATH("http://a/"), "read")), "file_system.entries[0]",
		"is not an absolute path" },
	{ MANAGED(ENTRY(GLOB("*.c"), "read")), "file_system.entries[0]",
		"patterns only deny" },
	{ MANAGED(ENTRY(GLOB("*.c"), "write")), "file_system.entries[0]",
		"patterns only deny" },
	{ MANAGED(ENTRY(GLOB(""), "deny")), "file_system.entries[0]",
		"is empty" },
	{ MANAGED(ENTRY(GLOB("/a/*/../b"), "deny")), "file_system.entries[0]",
		"\"..\" behind a wildcard" },
	{ MANAGED(ENTRY(GLOB("/a/./{b,c}"), "deny")), "file_system.entries[0]",
		"beside braces" },
	{ MANAGED(ENTRY(KIND("home"), "read")), "entries[0].path.value.kind",
		"is unknown: \"home\"" },
	{ MANAGED(ENTRY(SPECIAL(""), "read")), "entries[0].path.value.kind",
		"is missing" },
	{ MANAGED(ENTRY(
		  SPECIAL("\"kind\":\"root\",\"subpath\":\"a\""), "read")),
		"entries[0].path.value", "unknown member \"subpath\"" },
	{ MANAGED(ENTRY(SPECIAL("\"kind\":\"project_roots\",\"path\":\"a\""),
		  "read")),
		"entries[0].path.value", "unknown member \"path\"" },
	{ MANAGED(ENTRY(SPECIAL("\"kind\":\"project_roots\","
				"\"subpath\":\"/a\""),
		  "read")),
		"file_system.entries[0]", "is not a relative path" },
	{ MANAGED(ENTRY(KIND("unknown"), "read")), "entries[0].path.value.path",
		"is missing" },
	{ MANAGED(ENTRY(
		  SPECIAL("\"kind\":\"unknown\",\"path\":\"x\""), "deny")),
		"file_system.entries[0]", "cannot be denied" },
	{ MANAGED(ENTRY(PATH("/a"), "read") "," ENTRY(PATH("/a/"), "read")),
		"file_system.entries[1]",
		"duplicate of --permission-profile entry 1" },
	{ MANAGED(ENTRY(PATH("/a"), "read") "," ENTRY(
		  PATH("/b"), "read") "," ENTRY(PATH("/x/../a"), "deny")),
		"file_system.entries[2]",
		"contradictory to --permission-profile entry 1" },
	{ MANAGED(ENTRY(KIND("root"), "read") "," ENTRY(KIND("root"), "write")),
		"file_system.entries[1]", "contradictory" },
	{ MANAGED(ENTRY(KIND("project_roots"), "read") "," ENTRY(
		  KIND("current_working_directory"), "read")),
		"file_system.entries[1]", "duplicate" },
	{ "{\"file_system\":{\"type\":\"restricted\",\"entries\":[]}}",
		"profile file_system", "unknown member \"type\"" },
	{ "{\"network\":\"enabled\"}", "profile network",
		"is a string, not an object" },
	{ "{\"network\":{\"enabled\":1}}", "profile network.enabled",
		"is a number, not true or false" },
	{ "{\"network\":{\"enable\":true}}", "profile network",
		"unknown member" },
	{ "{\"sandbox\":true}", "profile", "unknown member \"sandbox\"" },
};

struct depth_row {
	const char *number;
	long depth; /* 0: an error */
};

static const struct depth_row depths[] = {
	{ "1", 1 },
	{ "4095", 4095 },
	{ "0", 0 },
	{ "-1", 0 },
	{ "4096", 0 },
	{ "1.0", 0 },
	{ "1e0", 0 },
	{ "9223372036854775807", 0 },
	{ "9223372036854775808", 0 },
	{ "18446744073709551617", 0 },
	{ "1e999", 0 },
	{ "01", 0 },
	{ "null", 0 },
	{ "\"1\"", 0 },
	{ "true", 0 },
};

static int
parse(const char *json, struct profile *p, struct diag *d)
{
	return profile_from_json(
		p, json, strlen(json), "--permission-profile", d);
}

static void
test_rows(struct tap *t)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		profile_good(t, profile_from_json, good[i].json, good[i].shown,
			NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		profile_bad(
			t, profile_from_json, "--permission-profile", &bad[i]);
}

static void
test_depths(struct tap *t)
{
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		struct profile p;
		own_buf struct buf b = { 0 };
		profile_init(&p);
		buf_printf(&b, "{\"file_system\":{\"glob_scan_max_depth\":%s}}",
			depths[i].number);
		int err = parse(buf_str(&b), &p, NULL);
		tap_ok(t,
			depths[i].depth == 0
				? err == -EINVAL && p.glob_depth == -1
				: err == 0 && p.glob_depth == depths[i].depth,
			"depth %s", depths[i].number);
		profile_free(&p);
	}
}

/* `n` levels of arrays in a member that is unknown anyway. */
static void
test_bounds(struct tap *t)
{
	struct profile p;
	struct diag d = { 0 };
	own_buf struct buf b = { 0 };
	profile_init(&p);
	buf_str_add(&b, "{\"x\":");
	for (int i = 0; i < PROFILE_JSON_DEPTH_MAX - 1; i++)
		buf_char(&b, '[');
	for (int i = 0; i < PROFILE_JSON_DEPTH_MAX - 1; i++)
		buf_char(&b, ']');
	buf_char(&b, '}');
	(void)parse(buf_str(&b), &p, &d);
	tap_ok(t, strstr(d.cause, "unknown member") != NULL,
		"32 levels are parsed");
	diag_reset(&d);
	buf_free(&b);
	buf_str_add(&b, "{\"a\\\"[[[\":");
	for (int i = 0; i < PROFILE_JSON_DEPTH_MAX; i++)
		buf_char(&b, '[');
	tap_int(t, parse(buf_str(&b), &p, &d), -EINVAL, "33 levels");
	tap_ok(t, strstr(d.cause, "32 levels") != NULL, "are too deep");
	diag_reset(&d);
	buf_free(&b);
	buf_str_add(&b, "{\"type\":\"disabled\"}");
	while (b.len < PROFILE_JSON_MAX)
		buf_char(&b, ' ');
	tap_int(t, parse(buf_str(&b), &p, &d), 0, "1 MiB");
	profile_free(&p);
	buf_char(&b, ' ');
	tap_int(t, parse(buf_str(&b), &p, &d), -EINVAL, "one byte more");
	tap_ok(t, strstr(d.cause, "1 MiB") != NULL, "is said");
	diag_reset(&d);
	static const char nul[] = "{\"type\":\"disabled\"}\0";
	tap_int(t, profile_from_json(&p, nul, sizeof(nul) - 1, "x", &d),
		-EINVAL, "a NUL behind the end");
	diag_reset(&d);
	static const char inner[] = "{\"type\":\"dis\0abled\"}";
	tap_int(t, profile_from_json(&p, inner, sizeof(inner) - 1, "x", &d),
		-EINVAL, "a NUL in a string");
	profile_free(&p);
}

static void
test_entries_max(struct tap *t)
{
	struct profile p;
	struct diag d = { 0 };
	unsigned int failed = 0;
	profile_init(&p);
	for (int i = 0; i <= PROFILE_ENTRIES_MAX; i++) {
		char path[32];
		(void)snprintf(path, sizeof(path), "/d/%d", i);
		int err = profile_add(&p, FS_PATH, FS_READ, path,
			FS_MISSING_ERROR, "--read", &d);
		if (i < PROFILE_ENTRIES_MAX)
			failed += err != 0;
		else
			tap_int(t, err, -E2BIG, "one entry too many");
	}
	tap_int(t, failed, 0, "4096 entries");
	tap_int(t, (long long)p.n_entries, PROFILE_ENTRIES_MAX, "are there");
	tap_str(t, d.thing, "--read", "the error names the option");
	profile_free(&p);
}

static void
test_add(struct tap *t)
{
	struct profile p;
	struct diag d = { 0 };
	char text[5000];
	own_buf struct buf shown = { 0 };
	profile_init(&p);
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[4096] = '\0';
	tap_int(t,
		profile_add(&p, FS_PATH, FS_READ, text, FS_MISSING_ERROR,
			"--read", &d),
		-EINVAL, "a path of 4096 bytes");
	tap_ok(t, strstr(d.cause, "too long") != NULL, "is too long");
	text[4095] = '\0';
	tap_int(t,
		profile_add(&p, FS_PATH, FS_READ, text, FS_MISSING_ERROR,
			"--read", NULL),
		0, "a path of 4095 bytes");
	diag_reset(&d);
	tap_int(t,
		profile_add(
			&p, FS_ROOT, FS_READ, "x", FS_MISSING_DEFAULT, "y", &d),
		-EINVAL, "a text where none belongs");
	profile_free(&p);
	diag_reset(&d);
	tap_int(t,
		profile_add(&p, FS_PATH, FS_WRITE, "/w/", FS_MISSING_ERROR,
			"--write", &d),
		0, "the list grows after a free");
	tap_int(t,
		profile_add(&p, FS_PATH, FS_DENY, "/w", FS_MISSING_ERROR,
			"--deny", &d),
		-EINVAL, "contradictory options");
	tap_str(t, d.cause,
		"is contradictory to --write: /w is write there and deny here",
		"are named both");
	profile_show(&p, &shown);
	tap_str(t, buf_str(&shown), "restricted net=restricted: w! /w",
		"what was there stays");
	tap_str(t, p.entries[0].origin, "--write", "its origin too");
	profile_free(&p);
	profile_free(&p);
	profile_free(NULL);
	struct profile zero = { 0 };
	profile_free(&zero);
	tap_int(t, zero.glob_depth, -1, "a freed profile is an empty one");
}

static void
test_presets(struct tap *t)
{
	static const struct good_row presets[] = {
		{ "read-only", "restricted net=restricted: r root" },
		{ "workspace-write",
			"restricted net=restricted: r root, w project_roots, "
			"r? project_roots/.git, r? project_roots/.agents, "
			"r? project_roots/.codex, r? project_roots/.aws" },
		{ "danger-full-access", "unrestricted net=enabled" },
		{ "external-sandbox", "external net=restricted" },
	};
	struct profile p;
	struct diag d = { 0 };
	profile_init(&p);
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
		own_buf struct buf shown = { 0 };
		own_buf struct buf source = { 0 };
		tap_int(t, profile_from_preset(&p, presets[i].json, &d), 0,
			presets[i].json);
		profile_show(&p, &shown);
		tap_str(t, buf_str(&shown), presets[i].shown, "is so");
		buf_printf(&source, "--sandbox %s", presets[i].json);
		tap_str(t, p.source, buf_str(&source), "and says whence");
		profile_free(&p);
	}
	tap_int(t, profile_from_preset(&p, "off", &d), -EINVAL, "no preset");
	tap_int(t, d.code, DIAG_USAGE, "is a usage error");
	tap_ok(t, strstr(d.mend, "workspace-write") != NULL, "with a list");
}

static void
test_print(struct tap *t)
{
	struct profile p;
	struct profile again;
	own_buf struct buf json = { 0 };
	own_buf struct buf same = { 0 };
	profile_init(&p);
	profile_init(&again);
	(void)profile_add(&p, FS_PATH, FS_READ,
		"/a\"\\\n\x1b\xc2\x9b\xe2\x80\xae\xc3\xa9\xf0\x9f\x98\x80",
		FS_MISSING_DEFAULT, "x", NULL);
	(void)profile_add(&p, FS_PATH, FS_READ, "/b\xff ~%\n",
		FS_MISSING_DEFAULT, "x", NULL);
	(void)profile_add(&p, FS_PROJECT_ROOTS, FS_DENY, "../\t",
		FS_MISSING_SKIP, "x", NULL);
	p.glob_depth = 7;
	profile_to_json(&p, &json);
	tap_str(t, buf_str(&json),
		"{\"type\":\"managed\",\"file_system\":{\"type\":"
		"\"restricted\",\"entries\":["
		"{\"path\":{\"type\":\"path\",\"path\":\"/a\\\"\\\\\\u000a"
		"\\u001b\\u009b\\u202e\xc3\xa9\xf0\x9f\x98\x80\"},"
		"\"access\":\"read\"},"
		"{\"path\":{\"type\":\"path\",\"path\":"
		"\"file:///b%FF%20~%25%0A\"},\"access\":\"read\"},"
		"{\"path\":{\"type\":\"special\",\"value\":{\"kind\":"
		"\"project_roots\",\"subpath\":\"../\\u0009\"}},"
		"\"access\":\"deny\",\"missing_path_behavior\":\"skip\"}],"
		"\"glob_scan_max_depth\":7},\"network\":\"restricted\"}",
		"the canonical form");
	tap_ok(t,
		parse(buf_str(&json), &again, NULL) == 0 &&
			profile_same(&p, &again),
		"odd bytes survive the round trip");
	profile_to_json(&again, &same);
	tap_str(t, buf_str(&same), buf_str(&json), "printing is stable");
	/* The comparison itself has to see a difference. */
	again.entries[2].missing = FS_MISSING_DEFAULT;
	tap_ok(t, !profile_same(&p, &again), "a difference is seen");
	profile_free(&p);
	profile_free(&again);
}

/* What is printed of a network is read as the same, and printed again so. */
static void
test_network(struct tap *t)
{
	static const char whole[] = NETWORK(
		"{\"access\":\"proxy\",\"domains\":{\"*.a.test:443/https\":\"allow\","
		"\"[::1]:80\":\"allow\",\"b.test\":\"deny\"},"
		"\"allowed_cidrs\":[\"10.0.0.0/8\"],\"denied_cidrs\":[\"fd00::/8\"],"
		"\"host_loopback\":[5432],\"ports\":[443,22],"
		"\"publish\":[\"127.0.0.1:8080:80\"],\"allow_local_binding\":true,"
		"\"enable_socks5\":false,\"enable_socks5_udp\":false,"
		"\"report_only\":true,\"sni_check\":false,"
		"\"all_proxy_scheme\":\"socks5h\",\"mode\":\"limited\","
		"\"on_supervisor_exit\":\"kill\",\"transparent\":\"off\","
		"\"egress_budget\":10,\"egress_budget_host\":5,"
		"\"upstream_proxy\":\"http://p:3128\"}");
	struct profile p, again;
	own_buf struct buf one = { 0 }, two = { 0 };
	struct diag d = { 0 };

	profile_init(&p);
	profile_init(&again);
	tap_int(t, profile_from_json(&p, whole, strlen(whole), "t", &d), 0,
		"a network with everything");
	tap_int(t, p.net, NET_PROXY, "by name");
	tap_int(t, (long long)p.network.n_rules, 3, "its rules");
	profile_to_json(&p, &one);
	tap_int(t, profile_from_json(&again, buf_str(&one), one.len, "t", &d),
		0, "what is printed is read");
	profile_to_json(&again, &two);
	tap_str(t, buf_str(&two), buf_str(&one), "and printed the same");
	tap_ok(t,
		strstr(buf_str(&one), "\"publish\":[\"127.0.0.1:8080:80\"]") &&
			strstr(buf_str(&one), "\"transparent\":\"off\"") &&
			strstr(buf_str(&one), "\"b.test\":\"deny\""),
		"with what it was made of");
	netpol_free(&again.network);
	again.net = NET_RESTRICTED;
	buf_free(&two);
	profile_to_json(&again, &two);
	tap_ok(t, strstr(buf_str(&two), "\"network\":\"restricted\"") != NULL,
		"a word stays one");
	profile_free(&p);
	profile_free(&again);
}

int
main(void)
{
	struct tap t = { 0 };
	test_rows(&t);
	test_depths(&t);
	test_bounds(&t);
	test_entries_max(&t);
	test_add(&t);
	test_presets(&t);
	test_print(&t);
	test_network(&t);
	return tap_end(&t);
}
