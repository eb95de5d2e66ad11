/* SPDX-License-Identifier: Apache-2.0 */
/* step_test.c - one orderer, hand-fed: admission, timers, restart, and the bugs of other
 * implementations (each test says whose) at the level of the state machine. */
#include "cluster.h"

#include "base/text.h"

/* One orderer of n, self, with its effects after each event. */
struct bench {
    struct arena arena;
    struct consensus *consensus;
    struct consensus_config config;
    const struct consensus_effects *effects;
    int64_t now_ms;
};

static void bench_open(struct bench *self, uint32_t n, uint32_t number)
{
    *self = (struct bench){.config = config_made(n, number), .now_ms = 1000};
    arena_init(&self->arena, 0);
    assert_int_equal(consensus_init(&self->arena, &self->config, &self->consensus), COMITY_OK);
}

static const struct consensus_effects *feed(struct bench *self, struct consensus_event event)
{
    event.now_ms = self->now_ms;
    event.utc_ms = UTC_START + self->now_ms;
    if (event.kind != EVENT_APP)
        event.due_ms = INT64_MAX;
    self->effects = consensus_step(self->consensus, &event);
    return self->effects;
}

static void bench_start(struct bench *self)
{
    feed(self, (struct consensus_event){.kind = EVENT_RESUME});
    for (uint32_t i = 0; i < self->config.orderers_count; i++)
        if (i != self->config.self)
            feed(self,
                 (struct consensus_event){.kind = EVENT_LINK, .peer = i, .link = LINK_UP});
}

static const struct consensus_effects *feed_vote(struct bench *self, enum vote_kind kind,
                                                 uint64_t view, const struct hash *hash,
                                                 uint32_t signer)
{
    struct vote vote = vote_made(kind, view, hash, signer);
    return feed(self,
                (struct consensus_event){.kind = EVENT_VOTE, .peer = signer, .vote = &vote});
}

static const struct consensus_effects *feed_cert(struct bench *self, enum vote_kind kind,
                                                 uint64_t view, const struct hash *hash)
{
    struct cert cert = cert_made(kind, view, hash, self->config.orderers_count);
    uint32_t peer = self->config.self == 0 ? 1 : 0;
    return feed(self,
                (struct consensus_event){.kind = EVENT_CERT, .peer = peer, .cert = &cert});
}

static const struct consensus_effects *feed_proposal(struct bench *self,
                                                     const struct consensus_block *block)
{
    uint32_t leader = consensus_leader(self->consensus, block->header.view);
    struct vote vote = vote_made(VOTE_NOTARIZE, block->header.view, &block->hash, leader);
    return feed(self, (struct consensus_event){
                          .kind = EVENT_PROPOSAL, .peer = leader, .block = block, .vote = &vote});
}

static const struct consensus_effects *feed_valid(struct bench *self, const struct hash *hash,
                                                  enum consensus_validity validity)
{
    return feed(self, (struct consensus_event){
                          .kind = EVENT_VALIDATED, .hash = *hash, .validity = validity});
}

static const struct consensus_effects *persist(struct bench *self, enum vote_kind kind,
                                               uint64_t view, const struct hash *hash)
{
    struct vote vote = vote_made(kind, view, hash, self->config.self);
    return feed(self, (struct consensus_event){.kind = EVENT_PERSISTED, .vote = &vote});
}

static const struct consensus_effects *tick(struct bench *self, int64_t span_ms)
{
    self->now_ms += span_ms;
    return feed(self, (struct consensus_event){.kind = EVENT_TICK});
}

static uint32_t asked(const struct consensus_effects *effects, enum vote_kind kind, uint64_t view)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < effects->votes_count; i++)
        count += effects->votes[i].kind == kind && effects->votes[i].view == view;
    return count;
}

static uint32_t sent(const struct consensus_effects *effects, enum consensus_send_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < effects->sends_count; i++)
        count += effects->sends[i].kind == kind;
    return count;
}

static struct consensus_block child(const struct consensus_block *parent, uint64_t view,
                                    uint64_t salt)
{
    return block_made(NULL, parent, view, parent->header.time_ms, 1, salt);
}

static void a_vote_is_neither_sent_nor_counted_before_it_is_durable(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block(), block = child(&genesis, 1, 1);
    feed_proposal(&bench, &block);
    assert_int_equal(bench.effects->validates_count, 1);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 1), 1);
    assert_int_equal(bench.effects->bodies_count, 1);
    assert_int_equal(sent(bench.effects, SEND_VOTE), 0);
    feed_vote(&bench, VOTE_NOTARIZE, 1, &block.hash, 2);
    assert_int_equal(consensus_view(bench.consensus), 1); /* Own vote would make it three. */
    persist(&bench, VOTE_NOTARIZE, 1, &block.hash);
    assert_int_equal(sent(bench.effects, SEND_VOTE), 1);
    assert_int_equal(consensus_view(bench.consensus), 2);
    assert_int_equal(asked(bench.effects, VOTE_FINALIZE, 1), 1);
    arena_free(&bench.arena);
}

/* Votes come F < view ≤ cur + 1, once per kind, view and signer. */
static void admission_keeps_votes_in_the_window(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash hash = {{9}};
    feed_cert(&bench, VOTE_FINALIZE, 2, &hash);
    for (uint64_t view = 3; view <= 4; view++)
        feed_cert(&bench, VOTE_NULLIFY, view, NULL);
    assert_int_equal(consensus_view(bench.consensus), 5);
    tick(&bench, 5000);
    struct vote used = vote_made(VOTE_FINALIZE, 2, &hash, 3); /* Takes the stale reply. */
    feed(&bench, (struct consensus_event){.kind = EVENT_VOTE, .peer = 3, .vote = &used});
    struct vote ahead = vote_made(VOTE_NULLIFY, 9, NULL, 3); /* Takes the Status. */
    feed(&bench, (struct consensus_event){.kind = EVENT_VOTE, .peer = 3, .vote = &ahead});
    assert_int_equal(sent(bench.effects, SEND_STATUS), 1);
    static const struct {
        enum vote_kind kind;
        uint64_t view;
        uint32_t signer;
        bool wanted;
    } rows[] = {
        {VOTE_NOTARIZE, 0, 1, false}, {VOTE_NOTARIZE, 2, 1, true /* stale: answered */},
        {VOTE_NOTARIZE, 2, 3, false}, {VOTE_NOTARIZE, 5, 3, true},
        {VOTE_NOTARIZE, 6, 3, true},  {VOTE_NOTARIZE, 7, 3, false},
        {VOTE_NOTARIZE, 7, 1, true /* ahead: answered */},
        {VOTE_NULLIFY, 4, 3, false /* certificate held */},
        {VOTE_NULLIFY, 5, 3, true},   {VOTE_NULLIFY, 5, 4, false},
        {VOTE_FINALIZE, 3, 3, true},  {(enum vote_kind)7, 5, 3, false},
        {VOTE_NULLIFY, UINT64_MAX, 3, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct vote vote = vote_made(rows[i].kind, rows[i].view,
                                     rows[i].kind == VOTE_NULLIFY ? NULL : &hash, rows[i].signer);
        if (consensus_wants_vote(bench.consensus, rows[i].signer, &vote) != rows[i].wanted)
            fail_msg("row %zu", i);
    }
    arena_free(&bench.arena);
}

static void a_counted_signature_is_not_verified_again_and_ours_is_kept(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    feed_vote(&bench, VOTE_NULLIFY, 1, NULL, 1);
    struct cert cert = cert_made(VOTE_NULLIFY, 1, NULL, 4);
    uint8_t signatures[3][SIGNATURE_SIZE];
    memset(signatures, 0xee, sizeof(signatures)); /* Signer 1's bytes go unverified. */
    cert.signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures;
    uint64_t verify[SEATS_MAX / 64];
    assert_true(consensus_wants_cert(bench.consensus, &cert, verify));
    assert_int_equal(verify[0], 5);
    feed(&bench, (struct consensus_event){.kind = EVENT_CERT, .peer = 2, .cert = &cert});
    assert_int_equal(bench.effects->certs_count, 1);
    assert_int_equal(bench.effects->certs[0].signatures[0][0], 0xee);
    assert_int_equal(bench.effects->certs[0].signatures[1][0], 2);
    assert_false(consensus_wants_cert(bench.consensus, &cert, verify));
    arena_free(&bench.arena);
}

static void a_certificate_must_be_sound(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash hash = {{9}};
    uint64_t verify[SEATS_MAX / 64];
    struct cert good = cert_made(VOTE_NOTARIZE, 1, &hash, 4), bad[6];
    for (int i = 0; i < 6; i++)
        bad[i] = good;
    bad[0].signers[0] = 3; /* Two of the three that are needed. */
    bad[0].signatures_count = 2;
    bad[1].signatures_count = 4; /* More signatures than signers. */
    bad[2].signers[0] = 0x13; /* A signer beyond the roster. */
    bad[3].view = 0;
    bad[4].view = UINT64_MAX;
    bad[5].kind = VOTE_NULLIFY; /* With a hash. */
    assert_true(consensus_wants_cert(bench.consensus, &good, verify));
    for (int i = 0; i < 6; i++) {
        assert_false(consensus_wants_cert(bench.consensus, &bad[i], verify));
        feed(&bench, (struct consensus_event){.kind = EVENT_CERT, .peer = 1, .cert = &bad[i]});
        assert_int_equal(consensus_view(bench.consensus), 1);
    }
    arena_free(&bench.arena);
}

static void contradicting_votes_are_evidence_once_and_not_counted(void **state)
{
    (void)state;
    static const struct hash a = {{1}}, b = {{2}};
    static const struct {
        enum vote_kind first, second;
        bool evidence;
    } rows[] = {
        {VOTE_NOTARIZE, VOTE_NOTARIZE, true},  {VOTE_FINALIZE, VOTE_FINALIZE, true},
        {VOTE_NULLIFY, VOTE_FINALIZE, true},   {VOTE_FINALIZE, VOTE_NULLIFY, true},
        {VOTE_NOTARIZE, VOTE_FINALIZE, false}, {VOTE_NOTARIZE, VOTE_NULLIFY, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bench bench;
        bench_open(&bench, 7, 0);
        bench_start(&bench);
        feed_vote(&bench, rows[i].first, 1, rows[i].first == VOTE_NULLIFY ? NULL : &a, 3);
        assert_int_equal(bench.effects->evidence_count, 0);
        const struct hash *second = rows[i].second == VOTE_NULLIFY ? NULL : &b;
        feed_vote(&bench, rows[i].second, 1, second, 3);
        assert_int_equal(bench.effects->evidence_count, rows[i].evidence);
        feed_vote(&bench, rows[i].second, 1, second, 3);
        assert_int_equal(bench.effects->evidence_count, 0);
        arena_free(&bench.arena);
    }
}

static void a_second_proposal_is_exposed_and_its_view_nullified_at_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block();
    struct consensus_block first = child(&genesis, 1, 1), second = child(&genesis, 1, 2);
    feed_proposal(&bench, &first);
    feed_proposal(&bench, &second);
    assert_int_equal(bench.effects->evidence_count, 1);
    assert_int_equal(asked(bench.effects, VOTE_NULLIFY, 1), 1);
    feed_valid(&bench, &first.hash, VALIDITY_OK);
    assert_int_equal(bench.effects->votes_count, 0);
    arena_free(&bench.arena);
}

/* ava-labs issue 280: a rebroadcast path re-created a FINALIZE after NULLIFY. */
static void no_finalize_follows_an_own_nullify_however_often_it_is_retried(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block(), block = child(&genesis, 1, 1);
    feed_proposal(&bench, &block);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    persist(&bench, VOTE_NOTARIZE, 1, &block.hash);
    tick(&bench, 3 * DELTA_MS);
    assert_int_equal(asked(bench.effects, VOTE_NULLIFY, 1), 1);
    persist(&bench, VOTE_NULLIFY, 1, NULL);
    feed_cert(&bench, VOTE_NOTARIZE, 1, &block.hash);
    assert_int_equal(consensus_view(bench.consensus), 2);
    assert_int_equal(bench.effects->votes_count, 0);
    for (int i = 0; i < 50; i++) {
        tick(&bench, DELTA_MS);
        assert_int_equal(asked(bench.effects, VOTE_FINALIZE, 1), 0);
        for (uint32_t k = 0; k < bench.effects->sends_count; k++)
            assert_false(bench.effects->sends[k].kind == SEND_VOTE &&
                         bench.effects->sends[k].vote.kind == VOTE_FINALIZE);
        if (asked(bench.effects, VOTE_NULLIFY, 2))
            persist(&bench, VOTE_NULLIFY, 2, NULL);
    }
    arena_free(&bench.arena);
}

/* ava-labs PR 486: three triggers made duplicate NULLIFY records. */
static void several_reasons_make_one_nullify(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block();
    struct consensus_block first = child(&genesis, 1, 1), second = child(&genesis, 1, 2);
    uint32_t total = 0;
    total += asked(feed_proposal(&bench, &first), VOTE_NULLIFY, 1);
    total += asked(feed_vote(&bench, VOTE_NULLIFY, 1, NULL, 1), VOTE_NULLIFY, 1);
    total += asked(feed_proposal(&bench, &second), VOTE_NULLIFY, 1);
    total += asked(feed_valid(&bench, &first.hash, VALIDITY_INVALID), VOTE_NULLIFY, 1);
    total += asked(feed(&bench, (struct consensus_event){.kind = EVENT_LINK,
                                                         .peer = 1,
                                                         .link = LINK_DOWN}),
                   VOTE_NULLIFY, 1);
    for (int i = 0; i < 10; i++)
        total += asked(tick(&bench, DELTA_MS), VOTE_NULLIFY, 1);
    assert_int_equal(total, 1);
    arena_free(&bench.arena);
}

/* ava-labs PR 328: a replayed NULLIFY without retry timer stalls. */
static void a_restored_nullify_is_sent_again_while_there_is_work(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    struct vote vote = vote_made(VOTE_NULLIFY, 1, NULL, 0);
    consensus_restore_vote(bench.consensus, &vote);
    bench_start(&bench);
    struct hash tip = genesis_hash();
    feed(&bench, (struct consensus_event){.kind = EVENT_WORK, .hash = tip, .has_work = true});
    uint32_t sends = 0;
    for (int i = 0; i < 10; i++)
        sends += sent(tick(&bench, DELTA_MS), SEND_VOTE);
    assert_true(sends >= 1);
    arena_free(&bench.arena);
}

/* commonware PR 2045 and 4275: own votes after a restart were missing in the own tally. */
static void restored_votes_count_in_the_own_tally(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    struct vote vote = vote_made(VOTE_NULLIFY, 1, NULL, 0);
    consensus_restore_vote(bench.consensus, &vote);
    bench_start(&bench);
    feed_vote(&bench, VOTE_NULLIFY, 1, NULL, 1);
    feed_vote(&bench, VOTE_NULLIFY, 1, NULL, 2);
    assert_int_equal(consensus_view(bench.consensus), 2);
    assert_int_equal(bench.effects->certs_count, 1);
    arena_free(&bench.arena);
}

/* commonware PR 3424: NULLIFY after Nullification is needless. */
static void no_nullify_is_asked_for_a_view_that_was_left(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    feed_cert(&bench, VOTE_NULLIFY, 1, NULL);
    for (int i = 0; i < 20; i++)
        assert_int_equal(asked(tick(&bench, DELTA_MS), VOTE_NULLIFY, 1), 0);
    arena_free(&bench.arena);
}

/* Both certificates of a view are held and served: who holds one may need the other. */
static void a_split_heals_because_both_certificates_are_kept(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash hash = {{9}};
    feed_cert(&bench, VOTE_NULLIFY, 1, NULL);
    feed_cert(&bench, VOTE_NOTARIZE, 1, &hash);
    struct consensus_fetch fetch = {.kind = FETCH_CERTS, .first = 1, .last = 1};
    feed(&bench, (struct consensus_event){.kind = EVENT_FETCH, .peer = 2, .fetch = &fetch});
    assert_int_equal(sent(bench.effects, SEND_CERT), 2);
    arena_free(&bench.arena);
}

/* We hold the nullification of view 1; the leader of view 2 builds on its notarization. */
static void the_exact_missing_certificate_is_fetched_from_the_leader(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block();
    struct consensus_block one = child(&genesis, 1, 1), two = child(&one, 2, 1);
    feed_cert(&bench, VOTE_NULLIFY, 1, NULL);
    feed_proposal(&bench, &two);
    assert_int_equal(sent(bench.effects, SEND_FETCH), 2); /* The certificate and the body. */
    bool asked_certs = false;
    for (uint32_t i = 0; i < bench.effects->sends_count; i++) {
        const struct consensus_send *send = &bench.effects->sends[i];
        if (send->kind == SEND_FETCH && send->fetch.kind == FETCH_CERTS) {
            asked_certs = send->to == 2 && send->fetch.first == 1 && send->fetch.last == 1;
            break;
        }
    }
    assert_true(asked_certs);
    feed_cert(&bench, VOTE_NOTARIZE, 1, &one.hash);
    feed(&bench, (struct consensus_event){.kind = EVENT_BLOCK, .peer = 2, .block = &one});
    feed_valid(&bench, &one.hash, VALIDITY_OK);
    feed_valid(&bench, &two.hash, VALIDITY_OK);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 2), 1);
    arena_free(&bench.arena);
}

static void a_proposal_without_skip_proof_or_on_a_wrong_parent_gets_no_notarize(void **state)
{
    (void)state;
    struct consensus_block genesis = genesis_block();
    struct consensus_block other = genesis;
    other.hash = hash_made(5, 5, 5);
    struct consensus_block rows[5];
    rows[0] = child(&genesis, 2, 1); /* Skips view 1, which nobody nullified. */
    rows[1] = child(&other, 1, 1);
    rows[2] = child(&genesis, 1, 1);
    rows[2].header.height = 5;
    rows[3] = child(&genesis, 1, 1);
    rows[3].header.time_ms = UTC_START - 1;
    rows[4] = child(&genesis, 1, 1);
    rows[4].header.state_height = 7;
    for (int i = 0; i < 5; i++) {
        struct bench bench;
        struct hash hash = {{9}};
        bench_open(&bench, 4, 0);
        bench_start(&bench);
        if (i == 0)
            feed_cert(&bench, VOTE_NOTARIZE, 1, &hash);
        feed_proposal(&bench, &rows[i]);
        assert_int_equal(asked(bench.effects, VOTE_NULLIFY, 1), i > 0);
        feed_valid(&bench, &rows[i].hash, VALIDITY_OK);
        assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, rows[i].header.view), 0);
        tick(&bench, 1);
        assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, rows[i].header.view), 0);
        arena_free(&bench.arena);
    }
}

static void a_proposal_from_the_future_waits_for_its_time(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block();
    struct consensus_block block = child(&genesis, 1, 1);
    block.header.time_ms = UTC_START + bench.now_ms + 10000 + 500;
    feed_proposal(&bench, &block);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    assert_int_equal(bench.effects->votes_count, 0);
    assert_int_equal(bench.effects->deadline_ms, bench.now_ms + 500);
    tick(&bench, 500);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 1), 1);
    arena_free(&bench.arena);
}

static void two_certificates_that_cannot_both_exist_halt(void **state)
{
    (void)state;
    static const struct hash a = {{1}}, b = {{2}};
    static const struct {
        enum vote_kind first, second;
        bool same, halts;
    } rows[] = {
        {VOTE_NOTARIZE, VOTE_NOTARIZE, false, true}, {VOTE_FINALIZE, VOTE_FINALIZE, false, true},
        {VOTE_NOTARIZE, VOTE_FINALIZE, false, true}, {VOTE_NULLIFY, VOTE_FINALIZE, false, true},
        {VOTE_NOTARIZE, VOTE_FINALIZE, true, false}, {VOTE_NOTARIZE, VOTE_NULLIFY, false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bench bench;
        bench_open(&bench, 4, 0);
        bench_start(&bench);
        feed_cert(&bench, rows[i].first, 1, rows[i].first == VOTE_NULLIFY ? NULL : &a);
        feed_cert(&bench, rows[i].second, 1,
                  rows[i].second == VOTE_NULLIFY ? NULL : rows[i].same ? &a : &b);
        assert_int_equal(bench.effects->halt != HALT_NONE, rows[i].halts);
        tick(&bench, 100000);
        assert_int_equal(bench.effects->votes_count, 0);
        arena_free(&bench.arena);
    }
}

static void a_notarized_block_that_is_invalid_here_stops_our_votes(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block(), block = child(&genesis, 1, 1);
    feed_proposal(&bench, &block);
    feed_cert(&bench, VOTE_NOTARIZE, 1, &block.hash);
    feed_valid(&bench, &block.hash, VALIDITY_INVALID);
    assert_int_equal(bench.effects->halt, HALT_INVALID_NOTARIZED);
    assert_int_equal(bench.effects->votes_count, 0);
    arena_free(&bench.arena);
}

/* 1.6 rule 7: the journal was lost or rolled back. */
static void an_own_vote_that_the_journal_does_not_know_makes_an_observer(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash hash = {{9}};
    struct vote vote = vote_made(VOTE_NOTARIZE, 7, &hash, 0);
    assert_true(consensus_wants_vote(bench.consensus, 2, &vote));
    feed(&bench, (struct consensus_event){.kind = EVENT_VOTE, .peer = 2, .vote = &vote});
    struct consensus_block genesis = genesis_block(), block = child(&genesis, 1, 1);
    feed_proposal(&bench, &block);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    assert_int_equal(bench.effects->votes_count, 0);
    tick(&bench, 100000);
    assert_int_equal(bench.effects->votes_count, 0);
    arena_free(&bench.arena);
}

static void after_waking_no_timer_expires_before_the_others_are_heard(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash tip = genesis_hash();
    feed(&bench, (struct consensus_event){.kind = EVENT_WORK, .hash = tip, .has_work = true});
    bench.now_ms += 3600000;
    feed(&bench, (struct consensus_event){.kind = EVENT_RESUME});
    assert_int_equal(sent(bench.effects, SEND_STATUS), 1);
    assert_int_equal(bench.effects->votes_count, 0);
    tick(&bench, DELTA_MS);
    assert_int_equal(bench.effects->votes_count, 0);
    tick(&bench, DELTA_MS); /* Nobody answered for 2Δ: T_lead starts now. */
    assert_int_equal(bench.effects->votes_count, 0);
    tick(&bench, 2 * DELTA_MS);
    assert_int_equal(asked(bench.effects, VOTE_NULLIFY, 1), 1);
    arena_free(&bench.arena);
}

static void a_leader_going_away_is_skipped_at_once_when_enough_others_are_up(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct hash tip = genesis_hash();
    feed(&bench, (struct consensus_event){.kind = EVENT_WORK, .hash = tip, .has_work = true});
    struct consensus_status status = {.going_away = true, .view = 1, .utc_ms = UTC_START};
    feed(&bench, (struct consensus_event){.kind = EVENT_STATUS, .peer = 1, .status = &status});
    assert_int_equal(asked(bench.effects, VOTE_NULLIFY, 1), 1);
    arena_free(&bench.arena);
}

/* commonware PR 4374 and others: memory stays bounded whatever a peer sends. */
static void a_flood_of_certificates_and_votes_allocates_nothing(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    size_t used = bench.arena.used;
    for (uint64_t view = 1; view < 5000; view++) {
        struct hash hash = hash_made(view, view, view);
        feed_vote(&bench, VOTE_NOTARIZE, view, &hash, (uint32_t)(view % 3) + 1);
        feed_vote(&bench, VOTE_FINALIZE, view + 1, &hash, (uint32_t)(view % 3) + 1);
        feed_cert(&bench, view % 7 == 0 ? VOTE_NOTARIZE : VOTE_NULLIFY, view,
                  view % 7 == 0 ? &hash : NULL);
    }
    assert_int_equal(bench.arena.used, used);
    assert_true(consensus_view(bench.consensus) > 200);
    arena_free(&bench.arena);
}

static void views_that_were_only_skipped_never_fill_the_memory(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    for (uint64_t view = 1; view <= 2000; view++)
        feed_cert(&bench, VOTE_NULLIFY, view, NULL);
    assert_int_equal(consensus_view(bench.consensus), 2001);
    struct consensus_block genesis = genesis_block(), tip;
    assert_true(consensus_tip(bench.consensus, &tip));
    assert_true(hash_equal(&tip.hash, &genesis.hash));
    struct consensus_block block = child(&genesis, 2001, 1);
    feed_proposal(&bench, &block);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 2001), 1);
    arena_free(&bench.arena);
}

static void the_memory_of_a_forum_is_bounded_as_promised(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, views_max;
        size_t limit;
    } rows[] = {{15, 256, 2 << 20}, {195, 64, 8 << 20}, {195, 128, 8 << 20}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena arena;
        struct consensus *consensus = NULL;
        struct consensus_config config = config_made(rows[i].n, 0);
        config.views_max = rows[i].views_max;
        arena_init(&arena, rows[i].limit);
        assert_int_equal(consensus_init(&arena, &config, &consensus), COMITY_OK);
        arena_free(&arena);
    }
}

static void a_wrong_configuration_is_refused(void **state)
{
    (void)state;
    struct consensus_config rows[6];
    for (int i = 0; i < 6; i++)
        rows[i] = config_made(4, 0);
    rows[0].orderers_count = 0;
    rows[1].orderers_count = SEATS_MAX + 1;
    rows[2].peers_count = 3;
    rows[3].self = 4;
    rows[4].delta_ms = 0;
    rows[5].views_max = 1;
    for (int i = 0; i < 6; i++) {
        struct arena arena;
        struct consensus *consensus = NULL;
        arena_init(&arena, 0);
        assert_int_equal(consensus_init(&arena, &rows[i], &consensus), COMITY_INVALID);
        arena_free(&arena);
    }
}

static void the_transitions_can_be_printed(void **state)
{
    (void)state;
    char memory[4096];
    struct text text;
    text_init(&text, memory, sizeof(memory));
    consensus_transitions(&text);
    assert_false(text.cut);
    assert_non_null(strstr(memory, "EVENT_RESUME"));
    assert_non_null(strstr(memory, "EVENT_TICK"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vote_is_neither_sent_nor_counted_before_it_is_durable),
        cmocka_unit_test(admission_keeps_votes_in_the_window),
        cmocka_unit_test(a_counted_signature_is_not_verified_again_and_ours_is_kept),
        cmocka_unit_test(a_certificate_must_be_sound),
        cmocka_unit_test(contradicting_votes_are_evidence_once_and_not_counted),
        cmocka_unit_test(a_second_proposal_is_exposed_and_its_view_nullified_at_once),
        cmocka_unit_test(no_finalize_follows_an_own_nullify_however_often_it_is_retried),
        cmocka_unit_test(several_reasons_make_one_nullify),
        cmocka_unit_test(a_restored_nullify_is_sent_again_while_there_is_work),
        cmocka_unit_test(restored_votes_count_in_the_own_tally),
        cmocka_unit_test(no_nullify_is_asked_for_a_view_that_was_left),
        cmocka_unit_test(a_split_heals_because_both_certificates_are_kept),
        cmocka_unit_test(the_exact_missing_certificate_is_fetched_from_the_leader),
        cmocka_unit_test(a_proposal_without_skip_proof_or_on_a_wrong_parent_gets_no_notarize),
        cmocka_unit_test(a_proposal_from_the_future_waits_for_its_time),
        cmocka_unit_test(two_certificates_that_cannot_both_exist_halt),
        cmocka_unit_test(a_notarized_block_that_is_invalid_here_stops_our_votes),
        cmocka_unit_test(an_own_vote_that_the_journal_does_not_know_makes_an_observer),
        cmocka_unit_test(after_waking_no_timer_expires_before_the_others_are_heard),
        cmocka_unit_test(a_leader_going_away_is_skipped_at_once_when_enough_others_are_up),
        cmocka_unit_test(a_flood_of_certificates_and_votes_allocates_nothing),
        cmocka_unit_test(views_that_were_only_skipped_never_fill_the_memory),
        cmocka_unit_test(the_memory_of_a_forum_is_bounded_as_promised),
        cmocka_unit_test(a_wrong_configuration_is_refused),
        cmocka_unit_test(the_transitions_can_be_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
