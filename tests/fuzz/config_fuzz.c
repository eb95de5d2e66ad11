/* SPDX-License-Identifier: Apache-2.0 */
/* Any file is a configuration or an error with its place; what `comityd -n` prints of one reads
 * back as the same. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "node/config.h"

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static void check_same(const struct config *left, const struct config *right)
{
    claim(same_text(left->key_path, right->key_path));
    claim(same_text(left->data_path, right->data_path));
    claim(same_text(left->socket_path, right->socket_path));
    claim(same_text(left->listen, right->listen));
    claim(left->log_level == right->log_level && left->log_json == right->log_json);
    claim(left->peers_count == right->peers_count);
    for (uint32_t i = 0; i < left->peers_count; i++) {
        claim(memcmp(left->peers[i].key, right->peers[i].key, KEY_SIZE) == 0);
        claim(same_text(left->peers[i].address, right->peers[i].address));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct config config;
    struct config again;
    struct fault fault = {{0}};
    const char *path = fuzz_file(bytes_of(data, size));
    arena_init(&arena, 64 * 1024 * 1024);
    enum comity_error error = config_read(path, &arena, &config, &fault);
    claim(error == COMITY_OK || strncmp(fault.text, path, strlen(path)) == 0);
    if (error == COMITY_OK) {
        struct buffer text = {0};
        claim(config_print(&config, &text) == COMITY_OK);
        error = config_read(fuzz_file(buffer_bytes(&text)), &arena, &again, &fault);
        if (error != COMITY_OK)
            fprintf(stderr, "%s\n%.*s", fault.text, (int)text.size, (const char *)text.data);
        claim(error == COMITY_OK);
        check_same(&config, &again);
        buffer_free(&text);
    }
    arena_free(&arena);
    return 0;
}
