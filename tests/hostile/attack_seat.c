/* SPDX-License-Identifier: Apache-2.0 */
/* attack_seat.c - a seat's own key, in the hands of one who wishes the others ill: frames. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "codec/act.h"
#include "codec/block.h"
#include "hostile/hostile.h"

enum { VOTES_PER_MESSAGE = 200 };

void key_none(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve = {.cluster = cluster, .counts = counts, .random = 1};
    eve.context = zmq_ctx_new();
    for (uint64_t turn = 0;; turn++) {
        void *socket = eve_dial(&eve, NULL, cluster->daemons[turn % HONEST].port);
        (void)zmq_send(socket, "let me in", 9, ZMQ_DONTWAIT);
        counts->sent++;
        eve_nap(20);
        (void)zmq_close(socket);
        counts->ready = turn > 20;
    }
}

void key_wrong(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve = {.cluster = cluster, .counts = counts, .random = 1};
    eve.context = zmq_ctx_new();
    for (uint64_t turn = 0;; turn++) {
        struct identity *identity;
        if (identity_generate(&identity) != COMITY_OK)
            die("out of memory");
        void *socket = eve_dial(&eve, identity, cluster->daemons[turn % HONEST].port);
        (void)zmq_send(socket, "let me in", 9, ZMQ_DONTWAIT);
        counts->sent++;
        eve_nap(20);
        (void)zmq_close(socket);
        identity_close(&identity);
        counts->ready = turn > 20;
    }
}

static struct hash random_hash(struct eve *eve)
{
    struct hash hash;
    for (size_t i = 0; i < HASH_SIZE; i++)
        hash.bytes[i] = (uint8_t)eve_below(eve, 256);
    return hash;
}

/* Frames of every kind with a few bytes changed, and pure noise. */
static void add_garbage(struct eve *eve)
{
    uint8_t bytes[300];
    struct peer_message message = {.kind = PEER_STATUS};
    message.as.status.view = eve_below(eve, 1000);
    message.as.status.utc_ms = 1500000000000;
    eve_add(eve, &message);
    size_t size = eve->frame.size < sizeof bytes ? eve->frame.size : sizeof bytes;
    memcpy(bytes, eve->frame.data, size);
    for (int i = 0; i < 3; i++)
        bytes[eve_below(eve, (uint32_t)size)] = (uint8_t)eve_below(eve, 256);
    eve_add_frame(eve, bytes_of(bytes, size));
    /* The right tag, so that it is read, and nothing else that is right. */
    for (size_t i = 22; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)eve_below(eve, 256);
    eve_add_frame(eve, bytes_of(bytes, 30 + eve_below(eve, 270)));
}

void seat_garbage(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < 100; i++)
            add_garbage(&eve);
        eve_send_all(&eve);
        eve_nap(1);
        counts->ready = counts->sent > 30;
    }
}

/* More than a frame may have, and more than a message may. */
void seat_giant(const struct cluster *cluster, struct counts *counts)
{
    static uint8_t bytes[8 << 20];
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        eve_add_frame(
            &eve, bytes_of(bytes, turn % 2 == 0 ? (size_t)FRAME_SIZE_MAX + 1000 : sizeof bytes));
        eve_send_all(&eve);
        eve_nap(10);
        counts->ready = counts->sent > 10;
    }
}

/* A message of frames of one byte, or of no frame at all. */
void seat_crumbs(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < 60000; i++)
            eve_add_frame(&eve, bytes_of("x", turn % 8 == 0 ? 0 : 1));
        eve_send_all(&eve);
        eve_nap(5);
        counts->ready = counts->sent > 30;
    }
}

/* Another forum's tag; and this forum's tag over votes and acts that were signed for another. */
void seat_foreign(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    struct cluster other = *cluster;
    other.domain.forum.bytes[0] ^= 1;
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < VOTES_PER_MESSAGE; i++) {
            struct peer_message message = {.kind = PEER_VOTE};
            uint64_t view = 1, height = 0, seq = 0;
            if (i == 0)
                eve_spy(&eve, &view, &height, &seq);
            message.as.vote =
                (struct vote){.kind = VOTE_NULLIFY, .view = view + (uint64_t)i % 3, .signer = EVE};
            eve.cluster = &other;
            eve_sign_vote(&eve, &message.as.vote);
            eve.cluster = cluster;
            if (turn % 2 == 0) {
                eve_add(&eve, &message);
                continue;
            }
            forum_tag(&other.domain.forum, 0, message.forum_tag);
            buffer_clear(&eve.frame);
            if (peer_message_encode(&message, SEATS, &eve.frame) != COMITY_OK)
                die("EVE cannot encode");
            eve_add_frame(&eve, buffer_bytes(&eve.frame));
        }
        eve_send_all(&eve);
        eve_nap(2);
        counts->ready = counts->sent > 30;
    }
}

/* Votes in the names of others, and in her own, with signatures that are none. */
void seat_forged_votes(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 1, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        if (turn % 16 == 0)
            eve_spy(&eve, &view, &height, &seq);
        for (int i = 0; i < VOTES_PER_MESSAGE; i++) {
            struct peer_message message = {.kind = PEER_VOTE};
            struct vote *vote = &message.as.vote;
            *vote = (struct vote){.kind = (enum vote_kind)(1 + i % 3),
                                  .view = view + (uint64_t)i % 2,
                                  .signer = (uint32_t)i % SEATS};
            if (vote->kind != VOTE_NULLIFY)
                vote->hash = random_hash(&eve);
            memset(vote->signature, i, SIGNATURE_SIZE - 1);
            eve_add(&eve, &message);
        }
        eve_send_all(&eve);
        eve_nap(2);
        counts->ready = counts->sent > 30;
    }
}

/* Acts in the names of A, B and C that they never signed. */
void seat_forged_acts(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        static struct buffer copies[50];
        struct bytes acts[50];
        struct peer_message message = {.kind = PEER_ACTS};
        for (uint32_t i = 0; i < 50; i++) {
            struct act act = {
                .seat = i % HONEST, .seq = 2000 + turn % 500 + i, .kind = ACT_RETRACT};
            act.signed_ms = 1500000000000;
            act.as.retract.proposal = random_hash(&eve);
            struct bytes encoded = eve_act(&eve, &act, "");
            buffer_clear(&copies[i]);
            if (buffer_append(&copies[i], encoded.data, encoded.size) != COMITY_OK)
                die("out of memory");
            acts[i] = buffer_bytes(&copies[i]);
        }
        message.as.acts.acts = acts;
        message.as.acts.count = 50;
        for (int i = 0; i < 8; i++)
            eve_add(&eve, &message);
        eve_send_all(&eve);
        eve_nap(5);
        counts->ready = counts->sent > 30;
    }
}

/* Envelopes that claim to be relayed for another origin: field 3 is a key, field 6 the hops. */
void seat_relayed(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < 100; i++) {
            struct peer_message message = {.kind = PEER_STATUS};
            uint8_t origin[2 + KEY_SIZE] = {3 << 3 | 2, KEY_SIZE};
            uint8_t hops[2] = {6 << 3, 1};
            struct buffer frame = {0};
            message.as.status.utc_ms = 1500000000000;
            message.as.status.going_away = true;
            eve_add(&eve, &message);
            buffer_clear(&eve.message);
            memcpy(origin + 2, identity_key(cluster->identities[i % HONEST]), KEY_SIZE);
            /* Version and tag are its first 20 bytes; the body follows. */
            if (buffer_append(&frame, eve.frame.data, 20) != COMITY_OK ||
                buffer_append(&frame, origin, sizeof origin) != COMITY_OK ||
                (i % 2 == 0 && buffer_append(&frame, hops, 2) != COMITY_OK) ||
                buffer_append(&frame, eve.frame.data + 20, eve.frame.size - 20) != COMITY_OK)
                die("out of memory");
            eve_add_frame(&eve, buffer_bytes(&frame));
            eve_send(&eve, (uint32_t)i % HONEST);
            buffer_free(&frame);
        }
        eve_nap(5);
        counts->ready = counts->sent > 300;
    }
}

/* Votes of her own, well signed, for views that will not come. */
void seat_future(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < VOTES_PER_MESSAGE; i++) {
            struct peer_message message = {.kind = PEER_VOTE};
            struct vote *vote = &message.as.vote;
            *vote = (struct vote){.kind = (enum vote_kind)(1 + i % 3),
                                  .view = i % 2 == 0 ? UINT64_MAX / 2 - turn - (uint64_t)i
                                                     : 100000 + turn * 1000 + (uint64_t)i,
                                  .signer = EVE};
            if (vote->kind != VOTE_NULLIFY)
                vote->hash = random_hash(&eve);
            eve_sign_vote(&eve, vote);
            eve_add(&eve, &message);
        }
        eve_send_all(&eve);
        eve_nap(5);
        counts->ready = counts->sent > 30;
    }
}

/* One vote of hers that is good, and two of nobody. */
void seat_certs(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    uint64_t view = 1, height = 0, seq = 0;
    for (uint64_t turn = 0;; turn++) {
        static uint8_t signatures[3][SIGNATURE_SIZE];
        if (turn % 16 == 0)
            eve_spy(&eve, &view, &height, &seq);
        for (int i = 0; i < 100; i++) {
            struct peer_message message = {.kind = PEER_CERT};
            struct vote vote = {.kind = (enum vote_kind)(1 + i % 3), .signer = EVE};
            vote.view = i % 2 == 0 ? view + (uint64_t)i % 5 : UINT64_MAX / 4 + (uint64_t)i + turn;
            if (vote.kind != VOTE_NULLIFY)
                vote.hash = random_hash(&eve);
            eve_sign_vote(&eve, &vote);
            memset(signatures, i, sizeof signatures);
            memcpy(signatures[2], vote.signature, SIGNATURE_SIZE);
            message.as.cert =
                (struct cert){.kind = vote.kind,
                              .view = vote.view,
                              .hash = vote.hash,
                              .signers = {0xb},
                              .signatures_count = 3,
                              .signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures};
            eve_add(&eve, &message);
        }
        eve_send_all(&eve);
        eve_nap(2);
        counts->ready = counts->sent > 30;
    }
}

static void flood_status(struct eve *eve, bool clock)
{
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < VOTES_PER_MESSAGE; i++) {
            struct peer_message message = {.kind = PEER_STATUS};
            message.as.status.view = 1 + eve_below(eve, 3);
            message.as.status.utc_ms = clock ? (i % 2 == 0 ? ACT_TIME_MAX : ACT_TIME_MIN)
                                             : 1500000000000 + eve_below(eve, 1000);
            message.as.status.height = clock ? 0 : UINT64_MAX / 2;
            message.as.status.final_view = clock ? 0 : UINT64_MAX / 2;
            message.as.status.asks_votes = i % 4 == 0;
            message.as.status.going_away = i % 3 == 0;
            message.as.status.your_seq = eve_below(eve, 100);
            eve_add(eve, &message);
        }
        eve_send_all(eve);
        eve_nap(clock ? 20 : 2);
        eve->counts->ready = eve->counts->sent > 30;
    }
}

void seat_clock(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    flood_status(&eve, true);
}

void seat_status(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    flood_status(&eve, false);
}

void seat_fetch(const struct cluster *cluster, struct counts *counts)
{
    struct eve eve;
    eve_open(&eve, cluster, counts);
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < VOTES_PER_MESSAGE; i++) {
            struct peer_message message = {.kind = PEER_FETCH};
            message.as.fetch.kind = 1 + (uint32_t)i % 3;
            message.as.fetch.first = message.as.fetch.kind == 2 ? 0 : 1 + eve_below(&eve, 20);
            message.as.fetch.last = message.as.fetch.kind == 2 ? 0 : UINT64_MAX / 2;
            if (message.as.fetch.kind == 2)
                message.as.fetch.hash = random_hash(&eve);
            message.as.fetch.id = 1 + turn;
            eve_add(&eve, &message);
        }
        eve_send_all(&eve);
        eve_nap(2);
        counts->ready = counts->sent > 30;
    }
}
