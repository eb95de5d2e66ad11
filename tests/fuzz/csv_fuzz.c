/* SPDX-License-Identifier: Apache-2.0 */
/* Any file is a table or an error with its place: every row has a cell for each column, in the
 * order of its lines, and each row can be named in a fault. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "scenario/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct csv table;
    struct fault fault = {{0}};
    const char *path = fuzz_file(bytes_of(data, size));
    arena_init(&arena, 64 * 1024 * 1024);
    enum comity_error error = csv_read(path, &arena, &table, &fault);
    claim(error == COMITY_OK || strncmp(fault.text, path, strlen(path)) == 0);
    if (error == COMITY_OK) {
        size_t total = 0;
        uint32_t line = 1;
        claim(table.columns_count > 0);
        for (uint32_t i = 0; i < table.rows_count; i++) {
            claim(table.rows[i].line > line);
            line = table.rows[i].line;
            for (uint32_t k = 0; k < table.columns_count; k++)
                total += strlen(table.rows[i].cells[k]);
            claim(csv_fault(&table, &table.rows[i], &fault, "x") == COMITY_INVALID);
        }
        claim(total <= size);
    }
    arena_free(&arena);
    return 0;
}
