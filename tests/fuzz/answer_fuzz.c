/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon's answer as libcomity unpacks it: packed again it is the bytes it came from, and it can
 * be shown as JSON, whatever it says. */
#include "codec/strict.h"
#include "comity.h"
#include "comity_json.h"
#include "fuzz/fuzz.h"

enum { ANSWER_ITEMS_MAX = 1 << 18, MEMORY_PER_BYTE = 256, MEMORY_LEAST = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fault fault = {{0}};
    ProtobufCMessage *message;
    json_t *json;
    struct buffer again = {0};
    arena_init(&arena, 64 << 20);
    enum comity_error error = strict_unpack(&comity__v1__response__descriptor, bytes_of(data, size),
                                            ANSWER_ITEMS_MAX, &arena, &message, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    claim(arena.used <= MEMORY_LEAST + size * MEMORY_PER_BYTE);
    if (error == COMITY_OK) {
        const Comity__V1__Response *response = (const Comity__V1__Response *)message;
        claim(strict_pack(message, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
        claim(comity_json_from(message, &json) == COMITY_OK);
        char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
        claim(text != NULL);
        free(text);
        json_decref(json);
        if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_FAILURE) {
            fault.text[0] = '\0';
            claim(comity_failure(response->failure, &fault) != COMITY_OK);
            claim(fault.text[0] != '\0');
        }
        if (response->response_case == COMITY__V1__RESPONSE__RESPONSE_STATUS)
            (void)comity_find_forum(response->status, "");
    }
    buffer_free(&again);
    arena_free(&arena);
    return 0;
}
