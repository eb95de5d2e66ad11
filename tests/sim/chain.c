/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/chain.h"

#include <stdlib.h>

static struct hash body_root(const struct sim_block *block)
{
    struct hasher hasher;
    hasher_init(&hasher, "sim/acts");
    hasher_add(&hasher, block->from, sizeof block->from);
    hasher_add(&hasher, block->to, sizeof block->to);
    return hasher_finish(&hasher);
}

static struct hash state_after(const struct hash *before, const struct hash *block)
{
    struct hasher hasher;
    hasher_init(&hasher, "sim/state");
    hasher_add(&hasher, before, sizeof *before);
    hasher_add(&hasher, block, sizeof *block);
    return hasher_finish(&hasher);
}

static void slots_add(struct sim_world *world, uint32_t index)
{
    uint64_t mask = world->block_slots_count - 1;
    uint64_t at = fingerprint(&world->blocks[index].block.hash) >> 3 & mask;
    while (world->block_slots[at] != SIM_NONE)
        at = (at + 1) & mask;
    world->block_slots[at] = index;
}

static void slots_resize(struct sim_world *world, uint32_t count)
{
    free(world->block_slots);
    world->block_slots = malloc(count * sizeof *world->block_slots);
    if (!world->block_slots)
        abort();
    memset(world->block_slots, 0xff, count * sizeof *world->block_slots);
    world->block_slots_count = count;
    for (uint32_t i = 0; i < world->blocks_count; i++)
        slots_add(world, i);
}

uint32_t sim_block_find(const struct sim_world *world, const struct hash *hash)
{
    uint64_t mask = world->block_slots_count - 1;
    uint64_t at = fingerprint(hash) >> 3 & mask;
    for (; world->block_slots[at] != SIM_NONE; at = (at + 1) & mask)
        if (hash_equal(&world->blocks[world->block_slots[at]].block.hash, hash))
            return world->block_slots[at];
    return SIM_NONE;
}

static uint32_t add_block(struct sim_world *world, const struct sim_block *block)
{
    size_t capacity = world->blocks_capacity;
    world->blocks =
        sim_grow(world->blocks, &capacity, world->blocks_count + 1U, sizeof *world->blocks);
    world->blocks_capacity = (uint32_t)capacity;
    world->blocks[world->blocks_count++] = *block;
    if (world->blocks_count * 2 > world->block_slots_count)
        slots_resize(world, world->block_slots_count * 2);
    else
        slots_add(world, world->blocks_count - 1);
    return world->blocks_count - 1;
}

void sim_chain_open(struct sim_world *world)
{
    struct sim_block genesis = {.parent = SIM_NONE};
    slots_resize(world, 64);
    genesis.block.hash = world->genesis;
    genesis.block.header.time_ms = 1000000;
    add_block(world, &genesis);
    world->heights = sim_grow(NULL, &world->heights_capacity, 1, sizeof *world->heights);
    world->heights[0].due_ms = INT64_MAX;
    world->heights_count = 1;
}

void sim_chain_close(struct sim_world *world)
{
    free(world->blocks);
    free(world->block_slots);
    free(world->heights);
}

uint32_t sim_block_register(struct sim_world *world, struct sim_block *block)
{
    struct block_header *header = &block->block.header;
    header->forum = world->domain.forum;
    header->protocol = PROTOCOL_VERSION;
    header->epoch = world->domain.epoch;
    header->acts_root = body_root(block);
    block->block.hash = block_header_hash(header);
    uint32_t index = sim_block_find(world, &block->block.hash);
    if (index != SIM_NONE)
        return index;
    block->parent = sim_block_find(world, &header->parent_hash);
    block->block.flags = 0;
    if (memcmp(block->from, block->to, sizeof block->from) != 0)
        block->block.flags = BLOCK_HAS_ACTS;
    else if (header->state_height < world->heights_count &&
             world->heights[header->state_height].due_ms <= header->time_ms)
        block->block.flags = BLOCK_IS_TICK;
    return add_block(world, block);
}

uint32_t sim_block_build(struct sim_world *world, uint32_t parent, uint64_t view, int64_t time_ms,
                         uint64_t state_height, const uint64_t *pool)
{
    const struct sim_block *base = &world->blocks[parent];
    struct sim_block block = {0};
    struct block_header *header = &block.block.header;
    header->view = view;
    header->height = base->block.header.height + 1;
    header->time_ms = time_ms;
    header->parent_view = base->block.header.view;
    header->parent_hash = base->block.hash;
    header->state_height = state_height;
    header->state_hash = world->heights[state_height].state_hash;
    memcpy(block.from, base->to, sizeof block.from);
    memcpy(block.to, base->to, sizeof block.to);
    for (uint32_t i = 0; pool && i < world->seats_count; i++)
        while (block.to[i] < SIM_ACTS_MAX && pool[i] >> block.to[i] & 1)
            block.to[i]++;
    return sim_block_register(world, &block);
}

enum consensus_validity sim_block_judge(const struct sim_world *world, uint32_t index,
                                        uint64_t executed_height)
{
    const struct sim_block *block = &world->blocks[index];
    const struct block_header *header = &block->block.header;
    if (block->parent == SIM_NONE)
        return VALIDITY_INVALID;
    const struct sim_block *parent = &world->blocks[block->parent];
    if (memcmp(block->from, parent->to, sizeof block->from) != 0 ||
        header->height != parent->block.header.height + 1 ||
        header->time_ms < parent->block.header.time_ms ||
        header->state_height > parent->block.header.height)
        return VALIDITY_INVALID;
    for (uint32_t i = 0; i < SIM_SEATS_MAX; i++) {
        if (block->to[i] < block->from[i] || block->to[i] > SIM_ACTS_MAX)
            return VALIDITY_INVALID;
        /* A forged act of an honest author has no valid signature. */
        if (block->to[i] > block->from[i] &&
            (i >= world->seats_count ||
             (world->nodes[i].honest && !(world->nodes[i].issued >> (block->to[i] - 1) & 1))))
            return VALIDITY_INVALID;
    }
    if (header->state_height > executed_height)
        return VALIDITY_PENDING;
    if (!hash_equal(&header->state_hash, &world->heights[header->state_height].state_hash))
        return VALIDITY_INVALID;
    return VALIDITY_OK;
}

static int64_t act_deadline(const struct sim_world *world, uint32_t author, uint32_t seq)
{
    uint64_t draw = mix64(world->plan.seed * 31 + author * 64U + seq);
    if (draw % 1000 >= world->plan.deadline_acts)
        return INT64_MAX;
    return world->plan.delta_ms * (int64_t)(2 + (draw >> 20) % 40);
}

static struct sim_height execute(const struct sim_world *world, const struct sim_height *before,
                                 uint32_t index)
{
    const struct sim_block *block = &world->blocks[index];
    const struct block_header *header = &block->block.header;
    struct sim_height after = *before;
    after.block = index;
    after.state_hash = state_after(&before->state_hash, &block->block.hash);
    if (header->state_height > after.committed_height)
        after.committed_height = header->state_height;
    if (after.due_ms <= header->time_ms) {
        after.due_ms = INT64_MAX;
        after.verdict_height = header->height;
    }
    for (uint32_t i = 0; i < world->seats_count; i++)
        for (uint32_t seq = block->from[i]; seq < block->to[i]; seq++) {
            int64_t length = act_deadline(world, i, seq);
            if (length != INT64_MAX && header->time_ms + length < after.due_ms)
                after.due_ms = header->time_ms + length;
        }
    return after;
}

void sim_chain_execute(struct sim_world *world, uint32_t node, uint64_t height, uint32_t index)
{
    const struct sim_block *block = &world->blocks[index];
    if (height == 0 || height > world->heights_count) {
        sim_fail(world, "I7: node %u delivers height %llu, the chain has %zu", node,
                 (unsigned long long)height, world->heights_count - 1);
        return;
    }
    if (height < world->heights_count) {
        if (world->heights[height].block != index)
            sim_fail(world, "I7: node %u delivers another block at height %llu", node,
                     (unsigned long long)height);
        return;
    }
    const struct sim_height *before = &world->heights[height - 1];
    if (block->parent != before->block)
        sim_fail(world, "I7: node %u breaks the hash chain at height %llu", node,
                 (unsigned long long)height);
    else if (sim_block_judge(world, index, height - 1) != VALIDITY_OK)
        sim_fail(world, "I7: node %u delivers an invalid block at height %llu", node,
                 (unsigned long long)height);
    /* 50 ms: honest clocks are that far off. */
    else if (world->plan.bounded_clocks && !world->plan.beyond &&
             block->block.header.time_ms > 2000000 + world->now_ms + world->plan.tolerance_ms + 50)
        sim_fail(world, "time: block %llu is from the future", (unsigned long long)height);
    if (world->failed)
        return;
    struct sim_height after = execute(world, before, index);
    world->heights =
        sim_grow(world->heights, &world->heights_capacity, height + 1, sizeof *world->heights);
    world->heights[height] = after;
    world->heights_count = height + 1;
}

bool sim_pool_has_work(const struct sim_world *world, const uint64_t *pool, uint32_t tip)
{
    const uint8_t *next = world->blocks[tip].to;
    for (uint32_t i = 0; i < world->seats_count; i++)
        if (next[i] < SIM_ACTS_MAX && pool[i] >> next[i] & 1)
            return true;
    return false;
}
