/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - tables in files: comma-separated, quotes as in RFC 4180, the first row names columns. */
#ifndef COMITY_SCENARIO_CSV_H
#define COMITY_SCENARIO_CSV_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "yaml/yaml.h"

struct csv_row {
    uint32_t line;            /* Where it begins, from 1. */
    const char *const *cells; /* columns_count of them, never NULL. */
};

struct csv {
    const char *path;
    uint32_t columns_count;
    const char *const *columns;
    uint32_t rows_count;
    const struct csv_row *rows;
};

/* At most 16 MiB; owned by the arena. COMITY_NOT_FOUND, COMITY_IO, COMITY_LIMIT, COMITY_MEMORY;
 * COMITY_INVALID: bad quoting, a row of another length, a column named twice. */
COMITY_MUST_CHECK enum comity_error csv_read(const char *path, struct arena *arena,
                                             struct csv *ret_table, struct fault *fault);
/* The column a scenario names by this node. COMITY_INVALID lists the columns there are. */
COMITY_MUST_CHECK enum comity_error csv_column(const struct csv *self, const struct yaml_node *name,
                                               uint32_t *ret_column, struct fault *fault);
/* "FILE:LINE: " and the sentence; returns COMITY_INVALID. */
enum comity_error csv_fault(const struct csv *self, const struct csv_row *row, struct fault *fault,
                            const char *format, ...) COMITY_PRINTF(4, 5);

#endif
