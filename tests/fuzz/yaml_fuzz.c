/* SPDX-License-Identifier: Apache-2.0 */
/* Any text is a tree or an error with its place, and any tree a charter or an error. */
#include <string.h>

#include "charter/charter.h"
#include "fuzz/fuzz.h"

static enum comity_error key_of_name(void *context, const char *seat_name,
                                     uint8_t ret_key[KEY_SIZE])
{
    (void)context;
    struct hash hash = hash_of("fuzz/key", bytes_of_text(seat_name));
    memcpy(ret_key, hash.bytes, KEY_SIZE);
    return COMITY_OK;
}

static void ignore_warning(void *context, const char *warning)
{
    (void)context;
    (void)warning;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nonce[16];
    const struct charter_options options = {.key_source = key_of_name, .nonce = nonce};
    struct arena arena;
    struct yaml_node *root;
    struct buffer bytes = {0};
    struct fault fault;
    arena_init(&arena, 64 * 1024 * 1024);
    enum comity_error error = yaml_parse("f", bytes_of(data, size), &arena, &root, &fault);
    if (error == COMITY_OK)
        error = charter_compile(root, &options, ignore_warning, NULL, &bytes, &fault);
    claim(error == COMITY_OK || strncmp(fault.text, "f:", 2) == 0);
    buffer_free(&bytes);
    arena_free(&arena);
    return 0;
}
