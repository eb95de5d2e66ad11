/* SPDX-License-Identifier: Apache-2.0 */
/* What the store and the journal keep of order: block bodies, headers, certificates, votes. What
 * decodes encodes to the bytes it came from. The first byte says how many orderers there are. */
#include "codec/block.h"
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

static void try_cert(struct bytes bytes, uint32_t n, struct arena *arena)
{
    struct cert cert;
    struct buffer again = {0};
    if (cert_decode(bytes, n, arena, &cert, NULL) == COMITY_OK) {
        uint32_t signers_count = 0;
        for (uint32_t i = 0; i < SEATS_MAX; i++) {
            signers_count += cert_has_signer(&cert, i) ? 1 : 0;
            claim(i < n || !cert_has_signer(&cert, i));
        }
        claim(signers_count == cert.signatures_count);
        claim(cert_encode(&cert, n, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), bytes));
    }
    buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct vote vote;
    struct block_header header;
    struct buffer again = {0};
    if (size == 0)
        return 0;
    struct bytes bytes = bytes_of(data + 1, size - 1);
    arena_init(&arena, 16 * 1024 * 1024);
    try_body(bytes, &arena);
    try_cert(bytes, data[0] + 1u, &arena);
    if (vote_decode(bytes, &vote, NULL) == COMITY_OK) {
        claim(vote_encode(&vote, &again) == COMITY_OK);
        claim(bytes_equal(buffer_bytes(&again), bytes));
    }
    if (block_header_decode(bytes, &header) == COMITY_OK) {
        uint8_t encoded[BLOCK_HEADER_SIZE];
        block_header_encode(&header, encoded);
        claim(bytes_equal(bytes_of(encoded, sizeof encoded), bytes));
    }
    buffer_free(&again);
    arena_free(&arena);
    return 0;
}
