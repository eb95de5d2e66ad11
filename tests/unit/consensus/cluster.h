/* SPDX-License-Identifier: Apache-2.0 */
/* cluster.h - a few orderers (and followers) in memory, with virtual time and a message queue:
 * the fixture of the tests of this room. Signatures are a signer's number repeated; an act is a
 * bit, a body a set of acts. cluster.c runs it. */
#ifndef COMITY_TESTS_CLUSTER_H
#define COMITY_TESTS_CLUSTER_H

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "consensus/consensus.h"
#include "consensus/guard.h"

enum {
    NODES_MAX = 20,
    MESSAGES_MAX = 1 << 13,
    BODIES_MAX = 4096,
    LOG_MAX = 2048,
    DELTA_MS = 1000,
    DELAY_MS = 20,
    JOURNAL_MAX = 4096,
    UTC_START = 1700000000
};

struct body {
    struct consensus_block block;
    uint64_t acts;
};

struct message {
    int64_t at_ms;
    uint64_t order;
    uint32_t from, to;
    struct consensus_send send;
    uint8_t signatures[SEATS_MAX][SIGNATURE_SIZE];
    bool is_body; /* An answer or a push: the body of send.hash. */
};

struct node {
    struct arena arena;
    struct consensus *consensus;
    struct guard *guard;
    bool asleep;
    bool deaf_disk; /* Persists nothing: the votes asked for are lost. */
    uint64_t pool;
    bool bodies[BODIES_MAX];
    uint32_t log[LOG_MAX]; /* Bodies, by height - 1. */
    struct cert log_certs[LOG_MAX];
    uint8_t (*log_signatures[LOG_MAX])[SIGNATURE_SIZE];
    uint64_t height;
    struct cert final_cert;
    uint8_t final_signatures[SEATS_MAX][SIGNATURE_SIZE];
    struct vote journal[JOURNAL_MAX];
    uint32_t journal_count;
    int64_t deadline_ms;
    int64_t skew_ms; /* Its clock is wrong by so much. */
    struct hash told_tip;
    bool told, told_work;
    int64_t due_ms;
    bool uncommitted;
    uint32_t evidence_count;
    enum consensus_halt halt;
    uint32_t sent[8]; /* By consensus_send_kind. */
    bool never_valid;
};

struct cluster {
    uint32_t n, count;
    uint32_t views_max;
    int64_t now_ms;
    uint64_t order;
    struct node nodes[NODES_MAX];
    bool cut[NODES_MAX][NODES_MAX]; /* [from][to] */
    bool (*drop)(const struct cluster *self, const struct message *message);
    struct message *queue;
    uint32_t queue_count;
    struct body bodies[BODIES_MAX];
    uint32_t bodies_count;
    int64_t delay_ms;
};

static inline struct hash hash_made(uint64_t a, uint64_t b, uint64_t c)
{
    struct hash hash = {{0}};
    memcpy(hash.bytes, &a, 8);
    memcpy(hash.bytes + 8, &b, 8);
    memcpy(hash.bytes + 16, &c, 8);
    hash.bytes[31] = 1;
    return hash;
}

static inline struct hash genesis_hash(void)
{
    return hash_made(0, 0, 77);
}

static inline struct vote vote_made(enum vote_kind kind, uint64_t view, const struct hash *hash,
                                    uint32_t signer)
{
    struct vote vote = {.kind = kind, .view = view, .signer = signer};
    if (hash != NULL)
        vote.hash = *hash;
    memset(vote.signature, (int)signer + 1, SIGNATURE_SIZE);
    return vote;
}

/* A certificate of the first q of n signers; its signatures live in static storage. */
static inline struct cert cert_made(enum vote_kind kind, uint64_t view, const struct hash *hash,
                                    uint32_t n)
{
    static uint8_t signatures[SEATS_MAX][SIGNATURE_SIZE];
    struct cert cert = {.kind = kind, .view = view, .signatures = (const void *)signatures};
    if (hash != NULL)
        cert.hash = *hash;
    for (uint32_t i = 0; i < quorum_size(n); i++) {
        cert.signers[i / 64] |= (uint64_t)1 << (i % 64);
        memset(signatures[i], (int)i + 1, SIGNATURE_SIZE);
        cert.signatures_count++;
    }
    return cert;
}

static inline struct consensus_config config_made(uint32_t n, uint32_t self)
{
    return (struct consensus_config){.orderers_count = n,
                                     .peers_count = n,
                                     .self = self,
                                     .genesis_hash = genesis_hash(),
                                     .genesis_time_ms = UTC_START,
                                     .delta_ms = DELTA_MS,
                                     .tolerance_ms = 10000,
                                     .views_max = 64};
}

static inline int body_find(const struct cluster *self, const struct hash *hash)
{
    for (uint32_t i = self->bodies_count; i-- > 0;)
        if (hash_equal(&self->bodies[i].block.hash, hash))
            return (int)i;
    return -1;
}

static inline struct consensus_block block_made(struct cluster *self,
                                                const struct consensus_block *parent, uint64_t view,
                                                int64_t time_ms, uint64_t acts, uint64_t salt)
{
    struct consensus_block block = {.flags = acts != 0 ? BLOCK_HAS_ACTS : 0};
    block.header.view = view;
    block.header.height = parent->header.height + 1;
    block.header.time_ms = time_ms;
    block.header.parent_view = parent->header.view;
    block.header.parent_hash = parent->hash;
    block.header.state_height = parent->header.state_height;
    block.hash = hash_made(view, salt, acts);
    if (self != NULL && body_find(self, &block.hash) < 0) {
        assert_true(self->bodies_count < BODIES_MAX);
        self->bodies[self->bodies_count++] = (struct body){block, acts};
    }
    return block;
}

static inline struct consensus_block genesis_block(void)
{
    struct consensus_block block = {.hash = genesis_hash()};
    block.header.time_ms = UTC_START;
    return block;
}

#endif
