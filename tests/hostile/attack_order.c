/* SPDX-License-Identifier: Apache-2.0 */
/* attack_order.c - a seat's key: blocks, bodies, two votes where one may stand, old votes again. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "codec/act.h"
#include "codec/block.h"
#include "hostile/hostile.h"

enum { ACTS_PER_BLOCK = 150, RECORDED_MAX = 4000 };

/* A block of EVE's notes: well-formed, well-signed, and wanted by nobody. */
struct bulk {
    uint8_t header[BLOCK_HEADER_SIZE];
    struct buffer body;
};

static void make_bulk(struct eve *eve, uint64_t view, uint64_t height, struct bulk *ret_bulk)
{
    static struct bytes acts[ACTS_PER_BLOCK];
    static struct hash ids[ACTS_PER_BLOCK];
    static const uint8_t *signatures[ACTS_PER_BLOCK];
    static struct arena arena;
    struct block_header header = {.forum = eve->cluster->charter->id,
                                  .protocol = 1,
                                  .view = view,
                                  .height = height,
                                  .time_ms = 1500000000000,
                                  .parent_view = view - 1};
    arena_free(&arena);
    arena_init(&arena, 0);
    for (uint64_t i = 0; i < ACTS_PER_BLOCK; i++) {
        struct act act = {.seat = EVE, .seq = 2 + i, .signed_ms = (int64_t)view, .kind = ACT_NOTE};
        struct signed_act decoded;
        acts[i] = arena_bytes(&arena, eve_act(eve, &act, "n"));
        if (signed_act_decode(acts[i], &arena, &decoded, NULL) != COMITY_OK)
            die("EVE's own act does not decode");
        ids[i] = decoded.act.id;
        signatures[i] = decoded.signature;
    }
    buffer_clear(&ret_bulk->body);
    if (block_acts_root(ids, signatures, ACTS_PER_BLOCK, &header.acts_root) != COMITY_OK ||
        block_body_encode(acts, ACTS_PER_BLOCK, &ret_bulk->body) != COMITY_OK)
        die("EVE cannot make a block");
    block_header_encode(&header, ret_bulk->header);
}

/* Pushed at orderers who never asked, with numbers they might have asked under. */
void seat_blocks(const struct cluster *cluster, struct counts *counts)
{
    static struct bulk bulk;
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 1, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        if (turn % 16 == 0) {
            eve_spy(&eve, &view, &height, &seq);
            make_bulk(&eve, view + 1, height + 1, &bulk);
        }
        struct peer_block block = {.header = bytes_of(bulk.header, BLOCK_HEADER_SIZE),
                                   .body = buffer_bytes(&bulk.body)};
        struct peer_message message = {.kind = PEER_BLOCKS};
        message.as.blocks.id = turn % 64;
        message.as.blocks.blocks = &block;
        message.as.blocks.count = 1;
        eve_add(&eve, &message);
        eve_send_all(&eve);
        eve_nap(2);
        counts->ready = counts->sent > 30;
    }
}

static void add_proposal(struct eve *eve, struct bulk *bulk, uint64_t view, uint64_t height,
                         struct bytes body)
{
    struct block_header header;
    struct peer_message message = {.kind = PEER_PROPOSAL};
    struct vote *vote = &message.as.proposal.vote;
    make_bulk(eve, view, height, bulk);
    if (block_header_decode(bytes_of(bulk->header, BLOCK_HEADER_SIZE), &header) != COMITY_OK)
        die("EVE's own header does not decode");
    *vote = (struct vote){.kind = VOTE_NOTARIZE, .view = view, .signer = EVE};
    vote->hash = block_header_hash(&header);
    eve_sign_vote(eve, vote);
    message.as.proposal.header = bytes_of(bulk->header, BLOCK_HEADER_SIZE);
    message.as.proposal.body = body.size > 0 ? body : buffer_bytes(&bulk->body);
    eve_add(eve, &message);
}

/* When it is her turn: a block to one daemon only, and headers with another block's body. */
void seat_halves(const struct cluster *cluster, struct counts *counts)
{
    static struct bulk bulk;
    static struct buffer empty;
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 1, height = 0, seq = 0;
    if (block_body_encode(NULL, 0, &empty) != COMITY_OK)
        die("EVE cannot make a block");
    for (uint64_t turn = 0;; turn++) {
        eve_spy(&eve, &view, &height, &seq);
        for (uint64_t at = view; at <= view + SEATS; at++) {
            if (at % SEATS != EVE)
                continue;
            add_proposal(&eve, &bulk, at, height + 1, bytes_of(NULL, 0));
            eve_send(&eve, (uint32_t)turn % HONEST);
            add_proposal(&eve, &bulk, at, height + 2 + turn % 3, buffer_bytes(&empty));
            eve_send_all(&eve);
        }
        eve_nap(20);
        counts->ready = counts->sent > 20;
    }
}

/* Two votes of each kind in every view, to different daemons and to the same. */
void votes_two(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 1, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        eve_spy(&eve, &view, &height, &seq);
        for (uint32_t i = 0; i < 30; i++) {
            struct peer_message message = {.kind = PEER_VOTE};
            struct vote *vote = &message.as.vote;
            *vote = (struct vote){
                .kind = (enum vote_kind)(1 + i % 3), .view = view + i % 2, .signer = EVE};
            if (vote->kind != VOTE_NULLIFY)
                vote->hash = (struct hash){{(uint8_t)(1 + i)}};
            eve_sign_vote(&eve, vote);
            eve_add(&eve, &message);
        }
        eve_send_all(&eve);
        eve_nap(5);
        counts->ready = counts->sent > 60;
    }
}

/* What honest daemons say to EVE, said again in her name, over and over. */
struct recorded {
    struct buffer frames[RECORDED_MAX];
    uint32_t count;
};

static void *listen_as_eve(struct eve *eve)
{
    char endpoint[64];
    uint8_t secret[CURVE_KEY_SIZE];
    int one = 1;
    void *socket = zmq_socket(eve->context, ZMQ_ROUTER);
    identity_curve_secret(eve->cluster->identities[EVE], secret);
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", eve->cluster->eve_port);
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &one, sizeof one) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) != 0 ||
        zmq_bind(socket, endpoint) != 0)
        die("EVE cannot listen: %s", zmq_strerror(zmq_errno()));
    return socket;
}

static void record(void *socket, struct recorded *recorded)
{
    zmq_msg_t message;
    (void)zmq_msg_init(&message);
    while (recorded->count < RECORDED_MAX && zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0) {
        struct reader reader;
        if (zmq_msg_more(&message) != 0)
            continue; /* The route. */
        reader_init(&reader, bytes_of(zmq_msg_data(&message), zmq_msg_size(&message)));
        while (recorded->count < RECORDED_MAX) {
            struct bytes frame = reader_bytes(&reader);
            if (frame.size == 0)
                break;
            (void)!buffer_append(&recorded->frames[recorded->count++], frame.data, frame.size);
        }
    }
    (void)zmq_msg_close(&message);
}

void seat_replay(const struct cluster *cluster, struct counts *counts)
{
    static struct recorded recorded;
    struct eve eve;
    eve_open(&eve, cluster, counts);
    void *socket = listen_as_eve(&eve);
    for (uint64_t turn = 0;; turn++) {
        record(socket, &recorded);
        for (int i = 0; i < 100 && recorded.count > 0 && eve.message.size < FRAME_SIZE_MAX; i++)
            eve_add_frame(&eve, buffer_bytes(&recorded.frames[eve_below(&eve, recorded.count)]));
        if (eve.message.size > 0)
            eve_send_all(&eve);
        eve_nap(5);
        counts->ready = recorded.count > 20 && counts->sent > 30;
    }
}
