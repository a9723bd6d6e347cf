/* SPDX-License-Identifier: Apache-2.0 */
/* shell_wrap.c -- `sh -c SCRIPT` recognised (room: user). */
#include "policy/shell.h"

#include <string.h>

struct shell_name {
	const char *name;
	enum shell_dialect dialect;
};

static const struct shell_name shells[] = {
	{ "sh", SHELL_SH },
	{ "bash", SHELL_BASH },
	{ "zsh", SHELL_ZSH },
};

const char *
shell_basename(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool
path_usual(const char *path, const char *base)
{
	size_t dir = (size_t)(base - path); /* base points into path */
	return dir == 0 || (dir == 5 && memcmp(path, "/bin/", 5) == 0) ||
	       (dir == 9 && memcmp(path, "/usr/bin/", 9) == 0);
}

bool
shell_wrapper(size_t argc, char *const *argv, struct shell_wrapper *ret)
{
	/* More words would be $0 and $1: then the text is not all there is. */
	if (argc != 3)
		return false;
	if (strcmp(argv[1], "-c") != 0 && strcmp(argv[1], "-lc") != 0)
		return false;
	const char *base = shell_basename(argv[0]);
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(base, shells[i].name) != 0)
			continue;
		*ret = (struct shell_wrapper){
			.dialect = shells[i].dialect,
			.script = argv[2],
			.usual_path = path_usual(argv[0], base),
		};
		return true;
	}
	return false;
}
