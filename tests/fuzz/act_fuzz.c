/* SPDX-License-Identifier: Apache-2.0 */
/* A signed act that decodes encodes to the bytes it came from. */
#include "codec/act.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct signed_act decoded;
    struct fault fault;
    arena_init(&arena, 16 * 1024 * 1024);
    if (signed_act_decode(bytes_of(data, size), &arena, &decoded, &fault) == COMITY_OK) {
        struct buffer act = {0};
        struct buffer encoded = {0};
        claim(act_encode(&decoded.act, &act) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&act), decoded.act_bytes));
        claim(signed_act_encode(buffer_bytes(&act), decoded.signature, decoded.act.text,
                                &encoded) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&encoded), bytes_of(data, size)));
        buffer_free(&encoded);
        buffer_free(&act);
    }
    arena_free(&arena);
    return 0;
}
