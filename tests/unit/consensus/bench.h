/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - one orderer, hand-fed. */
#ifndef COMITY_TESTS_CONSENSUS_BENCH_H
#define COMITY_TESTS_CONSENSUS_BENCH_H

#include "cluster.h"

/* One orderer of n, self, with its effects after each event. */
struct bench {
    struct arena arena;
    struct consensus *consensus;
    struct consensus_config config;
    const struct consensus_effects *effects;
    int64_t now_ms;
};

static inline void bench_open(struct bench *self, uint32_t n, uint32_t number)
{
    *self = (struct bench){.config = config_made(n, number), .now_ms = 1000};
    arena_init(&self->arena, 0);
    assert_int_equal(consensus_init(&self->arena, &self->config, &self->consensus), COMITY_OK);
}

static inline const struct consensus_effects *feed(struct bench *self, struct consensus_event event)
{
    event.now_ms = self->now_ms;
    event.utc_ms = UTC_START + self->now_ms;
    if (event.kind != EVENT_APP)
        event.due_ms = INT64_MAX;
    self->effects = consensus_step(self->consensus, &event);
    return self->effects;
}

static inline void bench_start(struct bench *self)
{
    feed(self, (struct consensus_event){.kind = EVENT_RESUME});
    for (uint32_t i = 0; i < self->config.orderers_count; i++)
        if (i != self->config.self)
            feed(self, (struct consensus_event){.kind = EVENT_LINK, .peer = i, .link = LINK_UP});
}

static inline const struct consensus_effects *feed_vote(struct bench *self, enum vote_kind kind,
                                                        uint64_t view, const struct hash *hash,
                                                        uint32_t signer)
{
    struct vote vote = vote_made(kind, view, hash, signer);
    return feed(self, (struct consensus_event){.kind = EVENT_VOTE, .peer = signer, .vote = &vote});
}

static inline const struct consensus_effects *feed_cert(struct bench *self, enum vote_kind kind,
                                                        uint64_t view, const struct hash *hash)
{
    struct cert cert = cert_made(kind, view, hash, self->config.orderers_count);
    uint32_t peer = self->config.self == 0 ? 1 : 0;
    return feed(self, (struct consensus_event){.kind = EVENT_CERT, .peer = peer, .cert = &cert});
}

static inline const struct consensus_effects *feed_proposal(struct bench *self,
                                                            const struct consensus_block *block)
{
    uint32_t leader = consensus_leader(self->consensus, block->header.view);
    struct vote vote = vote_made(VOTE_NOTARIZE, block->header.view, &block->hash, leader);
    return feed(self, (struct consensus_event){
                          .kind = EVENT_PROPOSAL, .peer = leader, .block = block, .vote = &vote});
}

static inline const struct consensus_effects *
feed_valid(struct bench *self, const struct hash *hash, enum consensus_validity validity)
{
    return feed(self, (struct consensus_event){
                          .kind = EVENT_VALIDATED, .hash = *hash, .validity = validity});
}

static inline const struct consensus_effects *persist(struct bench *self, enum vote_kind kind,
                                                      uint64_t view, const struct hash *hash)
{
    struct vote vote = vote_made(kind, view, hash, self->config.self);
    return feed(self, (struct consensus_event){.kind = EVENT_PERSISTED, .vote = &vote});
}

static inline const struct consensus_effects *tick(struct bench *self, int64_t span_ms)
{
    self->now_ms += span_ms;
    return feed(self, (struct consensus_event){.kind = EVENT_TICK});
}

static inline uint32_t asked(const struct consensus_effects *effects, enum vote_kind kind,
                             uint64_t view)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < effects->votes_count; i++)
        count += effects->votes[i].kind == kind && effects->votes[i].view == view;
    return count;
}

static inline uint32_t sent(const struct consensus_effects *effects, enum consensus_send_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < effects->sends_count; i++)
        count += effects->sends[i].kind == kind;
    return count;
}

static inline struct consensus_block child(const struct consensus_block *parent, uint64_t view,
                                           uint64_t salt)
{
    return block_made(NULL, parent, view, parent->header.time_ms, 1, salt);
}

#endif
