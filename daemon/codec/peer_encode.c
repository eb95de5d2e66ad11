/* SPDX-License-Identifier: Apache-2.0 */
/* peer_encode.c - the frames we send. The envelope is written by hand around the message, so that
 * a block's body is copied once. */
#include <assert.h>
#include <string.h>

#include "codec/act_body.h"
#include "codec/block_parts.h"
#include "codec/peer.h"
#include "codec/relay.h"
#include "codec/strict.h"
#include "envelope.pb-c.h"

static_assert((int)PEER_PROPOSAL == COMITY__V1__PEER_MESSAGE__MESSAGE_PROPOSAL &&
                  (int)PEER_ACTS == COMITY__V1__PEER_MESSAGE__MESSAGE_ACTS &&
                  (int)PEER_ROUTES == COMITY__V1__PEER_MESSAGE__MESSAGE_ROUTES,
              "a peer message's kind is its field number");

/* Everything a message of one kind needs on the stack. */
struct parts {
    union {
        Comity__V1__Proposal proposal;
        Comity__V1__Status status;
        Comity__V1__Fetch fetch;
        Comity__V1__Blocks blocks;
        Comity__V1__Acts acts;
        union relay_parts relay;
    };
    Comity__V1__Vote vote;
    struct cert_message cert;
};

static void status_write(const struct peer_message *message, Comity__V1__Status *status)
{
    comity__v1__status__init(status);
    status->final_view = message->as.status.final_view;
    status->view = message->as.status.view;
    status->height = message->as.status.height;
    status->last_seen_view = message->as.status.last_seen_view;
    status->utc_ms = message->as.status.utc_ms;
    status->going_away = message->as.status.going_away;
    status->your_seq = message->as.status.your_seq;
    status->asks_votes = message->as.status.asks_votes;
}

static void fetch_write(const struct peer_message *message, Comity__V1__Fetch *fetch)
{
    comity__v1__fetch__init(fetch);
    fetch->kind = message->as.fetch.kind;
    fetch->first = message->as.fetch.first;
    fetch->last = message->as.fetch.last;
    fetch->id = message->as.fetch.id;
    if (fetch->kind == 2)
        fetch->hash = data_from_hash(&message->as.fetch.hash);
}

static enum comity_error blocks_write(const struct peer_message *message, uint32_t n,
                                      struct arena *arena, Comity__V1__Blocks *blocks)
{
    size_t count = message->as.blocks.count;
    comity__v1__blocks__init(blocks);
    blocks->id = message->as.blocks.id;
    blocks->blocks = arena_array(arena, count, sizeof *blocks->blocks);
    Comity__V1__Block *items = arena_array(arena, count, sizeof *items);
    struct cert_message *certs = arena_array(arena, count, sizeof *certs);
    if (blocks->blocks == NULL || items == NULL || certs == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct peer_block *block = &message->as.blocks.blocks[i];
        comity__v1__block__init(&items[i]);
        items[i].header = data_from_bytes(block->header);
        items[i].body = data_from_bytes(block->body);
        blocks->blocks[i] = &items[i];
        if (!block->has_cert)
            continue;
        enum comity_error error = cert_to_message(&block->cert, n, &certs[i]);
        if (error != COMITY_OK)
            return error;
        items[i].cert = &certs[i].message;
    }
    blocks->n_blocks = count;
    return COMITY_OK;
}

static enum comity_error acts_write(const struct peer_message *message, struct arena *arena,
                                    Comity__V1__Acts *acts)
{
    size_t count = message->as.acts.count;
    comity__v1__acts__init(acts);
    acts->acts = arena_array(arena, count, sizeof *acts->acts);
    if (acts->acts == NULL)
        return COMITY_MEMORY;
    for (size_t i = 0; i < count; i++)
        acts->acts[i] = data_from_bytes(message->as.acts.acts[i]);
    acts->n_acts = count;
    return COMITY_OK;
}

static enum comity_error body_write(const struct peer_message *message, uint32_t n,
                                    struct arena *arena, struct parts *parts,
                                    Comity__V1__PeerMessage *body)
{
    enum comity_error error = COMITY_OK;
    body->message_case = (Comity__V1__PeerMessage__MessageCase)message->kind;
    switch (message->kind) {
    case PEER_PROPOSAL:
        comity__v1__proposal__init(&parts->proposal);
        parts->proposal.header = data_from_bytes(message->as.proposal.header);
        parts->proposal.body = data_from_bytes(message->as.proposal.body);
        parts->proposal.vote = &parts->vote;
        body->proposal = &parts->proposal;
        return vote_to_message(&message->as.proposal.vote, n, &parts->vote);
    case PEER_VOTE:
        body->vote = &parts->vote;
        return vote_to_message(&message->as.vote, n, &parts->vote);
    case PEER_CERT:
        body->cert = &parts->cert.message;
        return cert_to_message(&message->as.cert, n, &parts->cert);
    case PEER_STATUS:
        body->status = &parts->status;
        status_write(message, &parts->status);
        return COMITY_OK;
    case PEER_FETCH:
        body->fetch = &parts->fetch;
        fetch_write(message, &parts->fetch);
        return COMITY_OK;
    case PEER_BLOCKS:
        error = blocks_write(message, n, arena, &parts->blocks);
        body->blocks = &parts->blocks;
        return error;
    case PEER_ACTS:
        error = acts_write(message, arena, &parts->acts);
        body->acts = &parts->acts;
        return error;
    case PEER_RELAY:
    case PEER_ROUTES_WANTED:
    case PEER_ROUTES:
        body->relay = &parts->relay.relay; /* Every member of both unions is one address. */
        return relay_write(message, arena, &parts->relay);
    }
    return COMITY_INVALID;
}

/* Version, tag, then the body's own tag and length; the body follows. */
static size_t envelope_write(const uint8_t forum_tag_bytes[FORUM_TAG_SIZE], size_t body_size,
                             uint8_t *ret_bytes)
{
    static const uint8_t start[] = {1 << 3, PEER_VERSION, 2 << 3 | 2, FORUM_TAG_SIZE};
    size_t size = sizeof start;
    memcpy(ret_bytes, start, sizeof start);
    memcpy(ret_bytes + size, forum_tag_bytes, FORUM_TAG_SIZE);
    size += FORUM_TAG_SIZE;
    if (body_size == 0)
        return size;
    ret_bytes[size++] = 8 << 3 | 2;
    for (; body_size >= 0x80; body_size >>= 7)
        ret_bytes[size++] = (uint8_t)(body_size | 0x80);
    ret_bytes[size++] = (uint8_t)body_size;
    return size;
}

enum comity_error peer_message_encode(const struct peer_message *message, uint32_t n,
                                      struct buffer *ret_frame)
{
    assert(n >= 1 && n <= SEATS_MAX);
    enum { ENVELOPE_SIZE_MAX = 4 + FORUM_TAG_SIZE + 1 + 10 };
    uint8_t envelope[ENVELOPE_SIZE_MAX];
    struct arena arena;
    struct parts parts;
    Comity__V1__PeerMessage body = COMITY__V1__PEER_MESSAGE__INIT;
    arena_init(&arena, 0);
    enum comity_error error = body_write(message, n, &arena, &parts, &body);
    if (error == COMITY_OK) {
        size_t body_size = protobuf_c_message_get_packed_size(&body.base);
        size_t size = envelope_write(message->forum_tag, body_size, envelope);
        if (body_size > FRAME_SIZE_MAX - size)
            error = COMITY_LIMIT;
        if (error == COMITY_OK)
            error = buffer_reserve(ret_frame, size + body_size);
        if (error == COMITY_OK) /* Reserved: cannot fail any more. */
            error = buffer_append(ret_frame, envelope, size);
        if (error == COMITY_OK)
            error = strict_pack(&body.base, ret_frame);
    }
    arena_free(&arena);
    return error;
}
