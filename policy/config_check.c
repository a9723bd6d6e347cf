/* SPDX-License-Identifier: Apache-2.0 */
/* config_check.c -- values by their types (room: user). */
#include "policy/config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/plan.h"
#include "policy/config_impl.h"
#include "policy/diag.h"
#include "policy/num.h"

enum { NAME_LEN_MAX = 64, HOST_LEN_MAX = 300 };

/* What is wrong with one value, and what to write instead. */
struct fault {
	const char *cause, *mend;
};

bool
config_is_name(const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++)
		if (!isalnum((unsigned char)s[n]) && s[n] != '-' && s[n] != '_')
			return false;
	return n > 0 && n <= NAME_LEN_MAX;
}

bool
config_is_preset_profile(const char *s)
{
	return strcmp(s, ":read-only") == 0 || strcmp(s, ":workspace") == 0 ||
	       strcmp(s, ":danger-full-access") == 0;
}

/* Index of a word in "a|b|c", or -1. */
static int
word_index(const char *values, const char *word)
{
	size_t len = strlen(word);
	int i = 0;

	for (const char *p = values; *p != '\0'; i++) {
		size_t n = strcspn(p, "|");
		if (n == len && memcmp(p, word, len) == 0)
			return i;
		p += n;
		if (*p == '|')
			p++;
	}
	return -1;
}

static bool
int_in_range(const char *range, int64_t v)
{
	char *end = NULL;
	/* Our own table: "LOW..HIGH". */
	int64_t low = strtoll(range, &end, 10);

	return v >= low && v <= strtoll(end + 2, NULL, 10);
}

static bool
measure(const struct config_key *k, const struct toml *v, uint64_t *ret)
{
	if (v->type == TOML_INTEGER && v->integer >= 0 &&
		v->integer <= INT64_MAX / 1000) {
		*ret = (uint64_t)v->integer;
		if (k->type == CONFIG_DURATION)
			*ret *= 1000;
		return k->type != CONFIG_DURATION ||
		       *ret <= PLAN_TIMEOUT_MAX_MS;
	}
	if (v->type != TOML_STRING)
		return false;
	if (k->type == CONFIG_COUNT && strcmp(v->str.text, "unlimited") == 0) {
		*ret = UINT64_MAX;
		return true;
	}
	if (k->type == CONFIG_DURATION)
		return num_parse_duration(
			       v->str.text, PLAN_TIMEOUT_MAX_MS, ret) == 0;
	return num_parse_size(v->str.text, INT64_MAX, ret) == 0;
}

uint64_t
config_measure(const struct config_key *k, const struct toml *node)
{
	uint64_t n = 0;

	switch (k->type) {
	case CONFIG_BOOL: return node->truth;
	case CONFIG_INT: return (uint64_t)node->integer;
	case CONFIG_ENUM:
		return (uint64_t)word_index(k->values, node->str.text);
	default: return measure(k, node, &n) ? n : 0;
	}
}

static bool
path_ok(const char *s)
{
	return (s[0] == '/' || strncmp(s, "~/", 2) == 0 ||
		       strcmp(s, "~") == 0) &&
	       strlen(s) <= PLAN_PATH_MAX;
}

/* Stars stand for whole labels at the front; the rest is host, port, protocol. */
static bool
host_ok(const char *s)
{
	if (strcmp(s, "*") == 0)
		return true;
	if (strncmp(s, "**.", 3) == 0)
		s += 3;
	else if (strncmp(s, "*.", 2) == 0)
		s += 2;
	size_t n = 0;
	for (; s[n] != '\0'; n++)
		if (!isalnum((unsigned char)s[n]) &&
			strchr(".-_:/[]", s[n]) == NULL &&
			(unsigned char)s[n] < 0x80)
			return false;
	return n > 0 && n <= HOST_LEN_MAX && s[0] != '.' && s[0] != '/' &&
	       strstr(s, "//") == NULL;
}

static bool
cidr_ok(const char *s)
{
	unsigned char bytes[16];
	char address[64];
	uint64_t bits = 0;
	size_t n = strcspn(s, "/");

	if (n >= sizeof(address))
		return false;
	memcpy(address, s, n);
	address[n] = '\0';
	bool six = strchr(address, ':') != NULL;
	if (inet_pton(six ? AF_INET6 : AF_INET, address, bytes) != 1)
		return false;
	return s[n] == '\0' ||
	       num_parse(s + n + 1, 0, six ? 128 : 32, &bits) == 0;
}

static bool
text_ok(const struct config_key *k, const char *s)
{
	switch (k->type) {
	case CONFIG_ENUM: return word_index(k->values, s) >= 0;
	case CONFIG_PATH: return path_ok(s);
	case CONFIG_PATTERN: return *s != '\0' && strlen(s) <= PLAN_PATH_MAX;
	case CONFIG_NAME: return config_is_name(s);
	case CONFIG_PROFILE:
		return config_is_name(s) || config_is_preset_profile(s);
	case CONFIG_HOST: return host_ok(s);
	case CONFIG_CIDR: return cidr_ok(s);
	default: return true;
	}
}

static bool
tables_only(const struct toml *list)
{
	for (const struct toml *v = list->kids.first; v != NULL; v = v->next)
		if (v->type != TOML_TABLE)
			return false;
	return list->kids.n > 0;
}

static bool
value_ok(const struct config_key *k, const struct toml *v)
{
	uint64_t n = 0;

	switch (k->type) {
	case CONFIG_BOOL: return v->type == TOML_BOOL;
	case CONFIG_INT:
		return v->type == TOML_INTEGER &&
		       int_in_range(k->values, v->integer);
	case CONFIG_SIZE:
	case CONFIG_COUNT:
	case CONFIG_DURATION: return measure(k, v, &n);
	case CONFIG_TABLES: return v->type == TOML_ARRAY && tables_only(v);
	case CONFIG_REFUSED: return false;
	default:
		return v->type == TOML_STRING &&
		       !toml_has_nul(v->str.text, v->str.len) &&
		       text_ok(k, v->str.text);
	}
}

static const char *
wanted(const struct config_key *k)
{
	static const char *const forms[] = {
		[CONFIG_BOOL] = "true or false",
		[CONFIG_INT] = "an integer of ",
		[CONFIG_SIZE] = "bytes, or text such as \"10M\"",
		[CONFIG_COUNT] = "a number, \"10M\" or \"unlimited\"",
		[CONFIG_DURATION] = "seconds, or text such as \"5m\"",
		[CONFIG_STRING] = "a string without NUL",
		[CONFIG_ENUM] = "one of ",
		[CONFIG_PATH] = "an absolute path, or one that begins with ~/",
		[CONFIG_PATTERN] = "a path or glob",
		[CONFIG_NAME] = "a name of letters, digits, - and _",
		[CONFIG_PROFILE] = "a profile\'s or built-in name",
		[CONFIG_HOST] = "a host such as *.example.com:443",
		[CONFIG_CIDR] = "an address such as 10.0.0.0/8 or fd00::/8",
		[CONFIG_TABLES] = "tables, at least one",
		[CONFIG_REFUSED] = "",
	};

	return forms[k->type];
}

static int
bad_value(struct config *c, const struct config_value *at, struct diag *d)
{
	const struct config_key *k = at->key;
	char mend[DIAG_TEXT_MAX];
	own_buf struct buf name = { 0 };

	config_path_print(&at->path, &name);
	if (k->type == CONFIG_TABLES && at->node->type == TOML_ARRAY &&
		at->node->kids.n == 0)
		return config_fail(c, at, -EINVAL, "leave it out", d,
			"rules prefix_rules cannot be empty");
	if (k->type == CONFIG_REFUSED)
		return config_fail(c, at, -EINVAL, k->values, d,
			"\"%s\" is not supported", buf_str(&name));
	bool words = k->type == CONFIG_ENUM || k->type == CONFIG_INT;
	(void)snprintf(mend, sizeof(mend), "give %s%s", wanted(k),
		words ? k->values : ""); /* it fits */
	if (at->node->type == TOML_STRING && k->type != CONFIG_STRING)
		return config_fail(c, at, -EINVAL, mend, d,
			"\"%s\" cannot be \"%s\"", buf_str(&name),
			at->node->str.text);
	return config_fail(c, at, -EINVAL, mend, d, "\"%s\" cannot be this %s",
		buf_str(&name),
		strchr(toml_type_name(at->node->type), ' ') + 1);
}

int
config_check(struct config *c, const struct config_value *v, struct diag *d)
{
	if (!v->key->list || v->key->type == CONFIG_REFUSED)
		return value_ok(v->key, v->node) ? 0 : bad_value(c, v, d);
	if (v->node->type != TOML_ARRAY) {
		own_buf struct buf name = { 0 };
		config_path_print(&v->path, &name);
		return config_fail(c, v, -EINVAL, "put it in [ ]", d,
			"\"%s\" is a list", buf_str(&name));
	}
	struct config_value item = *v;
	for (item.node = v->node->kids.first; item.node != NULL;
		item.node = item.node->next)
		if (!value_ok(v->key, item.node))
			return bad_value(c, &item, d);
	return 0;
}
