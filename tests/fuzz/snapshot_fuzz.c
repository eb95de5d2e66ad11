/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a state of this charter or no snapshot. A state that was loaded saves as bytes
 * that load as the same state, and time may pass in it. */
#include "charter/charter.h"
#include "forum/forum.h"
#include "fuzz/fuzz.h"

#define YEAR_MS ((int64_t)366 * 86400000)

static const struct charter *read_charter(void)
{
    static const struct charter *charter;
    static struct arena arena;
    if (charter != NULL)
        return charter;
    struct buffer hex = fuzz_read(COMITY_SOURCE_DIR "/tests/golden/charter/crisis.hex");
    while (hex.size > 0 && hex.data[hex.size - 1] <= ' ')
        hex.size--;
    claim(buffer_append(&hex, "", 1) == COMITY_OK);
    size_t size = (hex.size - 1) / 2;
    arena_init(&arena, 0);
    uint8_t *bytes = arena_alloc(&arena, size);
    claim(hex_to_bytes((const char *)hex.data, bytes, size) == COMITY_OK);
    claim(charter_decode(bytes_of(bytes, size), &arena, &charter, NULL) == COMITY_OK);
    buffer_free(&hex);
    return charter;
}

static struct buffer saved(const struct forum *forum)
{
    struct buffer bytes = {0};
    struct writer writer;
    size_t size = forum_save_size(forum);
    claim(buffer_reserve(&bytes, size + 1) == COMITY_OK);
    writer_init(&writer, bytes.data, size);
    forum_save(forum, &writer);
    claim(!writer.failed && writer.size == size);
    bytes.size = size;
    return bytes;
}

static void pass_time(struct forum *forum)
{
    struct outcomes outcomes;
    int64_t due = forum_due(forum);
    uint64_t height = forum_height(forum);
    if (height >= UINT64_MAX - 1 || due > INT64_MAX - YEAR_MS)
        return;
    struct forum_block block = {.height = height + 1, .time_ms = due + YEAR_MS};
    enum comity_error error = forum_apply(forum, &block, &outcomes);
    claim(error == COMITY_OK || error == COMITY_MEMORY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct forum *forum;
    struct forum *again;
    struct fault fault = {{0}};
    arena_init(&arena, 64 * 1024 * 1024);
    enum comity_error error =
        forum_load(&arena, read_charter(), bytes_of(data, size), &forum, &fault);
    claim(error == COMITY_OK || error == COMITY_DAMAGED || error == COMITY_MEMORY);
    if (error == COMITY_OK) {
        struct buffer first = saved(forum);
        claim(forum_load(&arena, read_charter(), buffer_bytes(&first), &again, &fault) ==
              COMITY_OK);
        struct buffer second = saved(again);
        claim(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
        pass_time(again);
        buffer_free(&second);
        buffer_free(&first);
    }
    arena_free(&arena);
    return 0;
}
