/* SPDX-License-Identifier: Apache-2.0 */
/* What brings those forward who were away, by hand: order and bounds that a cluster hides. */
#include "bench.h"

enum { LONG = 180 }; /* Blocks of which only the last has a finalization. */

static struct consensus_block genesis(const struct bench *bench)
{
    struct consensus_block block = {.hash = bench->config.genesis_hash};
    block.header.height = bench->config.genesis_height;
    block.header.time_ms = bench->config.genesis_time_ms;
    return block;
}

static void make_chain(const struct bench *bench, struct consensus_block chain[LONG + 1],
                       uint64_t salt)
{
    chain[0] = genesis(bench);
    for (uint32_t i = 1; i <= LONG; i++)
        chain[i] = child(&chain[i - 1], i, salt);
}

/* The last fetch of a step; kind 0 if there is none. */
static struct consensus_fetch fetched(const struct bench *bench, uint32_t *ret_peer)
{
    struct consensus_fetch fetch = {0};
    for (uint32_t i = 0; i < bench->effects->sends_count; i++)
        if (bench->effects->sends[i].kind == SEND_FETCH) {
            fetch = bench->effects->sends[i].fetch;
            *ret_peer = bench->effects->sends[i].to;
        }
    return fetch;
}

static uint32_t feed_range(struct bench *bench, uint32_t peer, const struct consensus_block *chain,
                           uint64_t first, struct consensus_fetch *ret_next, uint32_t *ret_peer)
{
    uint32_t delivered = 0;
    *ret_next = (struct consensus_fetch){0};
    for (uint64_t i = first; i < first + 64 && i <= LONG; i++) {
        feed(bench,
             (struct consensus_event){.kind = EVENT_BLOCK, .peer = peer, .block = &chain[i]});
        delivered += bench->effects->delivers_count;
        struct consensus_fetch next = fetched(bench, ret_peer);
        if (next.kind != 0)
            *ret_next = next;
        while (bench->effects->more) {
            tick(bench, 0);
            delivered += bench->effects->delivers_count;
        }
    }
    return delivered;
}

/* Until one of these is asked of the peer; then what was asked. */
static struct consensus_fetch wait_for_range(struct bench *bench, uint32_t *ret_peer)
{
    for (uint32_t i = 0; i < 1000; i++) {
        struct consensus_fetch fetch = fetched(bench, ret_peer);
        if (fetch.kind == FETCH_RANGE)
            return fetch;
        tick(bench, DELTA_MS / 4);
    }
    fail();
    return (struct consensus_fetch){0};
}

static void one_finalization_of_many_blocks_is_caught_up_with_in_bounded_memory(void **state)
{
    (void)state;
    struct bench bench;
    struct consensus_block chain[LONG + 1];
    struct consensus_fetch next;
    uint32_t peer = 0, other = 0;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    make_chain(&bench, chain, 7);
    feed_cert(&bench, VOTE_FINALIZE, LONG, &chain[LONG].hash);
    feed(&bench, (struct consensus_event){.kind = EVENT_BLOCK, .peer = 1, .block = &chain[LONG]});
    struct consensus_fetch fetch = wait_for_range(&bench, &peer);
    assert_int_equal(fetch.first, 1);
    for (uint64_t at = 1; at + 64 <= LONG; at += 64) {
        assert_int_equal(feed_range(&bench, peer, chain, at, &next, &other), 0);
        assert_int_equal(next.kind, FETCH_RANGE); /* It goes on at once, with the same peer. */
        assert_int_equal(next.first, at + 64);
        assert_int_equal(other, peer);
    }
    assert_true(consensus_needs_body(bench.consensus, &chain[64].hash));
    assert_false(consensus_needs_body(bench.consensus, &chain[65].hash));
    /* The last page reaches what the finalization names; then the bodies come a second time. */
    uint32_t delivered = feed_range(&bench, peer, chain, 129, &next, &other);
    assert_int_equal(delivered, 64);
    for (uint64_t at = 65; delivered < LONG; at += 64)
        delivered += feed_range(&bench, peer, chain, at, &next, &other);
    assert_int_equal(consensus_final_height(bench.consensus), LONG);
    arena_free(&bench.arena);
}

static void who_makes_up_blocks_is_left_for_the_next_peer(void **state)
{
    (void)state;
    struct bench bench;
    struct consensus_block chain[LONG + 1], lies[LONG + 1];
    struct consensus_fetch next;
    uint32_t liar = 0, peer = 0, other = 0;
    bench_open(&bench, 4, 0);
    bench_start(&bench);
    make_chain(&bench, chain, 7);
    make_chain(&bench, lies, 8);
    feed_cert(&bench, VOTE_FINALIZE, LONG, &chain[LONG].hash);
    feed(&bench, (struct consensus_event){.kind = EVENT_BLOCK, .peer = 1, .block = &chain[LONG]});
    (void)wait_for_range(&bench, &liar);
    assert_int_equal(feed_range(&bench, liar, lies, 1, &next, &other), 0);
    assert_int_equal(next.first, 65);
    struct consensus_fetch fetch;
    do { /* Nothing more of it: from the beginning, of somebody else. */
        tick(&bench, DELTA_MS / 4);
        fetch = wait_for_range(&bench, &peer);
    } while (peer == liar);
    assert_int_equal(fetch.first, 1);
    for (uint64_t at = 1; at <= LONG; at += 64)
        (void)feed_range(&bench, peer, chain, at, &next, &other);
    for (uint64_t at = 65; at <= LONG; at += 64)
        (void)feed_range(&bench, peer, chain, at, &next, &other);
    assert_int_equal(consensus_final_height(bench.consensus), LONG);
    arena_free(&bench.arena);
}

static void who_is_linked_to_nobody_knocks_at_every_door(void **state)
{
    (void)state;
    struct bench bench;
    bool told[4] = {false};
    bench_open(&bench, 4, 0);
    feed(&bench, (struct consensus_event){.kind = EVENT_RESUME});
    feed(&bench, (struct consensus_event){.kind = EVENT_LINK, .peer = 1, .link = LINK_DOWN});
    for (int i = 0; i < 100; i++) {
        tick(&bench, DELTA_MS);
        for (uint32_t j = 0; j < bench.effects->sends_count; j++)
            if (bench.effects->sends[j].kind == SEND_STATUS)
                told[bench.effects->sends[j].to] = true;
    }
    assert_true(told[2] && told[3]);
    feed(&bench, (struct consensus_event){.kind = EVENT_LINK, .peer = 2, .link = LINK_DOWN});
    feed(&bench, (struct consensus_event){.kind = EVENT_LINK, .peer = 3, .link = LINK_DOWN});
    for (int i = 0; i < 100; i++) {
        tick(&bench, DELTA_MS);
        for (uint32_t j = 0; j < bench.effects->sends_count; j++)
            if (bench.effects->sends[j].kind == SEND_STATUS)
                told[bench.effects->sends[j].to] = true;
    }
    assert_true(told[1]);
    arena_free(&bench.arena);
}

/* A large roster: more NULLIFY than one retransmission tells on, but all of them in turn. */
static void every_nullify_of_a_stuck_view_is_told_on(void **state)
{
    (void)state;
    enum { N = 64, F = 21 };
    struct bench bench;
    bool told[N] = {false};
    uint32_t count = 0;
    bench_open(&bench, N, 0);
    bench_start(&bench);
    for (uint32_t i = 2; i < 2 + F + 1; i++)
        feed_vote(&bench, VOTE_NULLIFY, 1, NULL, i);
    for (int i = 0; i < 200; i++) {
        tick(&bench, DELTA_MS);
        if (asked(bench.effects, VOTE_NULLIFY, 1))
            persist(&bench, VOTE_NULLIFY, 1, NULL);
        uint32_t votes = 0;
        for (uint32_t j = 0; j < bench.effects->sends_count; j++) {
            const struct consensus_send *send = &bench.effects->sends[j];
            if (send->kind != SEND_VOTE || send->vote.signer == 0)
                continue;
            votes++;
            count += !told[send->vote.signer];
            told[send->vote.signer] = true;
        }
        assert_true(votes <= 8);
    }
    assert_int_equal(count, F + 1);
    arena_free(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_finalization_of_many_blocks_is_caught_up_with_in_bounded_memory),
        cmocka_unit_test(who_makes_up_blocks_is_left_for_the_next_peer),
        cmocka_unit_test(who_is_linked_to_nobody_knocks_at_every_door),
        cmocka_unit_test(every_nullify_of_a_stuck_view_is_told_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
