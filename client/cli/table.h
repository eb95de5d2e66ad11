/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - rows of cells, aligned by the columns a terminal shows. Cells may hold text of other
 * people: they are printed with page_plain. */
#ifndef COMITY_CLI_TABLE_H
#define COMITY_CLI_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "page.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table_cell {
    const char *text;
    enum style style;
    bool right; /* Numbers stand to the right. */
};

struct table {
    struct arena arena; /* Owns the texts. */
    size_t columns;
    struct table_cell *cells; /* Row by row; malloc. */
    size_t count;
    size_t capacity;
    bool failed;
};

/* Headers are our own words; their number is the number of columns. */
void table_init(struct table *self, const char *const *headers, size_t columns);
void table_free(struct table *self);
void table_add(struct table *self, const char *foreign);
void table_add_styled(struct table *self, enum style style, const char *foreign);
/* A number in words of our own. */
void table_add_right(struct table *self, enum style style, const char *text);
void table_add_u64(struct table *self, uint64_t value);
void table_add_i64(struct table *self, int64_t value);
void table_add_time(struct table *self, int64_t ms); /* "" for 0. */
/* Nothing if there is no row but the headers. */
void table_print(const struct table *self, struct page *page, unsigned indent);

#endif
