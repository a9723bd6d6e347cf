/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_VIEW_H
#define POLICY_VIEW_H
/*
 * view.h -- a policy resolved against this machine: what the command will see.
 *
 * A view is a list of nodes sorted parents before children.  The node nearest
 * above a path decides (the deepest entry wins; at one path deny > write >
 * read); a path without any node above it is not there.  Every granted path was
 * opened once (O_PATH); its name here is what the kernel made of it, without
 * symlinks, and its descriptor is what gets mounted.
 */
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/profile.h"

struct buf;
struct diag;
struct plan;
struct protect_request;
struct walk;

enum view_kind {
	VIEW_BIND, /* the host's object, by access */
	VIEW_MASK, /* denied: an empty thing nobody may open */
	VIEW_HIDE, /* an empty read-only directory (/run), things may be granted below */
	VIEW_SCRATCH, /* private tmpfs, writable, gone with the command */
	VIEW_DEV,     /* minimal /dev */
	VIEW_PROC,    /* own procfs */
	VIEW_DEVICE,  /* device nodes granted by --device */
	VIEW_SOCKET,  /* a host socket that is kept out of reach */
	VIEW_SYMLINK, /* a host symlink made again in our own tmpfs */
	VIEW_GUARD,   /* a protected name that must stay absent */
	VIEW_LINK,    /* a protected symlink, bound onto itself */
	VIEW_FILE,    /* a file of ours in the place of the host's, read-only */
};

struct view_node {
	char *path; /* owned; canonical */
	enum view_kind kind;
	enum fs_access access; /* of VIEW_BIND */
	int fd;                /* owned, O_PATH; -1 where nothing is bound */
	bool is_dir;
	bool pinned;   /* bound onto itself, so that it cannot be renamed */
	bool shadowed; /* says nothing that its parent does not say already */
	dev_t dev;     /* identity of the opened object */
	ino_t ino;
	size_t put;   /* how many were put before it */
	char *origin; /* owned; which entry or rule put it here */
	char *target; /* owned; text of VIEW_SYMLINK; work directory of a
			* writable root that is laid as an overlay; what is in
			* the file of a VIEW_GUARD or VIEW_FILE; else NULL */
};

enum view_tmp {
	VIEW_TMP_AUTO,    /* what the entries say; socket directories hidden */
	VIEW_TMP_PRIVATE, /* a writable tmpfs */
	VIEW_TMP_HOST,    /* the host's /tmp, writable */
};

enum view_proc {
	VIEW_PROC_OWN,  /* a procfs of the sandbox's own processes */
	VIEW_PROC_NONE, /* an empty read-only directory */
	VIEW_PROC_HOST, /* the host's, read-only: asked for by name only */
};

struct view_request {
	const struct profile *profile;
	const char *workspace;   /* canonical path of the workspace */
	const char *tmpdir;      /* the caller's $TMPDIR or NULL */
	const char *runtime_dir; /* the caller's $XDG_RUNTIME_DIR or NULL */
	enum view_tmp tmp;
	enum view_proc proc;
	const char *const *sockets; /* --socket paths */
	size_t n_sockets;
	const char *const *devices; /* --device classes */
	size_t n_devices;
	const struct protect_request *protect; /* NULL = protect nothing */
	bool host_network; /* name resolution files of /run are needed */
	bool own_names;    /* names are answered inside: see view_names.c */
	bool by_init;      /* init lays the mounts */
	bool bare;         /* no Landlock behind the mounts */
};

struct view {
	size_t n, cap;
	struct view_node *nodes; /* owned */
	size_t puts;             /* nodes that were ever put */
	size_t globbed;          /* paths masked because a glob matched */
	size_t sockets;          /* host sockets kept out of reach */
	char *no_unix; /* owned; NULL, or why the command may make no AF_UNIX
			* socket: some socket of the host could not be masked */
	size_t n_sorted; /* nodes that are sorted and merged; later ones are new */
	bool by_init;    /* init lays the mounts: symlinks can be pinned */
	bool grant_links;  /* a grant was reached through a symlink */
	char *led_out;     /* owned; such a link that a command could have made,
			     * leading out of its writable directory; or NULL */
	size_t hard_links; /* other names of protected files, kept read-only */
	bool scan_cut;     /* the scan for nested repositories ended early */
};

void view_free(struct view *v);

/**
 * Resolve a request.  0, or -errno with a diag that names the entry (by its
 * origin) and the path; nothing is left open on failure.
 */
int view_resolve(
	const struct view_request *rq, struct view *ret, struct diag *d);

/** Effective access at an absolute canonical path: what a plain open would meet. */
enum fs_access view_access(const struct view *v, const char *path);

/**
 * The node that decides about a path, or NULL when nothing does.  Once the view
 * is merged, nodes put after the merge are not seen until the next one.
 */
const struct view_node *view_deciding(const struct view *v, const char *path);

/**
 * Write the ordered mounts into p->mounts: for init with PLAN_INIT_MOUNTS in
 * p->flags (objects by identity, no descriptors), else for bwrap (objects by
 * descriptor).  Descriptors stay owned by the view; mask contents get
 * descriptors of their own which are added to the view.
 * 0, -E2BIG over PLAN_MOUNTS_MAX, -errno.
 */
int view_to_mounts(struct view *v, struct plan *p, struct diag *d);

enum view_engine { VIEW_ENGINE_BWRAP, VIEW_ENGINE_INIT };

/** Which engine this kernel has the calls for: asked, not guessed. */
enum view_engine view_engine_probe(void);

/* --- used between view_*.c ------------------------------------------------ */

enum { PLAN_PATH_TEXT = 4096 }; /* a path of PLAN_PATH_MAX with its NUL */

/**
 * A borrowed string as the text of a node that is about to be put: view_put()
 * copies it and writes to nothing of the caller's.
 */
static inline char *
view_text(const char *text)
{
	const union {
		const char *given;
		char *field;
	} same = { .given = text };

	return same.field;
}

/**
 * Add a node (strings copied, fd taken also on failure).  Several nodes for one
 * path are legal; view_resolve() keeps the strongest (deny > write > read; a
 * special kind over all).
 */
int view_put(struct view *v, const struct view_node *node, struct diag *d);

/**
 * Put the object that a walk found, and take its descriptor; `as` has the kind,
 * the access, the origin, and whether it is pinned.
 */
int view_put_walked(struct view *v, struct walk *w, const struct view_node *as,
	struct diag *d);

/** Put the symlinks that a walk met, to be made again in a tmpfs of ours. */
int view_put_links(struct view *v, const struct walk *w, const char *origin,
	struct diag *d);

/** A symlink that the command could replace stays what it is: put it itself. */
int view_hold_link(
	struct view *v, const char *link, const char *origin, struct diag *d);

/** Release what a node owns; the caller takes it out of the array. */
void view_drop(struct view_node *node);

/** Is there a node at path or below it that `want` says yes to (merged view)? */
bool view_any_below(const struct view *v, const char *path,
	bool (*want)(const struct view_node *node));

/** Sort, merge and pin again what was added to a resolved view. */
int view_settle(struct view *v, struct diag *d);

/** Parents before children; of several nodes for one path the strongest stays. */
void view_merge(struct view *v);

/** Mark the nodes of a merged view that say nothing new. */
void view_shadow(struct view *v);

/** What the entries of the policy say; not merged yet. */
int view_add_entries(
	struct view *v, const struct view_request *rq, struct diag *d);

/** Without Landlock: mask every procfs of the host; -EOPNOTSUPP for --proc host. */
int view_mask_procfs(
	struct view *v, const struct view_request *rq, struct diag *d);

int view_add_specials(
	struct view *v, const struct view_request *rq, struct diag *d);

/** The files that a resolver reads before it asks, where we answer. */
int view_add_names(struct view *v, struct diag *d);

/** Mask every socket of the host that a merged view shows, or set no_unix. */
int view_add_sockets(
	struct view *v, const struct view_request *rq, struct diag *d);

#endif /* POLICY_VIEW_H */
