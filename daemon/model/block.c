/* SPDX-License-Identifier: Apache-2.0 */
#include "model/block.h"

#include <assert.h>
#include <string.h>

void block_header_encode(const struct block_header *header, uint8_t ret_bytes[BLOCK_HEADER_SIZE])
{
    struct writer writer;
    writer_init(&writer, ret_bytes, BLOCK_HEADER_SIZE);
    writer_raw(&writer, header->forum.bytes, HASH_SIZE);
    writer_u16(&writer, header->protocol);
    writer_u64(&writer, header->epoch);
    writer_u64(&writer, header->view);
    writer_u64(&writer, header->height);
    writer_i64(&writer, header->time_ms);
    writer_u64(&writer, header->parent_view);
    writer_raw(&writer, header->parent_hash.bytes, HASH_SIZE);
    writer_u64(&writer, header->state_height);
    writer_raw(&writer, header->state_hash.bytes, HASH_SIZE);
    writer_raw(&writer, header->outcomes_root.bytes, HASH_SIZE);
    writer_raw(&writer, header->acts_root.bytes, HASH_SIZE);
    writer_u64(&writer, 0); /* Reserved for the next protocol; must be zero. */
    assert(!writer.failed && writer.size == BLOCK_HEADER_SIZE);
}

enum comity_error block_header_decode(struct bytes bytes, struct block_header *ret_header)
{
    struct reader reader;
    struct block_header header = {0};
    reader_init(&reader, bytes);
    reader_raw(&reader, header.forum.bytes, HASH_SIZE);
    header.protocol = reader_u16(&reader);
    header.epoch = reader_u64(&reader);
    header.view = reader_u64(&reader);
    header.height = reader_u64(&reader);
    header.time_ms = reader_i64(&reader);
    header.parent_view = reader_u64(&reader);
    reader_raw(&reader, header.parent_hash.bytes, HASH_SIZE);
    header.state_height = reader_u64(&reader);
    reader_raw(&reader, header.state_hash.bytes, HASH_SIZE);
    reader_raw(&reader, header.outcomes_root.bytes, HASH_SIZE);
    reader_raw(&reader, header.acts_root.bytes, HASH_SIZE);
    uint64_t reserved = reader_u64(&reader);
    if (!reader_done(&reader) || reserved != 0)
        return COMITY_INVALID;
    *ret_header = header;
    return COMITY_OK;
}

struct hash block_header_hash(const struct block_header *header)
{
    uint8_t bytes[BLOCK_HEADER_SIZE];
    block_header_encode(header, bytes);
    return hash_of("comity/block/v1", bytes_of(bytes, sizeof bytes));
}

void vote_sign_bytes(const struct vote_domain *domain, enum vote_kind kind, uint64_t view,
                     const struct hash *hash, uint8_t ret_bytes[VOTE_SIGN_SIZE])
{
    static const char tags[][24] = {
        [VOTE_NOTARIZE] = "comity/vote-notarize/v1",
        [VOTE_NULLIFY] = "comity/vote-nullify/v1",
        [VOTE_FINALIZE] = "comity/vote-finalize/v1",
    };
    assert(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
    struct writer writer;
    writer_init(&writer, ret_bytes, VOTE_SIGN_SIZE);
    writer_raw(&writer, tags[kind], sizeof tags[kind]);
    writer_raw(&writer, domain->forum.bytes, HASH_SIZE);
    writer_u64(&writer, domain->epoch);
    writer_raw(&writer, domain->roster_hash.bytes, HASH_SIZE);
    writer_u64(&writer, view);
    writer_raw(&writer, hash->bytes, HASH_SIZE);
    assert(!writer.failed && writer.size == VOTE_SIGN_SIZE);
}
