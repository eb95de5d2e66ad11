/* SPDX-License-Identifier: Apache-2.0 */
/* A line of a bot is a request that the daemon's decoder takes, or an error in words. */
#include "bot_line.h"
#include "codec/strict.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fault fault = {{0}};
    Comity__V1__Request *request = NULL;
    ProtobufCMessage *unpacked;
    json_t *id = NULL;
    struct buffer packed = {0};
    arena_init(&arena, 8 << 20);
    enum comity_error error =
        bot_line_read((const char *)data, size, &arena, &id, &request, &fault);
    claim(error == COMITY_OK || fault.text[0] != '\0');
    if (error == COMITY_OK) {
        claim(strict_pack(&request->base, &packed) == COMITY_OK);
        error = strict_unpack(&comity__v1__request__descriptor, buffer_bytes(&packed), 4096, &arena,
                              &unpacked, &fault);
        if (error != COMITY_OK && error != COMITY_LIMIT)
            fprintf(stderr, "%s\n", fault.text);
        claim(error == COMITY_OK || error == COMITY_LIMIT || error == COMITY_MEMORY);
    }
    json_decref(id);
    buffer_free(&packed);
    arena_free(&arena);
    return 0;
}
