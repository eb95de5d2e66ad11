/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence that parses has a canonical text that parses to itself. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "rules/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t values[3] = {1, UINT64_MAX / 2, 7};
    static const struct rule_roster roster = {
        .seats_count = 3,
        .members = {{7}},
        .groups_count = 1,
        .groups = {{.name = "G", .seats = {{3}}}},
        .weights_count = 1,
        .weights = {{.name = "w", .values = values}},
    };
    struct arena arena;
    const struct rule *rule;
    const struct rule *again;
    struct fault fault;
    arena_init(&arena, 16 * 1024 * 1024);
    if (rule_parse(&arena, bytes_of(data, size), &roster, &rule, &fault) == COMITY_OK) {
        claim(rule_parse(&arena, bytes_of_text(rule->text), &roster, &again, &fault) == COMITY_OK);
        claim(strcmp(again->text, rule->text) == 0);
    }
    arena_free(&arena);
    return 0;
}
