/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon does with a message before its machine sees it: wanted? signed? */
#include "sim/node.h"

#include "sim/byzantine.h"
#include "sim/chain.h"
#include "sim/keys.h"
#include "sim/network.h"

static bool accept_cert(struct sim_world *world, struct sim_node *node, struct sim_cert *cert)
{
    uint64_t wanted[SEATS_MAX / 64];
    return consensus_wants_cert(node->consensus, &cert->cert, wanted) &&
           sim_cert_verifies(world, cert, wanted);
}

static void receive_proposal(struct sim_world *world, struct sim_node *node, uint32_t peer,
                             const struct sim_message *message)
{
    /* A copy: registering blocks moves them. */
    struct consensus_block block = world->blocks[message->block].block;
    struct vote vote = message->vote;
    if (vote.kind != VOTE_NOTARIZE || vote.view != block.header.view ||
        !hash_equal(&vote.hash, &block.hash) ||
        !consensus_wants_proposal(node->consensus, peer, &block, &vote) ||
        !sim_verify(world, &vote))
        return;
    struct consensus_event event = {
        .kind = EVENT_PROPOSAL, .peer = peer, .block = &block, .vote = &vote};
    uint32_t life = node->life;
    bool held = sim_node_holds(node, message->block);
    sim_node_hold(node, message->block);
    sim_node_step(world, node, &event);
    if (!held && node->life == life && !world->failed)
        sim_node_forget(world, node);
}

/* The finalization that the sender put behind this block, if it has one of its own. */
static struct sim_cert *final_of(const struct sim_world *world, const struct sim_message *message,
                                 uint32_t block)
{
    const struct sim_node *sender = &world->nodes[message->from];
    uint64_t height = world->blocks[block].block.header.height;
    if (block == message->block)
        return message->cert;
    return height < sender->delivered_count && sender->delivered[height] == block
               ? sender->finals[height]
               : NULL;
}

static void receive_range(struct sim_world *world, struct sim_node *node, uint32_t peer,
                          const struct sim_message *message)
{
    uint32_t life = node->life, block = message->block;
    uint32_t chain[64], count = 0;
    for (; count < message->count && count < 64 && block != SIM_NONE; count++) {
        chain[count] = block;
        block = world->blocks[block].parent;
    }
    for (uint32_t i = count; i-- > 0;) { /* Upwards; finalizations prove what lies below. */
        struct consensus_block copy = world->blocks[chain[i]].block;
        struct consensus_event event = {.kind = EVENT_BLOCK, .peer = peer, .block = &copy};
        sim_node_hold(node, chain[i]);
        sim_node_step(world, node, &event);
        if (node->life != life || world->failed)
            return;
        struct sim_cert *final = final_of(world, message, chain[i]);
        if (final == NULL || !accept_cert(world, node, final))
            continue;
        event = (struct consensus_event){.kind = EVENT_CERT, .peer = peer, .cert = &final->cert};
        sim_node_step(world, node, &event);
        if (node->life != life || world->failed)
            return;
    }
    sim_node_forget(world, node);
}

/* At most 64, and fewer where blocks are large. */
void sim_node_send_range(struct sim_world *world, struct sim_node *node, uint32_t seat,
                         uint64_t height)
{
    uint64_t count = world->plan.seed % 4 == 0 ? 9 : 64;
    if (height == 0 || height >= node->delivered_count)
        return;
    if (count > node->delivered_count - height)
        count = node->delivered_count - height;
    struct sim_message *reply = sim_message_new(world, MESSAGE_RANGE, node->index);
    reply->block = node->delivered[height + count - 1];
    reply->count = (uint32_t)count;
    reply->cert = node->finals[height + count - 1];
    sim_send(world, node, seat, reply);
}

/* Certificates of views that the machine had to forget are answered from the store. */
static void send_old_certs(struct sim_world *world, struct sim_node *node, uint32_t peer,
                           const struct consensus_fetch *fetch)
{
    uint64_t view = consensus_view(node->consensus), room = world->plan.views_max;
    uint64_t past = view > room ? view - room : 0;
    for (size_t i = node->records_count; i-- > 0;) {
        const struct sim_record *record = &node->records[i];
        if (record->kind != RECORD_CERT || record->cert->cert.view < fetch->first ||
            record->cert->cert.view > fetch->last || record->cert->cert.view - fetch->first >= 64 ||
            record->cert->cert.view > past)
            continue;
        struct sim_message *message = sim_message_new(world, MESSAGE_CERT, node->index);
        message->cert = record->cert;
        sim_send(world, node, peer, message);
    }
}

static void receive_fetch(struct sim_world *world, struct sim_node *node, uint32_t peer,
                          const struct sim_message *message)
{
    struct consensus_fetch fetch = message->fetch;
    struct consensus_event event = {.kind = EVENT_FETCH, .peer = peer, .fetch = &fetch};
    uint32_t block;
    switch (fetch.kind) {
    case FETCH_CERTS:
        send_old_certs(world, node, peer, &fetch);
        sim_node_step(world, node, &event);
        break;
    case FETCH_BLOCK:
        block = sim_block_find(world, &fetch.hash);
        if (block == SIM_NONE || !sim_node_holds(node, block))
            return;
        struct sim_message *reply = sim_message_new(world, MESSAGE_BLOCK, node->index);
        reply->block = block;
        sim_send(world, node, peer, reply);
        break;
    case FETCH_RANGE:
        sim_node_send_range(world, node, peer, fetch.first);
        break;
    }
}

static void receive_block(struct sim_world *world, struct sim_node *node, uint32_t peer,
                          uint32_t index)
{
    struct consensus_block block = world->blocks[index].block;
    struct consensus_event event = {.kind = EVENT_BLOCK, .peer = peer, .block = &block};
    if (!consensus_needs_body(node->consensus, &block.hash))
        return;
    sim_node_hold(node, index);
    sim_node_step(world, node, &event);
}

static void receive_push(struct sim_world *world, struct sim_node *node, uint32_t peer,
                         const struct sim_message *message)
{
    struct consensus_block block = world->blocks[message->block].block;
    struct consensus_event event = {.kind = EVENT_BLOCK, .peer = peer, .block = &block};
    uint32_t life = node->life;
    sim_node_hold(node, message->block);
    sim_node_step(world, node, &event);
    if (node->life != life || world->failed || !accept_cert(world, node, message->cert))
        return;
    event =
        (struct consensus_event){.kind = EVENT_CERT, .peer = peer, .cert = &message->cert->cert};
    sim_node_step(world, node, &event);
    if (node->life == life && !world->failed)
        sim_node_forget(world, node);
}

static void dispatch(struct sim_world *world, struct sim_node *node, uint32_t peer,
                     const struct sim_message *message)
{
    struct consensus_event event = {.peer = peer};
    switch (message->kind) {
    case MESSAGE_PROPOSAL:
        receive_proposal(world, node, peer, message);
        return;
    case MESSAGE_VOTE:
        if (!consensus_wants_vote(node->consensus, peer, &message->vote) ||
            !sim_verify(world, &message->vote))
            return;
        event.kind = EVENT_VOTE;
        event.vote = &message->vote;
        break;
    case MESSAGE_CERT:
        if (!accept_cert(world, node, message->cert))
            return;
        event.kind = EVENT_CERT;
        event.cert = &message->cert->cert;
        break;
    case MESSAGE_STATUS:
        event.kind = EVENT_STATUS;
        event.status = &message->status;
        break;
    case MESSAGE_FETCH:
        receive_fetch(world, node, peer, message);
        return;
    case MESSAGE_BLOCK:
        receive_block(world, node, peer, message->block);
        return;
    case MESSAGE_RANGE:
        receive_range(world, node, peer, message);
        return;
    case MESSAGE_PUSH:
        receive_push(world, node, peer, message);
        return;
    case MESSAGE_ACTS:
        node->pool[message->author] |= message->acts;
        event.kind = EVENT_TICK;
        break;
    }
    sim_node_step(world, node, &event);
}

void sim_node_receive(struct sim_world *world, struct sim_node *node, struct sim_message *message)
{
    uint32_t peer = world->nodes[message->from].seat;
    if (node->state == NODE_ASLEEP && node->inbox_count < 64) {
        message->uses++;
        node->inbox[node->inbox_count++] = message;
        return;
    }
    if (node->state != NODE_UP)
        return;
    sim_trace(world, "node %u <- %u: kind %d view %llu", node->index, message->from,
              (int)message->kind, (unsigned long long)sim_message_view(message));
    dispatch(world, node, peer, message);
    if (!node->honest && node->state == NODE_UP && !world->failed &&
        node->seat < world->plan.orderers_count && world->plan.lies[node->seat])
        sim_lie_on_message(world, node, message);
}
