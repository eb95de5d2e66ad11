/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario/csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum { CSV_SIZE_MAX = 16 << 20, CSV_COLUMNS_MAX = 256 };

struct parser {
    const char *path;
    char *at, *end;
    uint32_t line;
    struct arena *arena;
    struct fault *fault;
};

static enum comity_error read_file(const char *path, struct buffer *ret_bytes, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return fault_set(fault, errno == ENOENT ? COMITY_NOT_FOUND : COMITY_IO, "%s: %s", path,
                         strerror(errno));
    enum comity_error error = COMITY_OK;
    char chunk[16384];
    size_t got;
    while (!error && (got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (ret_bytes->size + got > CSV_SIZE_MAX)
            error = fault_set(fault, COMITY_LIMIT, "%s: larger than 16 MiB", path);
        else
            error = buffer_append(ret_bytes, chunk, got);
    }
    if (!error && ferror(file))
        error = fault_set(fault, COMITY_IO, "%s: %s", path, strerror(errno));
    (void)fclose(file);
    return error;
}

/* A cell, unquoted in place: what follows the closing quote must end the cell. */
static enum comity_error parse_quoted(struct parser *self, const char **ret_cell)
{
    uint32_t first_line = self->line;
    char *to = ++self->at;
    *ret_cell = to;
    for (;;) {
        if (self->at == self->end)
            return fault_set(self->fault, COMITY_INVALID, "%s:%u: a quote that nothing closes",
                             self->path, first_line);
        if (*self->at == '"') {
            if (self->at + 1 == self->end || self->at[1] != '"')
                break;
            self->at++;
        }
        if (*self->at == '\n')
            self->line++;
        *to++ = *self->at++;
    }
    self->at++;
    if (self->at < self->end && !strchr(",\r\n", *self->at))
        return fault_set(self->fault, COMITY_INVALID,
                         "%s:%u: text after the closing quote of a cell", self->path, self->line);
    /* The place of the closing quote or before it: never that of the next delimiter. */
    *to = '\0';
    return COMITY_OK;
}

/* One row into `cells`; the delimiter of each cell becomes its final zero. */
static enum comity_error parse_row(struct parser *self, const char **cells, uint32_t *ret_count)
{
    uint32_t count = 0;
    for (;;) {
        if (count == CSV_COLUMNS_MAX)
            return fault_set(self->fault, COMITY_LIMIT, "%s:%u: more than %d columns", self->path,
                             self->line, CSV_COLUMNS_MAX);
        if (self->at < self->end && *self->at == '"') {
            enum comity_error error = parse_quoted(self, &cells[count]);
            if (error)
                return error;
        } else {
            cells[count] = self->at;
            while (self->at < self->end && !strchr(",\r\n", *self->at))
                self->at++;
        }
        count++;
        char delimiter = self->at < self->end ? *self->at : '\n';
        *self->at = '\0'; /* There is a spare byte at the end. */
        if (self->at < self->end)
            self->at++;
        if (delimiter == '\r' && self->at < self->end && *self->at == '\n')
            self->at++;
        if (delimiter != ',')
            break;
    }
    self->line++;
    *ret_count = count;
    return COMITY_OK;
}

static enum comity_error keep_cells(struct parser *self, const char **cells, uint32_t count,
                                    const char *const **ret_cells)
{
    const char **kept = arena_array(self->arena, count, sizeof *kept);
    if (!kept)
        return COMITY_MEMORY;
    memcpy(kept, cells, count * sizeof *kept);
    *ret_cells = kept;
    return COMITY_OK;
}

static enum comity_error parse_table(struct parser *self, struct csv *table)
{
    const char *cells[CSV_COLUMNS_MAX];
    uint32_t count = 0, capacity = 0;
    struct csv_row *rows = NULL;
    enum comity_error error = parse_row(self, cells, &table->columns_count);
    if (!error)
        error = keep_cells(self, cells, table->columns_count, &table->columns);
    for (uint32_t i = 0; !error && i < table->columns_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(table->columns[i], table->columns[j]) == 0)
                return fault_set(self->fault, COMITY_INVALID, "%s:1: two columns named \"%s\"",
                                 self->path, table->columns[i]);
    while (!error && self->at < self->end) {
        uint32_t line = self->line;
        error = parse_row(self, cells, &count);
        if (error)
            break;
        if (count == 1 && !cells[0][0])
            continue; /* An empty line. */
        if (count != table->columns_count)
            return fault_set(self->fault, COMITY_INVALID,
                             "%s:%u: a row of %u cells under %u columns", self->path, line, count,
                             table->columns_count);
        if (table->rows_count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            struct csv_row *more = arena_array(self->arena, capacity, sizeof *more);
            if (!more)
                return COMITY_MEMORY;
            if (rows)
                memcpy(more, rows, table->rows_count * sizeof *rows);
            rows = more;
        }
        rows[table->rows_count].line = line;
        error = keep_cells(self, cells, count, &rows[table->rows_count++].cells);
    }
    table->rows = rows;
    return error;
}

enum comity_error csv_read(const char *path, struct arena *arena, struct csv *ret_table,
                           struct fault *fault)
{
    struct buffer bytes = {0};
    struct csv table = {.path = arena_text(arena, bytes_of_text(path))};
    enum comity_error error = read_file(path, &bytes, fault);
    if (error)
        goto free_bytes;
    if (!utf8_is_valid(buffer_bytes(&bytes))) {
        error = fault_set(fault, COMITY_INVALID, "%s: not well-formed UTF-8", path);
        goto free_bytes;
    }
    char *text = arena_text(arena, buffer_bytes(&bytes));
    if (!text || !table.path) {
        error = COMITY_MEMORY;
        goto free_bytes;
    }
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3, bytes.size -= 3;
    struct parser parser = {.path = path,
                            .at = text,
                            .end = text + bytes.size,
                            .line = 1,
                            .arena = arena,
                            .fault = fault};
    error = parse_table(&parser, &table);
    if (!error)
        *ret_table = table;
free_bytes:
    buffer_free(&bytes);
    return error;
}

enum comity_error csv_column(const struct csv *self, const struct yaml_node *name,
                             uint32_t *ret_column, struct fault *fault)
{
    const char *text;
    enum comity_error error = yaml_text(name, "a column's name", 255, &text, fault);
    if (error)
        return error;
    char known[256] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < self->columns_count; i++) {
        if (strcmp(self->columns[i], text) == 0) {
            *ret_column = i;
            return COMITY_OK;
        }
        int added =
            snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", self->columns[i]);
        used += added > 0 && (size_t)added < sizeof known - used ? (size_t)added : 0;
    }
    return yaml_fault(name, fault, "%s has no column \"%s\"; it has %s", self->path, text, known);
}

enum comity_error csv_fault(const struct csv *self, const struct csv_row *row, struct fault *fault,
                            const char *format, ...)
{
    char text[FAULT_TEXT_MAX];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return fault_set(fault, COMITY_INVALID, "%s:%u: %s", self->path, row->line, text);
}
