/* SPDX-License-Identifier: Apache-2.0 */
/* options_container.c -- the settings of a container's image; room: user. */
#include "policy/options.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/diag.h"

static const char prefix[] = "CODEX_SANDBOX_";
enum { PREFIX = sizeof(prefix) - 1 };

/* One value each: what needs a list belongs into a profile. */
static const struct {
	const char *variable; /* behind the prefix */
	const char *option;
} settings[] = {
	{ "PROFILE", "profile" },
	{ "MODE", "sandbox" },
	{ "BACKEND", "backend" },
	{ "NET", "net" },
	{ "PROC", "proc" },
	{ "TMP", "tmp" },
	{ "WORKSPACE", "workspace" },
	{ "WRITE", "write" },
	{ "READ", "read" },
	{ "NO_PROTECT", "no-protect" },
	{ "ALLOW_SECRETS", "allow-secrets" },
	{ "MEMORY", "memory" },
	{ "PIDS", "pids" },
	{ "CPU", "cpu" },
	{ "TIMEOUT", "timeout" },
	{ "GRACE", "grace" },
};

/* What a command in a sandbox finds, and may hand on. */
static const char ours[] = "NETWORK_";

static int
refuse(const char *pair, const char *cause, const char *mend, struct diag *d)
{
	char name[64];
	size_t len = strcspn(pair, "=");

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, pair, len);
	name[len] = '\0';
	return diag_set(d, -EINVAL, DIAG_USAGE, name, cause, mend);
}

static int
apply(struct options *o, const char *pair, struct diag *d)
{
	const char *name = pair + PREFIX;
	size_t len = strcspn(name, "=");

	if (name[len] == '\0' || strncmp(name, ours, sizeof(ours) - 1) == 0)
		return 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strlen(settings[i].variable) != len ||
			strncmp(settings[i].variable, name, len) != 0)
			continue;
		if (getpid() != 1)
			return refuse(pair,
				"is a setting of a container's image and is read by its process 1 alone, which this is not",
				"use the option or the configuration, and take it out of the environment",
				d);
		return options_set(o, settings[i].option, name + len + 1, d);
	}
	if (getpid() != 1)
		return 0; /* of whoever; nobody here obeys it */
	return refuse(
		pair, "is no setting", "see CONTAINERS in codex-sandbox(1)", d);
}

int
options_container(struct options *o, char *const *env, struct diag *d)
{
	int err = 0;

	for (; err >= 0 && *env; env++)
		if (strncmp(*env, prefix, PREFIX) == 0)
			err = apply(o, *env, d);
	return err;
}
