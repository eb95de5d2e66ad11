/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/chaos.h"

#include "sim/network.h"
#include "sim/node.h"
#include "sim/queue.h"

static struct sim_node *any_node(struct sim_world *world)
{
    return &world->nodes[chance_below(&world->chance, world->nodes_count)];
}

static void restart_later(struct sim_world *world, struct sim_node *node, int64_t delay_ms)
{
    struct sim_event event = {.kind = SIM_RESTART, .node = node->index};
    sim_queue_push(world, delay_ms, &event);
}

static void strike_partition(struct sim_world *world)
{
    uint32_t shape = chance_below(&world->chance, 6);
    uint32_t alone = chance_below(&world->chance, world->nodes_count);
    uint32_t bridge = chance_below(&world->chance, world->nodes_count);
    uint64_t view = 0;
    for (uint32_t i = 0; i < world->nodes_count; i++)
        if (world->nodes[i].view > view)
            view = world->nodes[i].view;
    if (shape == 0)
        alone = (uint32_t)(view % world->plan.orderers_count); /* The leader. */
    for (uint32_t i = 0; i < world->nodes_count; i++) {
        if (shape <= 1)
            world->nodes[i].group = i == alone ? 2 : 1;
        else
            world->nodes[i].group = 1U << chance_below(&world->chance, shape <= 3 ? 2 : 3);
        if (shape == 5 && i == bridge)
            world->nodes[i].group = 7;
    }
    sim_trace(world, "partition of shape %u", shape);
    sim_links_cut_groups(world);
}

static void strike_links(struct sim_world *world)
{
    uint32_t many = chance_below(&world->chance, 600);
    for (uint32_t i = 0; i < world->nodes_count; i++)
        for (uint32_t j = 0; j < world->nodes_count; j++)
            world->cut[i][j] = chance_hit(&world->chance, many);
    sim_links_refresh(world);
}

/* Each node sees one of the two copies, or both. */
static void strike_twins(struct sim_world *world)
{
    for (uint32_t seat = 0; seat < world->plan.orderers_count; seat++) {
        uint32_t second = world->second[seat];
        if (second == SIM_NONE)
            continue;
        for (uint32_t i = 0; i < world->nodes_count; i++) {
            uint32_t sees = chance_below(&world->chance, 4);
            world->cut[i][seat] = world->cut[seat][i] = sees == 0;
            world->cut[i][second] = world->cut[second][i] = sees == 1;
        }
    }
    sim_links_refresh(world);
}

static void strike_crash(struct sim_world *world)
{
    uint32_t shape = chance_below(&world->chance, 8);
    for (uint32_t i = 0; i < world->nodes_count; i++) {
        struct sim_node *node = &world->nodes[i];
        if (node->state != NODE_UP || (shape != 0 && chance_below(&world->chance, 3)))
            continue;
        if (shape < 2) { /* All at once, or many. */
            sim_node_crash(world, node);
            restart_later(world, node, chance_between(&world->chance, 1, world->plan.delta_ms));
        } else {
            node->crash_after = 1 + chance_below(&world->chance, 40);
        }
    }
}

static void strike_sleep(struct sim_world *world)
{
    struct sim_node *node = any_node(world);
    int64_t length = 1000 * chance_between(&world->chance, 1, 60);
    if (chance_hit(&world->chance, 500))
        length *= chance_between(&world->chance, 1, 120);
    if (node->state != NODE_UP)
        return;
    sim_node_sleep(world, node);
    node->down_until_ms = world->now_ms + length;
    struct sim_event event = {.kind = SIM_WAKE, .node = node->index, .life = node->life};
    sim_queue_push(world, length, &event);
    sim_links_refresh(world);
}

/* How many seats may fail for ever besides those that already do. */
static uint32_t spare(const struct sim_world *world)
{
    uint32_t used = world->plan.liars_count + world->plan.twins_count;
    for (uint32_t i = 0; i < world->plan.orderers_count; i++)
        used += (world->nodes[i].honest && world->nodes[i].observer) ||
                (world->plan.faults & FAULT_AWAY && world->plan.away[i]);
    uint32_t most = quorum_faults(world->plan.orderers_count);
    return used < most ? most - used : 0;
}

static void strike_clock(struct sim_world *world)
{
    struct sim_node *node = any_node(world);
    if (world->plan.bounded_clocks && !node->clock_wrong && node->seat < SIM_ORDERERS_MAX) {
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < world->plan.orderers_count; i++)
            wrong += world->nodes[i].clock_wrong && world->nodes[i].honest;
        if (!node->honest || node->seat >= world->plan.orderers_count ||
            wrong + world->plan.liars_count + world->plan.twins_count >=
                quorum_faults(world->plan.orderers_count))
            return;
    }
    node->clock_wrong = true;
    node->utc_offset_ms = chance_between(&world->chance, -3600000, 3600000);
    if (chance_hit(&world->chance, 500))
        node->utc_offset_ms /= 600;
    if (chance_hit(&world->chance, 200))
        node->utc_offset_ms = 0;
    sim_trace(world, "clock of node %u is %+lld ms off", node->index,
              (long long)node->utc_offset_ms);
}

static void strike_journal(struct sim_world *world)
{
    struct sim_node *node = any_node(world);
    if (!node->honest || node->observer || node->seat >= world->plan.orderers_count ||
        node->state != NODE_UP || spare(world) == 0)
        return;
    sim_trace(world, "node %u loses its journal", node->index);
    sim_node_crash(world, node);
    node->observer = true;
    node->records_count = node->durable_count =
        chance_hit(&world->chance, 300) ? 0
                                        : chance_next(&world->chance) % (node->records_count + 1);
    restart_later(world, node, chance_between(&world->chance, 1, 10 * world->plan.delta_ms));
}

/* Asleep until the end, or dead: half of them each. */
static void strike_long(struct sim_world *world)
{
    for (uint32_t i = 0; i < world->seats_count; i++) {
        struct sim_node *node = &world->nodes[i];
        if (!world->plan.away[node->seat])
            continue;
        if (world->plan.faults & FAULT_CRASH)
            sim_node_crash(world, node);
        else
            sim_node_sleep(world, node);
        node->down_until_ms = world->plan.chaos_ms;
    }
    sim_links_refresh(world);
}

void sim_chaos_strike(struct sim_world *world)
{
    static const struct {
        uint32_t fault;
        void (*strike)(struct sim_world *world);
    } strikes[] = {
        {FAULT_PARTITION, strike_partition}, {FAULT_ONE_WAY, strike_links},
        {FAULT_CRASH, strike_crash},         {FAULT_SLEEP, strike_sleep},
        {FAULT_CLOCK, strike_clock},         {FAULT_JOURNAL, strike_journal},
        {FAULT_TWINS, strike_twins},         {FAULT_PARTITION | FAULT_ONE_WAY, sim_links_restore},
    };
    if (world->healed)
        return;
    /* Each has its own chance: one that is left out changes nothing about the next. */
    struct chance outer = world->chance;
    uint32_t number = world->strikes++;
    world->chance.state = mix64(mix64(world->plan.seed) + number);
    int64_t next_ms = chance_between(&world->chance, 1, 2 * world->plan.chaos_step_ms);
    uint32_t pick = chance_below(&world->chance, 8);
    bool dropped = number < SIM_STRIKES_MAX && world->plan.dropped[number];
    bool is_long = (world->plan.faults & FAULT_LONG) != 0;
    if (is_long)
        strike_long(world);
    else if (!dropped && (world->plan.faults & strikes[pick].fault))
        strikes[pick].strike(world);
    world->chance = outer;
    if (is_long)
        return;
    struct sim_event event = {.kind = SIM_CHAOS};
    sim_queue_push(world, next_ms, &event);
}

bool sim_chaos_outage(struct sim_world *world)
{
    uint32_t n = world->plan.orderers_count, up = 0;
    world->plan.loss = 0;
    for (uint32_t i = 0; i < world->nodes_count; i++) {
        struct sim_node *node = &world->nodes[i];
        if (node->state == NODE_ASLEEP)
            sim_node_wake(world, node);
        node->crash_after = 0;
        up += i < n && node->state != NODE_DEAD;
        node->gone = node->state == NODE_DEAD;
    }
    for (uint32_t i = 0; i < n && up >= quorum_size(n); i++) {
        struct sim_node *node = &world->nodes[(i + world->plan.seed) % n];
        if (node->state == NODE_DEAD)
            continue;
        sim_node_crash(world, node);
        node->gone = true;
        up--;
    }
    sim_links_restore(world);
    return n > 1;
}

void sim_chaos_heal(struct sim_world *world)
{
    uint32_t n = world->plan.orderers_count, left = spare(world);
    world->healed = true;
    sim_trace(world, "healed");
    for (uint32_t i = 0; i < world->nodes_count; i++) {
        struct sim_node *node = &world->nodes[(i + world->plan.seed) % world->nodes_count];
        node->crash_after = 0;
        if (world->plan.faults & FAULT_AWAY && world->plan.away[node->seat])
            continue;
        node->gone = false;
        bool seated = node->seat < n && node->honest && !node->observer;
        if (seated && left > 0 && world->plan.faults & FAULT_CORE) {
            left--;
            sim_node_crash(world, node);
            node->gone = true;
            continue;
        }
        if (seated && left > 0 && node->clock_wrong && chance_hit(&world->chance, 500))
            left--; /* Its clock stays wrong. */
        else
            node->utc_offset_ms = chance_between(&world->chance, -50, 50);
        if (node->state == NODE_ASLEEP)
            sim_node_wake(world, node);
        else if (node->state == NODE_DEAD)
            restart_later(world, node, chance_between(&world->chance, 0, world->plan.delta_ms));
    }
    sim_links_restore(world);
}
