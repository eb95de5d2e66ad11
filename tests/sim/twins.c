/* SPDX-License-Identifier: Apache-2.0 */
/* Exhaustive Twins (Bano et al., "Twins: BFT systems made robust", OPODIS 2021): four orderers,
 * one seat runs twice, and in each of three views the five nodes are split into up to three
 * groups in every way. Messages cross only within the group of their view. Leaders rotate, so
 * the choice of the twin seat is the choice of which views it leads. */
#include "sim/run.h"

#include "sim/checks.h"
#include "sim/network.h"
#include "sim/node.h"
#include "sim/queue.h"

#include <stdio.h>

enum { NODES = 5, SPLITS = 41, SCENARIOS = 4 * SPLITS * SPLITS * SPLITS };

/* Partitions as restricted growth strings: a node opens at most the next group. */
static uint32_t splits(uint8_t ret_groups[SPLITS][NODES])
{
    uint32_t count = 0;
    for (uint32_t code = 0; code < 81; code++) { /* Node 0 is in group 0. */
        uint8_t groups[NODES] = {0};
        uint8_t most = 0;
        bool grows = true;
        for (uint32_t i = 1, rest = code; i < NODES; i++, rest /= 3) {
            groups[i] = (uint8_t)(rest % 3);
            grows = grows && groups[i] <= most + 1;
            if (groups[i] > most)
                most = groups[i];
        }
        if (grows)
            memcpy(ret_groups[count++], groups, NODES);
    }
    return count;
}

static void issue(struct sim_world *world, uint32_t node, int64_t at_ms)
{
    struct sim_event event = {.kind = SIM_ACT, .node = node};
    sim_queue_push(world, at_ms, &event);
}

static void run(struct sim_world *world, uint32_t scenario)
{
    uint8_t groups[SPLITS][NODES];
    if (splits(groups) != SPLITS)
        sim_fail(world, "the list of partitions is wrong");
    for (uint32_t view = 1; view <= 3; view++, scenario /= SPLITS)
        memcpy(world->groups[view], groups[scenario % SPLITS], NODES);
    sim_links_refresh(world);
    for (uint32_t i = 0; i < world->nodes_count; i++)
        issue(world, i, 400); /* Twins act apart, so that their blocks differ. */
    issue(world, 0, 40 * world->plan.delta_ms);
    if (!sim_run_until(world, 30 * world->plan.delta_ms))
        return;
    world->exhaustive = false;
    world->healed = true;
    sim_links_refresh(world);
    (void)sim_run_until(world, 45 * world->plan.delta_ms);
    if (!world->failed)
        (void)sim_run_to_convergence(world);
}

uint32_t sim_twins(uint32_t stride, bool print, uint64_t *ret_count)
{
    static struct sim_world world;
    uint32_t failures = 0;
    *ret_count = 0;
    for (uint32_t scenario = 0; scenario < SCENARIOS; scenario += stride) {
        struct sim_plan plan = {.seed = scenario,
                                .profile = PROFILE_TWINS,
                                .orderers_count = 4,
                                .twins_count = 1,
                                .delta_ms = 100,
                                .tolerance_ms = 10000,
                                .views_max = 64,
                                .delay_min_ms = 1,
                                .delay_max_ms = 1,
                                .calm_delay_ms = 20,
                                .sync_max_ms = 1};
        plan.twin[scenario / (SPLITS * SPLITS * SPLITS)] = true;
        sim_world_open(&world, &plan, print);
        world.exhaustive = true; /* All started within 300 ms; views begin with the acts. */
        run(&world, scenario);
        if (world.failed) {
            printf("twins scenario %u: %s\n", scenario, world.failure);
            failures++;
        }
        sim_world_close(&world);
        ++*ret_count;
    }
    return failures;
}
