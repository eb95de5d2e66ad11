/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_cell(struct table *self, enum style style, bool right, const char *text)
{
    if (self->count == self->capacity) {
        size_t capacity = self->capacity > 0 ? 2 * self->capacity : 64;
        struct table_cell *cells = realloc(self->cells, capacity * sizeof *cells);
        if (cells == NULL) {
            self->failed = true;
            return;
        }
        self->cells = cells;
        self->capacity = capacity;
    }
    const char *copy = arena_text(&self->arena, bytes_of_text(text != NULL ? text : ""));
    if (copy == NULL)
        self->failed = true;
    else
        self->cells[self->count++] = (struct table_cell){copy, style, right};
}

void table_init(struct table *self, const char *const *headers, size_t columns)
{
    assert(columns > 0 && columns <= TABLE_COLUMNS_MAX);
    *self = (struct table){.columns = columns};
    arena_init(&self->arena, 0);
    for (size_t i = 0; i < columns; i++)
        add_cell(self, STYLE_DIM, false, headers[i]);
}

void table_free(struct table *self)
{
    arena_free(&self->arena);
    free(self->cells);
    *self = (struct table){0};
}

void table_add(struct table *self, const char *foreign)
{
    add_cell(self, STYLE_NONE, false, foreign);
}

void table_add_styled(struct table *self, enum style style, const char *foreign)
{
    add_cell(self, style, false, foreign);
}

void table_add_right(struct table *self, enum style style, const char *text)
{
    add_cell(self, style, true, text);
}

void table_add_u64(struct table *self, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    add_cell(self, STYLE_NONE, true, text);
}

void table_add_i64(struct table *self, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    add_cell(self, STYLE_NONE, true, text);
}

void table_add_time(struct table *self, int64_t ms)
{
    struct page page;
    page_init(&page, false);
    if (ms != 0)
        page_time(&page, ms);
    add_cell(self, STYLE_NONE, false, page_text(&page));
    page_free(&page);
}

/* A header stands as the numbers below it do. */
static bool stands_right(const struct table *self, size_t index)
{
    if (index < self->columns && index + self->columns < self->count)
        return self->cells[index + self->columns].right;
    return self->cells[index].right;
}

static void print_cell(const struct table *self, struct page *page, size_t index, size_t width,
                       bool last)
{
    const struct table_cell *cell = &self->cells[index];
    size_t own = plain_width(cell->text);
    size_t padding = width > own ? width - own : 0;
    bool right = stands_right(self, index);
    if (right)
        page_spaces(page, padding);
    if (cell->style != STYLE_NONE && cell->text[0] != '\0')
        page_styled(page, cell->style, cell->text);
    else
        page_plain(page, cell->text);
    if (last)
        return;
    if (!right)
        page_spaces(page, padding);
    page_spaces(page, 2);
}

/* The last cell of the row at `index` that has text: behind it no spaces are printed. */
static size_t last_filled(const struct table *self, size_t index)
{
    size_t last = index + self->columns - 1;
    while (last > index && self->cells[last].text[0] == '\0')
        last--;
    return last;
}

void table_print(const struct table *self, struct page *page, unsigned indent)
{
    if (self->failed || self->count % self->columns != 0) {
        page->failed = true;
        return;
    }
    if (self->count == self->columns)
        return;
    size_t widths[TABLE_COLUMNS_MAX] = {0};
    size_t last = 0;
    for (size_t i = 0; i < self->count; i++) {
        size_t width = plain_width(self->cells[i].text);
        if (width > widths[i % self->columns])
            widths[i % self->columns] = width;
    }
    for (size_t i = 0; i < self->count; i++) {
        size_t column = i % self->columns;
        if (column == 0) {
            page_spaces(page, indent);
            last = last_filled(self, i);
        }
        if (i <= last)
            print_cell(self, page, i, widths[column], i == last);
        if (column + 1 == self->columns)
            page_add(page, "\n");
    }
}
