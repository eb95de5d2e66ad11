/* SPDX-License-Identifier: Apache-2.0 */
/* restart_test.c - crashes and partitions of a cluster: what is durable is enough to go on. */
#include "cluster.c"

/* Random enough, the same every time. */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

/* commonware PR 4275's test: everybody crashes after NULLIFY, and its loss would be for ever. */
static void all_crash_after_nullify_and_go_on(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t j = 0; j < 4; j++)
            cluster->cut[i][j] = true;
    cluster_start(cluster);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 5 * DELTA_MS); /* Each has nullified view 1, heard by nobody. */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(cluster->nodes[i].journal[cluster->nodes[i].journal_count - 1].kind,
                         VOTE_NULLIFY);
    memset(cluster->cut, 0, sizeof(cluster->cut));
    for (uint32_t i = 0; i < 4; i++)
        cluster_restart(cluster, i);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 40 * DELTA_MS);
    assert_all_delivered(cluster, 1);
    cluster_free(cluster);
}

/* One that has voted, crashes before its vote is sent: the restart sends it. */
static void a_proposal_that_a_crash_kept_back_is_sent_again_not_made_again(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    for (uint32_t to = 0; to < 4; to++)
        cluster->cut[1][to] = true; /* The leader of view 1 is heard by nobody. */
    cluster_act(cluster, 0, 2);
    assert_int_equal(cluster->nodes[1].journal_count, 1);
    struct hash proposed = cluster->nodes[1].journal[0].hash;
    memset(cluster->cut, 0, sizeof(cluster->cut));
    cluster_restart(cluster, 1);
    cluster_for(cluster, 10 * DELTA_MS);
    assert_all_delivered(cluster, 1);
    assert_true(hash_equal(&cluster->bodies[cluster->nodes[0].log[0]].block.hash, &proposed));
    cluster_free(cluster);
}

static void rolling_restarts_under_load_lose_nothing(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(5, 0);
    uint64_t chance = 7;
    cluster_start(cluster);
    cluster_for(cluster, 500);
    for (uint32_t act = 0; act < 60; act++) {
        cluster_act(cluster, act, UINT64_MAX);
        cluster_for(cluster, draw(&chance, 90));
        cluster_restart(cluster, draw(&chance, 5));
        cluster_for(cluster, draw(&chance, 200));
    }
    cluster_for(cluster, 60 * DELTA_MS);
    assert_all_delivered(cluster, ((uint64_t)1 << 60) - 1);
    cluster_free(cluster);
}

static bool drop_a_third(const struct cluster *cluster, const struct message *message)
{
    (void)message;
    uint64_t mixed = (cluster->order + 1) * 0x9e3779b97f4a7c15u;
    return (mixed >> 40) % 3 == 0;
}

static void a_third_of_all_messages_lost_still_leads_to_one_record(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 1);
    cluster->drop = drop_a_third;
    cluster_start(cluster);
    for (uint32_t act = 0; act < 30; act++) {
        cluster_act(cluster, act, 0xf);
        cluster_for(cluster, 2 * DELTA_MS);
    }
    cluster_for(cluster, 120 * DELTA_MS);
    assert_all_delivered(cluster, ((uint64_t)1 << 30) - 1);
    cluster_free(cluster);
}

static void halves_stall_and_heal(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(6, 0);
    cluster_start(cluster);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 2 * DELTA_MS);
    for (uint32_t i = 0; i < 6; i++)
        for (uint32_t j = 0; j < 6; j++)
            cluster->cut[i][j] = i / 3 != j / 3;
    cluster_act(cluster, 1, 7);
    cluster_act(cluster, 2, 0x38);
    cluster_for(cluster, 300 * DELTA_MS);
    memset(cluster->cut, 0, sizeof(cluster->cut));
    cluster_for(cluster, 60 * DELTA_MS);
    assert_all_delivered(cluster, 7);
    cluster_free(cluster);
}

/* Hours of a partition that lets views fail but no block become final must not be the end: the
 * ring is far too small for the views that pass. */
static bool drop_bodies_and_finalize(const struct cluster *cluster, const struct message *message)
{
    (void)cluster;
    return message->send.kind == SEND_PROPOSAL || message->is_body ||
           (message->send.kind == SEND_VOTE && message->send.vote.kind == VOTE_FINALIZE);
}

static void more_failed_views_than_memory_holds_are_survived(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    for (uint32_t i = 0; i < 4; i++)
        arena_free(&cluster->nodes[i].arena);
    cluster->views_max = 8;
    for (uint32_t i = 0; i < 4; i++)
        cluster_boot(cluster, i);
    cluster->drop = drop_bodies_and_finalize;
    cluster_start(cluster);
    cluster_act(cluster, 0, UINT64_MAX);
    cluster_for(cluster, 3000 * DELTA_MS);
    assert_true(consensus_view(cluster->nodes[0].consensus) > 30);
    cluster->drop = NULL;
    cluster_for(cluster, 300 * DELTA_MS);
    assert_all_delivered(cluster, 1);
    cluster_free(cluster);
}

static void an_observer_node_syncs_and_says_nothing(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    consensus_forbid_votes(cluster->nodes[2].consensus);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    for (uint32_t act = 0; act < 6; act++) {
        cluster_act(cluster, act, UINT64_MAX);
        cluster_for(cluster, 4 * DELTA_MS);
    }
    assert_all_delivered(cluster, 0x3f);
    assert_int_equal(cluster->nodes[2].journal_count, 0);
    cluster_free(cluster);
}

/* commonware issue 3727, Nunchi daeji 278: a restarted node and what it synced. */
static void who_restarts_in_the_middle_of_catching_up_goes_on(void **state)
{
    (void)state;
    struct cluster *cluster = cluster_new(4, 0);
    cluster_start(cluster);
    cluster_for(cluster, 500);
    cluster_sleep(cluster, 3);
    for (uint32_t act = 0; act < 60; act++) {
        cluster_act(cluster, act, UINT64_MAX);
        cluster_for(cluster, 500);
    }
    cluster_wake(cluster, 3);
    for (int i = 0; i < 12; i++) {
        cluster_for(cluster, 15);
        cluster_restart(cluster, 3);
    }
    cluster_for(cluster, 40 * DELTA_MS);
    assert_all_delivered(cluster, ((uint64_t)1 << 60) - 1);
    cluster_free(cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_crash_after_nullify_and_go_on),
        cmocka_unit_test(a_proposal_that_a_crash_kept_back_is_sent_again_not_made_again),
        cmocka_unit_test(rolling_restarts_under_load_lose_nothing),
        cmocka_unit_test(a_third_of_all_messages_lost_still_leads_to_one_record),
        cmocka_unit_test(halves_stall_and_heal),
        cmocka_unit_test(more_failed_views_than_memory_holds_are_survived),
        cmocka_unit_test(an_observer_node_syncs_and_says_nothing),
        cmocka_unit_test(who_restarts_in_the_middle_of_catching_up_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
