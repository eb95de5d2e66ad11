/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/byzantine.h"

#include "sim/chain.h"
#include "sim/keys.h"
#include "sim/network.h"
#include "sim/node.h"

static bool lies(const struct sim_world *world, const struct sim_node *node, uint32_t habit)
{
    return !world->quieted && world->plan.lies[node->seat] & habit;
}

bool sim_lie_withholds(struct sim_world *world, struct sim_node *node, uint32_t seat,
                       const struct sim_message *message)
{
    (void)seat;
    if (lies(world, node, LIE_NO_FINALIZE) && world->now_ms < world->plan.hold_ms &&
        ((message->kind == MESSAGE_VOTE && message->vote.kind == VOTE_FINALIZE) ||
         (message->kind == MESSAGE_CERT && message->cert->cert.kind == VOTE_FINALIZE) ||
         message->kind == MESSAGE_PUSH))
        return true;
    if (lies(world, node, LIE_RANGE) && message->kind == MESSAGE_RANGE && message->cert)
        return true; /* It has a better one. */
    if (world->quieted || lies(world, node, LIE_SILENT))
        return true;
    if (lies(world, node, LIE_WITHHOLD) &&
        (message->kind == MESSAGE_BLOCK || message->kind == MESSAGE_RANGE ||
         message->kind == MESSAGE_PUSH ||
         (message->kind == MESSAGE_PROPOSAL && chance_hit(&world->chance, 600))))
        return true;
    if (lies(world, node, LIE_EQUIVOCATE) && message->kind == MESSAGE_PROPOSAL)
        return chance_hit(&world->chance, 500);
    return lies(world, node, LIE_SELECTIVE) && chance_hit(&world->chance, 600);
}

/* To a random subset of the orderers, past the liar's own withholding. */
static void spread(struct sim_world *world, struct sim_node *node, struct sim_message *message,
                   uint32_t per_mille)
{
    for (uint32_t i = 0; i < world->nodes_count; i++)
        if (i != node->index && chance_hit(&world->chance, per_mille))
            sim_post(world, node->index, i, message);
    sim_message_drop(world, message);
}

static void spread_vote(struct sim_world *world, struct sim_node *node, enum vote_kind kind,
                        uint64_t view, const struct hash *hash)
{
    struct sim_message *message = sim_message_new(world, MESSAGE_VOTE, node->index);
    message->vote.kind = kind;
    message->vote.view = view;
    message->vote.signer = node->seat;
    if (kind != VOTE_NULLIFY)
        message->vote.hash = *hash;
    /* Sometimes a second valid signature of the same vote, sometimes one for elsewhere. */
    if (lies(world, node, LIE_REPLAY) && chance_hit(&world->chance, 200))
        sim_sign_elsewhere(world, &message->vote);
    else
        sim_sign(world, &message->vote, chance_below(&world->chance, 3));
    spread(world, node, message, 500);
}

static void spread_proposal(struct sim_world *world, struct sim_node *node, uint32_t block)
{
    struct sim_message *message = sim_message_new(world, MESSAGE_PROPOSAL, node->index);
    const struct consensus_block *about = &world->blocks[block].block;
    message->block = block;
    message->vote.kind = VOTE_NOTARIZE;
    message->vote.view = about->header.view;
    message->vote.hash = about->hash;
    message->vote.signer = node->seat;
    node->lie = block;
    sim_node_hold(node, block);
    sim_sign(world, &message->vote, 0);
    spread(world, node, message, 500);
}

static uint32_t some_block(struct sim_world *world)
{
    uint32_t recent = world->blocks_count < 12 ? world->blocks_count : 12;
    return world->blocks_count - 1 - chance_below(&world->chance, recent);
}

static uint32_t bent_block(struct sim_world *world, const struct sim_block *honest, uint32_t how)
{
    struct sim_block block = *honest;
    struct block_header *header = &block.block.header;
    switch (how) {
    case 0:
        header->time_ms += chance_between(&world->chance, 1, 2000);
        break;
    case 1:
        header->time_ms += 7200000;
        break;
    case 2:
        header->time_ms -= 5000;
        break;
    case 3:
        header->height += 1;
        break;
    case 4:
        header->state_hash.bytes[3] ^= 1;
        break;
    case 5:
        header->state_height += chance_below(&world->chance, 5);
        break;
    case 6: /* A forged act. */
        block.to[chance_below(&world->chance, world->plan.orderers_count)] += 1;
        break;
    default: /* An act for the second time. */
        if (block.from[0] > 0)
            block.from[0]--;
        break;
    }
    return sim_block_register(world, &block);
}

static uint32_t orphan_block(struct sim_world *world, const struct sim_node *node, uint64_t view)
{
    uint32_t parent = some_block(world);
    if (node->lie > 0 && chance_hit(&world->chance, 400))
        parent = node->lie; /* Never notarized, perhaps invalid, but known to those who saw it. */
    uint64_t pool[SIM_SEATS_MAX] = {0};
    int64_t time_ms = world->blocks[parent].block.header.time_ms + 1;
    uint32_t index = sim_block_build(world, parent, view, time_ms, 0, pool);
    if (chance_hit(&world->chance, 200)) { /* The parent does not exist. */
        struct sim_block block = world->blocks[index];
        block.block.header.parent_hash.bytes[7] ^= 1;
        index = sim_block_register(world, &block);
    }
    return index;
}

void sim_lie_on_build(struct sim_world *world, struct sim_node *node, uint32_t index)
{
    struct sim_block honest = world->blocks[index];
    uint64_t view = honest.block.header.view;
    if (lies(world, node, LIE_SILENT))
        return;
    if (lies(world, node, LIE_EQUIVOCATE))
        spread_proposal(world, node, bent_block(world, &honest, 0));
    if (lies(world, node, LIE_INVALID) && chance_hit(&world->chance, 500))
        spread_proposal(world, node, bent_block(world, &honest, chance_below(&world->chance, 8)));
    if (lies(world, node, LIE_PARENT) && chance_hit(&world->chance, 500))
        spread_proposal(world, node, orphan_block(world, node, view));
    if (lies(world, node, LIE_SELF_NULLIFY) && chance_hit(&world->chance, 500))
        spread_vote(world, node, VOTE_NULLIFY, view, NULL);
}

static void bend_cert(struct sim_world *world, struct sim_node *node,
                      const struct sim_message *message)
{
    uint8_t signatures[SIM_ORDERERS_MAX][SIGNATURE_SIZE];
    struct cert cert = message->cert->cert;
    uint32_t at = 0;
    if (cert.signatures_count == 0 || cert.signatures_count > SIM_ORDERERS_MAX)
        return;
    memcpy(signatures, cert.signatures, cert.signatures_count * SIGNATURE_SIZE);
    cert.signatures = (const uint8_t(*)[SIGNATURE_SIZE])signatures;
    switch (chance_below(&world->chance, 4)) {
    case 0: /* One signature is rubbish. */
        signatures[chance_below(&world->chance, cert.signatures_count)][9] ^= 1;
        break;
    case 1: /* About another view. */
        cert.view += 1 + chance_below(&world->chance, 3);
        break;
    case 2: /* Of another kind. */
        cert.kind = cert.kind == VOTE_FINALIZE ? VOTE_NOTARIZE : VOTE_FINALIZE;
        break;
    default: /* Short of one signer. */
        for (uint32_t i = 0; i < SEATS_MAX && at == 0; i++)
            if (cert_has_signer(&cert, i)) {
                cert.signers[i / 64] &= ~(UINT64_C(1) << i % 64);
                at = 1;
            }
        cert.signatures_count--;
        break;
    }
    struct sim_message *bent = sim_message_new(world, MESSAGE_CERT, node->index);
    bent->cert = sim_cert_intern(world, &cert);
    spread(world, node, bent, 500);
}

/* A range that goes on from the last one asked for, and nothing that proves it. */
static void make_up_range(struct sim_world *world, struct sim_node *node,
                          const struct sim_message *asked)
{
    static const uint64_t pool[SIM_SEATS_MAX];
    uint64_t height = asked->fetch.first;
    uint32_t top = node->lie;
    if (height == 0 || world->blocks_count > 200000)
        return;
    if (world->blocks[top].block.header.height + 1 != height) {
        if (height > node->delivered_count)
            return;
        top = node->delivered[height - 1];
    }
    for (uint32_t i = 0; i < 64; i++) {
        const struct block_header *header = &world->blocks[top].block.header;
        top = sim_block_build(world, top, header->view + 1, header->time_ms + 1, 0, pool);
    }
    node->lie = top;
    struct sim_message *reply = sim_message_new(world, MESSAGE_RANGE, node->index);
    reply->block = top;
    reply->count = 64;
    sim_post(world, node->index, world->nodes[asked->from].index, reply);
    sim_message_drop(world, reply);
}

void sim_lie_on_message(struct sim_world *world, struct sim_node *node, struct sim_message *message)
{
    uint64_t view = sim_message_view(message);
    /* Only to what honest nodes say: liars who answer each other never end. */
    if (world->quieted || lies(world, node, LIE_SILENT) || !world->nodes[message->from].honest)
        return;
    if (message->kind == MESSAGE_PROPOSAL && lies(world, node, LIE_VOTE_ALL)) {
        spread_vote(world, node, VOTE_NOTARIZE, view, &message->vote.hash);
        spread_vote(world, node, VOTE_NULLIFY, view, NULL);
        spread_vote(world, node, VOTE_FINALIZE, view, &message->vote.hash);
    }
    if (message->kind == MESSAGE_VOTE && message->vote.kind != VOTE_NULLIFY &&
        lies(world, node, LIE_VOTE_ALL) && chance_hit(&world->chance, 300))
        spread_vote(world, node, VOTE_FINALIZE, view, &message->vote.hash);
    if (message->kind == MESSAGE_FETCH && message->fetch.kind == FETCH_RANGE &&
        lies(world, node, LIE_RANGE))
        make_up_range(world, node, message);
    if (message->kind == MESSAGE_CERT && lies(world, node, LIE_CERT))
        bend_cert(world, node, message);
    if (lies(world, node, LIE_REPLAY) && chance_hit(&world->chance, 100)) {
        struct sim_message **old = &world->old[chance_below(&world->chance, 32)];
        if (*old)
            sim_message_drop(world, *old);
        *old = message;
        message->uses++;
    }
}

static void lie_status(struct sim_world *world, struct sim_node *node)
{
    struct sim_message *message = sim_message_new(world, MESSAGE_STATUS, node->index);
    struct consensus_status *status = &message->status;
    *status = consensus_own_status(node->consensus, 0, sim_node_utc(world, node));
    status->final_view += chance_below(&world->chance, 1000);
    status->view = status->final_view + chance_below(&world->chance, 1000);
    status->height += chance_below(&world->chance, 1000);
    status->utc_ms += chance_between(&world->chance, -86400000, 86400000);
    status->last_seen_view += chance_below(&world->chance, 50);
    status->going_away = chance_hit(&world->chance, 200);
    if (chance_hit(&world->chance, 300))
        memset(status, 0, sizeof *status);
    if (chance_hit(&world->chance, 100))
        status->view = status->final_view = UINT64_MAX;
    spread(world, node, message, 400);
    message = sim_message_new(world, MESSAGE_FETCH, node->index);
    message->fetch.kind = (enum consensus_fetch_kind)(1 + chance_below(&world->chance, 3));
    message->fetch.first = chance_below(&world->chance, 100);
    message->fetch.last = chance_hit(&world->chance, 500) ? UINT64_MAX : 3;
    message->fetch.hash = world->blocks[some_block(world)].block.hash;
    spread(world, node, message, 200);
    message = sim_message_new(world, MESSAGE_BLOCK, node->index);
    message->block = some_block(world);
    spread(world, node, message, 300);
}

void sim_lie_now_and_then(struct sim_world *world, struct sim_node *node)
{
    struct sim_message *old = world->old[chance_below(&world->chance, 32)];
    if (node->state != NODE_UP || lies(world, node, LIE_SILENT) || world->quieted)
        return;
    uint64_t view = consensus_view(node->consensus);
    struct hash hash = world->blocks[some_block(world)].block.hash;
    if (lies(world, node, LIE_REPLAY) && old) {
        struct sim_message *copy = sim_message_new(world, old->kind, node->index);
        uint32_t uses = copy->uses;
        *copy = *old;
        copy->uses = uses;
        copy->from = node->index;
        spread(world, node, copy, 500);
    }
    if (lies(world, node, LIE_REPLAY))
        spread_vote(world, node, (enum vote_kind)(1 + chance_below(&world->chance, 3)),
                    view + chance_below(&world->chance, 3) * chance_below(&world->chance, 500),
                    &hash);
    if (lies(world, node, LIE_STATUS))
        lie_status(world, node);
    if (lies(world, node, LIE_SELF_NULLIFY))
        spread_vote(world, node, VOTE_NULLIFY, view, NULL);
    if (lies(world, node, LIE_PARENT) && view % world->plan.orderers_count == node->seat)
        spread_proposal(world, node, orphan_block(world, node, view));
}
