/* SPDX-License-Identifier: Apache-2.0 */
/* admission_test.c - what peers may make one orderer believe, remember or spend. */
#include "bench.h"

#include "base/text.h"

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
        {VOTE_NOTARIZE, 0, 1, false},
        {VOTE_NOTARIZE, 2, 1, true /* stale: answered */},
        {VOTE_NOTARIZE, 2, 3, false},
        {VOTE_NOTARIZE, 5, 3, true},
        {VOTE_NOTARIZE, 6, 3, true},
        {VOTE_NOTARIZE, 7, 3, false},
        {VOTE_NOTARIZE, 7, 1, true /* ahead: answered */},
        {VOTE_NULLIFY, 4, 3, false /* certificate held */},
        {VOTE_NULLIFY, 5, 3, true},
        {VOTE_NULLIFY, 5, 4, false},
        {VOTE_FINALIZE, 3, 3, true},
        {(enum vote_kind)7, 5, 3, false},
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
    bad[2].signers[0] = 0x13;    /* A signer beyond the roster. */
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
                  rows[i].second == VOTE_NULLIFY ? NULL
                  : rows[i].same                 ? &a
                                                 : &b);
        assert_int_equal(bench.effects->halt != HALT_NONE, rows[i].halts);
        tick(&bench, 100000);
        assert_int_equal(bench.effects->votes_count, 0);
        arena_free(&bench.arena);
    }
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

/* A view that has shrunk to a bit no longer says what we said in it; that is no rollback. */
static void an_own_vote_of_a_forgotten_view_proves_nothing(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    for (uint64_t view = 1; view <= 200; view++)
        feed_cert(&bench, VOTE_NULLIFY, view, NULL);
    struct vote vote = vote_made(VOTE_NULLIFY, 5, NULL, 0);
    assert_false(consensus_wants_vote(bench.consensus, 2, &vote));
    feed(&bench, (struct consensus_event){.kind = EVENT_VOTE, .peer = 2, .vote = &vote});
    struct consensus_block genesis = genesis_block(), block = child(&genesis, 201, 1);
    feed_proposal(&bench, &block);
    feed_valid(&bench, &block.hash, VALIDITY_OK);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 201), 1);
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
        cmocka_unit_test(admission_keeps_votes_in_the_window),
        cmocka_unit_test(a_counted_signature_is_not_verified_again_and_ours_is_kept),
        cmocka_unit_test(a_certificate_must_be_sound),
        cmocka_unit_test(contradicting_votes_are_evidence_once_and_not_counted),
        cmocka_unit_test(two_certificates_that_cannot_both_exist_halt),
        cmocka_unit_test(an_own_vote_that_the_journal_does_not_know_makes_an_observer),
        cmocka_unit_test(a_flood_of_certificates_and_votes_allocates_nothing),
        cmocka_unit_test(views_that_were_only_skipped_never_fill_the_memory),
        cmocka_unit_test(an_own_vote_of_a_forgotten_view_proves_nothing),
        cmocka_unit_test(the_memory_of_a_forum_is_bounded_as_promised),
        cmocka_unit_test(a_wrong_configuration_is_refused),
        cmocka_unit_test(the_transitions_can_be_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
