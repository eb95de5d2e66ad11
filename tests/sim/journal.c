/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/journal.h"

#include "sim/checks.h"
#include "sim/node.h"
#include "sim/queue.h"

void sim_journal_append(struct sim_world *world, struct sim_node *node,
                        const struct sim_record *record)
{
    node->records = sim_grow(node->records, &node->records_capacity, node->records_count + 1,
                             sizeof *node->records);
    node->records[node->records_count++] = *record;
    sim_journal_sync(world, node, record->kind == RECORD_VOTE);
}

void sim_journal_sync(struct sim_world *world, struct sim_node *node, bool urgent)
{
    if (node->durable_count == node->records_count ||
        (node->sync && (!urgent || node->sync_urgent)))
        return;
    struct sim_event event = {.kind = SIM_SYNCED, .node = node->index, .life = node->life};
    event.number = node->sync = ++world->events_number;
    event.value = node->records_count;
    node->sync_urgent = urgent;
    int64_t most = world->healed ? 3 : world->plan.sync_max_ms;
    int64_t delay = world->exhaustive ? 0 : chance_between(&world->chance, 0, most);
    if (!urgent)
        delay += chance_between(&world->chance, 0, world->plan.delta_ms);
    sim_queue_push(world, delay, &event);
}

void sim_journal_synced(struct sim_world *world, struct sim_node *node, size_t count)
{
    size_t from = node->durable_count;
    uint32_t life = node->life;
    node->durable_count = count;
    node->sync = 0;
    for (size_t i = from; i < count && node->life == life && node->state == NODE_UP; i++) {
        const struct sim_record *record = &node->records[i];
        if (record->kind == RECORD_VOTE) {
            struct vote vote = record->vote; /* The step may move the records. */
            struct consensus_event event = {.kind = EVENT_PERSISTED, .vote = &vote};
            sim_check_durable(world, node, &vote);
            sim_node_step(world, node, &event);
        } else if (record->cert && record->cert->cert.kind == VOTE_FINALIZE) {
            guard_finalize(node->guard, record->cert->cert.view);
        }
    }
    if (node->life != life || node->state != NODE_UP)
        return;
    bool urgent = false;
    for (size_t i = node->durable_count; i < node->records_count; i++)
        urgent = urgent || node->records[i].kind == RECORD_VOTE;
    sim_journal_sync(world, node, urgent);
}

void sim_journal_crash(struct sim_world *world, struct sim_node *node)
{
    size_t tail = node->records_count - node->durable_count;
    size_t kept = chance_hit(&world->chance, 500) ? 0 : chance_next(&world->chance) % (tail + 1);
    node->records_count = node->durable_count += kept;
    node->sync = 0;
    node->sync_urgent = false;
}

static void hold(struct sim_node *node, uint32_t block)
{
    node->bodies = sim_grow(node->bodies, &node->bodies_words, block / 64 + 1U, 8);
    node->bodies[block / 64] |= UINT64_C(1) << block % 64;
}

static void restore_deliveries(struct sim_world *world, struct sim_node *node)
{
    const struct sim_record *last = NULL;
    for (size_t i = 0; i < node->records_count; i++) {
        const struct sim_record *record = &node->records[i];
        if (record->kind == RECORD_BODY || record->kind == RECORD_DELIVER)
            hold(node, record->block);
        if (record->kind != RECORD_DELIVER)
            continue;
        sim_node_deliver(world, node, record->block, record->cert);
        last = record;
    }
    if (!last)
        return;
    consensus_restore_final(node->consensus, &world->blocks[last->block].block, &last->cert->cert);
    guard_finalize(node->guard, last->cert->cert.view);
}

bool sim_journal_restore(struct sim_world *world, struct sim_node *node)
{
    bool agrees = true;
    restore_deliveries(world, node);
    for (size_t i = 0; i < node->records_count; i++)
        if (node->records[i].kind == RECORD_BODY)
            consensus_restore_block(node->consensus, &world->blocks[node->records[i].block].block);
    for (size_t i = 0; i < node->records_count; i++)
        if (node->records[i].kind == RECORD_CERT) {
            const struct cert *cert = &node->records[i].cert->cert;
            if (cert->kind == VOTE_FINALIZE)
                guard_finalize(node->guard, cert->view);
            consensus_restore_cert(node->consensus, cert);
        }
    for (size_t i = 0; i < node->records_count; i++)
        if (node->records[i].kind == RECORD_VOTE) {
            const struct vote *vote = &node->records[i].vote;
            enum comity_error error =
                guard_record(node->guard, vote->kind, vote->view, &vote->hash);
            agrees = agrees && error != COMITY_CONFLICT;
            consensus_restore_vote(node->consensus, vote);
        }
    return agrees;
}
