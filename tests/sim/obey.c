/* SPDX-License-Identifier: Apache-2.0 */
/* Effects in field order: persist, then send, then deliver; a node may die between any two. */
#include "sim/node.h"

#include "sim/chain.h"
#include "sim/checks.h"
#include "sim/journal.h"
#include "sim/keys.h"
#include "sim/network.h"

/* Each effect is a boundary at which the machine may lose power. */
static bool survives(struct sim_world *world, struct sim_node *node)
{
    if (node->crash_after == 0 || --node->crash_after > 0)
        return true;
    sim_node_crash(world, node);
    struct sim_event event = {.kind = SIM_RESTART, .node = node->index};
    sim_queue_push(world, chance_between(&world->chance, 1, 30 * world->plan.delta_ms), &event);
    return false;
}

static bool persist(struct sim_world *world, struct sim_node *node,
                    const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->bodies_count; i++) {
        struct sim_record record = {.kind = RECORD_BODY};
        record.block = sim_block_find(world, &effects->bodies[i]);
        if (record.block == SIM_NONE || !sim_node_holds(node, record.block)) {
            sim_fail(world, "node %u persists a body it does not hold", node->index);
            return false;
        }
        sim_journal_append(world, node, &record);
        if (!survives(world, node))
            return false;
    }
    for (uint32_t i = 0; i < effects->certs_count; i++) {
        struct sim_record record = {.kind = RECORD_CERT};
        record.cert = sim_cert_intern(world, &effects->certs[i]);
        sim_check_cert(world, node, record.cert);
        sim_trace(world, "node %u holds cert %d of view %llu", node->index,
                  (int)record.cert->cert.kind, (unsigned long long)record.cert->cert.view);
        sim_journal_append(world, node, &record);
        if (world->failed || !survives(world, node))
            return false;
    }
    return true;
}

static bool sign(struct sim_world *world, struct sim_node *node,
                 const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->votes_count; i++) {
        struct vote vote = effects->votes[i];
        vote.signer = node->seat;
        sim_trace(world, "node %u votes %d in view %llu for %016llx", node->index, (int)vote.kind,
                  (unsigned long long)vote.view, (unsigned long long)fingerprint(&vote.hash));
        sim_check_proof(world, node, &vote);
        if (!node->honest && !world->plan.twin[node->seat]) {
            struct sim_event event = {.kind = SIM_PERSISTED, .node = node->index};
            sim_sign(world, &vote, 0);
            event.life = node->life;
            event.message = sim_message_new(world, MESSAGE_VOTE, node->index);
            event.message->vote = vote;
            sim_queue_push(world, 1, &event);
            continue;
        }
        enum comity_error error = guard_record(node->guard, vote.kind, vote.view, &vote.hash);
        if (error == COMITY_LIMIT)
            continue;
        if (error != COMITY_OK) {
            sim_fail(world, "I9: the guard of node %u refuses vote %d of view %llu: %s",
                     node->index, (int)vote.kind, (unsigned long long)vote.view, error_name(error));
            return false;
        }
        sim_sign(world, &vote, 0);
        struct sim_record record = {.kind = RECORD_VOTE, .vote = vote};
        sim_journal_append(world, node, &record);
        if (!survives(world, node))
            return false;
    }
    return true;
}

static struct sim_message *message_of(struct sim_world *world, struct sim_node *node,
                                      const struct consensus_send *send)
{
    static const enum sim_message_kind kinds[] = {
        [SEND_PROPOSAL] = MESSAGE_PROPOSAL, [SEND_VOTE] = MESSAGE_VOTE,
        [SEND_CERT] = MESSAGE_CERT,         [SEND_STATUS] = MESSAGE_STATUS,
        [SEND_FETCH] = MESSAGE_FETCH,       [SEND_BLOCK] = MESSAGE_PUSH,
    };
    struct sim_message *message = sim_message_new(world, kinds[send->kind], node->index);
    message->vote = send->vote;
    message->status = send->status;
    message->fetch = send->fetch;
    if (send->kind == SEND_PROPOSAL || send->kind == SEND_BLOCK)
        message->block = sim_block_find(world, &send->hash);
    if (send->kind == SEND_CERT || send->kind == SEND_BLOCK) {
        message->cert = sim_cert_intern(world, &send->cert);
        sim_check_cert(world, node, message->cert);
    }
    return message;
}

/* Not only its own: an act that makes work here must reach the others, whose author may be gone. */
static void send_acts(struct sim_world *world, struct sim_node *node, uint32_t to)
{
    const struct sim_height *state = &world->heights[node->delivered_count - 1];
    for (uint32_t i = 0; i < world->seats_count; i++) {
        uint64_t acts = node->pool[i] & ~((UINT64_C(1) << world->blocks[state->block].to[i]) - 1);
        if (acts == 0 && i != node->seat)
            continue;
        struct sim_message *message = sim_message_new(world, MESSAGE_ACTS, node->index);
        message->author = i;
        message->acts = acts;
        sim_send(world, node, to, message);
    }
}

static bool send_all(struct sim_world *world, struct sim_node *node,
                     const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->sends_count && !world->failed; i++) {
        const struct consensus_send *send = &effects->sends[i];
        sim_check_sent(world, node, send);
        if (send->kind == SEND_ACTS) {
            send_acts(world, node, send->to);
            continue;
        }
        struct sim_message *message = message_of(world, node, send);
        if ((send->kind == SEND_PROPOSAL || send->kind == SEND_BLOCK) &&
            (message->block == SIM_NONE || !sim_node_holds(node, message->block))) {
            sim_fail(world, "node %u sends a body it does not hold", node->index);
            return false;
        }
        sim_send(world, node, send->to, message);
        if (!survives(world, node))
            return false;
    }
    return true;
}

static bool deliver(struct sim_world *world, struct sim_node *node,
                    const struct consensus_effects *effects)
{
    for (uint32_t i = 0; i < effects->delivers_count; i++) {
        const struct consensus_deliver *given = &effects->delivers[i];
        struct sim_record record = {.kind = RECORD_DELIVER};
        record.block = sim_block_find(world, &given->hash);
        record.cert = sim_cert_intern(world, &given->finalization);
        sim_check_delivered(world, node, record.block, given->height, record.cert);
        if (world->failed)
            return false;
        sim_trace(world, "node %u delivers height %llu, view %llu", node->index,
                  (unsigned long long)given->height, (unsigned long long)given->view);
        sim_journal_append(world, node, &record);
        sim_node_deliver(world, node, record.block, record.cert);
        if (!survives(world, node))
            return false;
    }
    return true;
}

static void work(struct sim_world *world, struct sim_node *node,
                 const struct consensus_effects *effects)
{
    int64_t most = world->healed ? 2 : world->plan.app_max_ms;
    struct sim_event event = {.node = node->index, .life = node->life};
    for (uint32_t i = 0; i < effects->validates_count; i++) {
        event.kind = SIM_VALIDATED;
        event.value = sim_block_find(world, &effects->validates[i]);
        if (event.value == SIM_NONE || !sim_node_holds(node, (uint32_t)event.value)) {
            sim_fail(world, "node %u validates a body it does not hold", node->index);
            return;
        }
        int64_t delay = world->exhaustive ? 0 : chance_between(&world->chance, 0, most);
        event.validity = sim_block_judge(world, (uint32_t)event.value, node->delivered_count - 1);
        if (!world->healed && chance_hit(&world->chance, world->plan.pending))
            event.validity = VALIDITY_PENDING; /* It will look again. */
        sim_queue_push(world, delay, &event);
    }
    if (!effects->build)
        return;
    uint32_t parent = sim_block_find(world, &effects->build_parent.hash);
    if (parent == SIM_NONE || !sim_node_holds(node, parent)) {
        sim_fail(world, "node %u builds on a body it does not hold", node->index);
        return;
    }
    event.kind = SIM_BUILT;
    event.value =
        sim_block_build(world, parent, effects->build_view, effects->build_time_ms,
                        node->delivered_count - 1, effects->build_empty ? NULL : node->pool);
    sim_queue_push(world, world->exhaustive ? 0 : chance_between(&world->chance, 0, most), &event);
}

bool sim_node_obey(struct sim_world *world, struct sim_node *node,
                   const struct consensus_effects *effects)
{
    if (!persist(world, node, effects) || !sign(world, node, effects) ||
        !send_all(world, node, effects) || !deliver(world, node, effects))
        return false;
    work(world, node, effects);
    if (effects->delivers_count > 0)
        sim_node_forget(world, node);
    return !world->failed;
}
