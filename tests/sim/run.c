/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/run.h"

#include "sim/byzantine.h"
#include "sim/chaos.h"
#include "sim/checks.h"
#include "sim/network.h"
#include "sim/node.h"
#include "sim/queue.h"

static void push(struct sim_world *world, int64_t delay_ms, enum sim_event_kind kind, uint32_t node)
{
    struct sim_event event = {.kind = kind, .node = node};
    sim_queue_push(world, delay_ms, &event);
}

static void handle_node(struct sim_world *world, const struct sim_event *event)
{
    struct sim_node *node = &world->nodes[event->node];
    if (event->life != node->life || node->state == NODE_DEAD)
        return;
    if (node->state == NODE_ASLEEP) { /* A sleeping process goes on where it was. */
        int64_t wait = node->down_until_ms - world->now_ms;
        if (event->kind != SIM_TICK && event->kind != SIM_SYNCED)
            sim_queue_push(world, (wait > 0 ? wait : 0) + 1, event);
        return;
    }
    sim_node_handle(world, node, event);
}

static void handle(struct sim_world *world, struct sim_event *event)
{
    struct sim_node *node = &world->nodes[event->node];
    const struct sim_plan *plan = &world->plan;
    switch (event->kind) {
    case SIM_MESSAGE:
        if (!world->cut[event->message->from][event->node])
            sim_node_receive(world, node, event->message);
        sim_message_drop(world, event->message);
        break;
    case SIM_RESTART:
        sim_node_restart(world, node);
        break;
    case SIM_WAKE:
        if (event->life == node->life)
            sim_node_wake(world, node);
        break;
    case SIM_CHAOS:
        sim_chaos_strike(world);
        break;
    case SIM_ACT:
        sim_node_issue(world, node);
        break;
    case SIM_LIE:
        sim_lie_now_and_then(world, node);
        if (!world->quieted)
            push(world, chance_between(&world->chance, 1, 4 * plan->delta_ms), SIM_LIE,
                 event->node);
        break;
    default:
        handle_node(world, event);
        break;
    }
}

bool sim_run_until(struct sim_world *world, int64_t time_ms)
{
    struct sim_event event;
    uint32_t same = 0;
    while (!world->failed && world->events_count > 0 && world->events[0].at_ms <= time_ms) {
        int64_t before = world->now_ms;
        (void)sim_queue_pop(world, &event);
        same = world->now_ms == before ? same + 1 : 0;
        if (same > 300000)
            sim_fail(world, "spins: too many events at one moment");
        handle(world, &event);
    }
    if (!world->failed)
        world->now_ms = time_ms;
    return !world->failed;
}

bool sim_run_to_convergence(struct sim_world *world)
{
    const struct sim_plan *plan = &world->plan;
    int64_t n = plan->orderers_count, f = quorum_faults(plan->orderers_count);
    /* L1's bound at the largest grow, and for L2 some rounds of idle Status. */
    int64_t bound = ((f + 2) * 3 * 32 + 10 + 30 * (n + 4) + 60) * plan->delta_ms + 30000;
    int64_t late = world->now_ms + bound;
    while (!sim_converged(world)) {
        int64_t due_ms = world->heights[world->heights_count - 1].due_ms;
        if (due_ms != INT64_MAX && due_ms - 2000000 > late - bound)
            late = due_ms - 2000000 + bound; /* A deadline that a wrong clock set far ahead. */
        if (!sim_run_until(world, world->now_ms + plan->delta_ms))
            return false;
        if (world->now_ms > late) {
            sim_describe_stuck(world);
            sim_fail(world, "L1/L2: not converged %lld ms after healing", (long long)bound);
            return false;
        }
    }
    return true;
}

static void start(struct sim_world *world)
{
    const struct sim_plan *plan = &world->plan;
    push(world, plan->chaos_step_ms, SIM_CHAOS, 0);
    for (uint32_t i = 0; plan->faults & FAULT_AWAY && i < plan->orderers_count; i++)
        world->nodes[i].gone = plan->away[i];
    for (uint32_t i = 0; i < plan->acts_count; i++)
        push(world, chance_between(&world->chance, 0, plan->chaos_ms), SIM_ACT,
             chance_below(&world->chance, world->seats_count));
    for (uint32_t i = 0; i < plan->orderers_count; i++)
        if (plan->lies[i])
            push(world, plan->delta_ms, SIM_LIE, i);
    sim_links_refresh(world);
}

static uint64_t sent_by_honest(const struct sim_world *world)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < world->nodes_count; i++)
        if (world->nodes[i].honest)
            sum += world->nodes[i].sent;
    return sum;
}

/* L4: with fewer than a quorum up, retransmission backs off to once in 16Δ. */
static bool outage(struct sim_world *world)
{
    const struct sim_plan *plan = &world->plan;
    if (!(plan->faults & FAULT_FEW) || plan->liars_count + plan->twins_count > 0 ||
        !sim_chaos_outage(world))
        return true;
    int64_t hour = 3600 * plan->delta_ms;
    push(world, plan->delta_ms, SIM_ACT, chance_below(&world->chance, world->seats_count));
    if (!sim_run_until(world, world->now_ms + hour / 2))
        return false;
    uint64_t before = sent_by_honest(world);
    if (!sim_run_until(world, world->now_ms + hour / 2))
        return false;
    uint64_t sent = sent_by_honest(world) - before, n = world->nodes_count;
    /* 14 kinds of things and the acts of each author every 16 deltas, and a beacon. */
    uint64_t kinds = 14 + plan->acts_count + 1;
    if (sent > n * n * (1800 / 16 * kinds + 1800 / 2))
        sim_fail(world, "L4: %llu messages in half an hour without quorum",
                 (unsigned long long)sent);
    return !world->failed;
}

/* L3: when everything is done, nobody says anything but Status. */
static bool quiet(struct sim_world *world)
{
    int64_t delta = world->plan.delta_ms;
    world->quieted = true;
    /* What liars still had in store takes effect, and reaches whoever hears of it last. */
    if (!sim_run_until(world, world->now_ms + 60 * delta) || !sim_run_to_convergence(world) ||
        !sim_run_until(world, world->now_ms + 60 * delta))
        return false;
    world->sent_quiet = 0;
    if (!sim_run_until(world, world->now_ms + 120 * delta))
        return false;
    if (world->sent_quiet > 0)
        sim_describe_stuck(world);
    if (world->sent_quiet > 0)
        sim_fail(world, "L3: %llu messages in a quiet forum",
                 (unsigned long long)world->sent_quiet);
    return !world->failed;
}

static void run(struct sim_world *world, struct sim_result *result)
{
    start(world);
    if (!sim_run_until(world, world->plan.chaos_ms) || !outage(world))
        return;
    sim_chaos_heal(world);
    int64_t healed_ms = world->now_ms;
    if (world->plan.beyond) { /* Safety is all that is promised. */
        (void)sim_run_until(world, world->now_ms + 60 * world->plan.delta_ms);
        return;
    }
    for (uint32_t i = 0; i < 3; i++)
        push(world, chance_between(&world->chance, 1, 20 * world->plan.delta_ms), SIM_ACT,
             chance_below(&world->chance, world->seats_count));
    if (!sim_run_until(world, world->now_ms + 21 * world->plan.delta_ms))
        return;
    if (!sim_run_to_convergence(world))
        return;
    result->heal_ms = world->now_ms - healed_ms;
    (void)quiet(world);
}

void sim_run(const struct sim_plan *plan, bool print, struct sim_result *ret_result)
{
    static struct sim_world world; /* Too large for a stack. */
    memset(ret_result, 0, sizeof *ret_result);
    sim_world_open(&world, plan, print);
    run(&world, ret_result);
    ret_result->passed = !world.failed;
    ret_result->trace = world.trace;
    ret_result->steps = world.steps;
    ret_result->virtual_ms = world.now_ms;
    ret_result->blocks = world.heights_count - 1;
    memcpy(ret_result->failure, world.failure, sizeof world.failure);
    sim_world_close(&world);
}
