/* SPDX-License-Identifier: Apache-2.0 */
/* profile_legacy_test.c -- the older form and what it becomes. */
#include "policy/profile.h"

#include <errno.h>

#include "policy/buf.h"
#include "policy/diag.h"
#include "policy/profile_print.h"
#include "tests/unit/profile_rows.h"
#include "tests/unit/tap.h"

struct good_row {
	const char *name;
	const char *json;
	const char *shown;
};

#define WORKSPACE(more) "{\"type\":\"workspace-write\"" more "}"
#define READ_ONLY(more) "{\"type\":\"read-only\"" more "}"
#define TMP             "w slash_tmp, w tmpdir, "
#define METADATA                                            \
	"r? project_roots/.git, r? project_roots/.agents, " \
	"r? project_roots/.codex"

static const struct good_row good[] = {
	{ "full access", "{\"type\":\"danger-full-access\"}",
		"unrestricted net=enabled" },
	{ "external", "{\"type\":\"external-sandbox\"}",
		"external net=restricted" },
	{ "external, restricted",
		"{\"type\":\"external-sandbox\","
		"\"network_access\":\"restricted\"}",
		"external net=restricted" },
	{ "external, enabled",
		"{\"type\":\"external-sandbox\","
		"\"network_access\":\"enabled\"}",
		"external net=enabled" },
	{ "read-only", READ_ONLY(""), "restricted net=restricted: r root" },
	{ "read-only, network", READ_ONLY(",\"network_access\":true"),
		"restricted net=enabled: r root" },
	{ "read-only, no network", READ_ONLY(",\"network_access\":false"),
		"restricted net=restricted: r root" },
	{ "read-only, full access",
		READ_ONLY(",\"access\":{\"type\":\"full-access\"}"),
		"restricted net=restricted: r root" },
	{ "read-only, restricted",
		READ_ONLY(",\"access\":{\"type\":\"restricted\"}"),
		"restricted net=restricted: r minimal, r project_roots" },
	{ "read-only, restricted, with the platform",
		READ_ONLY(",\"access\":{\"type\":\"restricted\","
			  "\"include_platform_defaults\":true,"
			  "\"readable_roots\":[\"/b\",\"/a/\"]}"),
		"restricted net=restricted: r minimal, r /b, r /a, "
		"r project_roots" },
	{ "read-only, restricted, without the platform",
		READ_ONLY(",\"access\":{\"type\":\"restricted\","
			  "\"include_platform_defaults\":false,"
			  "\"readable_roots\":[]}"),
		"restricted net=restricted: r project_roots" },
	{ "workspace-write", WORKSPACE(""),
		"restricted net=restricted: w project_roots, " TMP
		"r root, " METADATA },
	{ "workspace-write, all said",
		WORKSPACE(",\"writable_roots\":[\"/w\"],\"read_only_access\":"
			  "{\"type\":\"full-access\"},\"network_access\":true,"
			  "\"exclude_tmpdir_env_var\":true,"
			  "\"exclude_slash_tmp\":true"),
		"restricted net=enabled: w /w, w project_roots, r root, "
		"r? /w/.git, r? /w/.agents, r? /w/.codex, " METADATA },
	{ "without $TMPDIR", WORKSPACE(",\"exclude_tmpdir_env_var\":true"),
		"restricted net=restricted: w project_roots, w slash_tmp, "
		"r root, " METADATA },
	{ "without /tmp", WORKSPACE(",\"exclude_slash_tmp\":true"),
		"restricted net=restricted: w project_roots, w tmpdir, "
		"r root, " METADATA },
	{ "restricted reads",
		WORKSPACE(",\"exclude_slash_tmp\":true,"
			  "\"exclude_tmpdir_env_var\":true,"
			  "\"read_only_access\":{\"type\":\"restricted\","
			  "\"readable_roots\":[\"/r\"]}"),
		"restricted net=restricted: w project_roots, r minimal, r /r, " METADATA },
	{ "a writable root is readable anyway",
		WORKSPACE(",\"writable_roots\":[\"/w\"],"
			  "\"exclude_slash_tmp\":true,"
			  "\"exclude_tmpdir_env_var\":true,"
			  "\"read_only_access\":{\"type\":\"restricted\","
			  "\"include_platform_defaults\":false,"
			  "\"readable_roots\":[\"/w/\",\"/w/.git\"]}"),
		"restricted net=restricted: w /w, w project_roots, "
		"r /w/.git, r? /w/.agents, r? /w/.codex, " METADATA },
	{ "metadata that is a root itself stays writable",
		WORKSPACE(",\"writable_roots\":[\"/w\",\"/w/.git\"],"
			  "\"exclude_slash_tmp\":true,"
			  "\"exclude_tmpdir_env_var\":true"),
		"restricted net=restricted: w /w, w /w/.git, w project_roots, "
		"r root, r? /w/.agents, r? /w/.codex, r? /w/.git/.git, "
		"r? /w/.git/.agents, r? /w/.git/.codex, " METADATA },
	{ "the root of all as a root",
		WORKSPACE(",\"writable_roots\":[\"/\"],"
			  "\"exclude_slash_tmp\":true,"
			  "\"exclude_tmpdir_env_var\":true"),
		"restricted net=restricted: w /, w project_roots, r root, "
		"r? /.git, r? /.agents, r? /.codex, " METADATA },
};

static const struct bad_row bad[] = {
	{ "", "policy", "no valid JSON" },
	{ "{}", "policy type", "is missing" },
	{ "[\"read-only\"]", "policy", "is no JSON object" },
	{ "\"read-only\"", "policy", "no valid JSON" },
	{ "{\"type\":\"readonly\"}", "policy type", "is unknown" },
	{ "{\"type\":\"managed\"}", "policy type", "is unknown: \"managed\"" },
	{ "{\"type\":\"danger-full-access\",\"network_access\":true}", "policy",
		"unknown member \"network_access\"" },
	{ "{\"type\":\"external-sandbox\",\"network_access\":true}",
		"policy network_access", "is true or false, not a string" },
	{ "{\"type\":\"external-sandbox\",\"network_access\":\"full\"}",
		"policy network_access", "is unknown" },
	{ READ_ONLY(",\"network_access\":\"enabled\""), "policy network_access",
		"is a string, not true or false" },
	{ READ_ONLY(",\"writable_roots\":[]"), "policy",
		"unknown member \"writable_roots\"" },
	{ READ_ONLY(",\"access\":\"full-access\""), "policy access",
		"is a string, not an object" },
	{ READ_ONLY(",\"access\":{}"), "policy access.type", "is missing" },
	{ READ_ONLY(",\"access\":{\"type\":\"full\"}"), "policy access.type",
		"is unknown" },
	{ READ_ONLY(",\"access\":{\"type\":\"full-access\","
		    "\"readable_roots\":[]}"),
		"policy access", "unknown member" },
	{ READ_ONLY(",\"access\":{\"type\":\"restricted\","
		    "\"include_platform_defaults\":1}"),
		"policy access.include_platform_defaults", "is a number" },
	{ READ_ONLY(",\"access\":{\"type\":\"restricted\","
		    "\"readable_roots\":\"/a\"}"),
		"policy access.readable_roots", "is a string, not an array" },
	{ READ_ONLY(",\"access\":{\"type\":\"restricted\","
		    "\"readable_roots\":[\"/a\",\"b\"]}"),
		"policy access.readable_roots[1]", "is not an absolute path" },
	{ READ_ONLY(",\"access\":{\"type\":\"restricted\","
		    "\"readable_roots\":[\"/a\",\"/a/.\"]}"),
		"policy access.readable_roots[1]",
		"duplicate of --sandbox-policy access.readable_roots[0]" },
	{ WORKSPACE(",\"access\":{\"type\":\"full-access\"}"), "policy",
		"unknown member \"access\"" },
	{ WORKSPACE(",\"writable_roots\":{}"), "policy writable_roots",
		"is an object, not an array" },
	{ WORKSPACE(",\"writable_roots\":null"), "policy writable_roots",
		"is null" },
	{ WORKSPACE(",\"writable_roots\":[1]"), "policy writable_roots[0]",
		"is not a string" },
	{ WORKSPACE(",\"writable_roots\":[\"~\"]"), "policy writable_roots[0]",
		"is not an absolute path" },
	{ WORKSPACE(",\"writable_roots\":[\"file:///a\"]"),
		"policy writable_roots[0]", "is not an absolute path" },
	{ WORKSPACE(",\"writable_roots\":[\"/a\",\"/b\",\"/a\"]"),
		"policy writable_roots[2]",
		"duplicate of --sandbox-policy writable_roots[0]" },
	{ WORKSPACE(",\"exclude_slash_tmp\":0"), "policy exclude_slash_tmp",
		"is a number" },
	{ WORKSPACE(",\"exclude_tmp\":true"), "policy", "unknown member" },
	{ WORKSPACE(",\"network_access\":true,\"network_access\":false"),
		"policy", "duplicate object key" },
	{ WORKSPACE("") "x", "policy", "end of file expected" },
};

static int
parse(const char *json, struct profile *p, struct diag *d)
{
	return profile_from_legacy_json(
		p, json, strlen(json), "--sandbox-policy", d);
}

static void
test_rows(struct tap *t)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		profile_good(t, profile_from_legacy_json, good[i].json,
			good[i].shown, good[i].name);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		profile_bad(t, profile_from_legacy_json, "--sandbox-policy",
			&bad[i]);
}

static void
test_source(struct tap *t)
{
	struct profile p;
	profile_init(&p);
	(void)parse(WORKSPACE(",\"writable_roots\":[\"/w\"]"), &p, NULL);
	tap_str(t, p.source, "--sandbox-policy workspace-write", "source");
	tap_str(t, p.entries[0].origin, "--sandbox-policy writable_roots[0]",
		"a listed root knows its place");
	tap_str(t, p.entries[1].origin, "--sandbox-policy",
		"what follows knows the option");
	profile_free(&p);
}

int
main(void)
{
	struct tap t = { 0 };
	test_rows(&t);
	test_source(&t);
	return tap_end(&t);
}
