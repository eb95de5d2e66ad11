/* SPDX-License-Identifier: Apache-2.0 */
/* A client's request as the daemon unpacks it: packed again it is the bytes it came from, it takes
 * no more memory than its size allows, and as JSON it says the same. */
#include "codec/strict.h"
#include "comity_json.h"
#include "fuzz/fuzz.h"

enum { REQUEST_ITEMS_MAX = 4096, MEMORY_PER_BYTE = 64, MEMORY_LEAST = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fault fault = {{0}};
    ProtobufCMessage *message;
    ProtobufCMessage *read;
    json_t *json;
    struct buffer again = {0};
    arena_init(&arena, 16 * 1024 * 1024);
    enum comity_error error = strict_unpack(&comity__v1__request__descriptor, bytes_of(data, size),
                                            REQUEST_ITEMS_MAX, &arena, &message, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    claim(arena.used <= MEMORY_LEAST + size * MEMORY_PER_BYTE);
    if (error == COMITY_OK) {
        claim(strict_pack(message, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
        claim(comity_json_from(message, &json) == COMITY_OK);
        error = comity_json_to(json, &comity__v1__request__descriptor, &arena, &read, &fault);
        if (error == COMITY_OK) {
            buffer_clear(&again);
            claim(strict_pack(read, &again) == COMITY_OK);
            claim(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
        }
        json_decref(json);
    }
    buffer_free(&again);
    arena_free(&arena);
    return 0;
}
