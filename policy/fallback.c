/* SPDX-License-Identifier: Apache-2.0 */
/* fallback.c -- a command that no rule knows (room: user). */
#include "policy/fallback.h"

#include "policy/danger.h"
#include "policy/safe.h"

int
fallback_class(size_t argc, char *const *argv, unsigned flags,
	enum decide_class *ret, const char **ret_danger)
{
	enum danger danger = DANGER_NONE;
	int r = flags & FALLBACK_NO_DANGER ? 0
					   : danger_argv(argc, argv, &danger);
	if (r < 0)
		return r;
	*ret_danger = danger_message(danger);
	if (danger != DANGER_NONE)
		*ret = CLASS_DANGER;
	else if (flags & FALLBACK_OPAQUE)
		*ret = CLASS_COMPLEX;
	else if (flags & FALLBACK_SAFE_LIST && safe_argv(argc, argv))
		*ret = CLASS_SAFE;
	else
		*ret = CLASS_UNMATCHED;
	return 0;
}
