/* SPDX-License-Identifier: Apache-2.0 */
/* shell_list.c -- lists of commands, and reasons with a place (room: user). */
#include "policy/shell_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/diag.h"

struct shell_item {
	size_t start; /* of the first word in bytes */
	size_t argc;
	enum shell_join join;
};

void
shell_commands_free(struct shell_commands *c)
{
	if (c == NULL)
		return;
	free(c->items);
	free(c->words);
	free(c->text);
	*c = (struct shell_commands){ 0 };
}

void
shell_draft_word(struct shell_draft *d, const char *word, size_t len)
{
	buf_add(&d->bytes, word, len);
	buf_char(&d->bytes, '\0');
	d->argc++;
}

void
shell_draft_clear(struct shell_draft *d)
{
	d->bytes.len = 0;
	d->argc = 0;
}

void
shell_draft_free(struct shell_draft *d)
{
	buf_free(&d->bytes);
	d->argc = 0;
}

void
shell_list_add(
	struct shell_list *l, enum shell_join join, struct shell_draft *d)
{
	struct shell_item item = { l->bytes.len, d->argc, join };
	if (buf_failed(&d->bytes))
		l->bytes.failed = true; /* the list must not lose words */
	if (d->argc == 0)
		return;
	buf_add(&l->items, &item, sizeof(item));
	buf_add(&l->bytes, d->bytes.data, d->bytes.len);
	l->n++;
	l->argc += d->argc;
	shell_draft_clear(d);
}

static struct shell_item
item_at(const struct shell_list *l, size_t i)
{
	struct shell_item item;
	memcpy(&item, l->items.data + i * sizeof(item), sizeof(item));
	return item;
}

void
shell_list_cut(struct shell_list *l, size_t n)
{
	if (n >= l->n || buf_failed(&l->bytes) || buf_failed(&l->items))
		return;
	for (size_t i = n; i < l->n; i++)
		l->argc -= item_at(l, i).argc;
	l->bytes.len = item_at(l, n).start;
	l->items.len = n * sizeof(struct shell_item);
	l->n = n;
}

/* Point every command of *c at its words in c->text. */
static void
commands_link(const struct shell_list *l, struct shell_commands *c)
{
	char **slot = c->words;
	for (size_t i = 0; i < c->n; i++) {
		struct shell_item item = item_at(l, i);
		char *word = c->text + item.start;
		c->items[i] = (struct shell_command){
			.join = item.join, .argc = item.argc, .argv = slot
		};
		for (size_t k = 0; k < item.argc; k++) {
			*slot++ = word;
			word += strlen(word) + 1;
		}
		*slot++ = NULL;
	}
}

int
shell_list_take(struct shell_list *l, struct shell_commands *ret)
{
	struct shell_commands c = { .n = l->n };
	bool failed = buf_failed(&l->bytes) || buf_failed(&l->items);
	if (!failed && c.n > 0) {
		c.items = calloc(c.n, sizeof(*c.items));
		c.words = calloc(l->argc + c.n, sizeof(*c.words));
		c.text = buf_take(&l->bytes);
		failed = !c.items || !c.words || !c.text;
	}
	if (failed)
		shell_commands_free(&c);
	else
		commands_link(l, &c);
	shell_list_free(l);
	if (failed)
		return -ENOMEM;
	*ret = c;
	return 0;
}

void
shell_list_free(struct shell_list *l)
{
	buf_free(&l->bytes);
	buf_free(&l->items);
	l->n = 0;
	l->argc = 0;
}

void
shell_why_set(struct shell_why *why, const char *reason, const char *text,
	size_t offset)
{
	if (why == NULL)
		return;
	*why = (struct shell_why){
		.reason = reason, .offset = offset, .line = 1, .column = 1
	};
	for (size_t i = 0; i < offset; i++) {
		why->column++;
		if (text[i] == '\n') {
			why->line++;
			why->column = 1;
		}
	}
}

void
shell_why_diag(const struct shell_why *why, struct diag *d)
{
	(void)diag_setf(d, 0, DIAG_USAGE, "shell text",
		"write plain commands, or let the text be judged as a whole",
		"line %zu, column %zu: %s", why->line, why->column,
		why->reason ? why->reason : "not understood");
}
