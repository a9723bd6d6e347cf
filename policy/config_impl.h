/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_CONFIG_IMPL_H
#define POLICY_CONFIG_IMPL_H
/*
 * config_impl.h -- inside of the configuration: sources, values, the merge.
 *
 * Nobody but config_*.c and its tests include this.
 */
#include <stdlib.h>

#include "policy/buf.h"
#include "policy/config.h"
#include "policy/config_keys.h"
#include "policy/toml.h"

enum {
	CONFIG_MEMORY_MAX = 32 << 20, /* bytes beside the documents */
	CONFIG_NOTES_MAX = 64,
	CONFIG_PROJECTS_MAX = 64, /* directories from the repository down */
};

/* One document: a file, or one -c option. */
struct config_source {
	enum config_layer layer;
	const char *name; /* path, or "-c option 2" */
	struct toml_doc doc;
	struct config_source *next;
};

/* One known key that a source gives. */
struct config_value {
	const struct config_key *key;
	const struct config_source *src;
	const struct toml *node;
	struct config_path path;
};

struct config_values {
	size_t n, cap;
	struct config_value *items; /* in the arena */
};

struct config {
	struct arena arena;
	struct config_source *sources; /* owned; newest first */
	struct config_values all;      /* effective, in order of arrival */
	struct config_values bounds; /* what projects lower, the last counts */
	struct config_values required; /* requirements.toml without its pins */
	struct config_values pins;
	struct buf excerpt;
	size_t n_notes;
	const char *notes[CONFIG_NOTES_MAX];
	size_t n_projects;
	const char *projects[CONFIG_PROJECTS_MAX];
	/* Copies of the options that are needed later. */
	const char *profiles_dir, *home, *workspace;
	uid_t managed_uid;
};

/* config.c */
int config_fail(struct config *c, const struct config_value *at, int err,
	const char *mend, struct diag *d, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
int config_nomem(struct config *c, struct diag *d);
int config_noting(struct config *c, struct diag *d, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *config_printf(struct config *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int config_parse(struct config *c, enum config_layer layer, const char *name,
	const struct buf *text, struct config_source **ret, struct diag *d);
const char *config_origin(struct config *c, const struct config_value *v);
int config_values_add(struct config *c, struct config_values *set,
	const struct config_value *v, struct diag *d);
/** The last value of a dotted path, or NULL. */
const struct config_value *config_find(
	const struct config_values *set, const char *path);
/** Is the path from part `from` on spelt so? */
bool config_path_is(
	const struct config_path *p, size_t from, const char *dotted);
/** Is that the first part? */
bool config_path_in(const struct config_path *p, const char *table);
bool config_path_same(const struct config_path *a, size_t from_a,
	const struct config_path *b, size_t from_b);
void config_path_print(const struct config_path *p, struct buf *out);

/* config_check.c */
/** Is the value what its row asks for? */
int config_check(
	struct config *c, const struct config_value *v, struct diag *d);
/** Order of a value: false/true, number, bytes, milliseconds, word's index. */
uint64_t config_measure(const struct config_key *k, const struct toml *node);
bool config_is_name(const char *s);
bool config_is_preset_profile(const char *s);

/* config_scan.c */
typedef int config_visit(
	struct config *c, const struct config_value *v, struct diag *d);
/** Every value below top by the rows, in order; unknown keys are errors. */
int config_scan(struct config *c, const struct config_source *src,
	const struct toml *top, config_visit *visit, struct diag *d);
int config_scan_required(
	struct config *c, const struct config_source *src, struct diag *d);

/* config_merge.c */
int config_merge(
	struct config *c, const struct config_value *v, struct diag *d);
int config_apply_pins(struct config *c, struct diag *d);

/* config_files.c: opened once, checked on what was opened */
enum config_file_kind {
	CONFIG_FILE_MANAGED,
	CONFIG_FILE_USER,
	CONFIG_FILE_PROJECT
};
/** The bytes of dir/name; 1 when there is no such file. */
int config_read_file(struct config *c, enum config_file_kind kind,
	const char *dir, const char *name, struct buf *out, struct diag *d);

/* config_load.c */
int config_load_file(struct config *c, enum config_layer layer,
	enum config_file_kind kind, const char *dir, const char *name,
	struct diag *d);

/* config_project.c */
int config_load_projects(struct config *c, struct diag *d);

/* config_chain.c: the values of a profile and what it extends */
struct config_view {
	const char *name;
	size_t n_chain;
	const char *chain[CONFIG_EXTENDS_MAX]; /* the profile first */
	const char *
		base; /* built-in at the end, or NULL; ":external-sandbox" too */
	size_t n;
	const struct config_value **items; /* base first */
	size_t *level; /* distance of each from the profile */
};

int config_chain(struct config *c, const char *name,
	const struct config_value *at, struct config_view *ret, struct diag *d);
const struct config_value *config_view_get(
	const struct config_view *v, const char *suffix);
/** Profile's value or the top-level one, by layer; never NULL with a preset. */
const struct config_value *config_view_pick(const struct config *c,
	const struct config_view *v, const char *suffix, const char *top);
bool config_profile_known(const struct config *c, const char *name);
int config_need_profile(struct config *c, const char *name, struct diag *d);

/* config_lists.c */
int config_list_add(struct config *c, struct config_list *l, const char *item,
	struct diag *d);
int config_list_values(struct config *c, struct config_list *l,
	const struct config_value *v, struct diag *d);
/** Lists that add up: top-level and profile's, built-in only if alone. */
int config_list_gather(struct config *c, const struct config_view *v,
	const char *suffix, const char *top, struct config_list *ret,
	struct diag *d);

/* config_place.c: what a path or a special name stands for */
struct config_entry {
	enum fs_path_kind kind;
	enum fs_access access; /* given */
	char *text;            /* owned by the caller */
	const struct config_value *at;
};

int config_place_entry(struct config *c, struct config_entry *e,
	const char *key, const char *sub, struct diag *d);
int config_place_denied(struct config *c, struct config_entry *e,
	const char *text, struct diag *d);
int config_place_path(struct config *c, const struct config_value *v,
	const char *text, char **ret, struct diag *d);
int config_bad_place(struct config *c, const struct config_value *at,
	const char *text, const char *mend, struct diag *d);

static inline void
config_text_free(char **s)
{
	free(*s);
	*s = NULL;
}
#define own_text __attribute__((cleanup(config_text_free)))

/* config_fs.c, config_settings.c, config_net.c: parts of config_resolve() */
int config_fill_files(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d);
int config_fill_environment(struct config *c, const struct config_view *v,
	struct config_environment *e, struct diag *d);
int config_fill_limits(struct config *c, const struct config_view *v,
	struct config_limits *l, struct diag *d);
int config_fill_network(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d);

/* config_bounds.c */
void config_drop_write(struct profile *p, enum fs_path_kind kind);
int config_bound(struct config *c, const struct config_view *v,
	struct config_profile *p, struct diag *d);

/* config_print.c, config_json.c */
typedef void config_each_fn(
	struct config *c, const struct config_value *v, void *arg);
void config_each(struct config *c, config_each_fn *fn, void *arg);
const struct config_value *config_effective(const struct config *c, size_t i);
int config_profile_names(
	struct config *c, struct config_list *ret, struct diag *d);
int config_print_json(struct config *c, struct buf *out);

#endif /* POLICY_CONFIG_IMPL_H */
