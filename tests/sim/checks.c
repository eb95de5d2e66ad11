/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/checks.h"

#include "sim/chain.h"
#include "sim/keys.h"
#include "sim/node.h"

static struct sim_view *view_of(struct sim_world *world, uint64_t view)
{
    world->views =
        sim_grow(world->views, &world->views_capacity, (size_t)view + 1, sizeof *world->views);
    return &world->views[view];
}

void sim_check_cert(struct sim_world *world, struct sim_node *node, struct sim_cert *cert)
{
    uint64_t mark = fingerprint(&cert->cert.hash);
    unsigned long long number = (unsigned long long)cert->cert.view;
    if (!node->honest || world->failed)
        return;
    if (!cert->whole) {
        sim_fail(world, "I6: node %u holds a certificate %d of view %llu with too few signers",
                 node->index, (int)cert->cert.kind, number);
        return;
    }
    struct sim_view *view = view_of(world, cert->cert.view);
    if (cert->cert.kind == VOTE_NULLIFY)
        view->nullified = true;
    if (cert->cert.kind == VOTE_NOTARIZE) {
        if (view->notarized && view->notarized != mark)
            sim_fail(world, "I4: two blocks are notarized in view %llu", number);
        view->notarized = mark;
    }
    if (cert->cert.kind == VOTE_FINALIZE) {
        if (view->finalized && view->finalized != mark)
            sim_fail(world, "I1: two blocks are final in view %llu", number);
        view->finalized = mark;
        if (view->notarized && view->notarized != mark)
            sim_fail(world, "I5: the block final in view %llu is not the notarized one", number);
    }
    if (view->finalized && view->nullified)
        sim_fail(world, "I3: view %llu is nullified and final", number);
}

static struct sim_votes *votes_of(struct sim_node *node, uint64_t view)
{
    node->votes =
        sim_grow(node->votes, &node->votes_capacity, (size_t)view + 1, sizeof *node->votes);
    return &node->votes[view];
}

static void remember(struct sim_node *node, const struct vote *vote, bool durable)
{
    struct sim_votes *votes = votes_of(node, vote->view);
    if (vote->kind == VOTE_NOTARIZE)
        votes->notarize = fingerprint(&vote->hash);
    else if (vote->kind == VOTE_FINALIZE)
        votes->finalize = fingerprint(&vote->hash);
    else
        votes->nullify = true;
    if (durable)
        votes->durable |= (uint8_t)(1 << vote->kind);
}

static void check_vote(struct sim_world *world, struct sim_node *node, const struct vote *vote)
{
    unsigned long long view = (unsigned long long)vote->view;
    uint64_t mark = fingerprint(&vote->hash);
    if (node->observer || node->seat >= world->plan.orderers_count)
        sim_fail(world, "I9: node %u votes though it may not", node->index);
    if (vote->view <= consensus_final_view(node->consensus))
        sim_fail(world, "I9: node %u votes in view %llu, which is final", node->index, view);
    if (vote->view > consensus_view(node->consensus) + 1) {
        sim_fail(world, "I9: node %u votes in view %llu, far ahead", node->index, view);
        return;
    }
    struct sim_votes *votes = votes_of(node, vote->view);
    if (vote->kind == VOTE_NOTARIZE &&
        (votes->nullify || votes->finalize || (votes->notarize && votes->notarize != mark)))
        sim_fail(world, "I9: node %u contradicts itself by NOTARIZE in view %llu", node->index,
                 view);
    if (vote->kind == VOTE_NULLIFY && votes->finalize)
        sim_fail(world, "I9: node %u nullifies view %llu after FINALIZE", node->index, view);
    if (vote->kind == VOTE_FINALIZE &&
        (votes->nullify || (votes->finalize && votes->finalize != mark)))
        sim_fail(world, "I9: node %u contradicts itself by FINALIZE in view %llu", node->index,
                 view);
    remember(node, vote, false);
}

static void check_evidence(struct sim_world *world, struct sim_node *node,
                           const struct consensus_evidence *evidence)
{
    const struct vote *first = &evidence->first, *second = &evidence->second;
    if (first->signer != second->signer || first->view != second->view ||
        !sim_verify(world, first) || !sim_verify(world, second))
        sim_fail(world, "I8: node %u has evidence that proves nothing", node->index);
    else if (world->nodes[first->signer].honest)
        sim_fail(world, "I8: node %u accuses honest seat %u", node->index, first->signer);
    else if (first->kind == second->kind && hash_equal(&first->hash, &second->hash))
        sim_fail(world, "I8: node %u calls one vote with two signatures a lie", node->index);
}

void sim_check_effects(struct sim_world *world, struct sim_node *node,
                       const struct consensus_effects *effects)
{
    uint64_t view = consensus_view(node->consensus);
    uint64_t final_view = consensus_final_view(node->consensus);
    uint64_t height = consensus_final_height(node->consensus);
    if (!node->honest || world->failed)
        return;
    for (uint32_t i = 0; i < effects->votes_count; i++)
        check_vote(world, node, &effects->votes[i]);
    for (uint32_t i = 0; i < effects->evidence_count; i++)
        check_evidence(world, node, &effects->evidence[i]);
    if (view < node->view || final_view < node->final_view || height < node->height)
        sim_fail(world, "I10: node %u goes back", node->index);
    if (effects->sends_count > EFFECT_SENDS_MAX || effects->delivers_count > EFFECT_DELIVERS_MAX)
        sim_fail(world, "I11: node %u has too many effects", node->index);
    if (node->arena.used != node->arena_used)
        sim_fail(world, "I11: node %u allocates while it runs", node->index);
    if (effects->halt != HALT_NONE)
        sim_fail(world, "I13: node %u halts for reason %d", node->index, (int)effects->halt);
    if (height != node->delivered_count - 1 + effects->delivers_count)
        sim_fail(world, "I7: node %u says height %llu after %zu deliveries", node->index,
                 (unsigned long long)height, node->delivered_count - 1);
    node->view = view;
    node->final_view = final_view;
    node->height = height;
}

void sim_check_sent(struct sim_world *world, struct sim_node *node,
                    const struct consensus_send *send)
{
    if (!node->honest || (send->kind != SEND_VOTE && send->kind != SEND_PROPOSAL))
        return;
    const struct vote *vote = &send->vote;
    if (!sim_verify(world, vote)) {
        sim_fail(world, "I14: node %u sends a vote without a good signature", node->index);
        return;
    }
    if (vote->signer == node->seat && !(votes_of(node, vote->view)->durable >> vote->kind & 1))
        sim_fail(world, "I9: node %u sends vote %d of view %llu before it is durable", node->index,
                 (int)vote->kind, (unsigned long long)vote->view);
}

void sim_check_proof(struct sim_world *world, struct sim_node *node, const struct vote *vote)
{
    uint32_t block = sim_block_find(world, &vote->hash);
    if (!node->honest || vote->kind != VOTE_NOTARIZE)
        return;
    if (block == SIM_NONE) {
        sim_fail(world, "I2: node %u notarizes what nobody made", node->index);
        return;
    }
    const struct block_header *header = &world->blocks[block].block.header;
    uint64_t parent = header->parent_view;
    if (parent > 0 && view_of(world, parent)->notarized != fingerprint(&header->parent_hash) &&
        view_of(world, parent)->finalized != fingerprint(&header->parent_hash))
        sim_fail(world, "I2: node %u notarizes in view %llu on a parent that is not", node->index,
                 (unsigned long long)vote->view);
    for (uint64_t v = parent + 1; v < vote->view && !world->failed; v++)
        if (!view_of(world, v)->nullified)
            sim_fail(world, "I2: node %u notarizes in view %llu without proof that %llu failed",
                     node->index, (unsigned long long)vote->view, (unsigned long long)v);
}

void sim_check_durable(struct sim_world *world, struct sim_node *node, const struct vote *vote)
{
    (void)world;
    if (node->honest)
        remember(node, vote, true);
}

void sim_check_delivered(struct sim_world *world, struct sim_node *node, uint32_t index,
                         uint64_t height, const struct sim_cert *finalization)
{
    if (index == SIM_NONE || !sim_node_holds(node, index)) {
        sim_fail(world, "I7: node %u delivers a body it does not hold", node->index);
        return;
    }
    const struct block_header *header = &world->blocks[index].block.header;
    if (height != node->delivered_count || header->height != height) {
        sim_fail(world, "I7: node %u delivers height %llu after %zu", node->index,
                 (unsigned long long)height, node->delivered_count - 1);
        return;
    }
    if (!finalization->whole || finalization->cert.kind != VOTE_FINALIZE ||
        finalization->cert.view < header->view) {
        sim_fail(world, "I6: node %u delivers height %llu without a finalization", node->index,
                 (unsigned long long)height);
        return;
    }
    uint32_t above = sim_block_find(world, &finalization->cert.hash);
    while (above != SIM_NONE && above != index && world->blocks[above].block.header.height > height)
        above = world->blocks[above].parent;
    if (above != index)
        sim_fail(world, "I1: node %u delivers height %llu with the finalization of another chain",
                 node->index, (unsigned long long)height);
    sim_chain_execute(world, node->index, height, index);
    for (uint64_t v = header->parent_view + 1; v < header->view && !world->failed; v++) {
        const struct sim_view *view = view_of(world, v);
        if (view->finalized)
            sim_fail(world, "I2: view %llu is final but skipped", (unsigned long long)v);
        else if (!view->nullified)
            sim_fail(world, "I2: view %llu is skipped without nullification",
                     (unsigned long long)v);
    }
}

void sim_check_restarted(struct sim_world *world, struct sim_node *node)
{
    uint64_t final_view = 0, view = 0;
    if (!node->observer && node->votes)
        memset(node->votes, 0, node->votes_capacity * sizeof *node->votes);
    for (size_t i = 0; i < node->records_count; i++) {
        const struct sim_record *record = &node->records[i];
        if (record->kind == RECORD_VOTE)
            remember(node, &record->vote, true);
        /* Alone, its vote is the certificate, made anew while restoring. */
        if (record->kind == RECORD_VOTE && record->vote.kind == VOTE_NOTARIZE &&
            world->plan.orderers_count == 1)
            view_of(world, record->vote.view)->notarized = fingerprint(&record->vote.hash);
        if (record->kind != RECORD_CERT && record->kind != RECORD_DELIVER)
            continue;
        if (record->cert->cert.view > view)
            view = record->cert->cert.view;
        if (record->cert->cert.kind == VOTE_FINALIZE && record->cert->cert.view > final_view)
            final_view = record->cert->cert.view;
    }
    node->view = consensus_view(node->consensus);
    node->final_view = consensus_final_view(node->consensus);
    node->height = consensus_final_height(node->consensus);
    if (!node->honest)
        return;
    if (node->view < view + 1)
        sim_fail(world, "I10: node %u restarts in view %llu, holding a certificate of %llu",
                 node->index, (unsigned long long)node->view, (unsigned long long)view);
    if (node->final_view < final_view)
        sim_fail(world, "I10: node %u restarts at final view %llu, not %llu", node->index,
                 (unsigned long long)node->final_view, (unsigned long long)final_view);
}
