/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/peer.h"

#include <assert.h>
#include <string.h>

#include "codec/act_body.h"
#include "codec/block_parts.h"
#include "codec/relay.h"
#include "codec/strict.h"
#include "envelope.pb-c.h"

enum { FETCH_CERTS = 1, FETCH_BLOCK = 2, FETCH_RANGE = 3 };

void forum_tag(const struct hash *forum, uint64_t epoch, uint8_t ret_tag[FORUM_TAG_SIZE])
{
    uint8_t bytes[HASH_SIZE + 8];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    writer_raw(&writer, forum->bytes, HASH_SIZE);
    writer_u64(&writer, epoch);
    struct hash hash = hash_of("comity/forum-tag/v1", bytes_of(bytes, sizeof bytes));
    memcpy(ret_tag, hash.bytes, FORUM_TAG_SIZE);
}

static enum comity_error envelope_read(struct bytes frame, struct arena *arena,
                                       const Comity__V1__Envelope **ret_envelope,
                                       struct fault *fault)
{
    ProtobufCMessage *message = NULL;
    if (frame.size > FRAME_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "a frame of %zu bytes: %d at most", frame.size,
                         (int)FRAME_SIZE_MAX);
    enum comity_error error =
        strict_borrow(&comity__v1__envelope__descriptor, frame, 0, arena, &message, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__Envelope *envelope = (const Comity__V1__Envelope *)message;
    if (envelope->version != PEER_VERSION)
        return fault_set(fault, COMITY_FOREIGN, "Envelope.version: %u, expected %d",
                         envelope->version, PEER_VERSION);
    if (envelope->forum_tag.len != FORUM_TAG_SIZE)
        return fault_set(fault, COMITY_INVALID, "Envelope.forum_tag: expected 16 bytes");
    if (envelope->origin.len != 0 || envelope->to.len != 0 || envelope->id != 0 ||
        envelope->hops != 0 || envelope->key_epoch != 0)
        return fault_set(fault, COMITY_INVALID, "Envelope: a relayed one; this link is direct");
    *ret_envelope = envelope;
    return COMITY_OK;
}

uint32_t peer_own_version(void)
{
    return PEER_VERSION;
}

uint32_t peer_frame_version(struct bytes frame)
{
    uint32_t version = 0;
    if (frame.size < 2 || frame.data[0] != 0x08)
        return 0;
    for (size_t i = 0; i < 4 && i + 1 < frame.size; i++) {
        version |= (uint32_t)(frame.data[i + 1] & 0x7f) << (7 * i);
        if ((frame.data[i + 1] & 0x80) == 0)
            return version;
    }
    return 0;
}

enum comity_error peer_message_tag(struct bytes frame, uint8_t ret_tag[FORUM_TAG_SIZE])
{
    struct arena arena;
    const Comity__V1__Envelope *envelope = NULL;
    arena_init(&arena, 0);
    enum comity_error error = envelope_read(frame, &arena, &envelope, NULL);
    if (error == COMITY_OK)
        memcpy(ret_tag, envelope->forum_tag.data, FORUM_TAG_SIZE);
    arena_free(&arena);
    return error;
}

static enum comity_error block_check(struct bytes header, struct bytes body, struct fault *fault)
{
    if (header.size != BLOCK_HEADER_SIZE)
        return fault_set(fault, COMITY_INVALID, "header: %zu bytes, expected %d", header.size,
                         (int)BLOCK_HEADER_SIZE);
    if (body.size > BLOCK_SIZE_MAX)
        return fault_set(fault, COMITY_LIMIT, "body: %zu bytes, %d at most", body.size,
                         (int)BLOCK_SIZE_MAX);
    return COMITY_OK;
}

static enum comity_error proposal_read(const Comity__V1__Proposal *proposal, uint32_t n,
                                       struct peer_message *message, struct fault *fault)
{
    message->as.proposal.header = bytes_from_data(&proposal->header);
    message->as.proposal.body = bytes_from_data(&proposal->body);
    enum comity_error error =
        block_check(message->as.proposal.header, message->as.proposal.body, fault);
    if (error != COMITY_OK)
        return error;
    if (proposal->vote == NULL || proposal->vote->kind != VOTE_NOTARIZE)
        return fault_set(fault, COMITY_INVALID, "Proposal.vote: expected the leader's notarize");
    return vote_from_message(proposal->vote, n, &message->as.proposal.vote, fault);
}

static enum comity_error status_read(const Comity__V1__Status *status, struct peer_message *message,
                                     struct fault *fault)
{
    if (status->utc_ms < ACT_TIME_MIN || status->utc_ms > ACT_TIME_MAX)
        return fault_set(fault, COMITY_INVALID, "Status.utc_ms: outside the years 0 to 9999");
    message->as.status.final_view = status->final_view;
    message->as.status.view = status->view;
    message->as.status.height = status->height;
    message->as.status.last_seen_view = status->last_seen_view;
    message->as.status.utc_ms = status->utc_ms;
    message->as.status.going_away = status->going_away != 0;
    message->as.status.your_seq = status->your_seq;
    message->as.status.asks_votes = status->asks_votes;
    return COMITY_OK;
}

static enum comity_error fetch_read(const Comity__V1__Fetch *fetch, struct peer_message *message,
                                    struct fault *fault)
{
    if (fetch->kind < FETCH_CERTS || fetch->kind > FETCH_RANGE)
        return fault_set(fault, COMITY_INVALID, "Fetch.kind: expected 1, 2 or 3");
    message->as.fetch.kind = fetch->kind;
    message->as.fetch.first = fetch->first;
    message->as.fetch.last = fetch->last;
    message->as.fetch.id = fetch->id;
    if (fetch->kind == FETCH_BLOCK)
        return hash_from_data(&fetch->hash, "Fetch.hash", &message->as.fetch.hash, fault);
    if (fetch->hash.len != 0)
        return fault_set(fault, COMITY_INVALID, "Fetch.hash: expected none");
    return COMITY_OK;
}

static enum comity_error blocks_read(const Comity__V1__Blocks *blocks, uint32_t n,
                                     struct arena *arena, struct peer_message *message,
                                     struct fault *fault)
{
    struct peer_block *items = arena_array(arena, blocks->n_blocks, sizeof *items);
    if (items == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < blocks->n_blocks; i++) {
        const Comity__V1__Block *block = blocks->blocks[i];
        items[i].header = bytes_from_data(&block->header);
        items[i].body = bytes_from_data(&block->body);
        items[i].has_cert = block->cert != NULL;
        enum comity_error error = block_check(items[i].header, items[i].body, fault);
        if (error == COMITY_OK && items[i].has_cert)
            error = cert_from_message(block->cert, n, &items[i].cert, fault);
        if (error != COMITY_OK)
            return error;
    }
    message->as.blocks.id = blocks->id;
    message->as.blocks.blocks = items;
    message->as.blocks.count = blocks->n_blocks;
    return COMITY_OK;
}

static enum comity_error body_read(const Comity__V1__PeerMessage *body, uint32_t n,
                                   struct arena *arena, struct peer_message *message,
                                   struct fault *fault)
{
    switch (body->message_case) {
    case COMITY__V1__PEER_MESSAGE__MESSAGE_PROPOSAL:
        return proposal_read(body->proposal, n, message, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_VOTE:
        return vote_from_message(body->vote, n, &message->as.vote, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_CERT:
        return cert_from_message(body->cert, n, &message->as.cert, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_STATUS:
        return status_read(body->status, message, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_FETCH:
        return fetch_read(body->fetch, message, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_BLOCKS:
        return blocks_read(body->blocks, n, arena, message, fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_ACTS:
        message->as.acts.count = body->acts->n_acts;
        return acts_from_data(body->acts->acts, body->acts->n_acts, arena, &message->as.acts.acts,
                              fault);
    case COMITY__V1__PEER_MESSAGE__MESSAGE_RELAY:
    case COMITY__V1__PEER_MESSAGE__MESSAGE_ROUTES_WANTED:
    case COMITY__V1__PEER_MESSAGE__MESSAGE_ROUTES:
        return relay_read(body, message, fault);
    default:
        return fault_set(fault, COMITY_INVALID, "PeerMessage: empty");
    }
}

enum comity_error peer_message_decode(struct bytes frame, uint32_t n, struct arena *arena,
                                      struct peer_message *ret_message, struct fault *fault)
{
    assert(n >= 1 && n <= SEATS_MAX);
    const Comity__V1__Envelope *envelope = NULL;
    ProtobufCMessage *unpacked = NULL;
    enum comity_error error = envelope_read(frame, arena, &envelope, fault);
    if (error != COMITY_OK)
        return error;
    error = strict_borrow(&comity__v1__peer_message__descriptor, bytes_from_data(&envelope->body),
                          BLOCK_ACTS_MAX, arena, &unpacked, fault);
    if (error != COMITY_OK)
        return error;
    const Comity__V1__PeerMessage *body = (const Comity__V1__PeerMessage *)unpacked;
    struct peer_message message = {.kind = (enum peer_kind)body->message_case};
    memcpy(message.forum_tag, envelope->forum_tag.data, FORUM_TAG_SIZE);
    error = body_read(body, n, arena, &message, fault);
    if (error == COMITY_OK)
        *ret_message = message;
    return error;
}
