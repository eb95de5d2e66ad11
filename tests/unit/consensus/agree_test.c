/* SPDX-License-Identifier: Apache-2.0 */
/* agree_test.c - clusters that agree: latency, sleepers, catching up, followers, quiet. */
#include "cluster.c"

static void all_awake_one_act_is_final_without_any_timer(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 7, 10, 17};
    for (uint32_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
        struct cluster *cluster = cluster_new(sizes[k], 0);
        cluster_start(cluster);
        cluster_for(cluster, 500);
        cluster_act(cluster, 0, UINT64_MAX);
        cluster_for(cluster, 5 * DELAY_MS);
        assert_all_delivered(cluster, 1);
        assert_int_equal(cluster->nodes[0].height, 1);
        cluster_free(cluster);
    }
}

static void acts_that_wait_while_a_block_is_in_flight_go_into_the_next_view(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, DELAY_MS / 2);
    cluster_act(cluster, 1, UINT64_MAX);
    cluster_act(cluster, 2, UINT64_MAX);
    cluster_for(cluster, 6 * DELAY_MS);
    assert_all_delivered(cluster, 7);
    assert_int_equal(cluster->nodes[0].height, 2);
    cluster_free(cluster);
}

static void sleeping_leaders_are_skipped_at_once(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(10, 0);
    for (uint32_t i = 1; i <= 3; i++)
        cluster->nodes[i].asleep = true;
    cluster_start(cluster);
    cluster_for(cluster, 500);
    cluster_act(cluster, 0, UINT64_MAX); /* Views 1, 2, 3 belong to sleepers. */
    cluster_for(cluster, 12 * DELAY_MS);
    assert_all_delivered(cluster, 1);
    cluster_free(cluster);
}

static void too_few_awake_wait_quietly_and_go_on_when_one_returns(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster->nodes[2].asleep = cluster->nodes[3].asleep = true;
    cluster_start(cluster);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 600000);
    assert_int_equal(cluster->nodes[0].height, 0);
    uint64_t missing[SEATS_MAX / 64];
    assert_int_equal(consensus_waiting_for(cluster->nodes[0].consensus, missing), 1);
    assert_int_equal(missing[0], 0xc);
    assert_true(cluster->nodes[0].sent[SEND_VOTE] < 200);
    cluster_wake(cluster, 2);
    cluster_for(cluster, 40000);
    assert_all_delivered(cluster, 1);
    cluster_free(cluster);
}

static void who_was_away_catches_up_by_range(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    cluster_sleep(cluster, 3);
    for (uint32_t round = 0; round < 150; round++) {
        for (uint32_t i = 0; i < 3; i++)
            cluster->nodes[i].pool = 0;
        uint32_t act = round % 63;
        for (uint32_t b = 0; b < cluster->bodies_count; b++)
            cluster->bodies[b].acts &= ~((uint64_t)1 << act);
        cluster_act(cluster, act, UINT64_MAX);
        cluster_for(cluster, 1000);
    }
    assert_true(cluster->nodes[0].height >= 150);
    cluster_wake(cluster, 3);
    cluster_for(cluster, 10000);
    assert_int_equal(cluster->nodes[3].height, cluster->nodes[0].height);
    cluster_act(cluster, 63, UINT64_MAX);
    cluster_for(cluster, 1000);
    assert_all_delivered(cluster, (uint64_t)1 << 63);
    cluster_free(cluster);
}

static void a_follower_is_pushed_each_final_block_and_never_votes(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 3);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    for (uint32_t act = 0; act < 5; act++) {
        cluster_act(cluster, act, 0xf);
        cluster_for(cluster, 300);
    }
    assert_all_delivered(cluster, 0x1f);
    for (uint32_t i = 4; i < 7; i++) {
        assert_int_equal(cluster->nodes[i].journal_count, 0);
        assert_int_equal(cluster->nodes[i].sent[SEND_FETCH], 0);
    }
    cluster_free(cluster);
}

static void a_follower_that_was_away_is_brought_up_by_status_and_range(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 1);
    cluster_start(cluster);
    cluster_sleep(cluster, 4);
    for (uint32_t act = 0; act < 40; act++) {
        cluster_act(cluster, act, 0xf);
        cluster_for(cluster, 300);
    }
    cluster_wake(cluster, 4);
    cluster_for(cluster, 5000);
    assert_all_delivered(cluster, ((uint64_t)1 << 40) - 1);
    cluster_free(cluster);
}

static void a_quiet_forum_sends_nothing_but_status(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(7, 0);
    cluster_start(cluster);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 20000);
    assert_all_delivered(cluster, 1);
    for (uint32_t i = 0; i < 7; i++)
        memset(cluster->nodes[i].sent, 0, sizeof(cluster->nodes[i].sent));
    cluster_for(cluster, 120 * DELTA_MS);
    for (uint32_t i = 0; i < 7; i++)
        for (uint32_t kind = 1; kind < 8; kind++)
            if (kind != SEND_STATUS)
                assert_int_equal(cluster->nodes[i].sent[kind], 0);
    assert_true(cluster->nodes[0].sent[SEND_STATUS] <= 5);
    cluster_free(cluster);
}

static void a_deadline_makes_one_tick(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster_start(cluster);
    cluster_for(cluster, 5000);
    for (uint32_t i = 0; i < 4; i++) {
        cluster->nodes[i].due_ms = UTC_START + 60000;
        cluster->nodes[i].skew_ms = (int64_t)i * 300;
        node_step(cluster, i,
                  (struct consensus_event){.kind = EVENT_APP, .due_ms = UTC_START + 60000});
    }
    cluster_run(cluster, 58000);
    assert_int_equal(cluster->nodes[0].height, 0);
    cluster_run(cluster, 63000);
    assert_int_equal(cluster->nodes[0].height, 1);
    assert_true(cluster->bodies[cluster->nodes[0].log[0]].block.header.time_ms >=
                UTC_START + 60000);
    cluster_free(cluster);
}

static void one_clock_an_hour_ahead_cannot_carry_the_forum_away(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster->nodes[1].skew_ms = 3600000;
    cluster_start(cluster);
    cluster_for(cluster, 3000);
    for (uint32_t act = 0; act < 8; act++) {
        cluster_act(cluster, act, UINT64_MAX);
        cluster_for(cluster, 500);
    }
    assert_all_delivered(cluster, 0xff);
    for (uint64_t h = 0; h < cluster->nodes[0].height; h++)
        assert_true(cluster->bodies[cluster->nodes[0].log[h]].block.header.time_ms <=
                    UTC_START + cluster->now_ms);
    cluster_free(cluster);
}

static void links_slower_than_the_pace_make_it_grow_until_a_block_is_final(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster->delay_ms = 6 * DELTA_MS;
    cluster_start(cluster);
    cluster_for(cluster, 30000);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 3000000);
    assert_all_delivered(cluster, 1);
    cluster_free(cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_awake_one_act_is_final_without_any_timer),
        cmocka_unit_test(acts_that_wait_while_a_block_is_in_flight_go_into_the_next_view),
        cmocka_unit_test(sleeping_leaders_are_skipped_at_once),
        cmocka_unit_test(too_few_awake_wait_quietly_and_go_on_when_one_returns),
        cmocka_unit_test(who_was_away_catches_up_by_range),
        cmocka_unit_test(a_follower_is_pushed_each_final_block_and_never_votes),
        cmocka_unit_test(a_follower_that_was_away_is_brought_up_by_status_and_range),
        cmocka_unit_test(a_quiet_forum_sends_nothing_but_status),
        cmocka_unit_test(a_deadline_makes_one_tick),
        cmocka_unit_test(one_clock_an_hour_ahead_cannot_carry_the_forum_away),
        cmocka_unit_test(links_slower_than_the_pace_make_it_grow_until_a_block_is_final),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
