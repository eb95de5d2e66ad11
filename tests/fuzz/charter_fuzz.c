/* SPDX-License-Identifier: Apache-2.0 */
/* Charter bytes that decode print as YAML that compiles to the same bytes. */
#include "charter/charter.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const struct charter *charter;
    struct fault fault;
    arena_init(&arena, 64 * 1024 * 1024);
    if (charter_decode(bytes_of(data, size), &arena, &charter, &fault) == COMITY_OK) {
        struct buffer text = {0};
        struct buffer again = {0};
        struct yaml_node *root;
        claim(charter_print(charter, &text) == COMITY_OK);
        claim(yaml_parse("printed", buffer_bytes(&text), &arena, &root, &fault) == COMITY_OK);
        claim(charter_compile(root, NULL, NULL, NULL, &again, &fault) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
        buffer_free(&again);
        buffer_free(&text);
    }
    arena_free(&arena);
    return 0;
}
