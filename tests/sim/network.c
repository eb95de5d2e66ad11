/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/network.h"

#include <stdlib.h>

#include "sim/byzantine.h"
#include "sim/queue.h"

struct sim_message *sim_message_new(struct sim_world *world, enum sim_message_kind kind,
                                    uint32_t from)
{
    struct sim_message *message = world->free_messages;
    if (message) {
        world->free_messages = message->free_next;
        memset(message, 0, sizeof *message);
    } else {
        message = arena_alloc(&world->arena, sizeof *message);
        if (!message)
            abort();
    }
    message->kind = kind;
    message->from = from;
    message->block = SIM_NONE;
    message->uses = 1;
    return message;
}

void sim_message_drop(struct sim_world *world, struct sim_message *message)
{
    if (--message->uses > 0)
        return;
    message->free_next = world->free_messages;
    world->free_messages = message;
}

uint64_t sim_message_view(const struct sim_message *message)
{
    switch (message->kind) {
    case MESSAGE_PROPOSAL:
    case MESSAGE_VOTE:
        return message->vote.view;
    case MESSAGE_CERT:
        return message->cert->cert.view;
    case MESSAGE_STATUS:
        return message->status.view;
    case MESSAGE_FETCH:
    case MESSAGE_BLOCK:
    case MESSAGE_RANGE:
    case MESSAGE_ACTS:
    case MESSAGE_PUSH:
        break;
    }
    return 0;
}

static bool cut_now(const struct sim_world *world, uint32_t from, uint32_t to,
                    const struct sim_message *message)
{
    if (!world->exhaustive)
        return world->cut[from][to];
    uint64_t view = sim_message_view(message);
    if (view == 0)
        view = consensus_view(world->nodes[from].consensus);
    return view <= 3 && world->groups[view][from] != world->groups[view][to];
}

static void post_once(struct sim_world *world, uint32_t to, struct sim_message *message)
{
    const struct sim_plan *plan = &world->plan;
    int64_t most = world->healed ? plan->calm_delay_ms : plan->delay_max_ms;
    int64_t delay = world->exhaustive
                        ? plan->delay_min_ms
                        : chance_between(&world->chance, plan->delay_min_ms,
                                         most > plan->delay_min_ms ? most : plan->delay_min_ms);
    struct sim_event event = {.kind = SIM_MESSAGE, .node = to, .message = message};
    message->uses++;
    sim_queue_push(world, delay, &event);
}

void sim_post(struct sim_world *world, uint32_t from, uint32_t to, struct sim_message *message)
{
    struct sim_node *node = &world->nodes[from];
    node->sent++;
    if (world->quieted && node->honest && message->kind != MESSAGE_STATUS) {
        world->sent_quiet++;
        sim_trace(world, "noise: node %u sends kind %d", from, (int)message->kind);
    }
    if (cut_now(world, from, to, message))
        return;
    if (!world->healed && chance_hit(&world->chance, world->plan.loss))
        return;
    post_once(world, to, message);
    if (!world->healed && chance_hit(&world->chance, world->plan.duplicate))
        post_once(world, to, message);
}

static void post_seat(struct sim_world *world, struct sim_node *from, uint32_t seat,
                      struct sim_message *message)
{
    if (!from->honest && world->plan.lies[from->seat] &&
        sim_lie_withholds(world, from, seat, message))
        return;
    sim_post(world, from->index, seat, message);
    if (seat < world->plan.orderers_count && world->second[seat] != SIM_NONE)
        sim_post(world, from->index, world->second[seat], message);
}

void sim_send(struct sim_world *world, struct sim_node *from, uint32_t seat,
              struct sim_message *message)
{
    if (seat == CONSENSUS_TO_ALL) {
        for (uint32_t i = 0; i < world->plan.orderers_count; i++)
            if (i != from->seat)
                post_seat(world, from, i, message);
    } else if (seat >= world->seats_count || seat == from->seat) {
        sim_fail(world, "node %u sends to peer %u", from->index, seat);
    } else {
        post_seat(world, from, seat, message);
    }
    sim_message_drop(world, message);
}

bool sim_connected(const struct sim_world *world, uint32_t from, uint32_t to)
{
    if (world->nodes[from].state != NODE_UP || world->nodes[to].state != NODE_UP)
        return false;
    if (!world->cut[from][to] && !world->cut[to][from])
        return true;
    for (uint32_t i = 0; i < world->nodes_count; i++)
        if (world->nodes[i].state == NODE_UP && !world->cut[from][i] && !world->cut[i][from] &&
            !world->cut[i][to] && !world->cut[to][i])
            return true;
    return false;
}

static void refresh(struct sim_world *world, uint32_t node, uint32_t seat)
{
    struct sim_event event = {.kind = SIM_LINK, .node = node, .value = seat};
    event.life = world->nodes[node].life;
    if (seat != world->nodes[node].seat && world->nodes[node].state != NODE_DEAD)
        sim_queue_push(world, chance_between(&world->chance, 1, 3 * world->plan.delta_ms), &event);
}

void sim_links_refresh_of(struct sim_world *world, uint32_t node)
{
    for (uint32_t i = 0; i < world->nodes_count; i++)
        refresh(world, i, world->nodes[node].seat);
    for (uint32_t seat = 0; seat < world->seats_count; seat++)
        refresh(world, node, seat);
}

void sim_links_refresh(struct sim_world *world)
{
    for (uint32_t i = 0; i < world->nodes_count; i++)
        for (uint32_t seat = 0; seat < world->seats_count; seat++)
            refresh(world, i, seat);
}

void sim_links_cut_groups(struct sim_world *world)
{
    for (uint32_t i = 0; i < world->nodes_count; i++)
        for (uint32_t j = 0; j < world->nodes_count; j++)
            world->cut[i][j] = (world->nodes[i].group & world->nodes[j].group) == 0;
    sim_links_refresh(world);
}

void sim_links_restore(struct sim_world *world)
{
    memset(world->cut, 0, sizeof world->cut);
    sim_links_refresh(world);
}
