/* SPDX-License-Identifier: Apache-2.0 */
/* step_test.c - one orderer, hand-fed: proposals, votes, timers, restart, and the bugs of other
 * implementations (each test says whose) at the level of the state machine. */
#include "bench.h"

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
    total += asked(
        feed(&bench, (struct consensus_event){.kind = EVENT_LINK, .peer = 1, .link = LINK_DOWN}),
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
    assert_int_equal(sent(bench.effects, SEND_FETCH), 1);
    for (uint32_t i = 0; i < bench.effects->sends_count; i++) {
        const struct consensus_send *send = &bench.effects->sends[i];
        if (send->kind == SEND_FETCH)
            assert_true(send->to == 2 && send->fetch.kind == FETCH_CERTS &&
                        send->fetch.first == 1 && send->fetch.last == 1);
    }
    feed_cert(&bench, VOTE_NOTARIZE, 1, &one.hash);
    assert_int_equal(sent(bench.effects, SEND_FETCH), 1); /* Now the body. */
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

/* The parent a proposal names was notarized only if its certificate is held: judged as if it
 * were, an invalid block that a lying leader names would stop us. */
static void an_invalid_block_named_as_parent_stops_nobody(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    struct consensus_block genesis = genesis_block();
    struct consensus_block one = child(&genesis, 1, 1), two = child(&one, 2, 1);
    feed_proposal(&bench, &one);
    feed_valid(&bench, &one.hash, VALIDITY_INVALID);
    feed_cert(&bench, VOTE_NULLIFY, 1, NULL);
    feed_proposal(&bench, &two);
    tick(&bench, DELTA_MS);
    assert_int_equal(bench.effects->halt, HALT_NONE);
    assert_int_equal(asked(bench.effects, VOTE_NOTARIZE, 2), 0);
    arena_free(&bench.arena);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vote_is_neither_sent_nor_counted_before_it_is_durable),
        cmocka_unit_test(a_second_proposal_is_exposed_and_its_view_nullified_at_once),
        cmocka_unit_test(no_finalize_follows_an_own_nullify_however_often_it_is_retried),
        cmocka_unit_test(several_reasons_make_one_nullify),
        cmocka_unit_test(a_restored_nullify_is_sent_again_while_there_is_work),
        cmocka_unit_test(restored_votes_count_in_the_own_tally),
        cmocka_unit_test(no_nullify_is_asked_for_a_view_that_was_left),
        cmocka_unit_test(a_split_heals_because_both_certificates_are_kept),
        cmocka_unit_test(the_exact_missing_certificate_is_fetched_from_the_leader),
        cmocka_unit_test(a_proposal_without_skip_proof_or_on_a_wrong_parent_gets_no_notarize),
        cmocka_unit_test(an_invalid_block_named_as_parent_stops_nobody),
        cmocka_unit_test(a_proposal_from_the_future_waits_for_its_time),
        cmocka_unit_test(a_notarized_block_that_is_invalid_here_stops_our_votes),
        cmocka_unit_test(after_waking_no_timer_expires_before_the_others_are_heard),
        cmocka_unit_test(a_leader_going_away_is_skipped_at_once_when_enough_others_are_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
