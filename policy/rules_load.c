/* SPDX-License-Identifier: Apache-2.0 */
/* rules_load.c -- a rules file into the policy (room: user). */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/own.h"
#include "policy/buf.h"
#include "policy/rules_ast.h"
#include "policy/rules_build.h"
#include "policy/rules_code.h"
#include "policy/rules_vm.h"

void
rules_init(struct rules *r, unsigned int flags)
{
	*r = (struct rules){ .flags = flags };
	r->arena.max = RULES_POLICY_MAX;
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	unsigned int flags = r->flags;
	arena_free(&r->arena);
	rules_init(r, flags);
}

const char *
rules_env(const char *name)
{
	return getenv(name); /* NOLINT(concurrency-mt-unsafe) */
}

int
rules_read(const char *path, struct buf *ret)
{
	struct stat st;
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode) && st.st_size > RULES_FILE_MAX)
		return -EFBIG;
	int r = buf_read_fd(ret, fd, RULES_FILE_MAX);
	if (r < 0)
		return r;
	return utf8_valid(buf_str(ret), ret->len) ? 0 : -EILSEQ;
}

/* ---- index --------------------------------------------------------------------------- */

/* Put rule i at the end of the chain that begins at *first. */
static void
link_same(struct rules *r, uint32_t *first, uint32_t i)
{
	if (*first == 0)
		*first = i + 1;
	else
		r->rules[r->rules[*first - 1].last_same - 1].next_same = i + 1;
	r->rules[*first - 1].last_same = i + 1;
}

static void
link_folded(struct rules *r, uint32_t *first, uint32_t i)
{
	if (*first == 0)
		*first = i + 1;
	else
		r->rules[r->rules[*first - 1].last_folded - 1].next_folded =
			i + 1;
	r->rules[*first - 1].last_folded = i + 1;
}

int
rules_index(struct rules *r, uint32_t from)
{
	for (uint32_t i = from; i < r->n_rules; i++) {
		struct rules_rule *rule = &r->rules[i];
		rule->next_same = rule->next_folded = 0;
		uint32_t *first = rmap_put(&r->by_head, &r->arena, rule->head);
		if (first == NULL)
			return -ENOMEM;
		link_same(r, first, i);
		if (rule->folded == NULL)
			continue;
		first = rmap_put(&r->by_folded, &r->arena, rule->folded);
		if (first == NULL)
			return -ENOMEM;
		link_folded(r, first, i);
	}
	return 0;
}

static int
index_hosts(struct rules *r, uint32_t from)
{
	for (uint32_t i = from; i < r->n_hosts; i++) {
		uint32_t *latest =
			rmap_put(&r->by_host, &r->arena, r->hosts[i].name);
		if (latest == NULL)
			return -ENOMEM;
		r->hosts[i].next = *latest;
		*latest = i + 1;
	}
	return 0;
}

/* Take everything back that a file did before it failed. */
static void
roll_back(struct rules *r, const struct rules *before)
{
	arena_rewind(&r->arena, &before->arena);
	*r = *before;
	/* The maps may have been touched in place: made anew. */
	r->by_head = r->by_folded = r->by_host = (struct rmap){ 0 };
	if (rules_index(r, 0) < 0 || index_hosts(r, 0) < 0)
		r->arena.failed = true; /* rules_decide() then refuses */
}

/* ---- one file ------------------------------------------------------------------------ */

static int
find_lines(struct rules_build *b, struct arena *a)
{
	const struct rules_src *src = b->src;
	uint32_t n = 1;
	for (uint32_t i = 0; i < src->len; i++)
		n += src->text[i] == '\n';
	b->lines = arena_array(a, n, sizeof(*b->lines));
	if (b->lines == NULL)
		return -ENOMEM;
	b->n_lines = 1;
	for (uint32_t i = 0; i < src->len; i++)
		if (src->text[i] == '\n')
			b->lines[b->n_lines++] = i + 1;
	return 0;
}

static int
run_source(struct rules_build *b, struct rules_error *err)
{
	own_arena struct arena tree = { .max = RULES_TREE_MAX };
	struct node *statements = NULL;
	struct image image = { 0 };
	if (find_lines(b, &tree) < 0 ||
		rules_parse(b->src, &tree, err, &statements) < 0 ||
		rules_compile(b->src, &tree, err, statements, &image) < 0)
		return rules_fail_plain(err, "out of memory");
	struct vm vm = {
		.image = &image, .src = b->src, .err = err, .build = b
	};
	int r = vm_run(&vm);
	vm_free(&vm);
	return r;
}

/* The examples of this file, when all of it has run. */
static int
check_examples(const struct rules *r, uint32_t from, struct rules_error *err)
{
	uint64_t work = 0;
	for (uint32_t i = from; i < r->n_examples; i++) {
		const struct rules_examples *ex = &r->examples[i];
		work += ((uint64_t)ex->n_match + ex->n_not_match) * ex->n_rules;
		if (work > RULES_EXAMPLE_MAX)
			return rules_fail(err, ex->at,
				"limit reached: more than %d comparisons of "
				"examples with rules (time)",
				RULES_EXAMPLE_MAX);
		if (rules_examples_check(r, ex, err) < 0)
			return -EINVAL;
	}
	return 0;
}

int
rules_load_text(struct rules *r, const char *name, const char *text, size_t len,
	enum rules_trust trust, struct rules_error *err)
{
	if (len > RULES_FILE_MAX)
		return rules_fail_plain(err,
			"limit reached: more than %d bytes in one file",
			RULES_FILE_MAX);
	struct rules before = *r;
	struct rules_build b = { .rules = r, .src = &err->src, .trust = trust };
	b.file = arena_copy(&r->arena, name, strlen(name));
	err->src = (struct rules_src){ name, text, (uint32_t)len };
	int bad = b.file == NULL ? -ENOMEM : run_source(&b, err);
	if (bad == 0)
		bad = index_hosts(r, before.n_hosts); /* examples use them */
	if (bad == 0)
		bad = check_examples(r, before.n_examples, err);
	if (bad == 0)
		bad = rules_index(r, before.n_rules);
	if (bad == 0)
		return 0;
	roll_back(r, &before);
	return rules_fail_plain(err,
		"limit reached: more than %d bytes of rules (memory)",
		RULES_POLICY_MAX);
}
