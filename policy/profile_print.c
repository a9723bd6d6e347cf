/* SPDX-License-Identifier: Apache-2.0 */
/* profile_print.c -- a policy in its one canonical form (room: user). */
#include "policy/profile_print.h"

#include <stdint.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/profile.h"
#include "policy/profile_net.h"
#include "policy/utf8.h"
#include "policy/vis.h"

static const char *const access_words[] = {
	[FS_READ] = "read",
	[FS_WRITE] = "write",
	[FS_DENY] = "deny",
};

static const char *const special_words[] = {
	[FS_ROOT] = "root",
	[FS_MINIMAL] = "minimal",
	[FS_PROJECT_ROOTS] = "project_roots",
	[FS_TMPDIR] = "tmpdir",
	[FS_SLASH_TMP] = "slash_tmp",
	[FS_UNKNOWN] = "unknown",
};

/* \uNNNN, as two surrogates above U+FFFF. */
static void
escape_add(struct buf *out, uint32_t cp)
{
	if (cp <= 0xffff) {
		buf_printf(out, "\\u%04x", (unsigned int)cp);
		return;
	}
	cp -= 0x10000;
	buf_printf(out, "\\u%04x\\u%04x", (unsigned int)(0xd800 + (cp >> 10)),
		(unsigned int)(0xdc00 + (cp & 0x3ff)));
}

void
profile_string_add(struct buf *out, const char *s)
{
	size_t len = strlen(s);
	buf_char(out, '"');
	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_get(s, len, &cp);
		if (n == 0)
			break;
		if (cp == '"' || cp == '\\') {
			buf_char(out, '\\');
			buf_char(out, *s);
		} else if (vis_is_hidden(cp)) {
			escape_add(out, cp);
		} else {
			buf_add(out, s, n);
		}
		s += n;
		len -= n;
	}
	buf_char(out, '"');
}

bool
profile_is_utf8(const char *s)
{
	size_t len = strlen(s);
	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_get(s, len, &cp);
		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

/* An absolute path; as a URI when JSON cannot hold its bytes. */
static void
path_add(struct buf *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	if (profile_is_utf8(path)) {
		profile_string_add(out, path);
		return;
	}
	buf_str_add(out, "\"file://");
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buf_char(out, *path);
		else
			buf_printf(out, "%%%02X",
				(unsigned int)(unsigned char)*path);
	}
	buf_char(out, '"');
}

static void
place_add(struct buf *out, const struct fs_entry *e)
{
	own_buf struct buf text = { 0 };
	if (e->kind == FS_PATH) {
		buf_str_add(out, "{\"type\":\"path\",\"path\":");
		path_add(out, e->text);
		buf_char(out, '}');
		return;
	}
	if (profile_is_utf8(e->text))
		buf_str_add(&text, e->text);
	else
		vis_str(&text, e->text);
	if (e->kind == FS_GLOB) {
		buf_str_add(out, "{\"type\":\"glob_pattern\",\"pattern\":");
		profile_string_add(out, buf_str(&text));
		buf_char(out, '}');
		return;
	}
	buf_printf(out, "{\"type\":\"special\",\"value\":{\"kind\":\"%s\"",
		special_words[e->kind]);
	if (e->kind == FS_UNKNOWN || text.len > 0) {
		buf_str_add(out,
			e->kind == FS_UNKNOWN ? ",\"path\":" : ",\"subpath\":");
		profile_string_add(out, buf_str(&text));
	}
	buf_str_add(out, "}}");
}

static void
entry_add(struct buf *out, const struct fs_entry *e)
{
	buf_str_add(out, "{\"path\":");
	place_add(out, e);
	buf_printf(out, ",\"access\":\"%s\"", access_words[e->access]);
	if (e->missing == FS_MISSING_SKIP)
		buf_str_add(out, ",\"missing_path_behavior\":\"skip\"");
	buf_char(out, '}');
}

static void
file_system_add(struct buf *out, const struct profile *p)
{
	if (p->fs == FS_KIND_UNRESTRICTED) {
		buf_str_add(out, "{\"type\":\"unrestricted\"}");
		return;
	}
	buf_str_add(out, "{\"type\":\"restricted\",\"entries\":[");
	for (size_t i = 0; i < p->n_entries; i++) {
		if (i > 0)
			buf_char(out, ',');
		entry_add(out, &p->entries[i]);
	}
	buf_char(out, ']');
	if (p->glob_depth >= 0)
		buf_printf(out, ",\"glob_scan_max_depth\":%ld", p->glob_depth);
	buf_char(out, '}');
}

void
profile_to_json(const struct profile *p, struct buf *out)
{
	if (p->fs == FS_KIND_EXTERNAL) {
		buf_str_add(out, "{\"type\":\"external\",\"network\":");
		profile_net_add(out, p);
		buf_char(out, '}');
		return;
	}
	buf_str_add(out, "{\"type\":\"managed\",\"file_system\":");
	file_system_add(out, p);
	buf_str_add(out, ",\"network\":");
	profile_net_add(out, p);
	buf_char(out, '}');
}
