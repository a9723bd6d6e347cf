/* SPDX-License-Identifier: Apache-2.0 */
/* view.c -- a policy resolved to a view of this machine; room: user. */
#include "policy/view.h"

#include "policy/protect.h"

/* What holds although an entry says otherwise. */
static int
protect(struct view *v, const struct view_request *rq, struct diag *d)
{
	int err = 0;

	if (!rq->protect)
		return 0;
	if (rq->protect->git_commit) {
		err = protect_commit_add(v, d);
		view_merge(v);
		if (err >= 0)
			err = protect_git_granted(v, d);
	}
	if (err >= 0)
		err = protect_names_add(v, rq->protect, d);
	if (err >= 0)
		err = protect_secrets_add(v, rq->protect, d);
	view_merge(v);
	return err;
}

int
view_settle(struct view *v, struct diag *d)
{
	int err;

	view_merge(v);
	err = protect_pins_add(v, d);
	view_merge(v);
	view_shadow(v);
	return err;
}

/*
 * What takes away from the entries, each part knowing all that came before:
 * sockets are masked where anything shows them, and pins make all of it hold.
 */
static int
narrow(struct view *v, const struct view_request *rq, struct diag *d)
{
	int err;

	view_merge(v);
	err = view_mask_procfs(v, rq, d);
	if (err >= 0)
		err = protect(v, rq, d);
	if (err >= 0)
		err = view_add_sockets(v, rq, d);
	return err < 0 ? err : view_settle(v, d);
}

int
view_resolve(const struct view_request *rq, struct view *ret, struct diag *d)
{
	struct view v = { .by_init = rq->by_init };
	int err = view_add_entries(&v, rq, d);

	if (err >= 0)
		err = view_add_specials(&v, rq, d);
	if (err >= 0)
		err = narrow(&v, rq, d);
	if (err < 0) {
		view_free(&v);
		return err;
	}
	*ret = v;
	return 0;
}
