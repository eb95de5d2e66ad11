/* SPDX-License-Identifier: Apache-2.0 */
/* seeds_order.c - frames of every kind among four orderers, and the parts of them that are kept. */
#include <string.h>

#include "codec/block.h"
#include "codec/peer.h"
#include "fuzz/seeds.h"

enum { ORDERERS = 4 };

static const struct hash hash = {{1, 2, 3}};
static struct buffer body;
static uint8_t header[BLOCK_HEADER_SIZE];
static uint8_t signatures[3][SIGNATURE_SIZE];

static struct vote make_vote(enum vote_kind kind)
{
    struct vote vote = {.kind = kind, .view = 12, .signer = 2, .signature = {4, 5, 6}};
    if (kind != VOTE_NULLIFY)
        vote.hash = hash;
    return vote;
}

static struct cert make_cert(enum vote_kind kind)
{
    struct cert cert = {.kind = kind,
                        .view = 12,
                        .signers = {0xb},
                        .signatures_count = 3,
                        .signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures};
    if (kind != VOTE_NULLIFY)
        cert.hash = hash;
    return cert;
}

static void write_frame(const char *name, struct peer_message *message)
{
    struct buffer frame = {0};
    memset(message->forum_tag, 7, sizeof message->forum_tag);
    claim(peer_message_encode(message, ORDERERS, &frame) == COMITY_OK);
    seed_write("peer", name, ORDERERS - 1, buffer_bytes(&frame));
    buffer_free(&frame);
}

static void make_block(void)
{
    static struct buffer copies[3];
    struct bytes acts[3];
    struct block_header fields = {.forum = {{7}},
                                  .protocol = 1,
                                  .view = 12,
                                  .height = 9,
                                  .time_ms = 1466683200000,
                                  .parent_view = 11,
                                  .parent_hash = hash,
                                  .state_height = 8};
    for (size_t i = 0; i < 3; i++) {
        struct bytes act = seed_signed_act(i + 1);
        claim(buffer_append(&copies[i], act.data, act.size) == COMITY_OK);
        acts[i] = buffer_bytes(&copies[i]);
    }
    claim(block_body_encode(acts, 3, &body) == COMITY_OK);
    block_header_encode(&fields, header);
    for (size_t i = 0; i < 3; i++)
        memset(signatures[i], (int)i + 1, SIGNATURE_SIZE);
    struct peer_message message = {.kind = PEER_ACTS};
    message.as.acts.acts = acts;
    message.as.acts.count = 3;
    write_frame("acts", &message);
    for (size_t i = 0; i < 3; i++)
        buffer_free(&copies[i]);
}

static void write_votes(void)
{
    static const char *const names[] = {"", "notarize", "nullify", "finalize"};
    for (int kind = VOTE_NOTARIZE; kind <= VOTE_FINALIZE; kind++) {
        char name[64];
        struct buffer bytes = {0};
        struct peer_message message = {.kind = PEER_VOTE};
        message.as.vote = make_vote((enum vote_kind)kind);
        (void)snprintf(name, sizeof name, "vote-%s", names[kind]);
        write_frame(name, &message);
        claim(vote_encode(&message.as.vote, &bytes) == COMITY_OK);
        seed_write("block", name, ORDERERS - 1, buffer_bytes(&bytes));
        buffer_clear(&bytes);
        message = (struct peer_message){.kind = PEER_CERT};
        message.as.cert = make_cert((enum vote_kind)kind);
        (void)snprintf(name, sizeof name, "cert-%s", names[kind]);
        write_frame(name, &message);
        claim(cert_encode(&message.as.cert, ORDERERS, &bytes) == COMITY_OK);
        seed_write("block", name, ORDERERS - 1, buffer_bytes(&bytes));
        buffer_free(&bytes);
    }
}

void seeds_order(void)
{
    make_block();
    write_votes();
    seed_write("block", "body", ORDERERS - 1, buffer_bytes(&body));
    seed_write("block", "header", ORDERERS - 1, bytes_of(header, sizeof header));
    struct peer_message message = {.kind = PEER_PROPOSAL};
    message.as.proposal.header = bytes_of(header, sizeof header);
    message.as.proposal.body = buffer_bytes(&body);
    message.as.proposal.vote = make_vote(VOTE_NOTARIZE);
    write_frame("proposal", &message);
    message = (struct peer_message){.kind = PEER_STATUS};
    message.as.status.final_view = 11;
    message.as.status.view = 12;
    message.as.status.height = 8;
    message.as.status.last_seen_view = 12;
    message.as.status.utc_ms = 1466683200000;
    message.as.status.going_away = true;
    message.as.status.your_seq = 5;
    message.as.status.asks_votes = true;
    write_frame("status", &message);
    for (uint32_t kind = 1; kind <= 3; kind++) {
        char name[64];
        message = (struct peer_message){.kind = PEER_FETCH};
        message.as.fetch.kind = kind;
        message.as.fetch.first = kind == 2 ? 0 : 3;
        message.as.fetch.last = kind == 2 ? 0 : 9;
        if (kind == 2)
            message.as.fetch.hash = hash;
        message.as.fetch.id = 77;
        (void)snprintf(name, sizeof name, "fetch-%u", (unsigned)kind);
        write_frame(name, &message);
    }
    message = (struct peer_message){.kind = PEER_RELAY};
    message.as.relay.origin = 2;
    message.as.relay.id = (uint64_t)1466683200000 << 20;
    message.as.relay.to[0] = 9;
    message.as.relay.hops = 1;
    message.as.relay.frame = bytes_of_text("a frame");
    message.as.relay.signature = header;
    write_frame("relay", &message);
    message = (struct peer_message){.kind = PEER_ROUTES};
    message.as.routes.peers[0] = 10;
    message.as.routes.hops[1] = 1;
    message.as.routes.hops[3] = 2;
    write_frame("routes", &message);
    message.kind = PEER_ROUTES_WANTED;
    write_frame("routes-wanted", &message);
    const struct peer_block blocks[2] = {{.header = bytes_of(header, sizeof header),
                                          .body = buffer_bytes(&body),
                                          .has_cert = true,
                                          .cert = make_cert(VOTE_FINALIZE)},
                                         {.header = bytes_of(header, sizeof header)}};
    message = (struct peer_message){.kind = PEER_BLOCKS};
    message.as.blocks.id = 77;
    message.as.blocks.blocks = blocks;
    message.as.blocks.count = 2;
    write_frame("blocks", &message);
    buffer_free(&body);
}
