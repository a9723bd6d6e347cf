/* SPDX-License-Identifier: Apache-2.0 */
/* config_fuzz.c -- any text as user, project or requirements; room: test. */
/*
 * Three documents, parted by lines of "%%%": user, project, requirements.  What
 * is taken must resolve or say why not, and a project must never widen (I9).
 */
#include "policy/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/buf.h"
#include "policy/config_impl.h"
#include "policy/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { USER, PROJECT, REQUIRED, N_DOCS };

static void
split(const uint8_t *data, size_t size, struct buf docs[N_DOCS])
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		if (n + 1 < N_DOCS && size - i >= 4 &&
			memcmp(data + i, "%%%\n", 4) == 0) {
			n++;
			i += 3;
			continue;
		}
		buf_char(&docs[n], (char)data[i]);
	}
}

static int
add(struct config *c, enum config_layer layer, const struct buf *text)
{
	struct config_source *src = NULL;
	struct diag d = { 0 };
	int rc = config_parse(c, layer, "fuzz", text, &src, &d);

	if (rc == 0 && layer == CONFIG_REQUIREMENTS)
		rc = config_scan_required(c, src, &d);
	else if (rc == 0)
		rc = config_scan(c, src, src->doc.root, config_merge, &d);
	if (rc < 0 && (d.cause[0] == '\0' || d.mend[0] == '\0'))
		abort(); /* an error without words */
	return rc;
}

static size_t
writes(const struct config_profile *p)
{
	size_t n = p->files.fs == FS_KIND_RESTRICTED ? 0 : 1000000;

	for (size_t i = 0; i < p->files.n_entries; i++)
		n += p->files.entries[i].access == FS_WRITE;
	return n;
}

static size_t
denies(const struct config_profile *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->files.n_entries; i++)
		n += p->files.entries[i].access == FS_DENY;
	return n;
}

static void
compare(const struct config_profile *before, const struct config_profile *p)
{
	uint64_t t0 = before->limits.timeout_ms, t1 = p->limits.timeout_ms;

	if (writes(p) > writes(before) || denies(p) < denies(before) ||
		p->network.access > before->network.access ||
		p->environment.inherit > before->environment.inherit ||
		p->environment.keep_secrets >
			before->environment.keep_secrets ||
		p->environment.exclude.n < before->environment.exclude.n ||
		p->git_commit > before->git_commit ||
		p->allow_secrets > before->allow_secrets ||
		p->unsandboxed > before->unsandboxed ||
		(t0 != 0 && (t1 == 0 || t1 > t0)) ||
		p->limits.grace_ms > before->limits.grace_ms ||
		p->limits.n_rlimits < before->limits.n_rlimits)
		abort();
}

static void
print(struct config *c)
{
	own_buf struct buf text = { 0 }, json = { 0 };

	(void)config_print(c, CONFIG_SHOW_ORIGIN, &text); /* only its safety */
	(void)config_print(c, CONFIG_SHOW_JSON, &json);
}

/* 0, or what a resolve said, which must be in words. */
static int
resolve(struct config *c, struct config_profile *p)
{
	struct config_approval a;
	struct diag d = { 0 };
	int rc = config_approval(c, &a, &d);

	if (rc == 0)
		rc = config_resolve(c, NULL, p, &d);
	if (rc < 0 && (d.cause[0] == '\0' || d.mend[0] == '\0'))
		abort();
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own_config struct config *c = config_new();
	own_config_profile struct config_profile one = { 0 }, two = { 0 };
	const struct config_options o = { .managed_dir = "/nonexistent",
		.profiles_dir = "/nonexistent",
		.home = "/home/x",
		.flags = CONFIG_SKIP_USER | CONFIG_SKIP_PROJECT };
	struct buf docs[N_DOCS] = { { 0 } };

	split(data, size, docs);
	if (c != NULL && config_load(c, &o, NULL) == 0 &&
		add(c, CONFIG_REQUIREMENTS, &docs[REQUIRED]) == 0 &&
		add(c, CONFIG_USER, &docs[USER]) == 0 &&
		config_apply_pins(c, NULL) == 0 && resolve(c, &one) == 0 &&
		add(c, CONFIG_PROJECT, &docs[PROJECT]) == 0) {
		print(c);
		if (resolve(c, &two) == 0)
			compare(&one, &two);
	}
	for (size_t i = 0; i < N_DOCS; i++)
		buf_free(&docs[i]);
	return 0;
}
