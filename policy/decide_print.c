/* SPDX-License-Identifier: Apache-2.0 */
/* decide_print.c -- the table for people (room: user). */
#include "policy/decide.h"

#include <string.h>

#include "policy/decide_table.h"

static void
row_print(struct buf *out, const struct decide_row *row)
{
	buf_printf(out, "%-31s", row->name);
	for (int c = 0; c < COL_MAX; c++) {
		int width = (int)strlen(decide_columns[c]); /* short */
		buf_printf(out, "  %-*s", width < 9 ? 9 : width,
			decide_cells[row->cells[c]].name);
	}
	while (out->len > 0 && !buf_failed(out) &&
		out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_char(out, '\n');
}

void
decide_print(struct buf *out)
{
	buf_printf(out, "%-31s", "asked, session, class");
	for (int c = 0; c < COL_MAX; c++)
		buf_printf(out, "  %-9s", decide_columns[c]);
	buf_char(out, '\n');
	for (int a = 0; a <= ASKED_ADDITIONAL; a++)
		for (int s = 0; s <= SESSION_FREE; s++)
			for (int k = 0; k < CLASS_MAX; k++)
				row_print(out, &decide_rows[a][s][k]);
	buf_char(out, '\n');
	for (int c = 0; c < CELL_MAX; c++)
		buf_printf(out, "%-11s %s\n", decide_cells[c].name,
			decide_cells[c].help);
}
