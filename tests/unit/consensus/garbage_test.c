/* SPDX-License-Identifier: Apache-2.0 */
/* garbage_test.c - whatever verified nonsense peers send in whatever order, a node neither stops
 * nor grows nor signs a contradiction. Run under sanitizers this is the room's fuzz target. */
#include "bench.h"

static uint64_t chance;

static uint64_t draw(uint64_t below)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (chance >> 33) % below;
}

/* Mostly near the current view, sometimes absurd. */
static uint64_t draw_view(const struct bench *bench)
{
    uint64_t view = consensus_view(bench->consensus);
    switch (draw(16)) {
    case 0:
        return UINT64_MAX - draw(3);
    case 1:
        return view + draw(100000);
    case 2:
        return draw(3);
    default:
        return view + 2 - draw(view + 2 < 10 ? view + 2 : 10);
    }
}

static struct consensus_block pool[64];

static struct consensus_block draw_block(const struct bench *bench)
{
    struct consensus_block *parent = &pool[draw(64)];
    struct consensus_block tip;
    if (draw(3) > 0 && consensus_tip(bench->consensus, &tip))
        *parent = tip;
    struct consensus_block block = child(parent, draw_view(bench), draw(3));
    block.hash.bytes[20] = (uint8_t)draw(2);
    if (draw(4) == 0)
        block.header.height = draw(5) == 0 ? UINT64_MAX : draw(20);
    if (draw(6) == 0)
        block.header.time_ms = draw(2) ? INT64_MAX : INT64_MIN;
    if (draw(6) == 0)
        block.header.parent_view = draw_view(bench);
    pool[draw(64)] = block;
    return block;
}

static void feed_garbage(struct bench *bench, uint32_t n)
{
    struct consensus_block block = draw(3) ? pool[draw(64)] : draw_block(bench);
    struct vote vote = vote_made((enum vote_kind)(1 + draw(3)), draw_view(bench),
                                 draw(8) ? &block.hash : NULL, (uint32_t)draw(n));
    if (vote.kind == VOTE_NULLIFY && draw(20))
        memset(&vote.hash, 0, sizeof(vote.hash));
    struct cert cert = cert_made(vote.kind, draw(2) ? block.header.view : vote.view, &vote.hash, n);
    struct consensus_status status = {.final_view = draw_view(bench),
                                      .view = draw_view(bench),
                                      .utc_ms = draw(3) ? (int64_t)draw(1u << 30) : INT64_MIN,
                                      .going_away = draw(9) == 0};
    struct consensus_fetch fetch = {.kind = FETCH_CERTS, .first = draw_view(bench)};
    fetch.last = fetch.first + draw(100);
    struct consensus_event event = {.peer = draw(30) ? (uint32_t)draw(n) : UINT32_MAX,
                                    .block = &block,
                                    .vote = &vote,
                                    .cert = &cert,
                                    .status = &status,
                                    .fetch = &fetch,
                                    .hash = block.hash,
                                    .has_work = draw(2) == 0,
                                    .uncommitted = draw(20) == 0,
                                    .link = (enum consensus_link)draw(3)};
    static const enum consensus_event_kind kinds[] = {
        EVENT_TICK,   EVENT_PROPOSAL,  EVENT_VOTE,  EVENT_VOTE,     EVENT_CERT,
        EVENT_STATUS, EVENT_BLOCK,     EVENT_FETCH, EVENT_WORK,     EVENT_LINK,
        EVENT_APP,    EVENT_PERSISTED, EVENT_BUILT, EVENT_VALIDATED};
    event.kind = kinds[draw(sizeof(kinds) / sizeof(*kinds))];
    if (draw(2000) == 0)
        event.kind = EVENT_RESUME;
    if (event.kind == EVENT_PROPOSAL && draw(4)) {
        vote.kind = VOTE_NOTARIZE;
        vote.view = block.header.view;
        vote.hash = block.hash;
        vote.signer = consensus_leader(bench->consensus, vote.view);
    }
    if (event.kind == EVENT_VALIDATED)
        event.validity = draw(50) ? VALIDITY_OK : VALIDITY_PENDING;
    if (event.kind == EVENT_CERT && draw(3)) /* Else every run halts at once. */
        return;
    uint64_t verify[SEATS_MAX / 64];
    (void)consensus_wants_vote(bench->consensus, event.peer, &vote);
    (void)consensus_wants_proposal(bench->consensus, event.peer, &block, &vote);
    (void)consensus_wants_cert(bench->consensus, &cert, verify);
    (void)consensus_needs_body(bench->consensus, &block.hash);
    bench->now_ms += (int64_t)draw(400);
    feed(bench, event);
}

static void obey(struct bench *bench, struct guard *guard)
{
    const struct consensus_effects *effects = bench->effects;
    struct vote votes[EFFECT_VOTES_MAX];
    struct hash validates[EFFECT_VALIDATES_MAX];
    uint32_t votes_count = effects->votes_count, validates_count = effects->validates_count;
    memcpy(votes, effects->votes, sizeof(votes));
    memcpy(validates, effects->validates, sizeof(validates));
    if (effects->build && draw(2)) {
        struct consensus_block block = child(&effects->build_parent, effects->build_view, 99);
        feed(bench, (struct consensus_event){.kind = EVENT_BUILT, .block = &block});
        for (uint32_t i = 0; i < bench->effects->votes_count && votes_count < 8; i++)
            votes[votes_count++] = bench->effects->votes[i];
    }
    for (uint32_t i = 0; i < votes_count; i++) {
        guard_finalize(guard, consensus_final_view(bench->consensus));
        enum comity_error error = guard_record(guard, votes[i].kind, votes[i].view, &votes[i].hash);
        assert_true(error == COMITY_OK || error == COMITY_CLOSED);
        if (error == COMITY_OK && draw(8))
            persist(bench, votes[i].kind, votes[i].view, &votes[i].hash);
    }
    for (uint32_t i = 0; i < validates_count; i++)
        if (draw(8))
            feed_valid(bench, &validates[i], VALIDITY_OK);
}

static void nonsense_stops_nobody(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 4, 7, 20};
    for (uint32_t run = 0; run < 400; run++) {
        struct bench bench;
        struct guard *guard = NULL;
        uint32_t n = sizes[run % 5];
        chance = run + 1;
        for (int i = 0; i < 64; i++)
            pool[i] = genesis_block();
        bench_open(&bench, n, 0);
        assert_int_equal(guard_init(&bench.arena, bench.config.views_max, &guard), COMITY_OK);
        size_t used = bench.arena.used;
        bench_start(&bench);
        for (int i = 0; i < 600; i++) {
            feed_garbage(&bench, n);
            obey(&bench, guard);
        }
        assert_int_equal(bench.arena.used, used);
        arena_free(&bench.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
