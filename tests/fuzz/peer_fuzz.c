/* SPDX-License-Identifier: Apache-2.0 */
/* A frame that decodes encodes to the bytes it came from; so do its blocks' bodies. The first byte
 * says how many orderers there are. */
#include "codec/block.h"
#include "codec/peer.h"
#include "fuzz/fuzz.h"

static void try_body(struct bytes body, struct arena *arena)
{
    const struct bytes *acts;
    size_t count;
    struct buffer again = {0};
    if (block_body_decode(body, arena, &acts, &count, NULL) == COMITY_OK) {
        claim(block_body_encode(acts, count, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), body));
    }
    buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct peer_message message;
    struct fault fault;
    if (size == 0)
        return 0;
    uint32_t n = data[0] + 1u;
    struct bytes frame = bytes_of(data + 1, size - 1);
    arena_init(&arena, 16 * 1024 * 1024);
    if (peer_message_decode(frame, n, &arena, &message, &fault) == COMITY_OK) {
        struct buffer again = {0};
        claim(peer_message_encode(&message, n, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), frame));
        buffer_free(&again);
        if (message.kind == PEER_PROPOSAL)
            try_body(message.as.proposal.body, &arena);
        for (size_t i = 0; message.kind == PEER_BLOCKS && i < message.as.blocks.count; i++)
            try_body(message.as.blocks.blocks[i].body, &arena);
    }
    arena_free(&arena);
    return 0;
}
