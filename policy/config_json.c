/* SPDX-License-Identifier: Apache-2.0 */
/* config_json.c -- effective values and the schema as JSON (room: user). */
#include "policy/config.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "policy/config_impl.h"
#include "policy/vis.h"

/* jansson's *_new() functions take the reference and pass NULL on, so one check
 * of the text at the end is enough. */

static int
dump(json_t *root, struct buf *out)
{
	char *text = root == NULL ? NULL
				  : json_dumps(root,
					    JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(root);
	if (text == NULL)
		return -ENOMEM;
	vis_json(out, text);
	buf_char(out, '\n');
	free(text);
	return buf_failed(out) ? -ENOMEM : 0;
}

/* No row holds an array of arrays or a table, but for CONFIG_TABLES: as text. */
static json_t *
scalar(const struct toml *v)
{
	own_buf struct buf text = { 0 };

	switch (v->type) {
	case TOML_BOOL: return json_boolean(v->truth);
	case TOML_INTEGER: return json_integer(v->integer);
	case TOML_STRING: return json_stringn(v->str.text, v->str.len);
	default:
		toml_print(v, &text);
		return json_stringn(buf_str(&text), text.len);
	}
}

static json_t *
value(const struct toml *v)
{
	if (v->type != TOML_ARRAY)
		return scalar(v);
	json_t *list = json_array();
	for (const struct toml *i = v->kids.first; i != NULL; i = i->next)
		(void)json_array_append_new(list, scalar(i)); /* see above */
	return list;
}

static void
add_value(struct config *c, const struct config_value *v, void *arg)
{
	own_buf struct buf path = { 0 };
	json_t *parts = json_array();

	config_path_print(&v->path, &path);
	for (size_t i = 0; i < v->path.n; i++)
		(void)json_array_append_new(
			parts, json_string(v->path.part[i])); /* see above */
	uint32_t line =
		v->node->key_line != 0 ? v->node->key_line : v->node->line;
	bool builtin = v->src->layer == CONFIG_BUILTIN;
	json_t *one = json_pack("{s:s, s:o, s:o, s:s, s:s?, s:o}", "key",
		buf_str(&path), "path", parts, "value", value(v->node), "layer",
		config_layer_name(v->src->layer), "file",
		builtin ? NULL : v->src->name, "line",
		builtin ? json_null() : json_integer(line));
	(void)json_array_append_new(arg, one); /* see above */
	(void)c;
}

int
config_print_json(struct config *c, struct buf *out)
{
	json_t *values = json_array(), *notes = json_array();

	config_each(c, add_value, values);
	for (size_t i = 0; i < c->n_notes; i++)
		(void)json_array_append_new(
			notes, json_string(c->notes[i])); /* see above */
	return dump(json_pack("{s:i, s:o, s:o}", "version", 1, "values", values,
			    "notes", notes),
		out);
}

static json_t *
words(const char *values)
{
	json_t *list = json_array();

	for (const char *p = values; *p != '\0';) {
		size_t n = strcspn(p, "|");
		(void)json_array_append_new(list, json_stringn(p, n));
		p += n;
		if (*p == '|')
			p++;
	}
	return list;
}

static json_t *
number_or_text(const char *pattern)
{
	return json_pack("{s:[{s:s, s:i}, {s:s, s:s}]}", "anyOf", "type",
		"integer", "minimum", 0, "type", "string", "pattern", pattern);
}

/* What one value of a row looks like. */
static json_t *
form(const struct config_key *k)
{
	char *end = NULL;

	switch (k->type) {
	case CONFIG_BOOL: return json_pack("{s:s}", "type", "boolean");
	case CONFIG_INT: {
		json_int_t low = strtoll(k->values, &end, 10);
		return json_pack("{s:s, s:I, s:I}", "type", "integer",
			"minimum", low, "maximum",
			(json_int_t)strtoll(end + 2, NULL, 10));
	}
	case CONFIG_SIZE: return number_or_text("^[0-9]+[KMGT]?$");
	case CONFIG_COUNT: return number_or_text("^([0-9]+[KMGT]?|unlimited)$");
	case CONFIG_DURATION:
		return number_or_text("^[0-9]+(\\.[0-9]{1,3})?(ms|s|m|h|d)?$");
	case CONFIG_ENUM: return json_pack("{s:o}", "enum", words(k->values));
	case CONFIG_PATH:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
			"^(/|~/|~$)");
	case CONFIG_NAME:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
			"^[A-Za-z0-9_-]{1,64}$");
	case CONFIG_PROFILE:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
			"^([A-Za-z0-9_-]{1,64}|:read-only|:workspace|"
			":danger-full-access)$");
	default: return json_pack("{s:s}", "type", "string");
	}
}

static json_t *
leaf(const struct config_key *k)
{
	json_t *one = form(k);

	if (k->list)
		one = json_pack("{s:s, s:o}", "type", "array", "items", one);
	(void)json_object_set_new(one, "description", json_string(k->help));
	return one;
}

static json_t *
new_object(void)
{
	return json_pack("{s:s, s:{}, s:b}", "type", "object", "properties",
		"additionalProperties", 0);
}

/*
 * The object form at a place that may hold a word as well: {"anyOf": [word,
 * object]}.  Such a place is approval_policy, and a path of a file system.
 */
static json_t *
object_at(json_t *place)
{
	return json_array_get(json_object_get(place, "anyOf"), 1);
}

static json_t *
make_both(json_t *parent, const char *slot, json_t *word, json_t *object)
{
	json_t *both = json_pack("{s:[o, o]}", "anyOf", word, object);

	(void)json_object_set_new(parent, slot, both);
	return object_at(both);
}

/* The object below `part` of object; made where it is missing. */
static json_t *
step(json_t *object, const char *part)
{
	bool any = strcmp(part, "*") == 0;
	json_t *parent = any ? object : json_object_get(object, "properties");
	const char *slot = any ? "additionalProperties" : part;
	json_t *place = json_object_get(parent, slot);

	if (place == NULL || json_is_false(place)) {
		(void)json_object_set_new(parent, slot, new_object());
		return json_object_get(parent, slot);
	}
	if (json_object_get(place, "properties") != NULL)
		return place;
	if (object_at(place) != NULL)
		return object_at(place);
	return make_both(parent, slot, json_incref(place), new_object());
}

static void
add_key(json_t *root, const struct config_key *k)
{
	json_t *object = root;
	const char *part = NULL;
	size_t len = 0;
	char name[64];

	for (size_t i = 0; config_key_part(k, i, &part, &len); i++) {
		if (len >= sizeof(name))
			return; /* no such row */
		memcpy(name, part, len);
		name[len] = '\0';
		if (part[len] == '.')
			object = step(object, name);
	}
	if (strcmp(name, "*") == 0)
		(void)json_object_set_new(
			object, "additionalProperties", leaf(k));
	else
		(void)json_object_set_new(
			json_object_get(object, "properties"), name, leaf(k));
}

int
config_schema(struct buf *out)
{
	json_t *root = new_object();
	size_t n = 0;
	const struct config_key *k = config_keys(&n);

	(void)json_object_set_new(root, "$schema",
		json_string("https://json-schema.org/draft/2020-12/schema"));
	(void)json_object_set_new(
		root, "title", json_string("codex-sandbox config.toml"));
	for (size_t i = 0; i < n; i++)
		if (k[i].type != CONFIG_REFUSED)
			add_key(root, &k[i]);
	return dump(root, out);
}
