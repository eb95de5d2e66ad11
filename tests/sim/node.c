/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/node.h"

#include <stdlib.h>

#include "sim/byzantine.h"
#include "sim/chain.h"
#include "sim/checks.h"
#include "sim/journal.h"
#include "sim/network.h"

static int64_t steady_ms(const struct sim_world *world, const struct sim_node *node)
{
    int64_t passed = world->now_ms - node->steady_at_ms;
    return node->steady_ms + passed + passed * node->rate / 1000000;
}

int64_t sim_node_utc(const struct sim_world *world, const struct sim_node *node)
{
    return 2000000 + world->now_ms + node->utc_offset_ms;
}

bool sim_node_holds(const struct sim_node *node, uint32_t block)
{
    return block / 64 < node->bodies_words && (node->bodies[block / 64] >> block % 64 & 1);
}

void sim_node_hold(struct sim_node *node, uint32_t block)
{
    node->bodies = sim_grow(node->bodies, &node->bodies_words, block / 64 + 1U, 8);
    node->bodies[block / 64] |= UINT64_C(1) << block % 64;
}

void sim_node_forget(struct sim_world *world, struct sim_node *node)
{
    for (uint32_t i = 1; i < world->blocks_count; i++) {
        if (i % 64 == 0 && (i / 64 >= node->bodies_words || node->bodies[i / 64] == 0)) {
            i += 63;
            continue;
        }
        const struct sim_block *block = &world->blocks[i];
        uint64_t height = block->block.header.height;
        if (!sim_node_holds(node, i) ||
            (height < node->delivered_count && node->delivered[height] == i))
            continue;
        if (!consensus_needs_body(node->consensus, &block->block.hash))
            node->bodies[i / 64] &= ~(UINT64_C(1) << i % 64);
    }
}

void sim_node_open(struct sim_world *world, struct sim_node *node)
{
    node->state = NODE_DEAD;
    arena_init(&node->arena, 0);
    node->utc_offset_ms = chance_between(&world->chance, -50, 50);
    if (world->plan.faults & FAULT_CLOCK)
        node->rate = (int32_t)chance_between(&world->chance, -50000, 50000);
    struct sim_event event = {.kind = SIM_RESTART, .node = node->index};
    int64_t delay = world->exhaustive ? 0 : chance_between(&world->chance, 0, 300);
    sim_queue_push(world, delay, &event);
}

void sim_node_close(struct sim_node *node)
{
    arena_free(&node->arena);
    free(node->records);
    free(node->bodies);
    free(node->delivered);
    free(node->finals);
    free(node->votes);
}

static void start(struct sim_world *world, struct sim_node *node)
{
    const struct sim_plan *plan = &world->plan;
    struct consensus_config config = {
        .orderers_count = plan->orderers_count,
        .peers_count = world->seats_count,
        .self =
            node->seat < plan->orderers_count || plan->seed % 4 ? node->seat : CONSENSUS_FOLLOWER,
        .genesis_hash = world->genesis,
        .genesis_height = 0,
        .genesis_time_ms = world->blocks[0].block.header.time_ms,
        .delta_ms = plan->delta_ms,
        .tolerance_ms = plan->tolerance_ms,
        .views_max = plan->views_max,
    };
    if (consensus_init(&node->arena, &config, &node->consensus) != COMITY_OK ||
        guard_init(&node->arena, config.views_max, &node->guard) != COMITY_OK)
        abort();
    node->arena_used = node->arena.used;
}

void sim_node_restart(struct sim_world *world, struct sim_node *node)
{
    if (node->state != NODE_DEAD || node->gone)
        return;
    node->state = NODE_UP;
    node->life++;
    sim_trace(world, "node %u starts", node->index);
    node->steady_at_ms = world->now_ms;
    start(world, node);
    node->delivered_count = 1; /* Genesis. */
    node->delivered =
        sim_grow(node->delivered, &node->delivered_capacity, 1, sizeof *node->delivered);
    if (node->bodies)
        memset(node->bodies, 0, node->bodies_words * sizeof *node->bodies);
    sim_node_hold(node, 0);
    if (node->observer)
        consensus_forbid_votes(node->consensus);
    if (!sim_journal_restore(world, node))
        sim_fail(world, "I9: the journal of node %u contradicts itself", node->index);
    sim_check_restarted(world, node);
    if (node->observer)
        consensus_forbid_votes(node->consensus);
    node->told_work = -1;
    node->told_height = 0;
    sim_links_refresh_of(world, node->index);
    struct consensus_event event = {.kind = EVENT_RESUME};
    sim_node_step(world, node, &event);
}

void sim_node_crash(struct sim_world *world, struct sim_node *node)
{
    if (node->state == NODE_DEAD)
        return;
    sim_trace(world, "node %u crashes", node->index);
    node->steady_ms = node->state == NODE_UP ? steady_ms(world, node) : node->steady_ms;
    node->steady_at_ms = world->now_ms;
    node->state = NODE_DEAD;
    node->life++;
    node->consensus = NULL;
    arena_reset(&node->arena);
    node->deadline_ms = INT64_MAX;
    node->tick = 0;
    node->crash_after = 0;
    while (node->inbox_count > 0)
        sim_message_drop(world, node->inbox[--node->inbox_count]);
    memset(node->pool, 0, sizeof node->pool);
    node->pool[node->seat] = node->issued; /* Own acts are in the journal. */
    sim_journal_crash(world, node);
}

void sim_node_sleep(struct sim_world *world, struct sim_node *node)
{
    if (node->state != NODE_UP)
        return;
    if (chance_hit(&world->chance, 500))
        for (uint32_t i = 0; i < world->seats_count; i++) {
            struct sim_message *message = sim_message_new(world, MESSAGE_STATUS, node->index);
            message->status = consensus_own_status(node->consensus, i, sim_node_utc(world, node));
            message->status.going_away = true;
            if (i != node->seat)
                sim_send(world, node, i, message);
            else
                sim_message_drop(world, message);
        }
    sim_trace(world, "node %u sleeps", node->index);
    node->steady_ms = steady_ms(world, node);
    node->steady_at_ms = world->now_ms;
    node->state = NODE_ASLEEP;
    node->tick = 0;
    node->deadline_ms = INT64_MAX;
}

void sim_node_wake(struct sim_world *world, struct sim_node *node)
{
    if (node->state != NODE_ASLEEP)
        return;
    sim_trace(world, "node %u wakes", node->index);
    if (world->plan.seed % 2) /* Half of the machines count sleep as steady time. */
        node->steady_ms += world->now_ms - node->steady_at_ms;
    node->steady_at_ms = world->now_ms;
    node->state = NODE_UP;
    node->sync = 0; /* An fsync that ended in between was not noticed. */
    sim_links_refresh_of(world, node->index);
    struct consensus_event event = {.kind = EVENT_RESUME};
    uint32_t life = node->life;
    sim_node_step(world, node, &event);
    for (uint32_t i = 0; i < node->inbox_count; i++) {
        if (node->life == life)
            sim_node_receive(world, node, node->inbox[i]);
        sim_message_drop(world, node->inbox[i]);
    }
    node->inbox_count = 0;
    if (node->life == life)
        sim_journal_sync(world, node, true);
}

void sim_node_issue(struct sim_world *world, struct sim_node *node)
{
    if (node->issued >> (SIM_ACTS_MAX - 1) & 1 || node->state != NODE_UP)
        return;
    node->issued = node->issued << 1 | 1;
    node->pool[node->seat] = node->issued;
    struct sim_message *message = sim_message_new(world, MESSAGE_ACTS, node->index);
    message->author = node->seat;
    message->acts = node->issued;
    sim_trace(world, "node %u acts", node->index);
    sim_send(world, node, CONSENSUS_TO_ALL, message);
    struct consensus_event event = {.kind = EVENT_TICK};
    sim_node_step(world, node, &event);
}

void sim_node_deliver(struct sim_world *world, struct sim_node *node, uint32_t block,
                      struct sim_cert *finalization)
{
    size_t height = node->delivered_count;
    size_t capacity = node->delivered_capacity;
    (void)world;
    node->delivered =
        sim_grow(node->delivered, &node->delivered_capacity, height + 1, sizeof *node->delivered);
    capacity = node->finals ? capacity : 0;
    node->finals =
        sim_grow(node->finals, &capacity, node->delivered_capacity, sizeof *node->finals);
    node->delivered[height] = block;
    node->finals[height] = hash_equal(&finalization->cert.hash, &world->blocks[block].block.hash)
                               ? finalization
                               : NULL;
    node->delivered_count = height + 1;
    sim_node_hold(node, block);
}

/* What the application tells its machine when it changed; false if nothing did. */
static bool tell(struct sim_world *world, struct sim_node *node, struct consensus_event *ret_event)
{
    const struct sim_height *state = &world->heights[node->delivered_count - 1];
    bool uncommitted = state->verdict_height > state->committed_height;
    struct consensus_block tip;
    if (node->told_height != node->delivered_count) { /* After every delivery, changed or not. */
        node->told_height = node->delivered_count;
        *ret_event = (struct consensus_event){
            .kind = EVENT_APP, .due_ms = state->due_ms, .uncommitted = uncommitted};
        return true;
    }
    if (!consensus_tip(node->consensus, &tip))
        return false;
    uint32_t block = sim_block_find(world, &tip.hash);
    if (block == SIM_NONE || !sim_node_holds(node, block)) {
        sim_fail(world, "node %u has a tip whose body it does not hold", node->index);
        return false;
    }
    bool work = sim_pool_has_work(world, node->pool, block);
    if (node->told_work == (work ? 1 : 0) && hash_equal(&node->told_tip, &tip.hash))
        return false;
    node->told_work = work ? 1 : 0;
    node->told_tip = tip.hash;
    *ret_event = (struct consensus_event){.kind = EVENT_WORK, .hash = tip.hash, .has_work = work};
    return true;
}

static void arm_tick(struct sim_world *world, struct sim_node *node,
                     const struct consensus_effects *effects)
{
    int64_t deadline = effects->more ? INT64_MIN : effects->deadline_ms;
    if (deadline == node->deadline_ms && node->tick)
        return;
    node->deadline_ms = deadline;
    node->tick = 0;
    if (deadline == INT64_MAX)
        return;
    int64_t delay = 0, wait = effects->more ? 0 : deadline - steady_ms(world, node);
    if (wait > 0)
        delay = wait * 1000000 / (1000000 + node->rate) + (node->rate ? 1 : 0);
    struct sim_event event = {.kind = SIM_TICK, .node = node->index, .life = node->life};
    event.number = node->tick = ++world->events_number;
    sim_queue_push(world, delay, &event);
}

void sim_node_step(struct sim_world *world, struct sim_node *node, struct consensus_event *event)
{
    uint32_t life = node->life;
    struct consensus_event told;
    for (uint32_t i = 0; i < 16; i++) {
        event->now_ms = steady_ms(world, node);
        event->utc_ms = sim_node_utc(world, node);
        const struct consensus_effects *effects = consensus_step(node->consensus, event);
        world->steps++;
        sim_check_effects(world, node, effects);
        sim_digest(world, (uint64_t)event->kind << 32 | node->index);
        sim_digest(world, (uint64_t)world->now_ms ^ (uint64_t)effects->sends_count << 48);
        sim_digest(world,
                   consensus_view(node->consensus) << 32 ^ consensus_final_view(node->consensus));
        if (world->failed || !sim_node_obey(world, node, effects) || node->life != life)
            return;
        arm_tick(world, node, effects);
        if (!tell(world, node, &told))
            return;
        event = &told;
    }
    sim_fail(world, "node %u spins between machine and application", node->index);
}

/* The state was not executed here, or the check was slow: look again while it matters. */
static bool judge_again(struct sim_world *world, struct sim_node *node,
                        const struct sim_event *event, struct consensus_event *step)
{
    if (!consensus_needs_body(node->consensus, &step->hash))
        return false;
    struct sim_event again = *event;
    again.validity = sim_block_judge(world, (uint32_t)event->value, node->delivered_count - 1);
    again.number = 1;
    sim_queue_push(world, 1 + world->plan.delta_ms / 8, &again);
    return event->number == 0; /* The first PENDING is told, the others are not. */
}

void sim_node_handle(struct sim_world *world, struct sim_node *node, const struct sim_event *event)
{
    struct consensus_event step = {0};
    struct consensus_block built;
    switch (event->kind) {
    case SIM_TICK:
        if (event->number != node->tick)
            return;
        node->tick = 0;
        step.kind = EVENT_TICK;
        break;
    case SIM_SYNCED:
        if (event->number == node->sync)
            sim_journal_synced(world, node, (size_t)event->value);
        return;
    case SIM_PERSISTED:
        step.kind = EVENT_PERSISTED;
        step.vote = &event->message->vote;
        break;
    case SIM_BUILT:
        step.kind = EVENT_BUILT;
        sim_node_hold(node, (uint32_t)event->value);
        built = world->blocks[event->value].block; /* A copy: a lie may move the blocks. */
        step.block = &built;
        if (!node->honest && world->plan.lies[node->seat])
            sim_lie_on_build(world, node, (uint32_t)event->value);
        break;
    case SIM_VALIDATED:
        step.kind = EVENT_VALIDATED;
        step.hash = world->blocks[event->value].block.hash;
        step.validity = event->validity;
        if (step.validity == VALIDITY_PENDING && !judge_again(world, node, event, &step))
            return;
        break;
    case SIM_LINK:
        step.kind = EVENT_LINK;
        step.peer = (uint32_t)event->value;
        step.link = sim_connected(world, step.peer, node->index) ? LINK_UP : LINK_DOWN;
        break;
    default:
        return;
    }
    sim_node_step(world, node, &step);
}
