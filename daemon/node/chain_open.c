/* SPDX-License-Identifier: Apache-2.0 */
/* chain_open.c - the executed record from the store: a snapshot the record vouches for, then every
 * block after it, applied again and compared with what its header and the store say. */
#include <stdlib.h>

#include "node/chain_inside.h"

static void chain_start(struct chain *self, struct store *store, const struct charter *charter,
                        const struct hash *genesis)
{
    *self = (struct chain){.store = store, .charter = charter, .block_hash = *genesis};
    arena_init(&self->arena, 0);
    self->now.state_hash = hash_of("comity/state-genesis/v1", bytes_of(genesis, HASH_SIZE));
    self->now.outcomes_root = merkle_root(&self->records);
    chain_remember_point(self);
}

/* Start from the stored snapshot, if there is one and the record vouches for it. Any doubt: start
 * from nothing, which costs time only. */
static enum comity_error chain_from_snapshot(struct chain *self, struct arena *scratch)
{
    uint64_t height;
    struct bytes snapshot;
    enum comity_error error =
        store_get_snapshot(self->store, &self->charter->id, scratch, &height, &snapshot);
    struct store_block block;
    struct store_block before;
    if (error != COMITY_OK || height < 2)
        return COMITY_NOT_FOUND;
    error = store_get_block(self->store, &self->charter->id, height, scratch, &block);
    if (error == COMITY_OK)
        error = store_get_block(self->store, &self->charter->id, height - 1, scratch, &before);
    struct block_header header;
    if (error == COMITY_OK)
        error = block_header_decode(block.header, &header);
    if (error != COMITY_OK)
        return error;
    struct hash digest = chain_snapshot_hash(snapshot);
    struct hash state = chain_state_hash_next(&before.state_hash, block.outcomes, &digest);
    if (!hash_equal(&state, &block.state_hash))
        return COMITY_DAMAGED;
    error = forum_load(&self->arena, self->charter, snapshot, &self->forum, NULL);
    if (error != COMITY_OK)
        return error;
    self->now.height = height;
    self->now.state_hash = state;
    self->block_hash = block.hash;
    self->header = header;
    error = chain_records_rebuild(self);
    self->now.outcomes_root = merkle_root(&self->records);
    self->committed_height = header.state_height;
    self->verdict_height = height; /* To be safe: one empty block commits what there is. */
    chain_remember_point(self);
    return error;
}

static enum comity_error chain_replay_block(struct chain *self, uint64_t height,
                                            struct arena *scratch, struct fault *fault)
{
    struct store_block stored;
    struct block_header header;
    enum comity_error error =
        store_get_block(self->store, &self->charter->id, height, scratch, &stored);
    if (error == COMITY_OK)
        error = block_header_decode(stored.header, &header);
    if (error != COMITY_OK)
        return fault_set(fault, COMITY_DAMAGED, "record: block %llu cannot be read (%s)",
                         (unsigned long long)height, error_text(error));
    struct hash hash = block_header_hash(&header);
    if (!hash_equal(&hash, &stored.hash) || !hash_equal(&header.parent_hash, &self->block_hash) ||
        header.height != height)
        return fault_set(fault, COMITY_DAMAGED, "record: block %llu does not follow its parent",
                         (unsigned long long)height);
    error = chain_check_header(self, &header, fault);
    if (error != COMITY_OK)
        return error;
    struct bodies bodies = {0};
    struct body *body;
    struct pool *pool;
    error = pool_create(self->charter->seats_count, &pool);
    if (error == COMITY_OK)
        error = bodies_add(&bodies, self->charter, pool, stored.header, stored.body, &body, fault);
    struct outcomes outcomes;
    struct buffer bytes = {0};
    struct buffer snapshot = {0};
    if (error == COMITY_OK)
        error = chain_advance(self, &header, &hash, body->acts, body->acts_count, &outcomes, &bytes,
                              &snapshot);
    if (error == COMITY_OK && (!hash_equal(&self->now.state_hash, &stored.state_hash) ||
                               !bytes_equal(buffer_bytes(&bytes), stored.outcomes)))
        error = fault_set(fault, COMITY_DIVERGED,
                          "record: replaying block %llu gives another state than when it was final",
                          (unsigned long long)height);
    buffer_free(&bytes);
    buffer_free(&snapshot);
    bodies_clear(&bodies);
    pool_destroy(&pool);
    return error;
}

static enum comity_error chain_replay(struct chain *self, struct fault *fault)
{
    uint64_t last;
    enum comity_error error = store_last_height(self->store, &self->charter->id, &last);
    if (error != COMITY_OK)
        return fault_set(fault, error, "record: its length cannot be read");
    struct arena scratch;
    arena_init(&scratch, 0);
    while (error == COMITY_OK && self->now.height < last) {
        error = chain_replay_block(self, self->now.height + 1, &scratch, fault);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
    return error;
}

enum comity_error chain_open(struct store *store, const struct charter *charter,
                             const struct hash *genesis, struct chain *ret_chain,
                             struct fault *fault)
{
    struct chain *self = ret_chain;
    struct arena scratch;
    chain_start(self, store, charter, genesis);
    arena_init(&scratch, 0);
    enum comity_error error = chain_from_snapshot(self, &scratch);
    arena_free(&scratch);
    if (error != COMITY_OK) {
        chain_close(self);
        chain_start(self, store, charter, genesis);
        error = forum_create(&self->arena, charter, &self->forum, fault);
    }
    if (error == COMITY_OK)
        error = chain_replay(self, fault);
    if (error != COMITY_OK)
        chain_close(self);
    return error;
}

static enum comity_error redo_last(struct chain *copy, struct bytes header_bytes,
                                   struct bytes bytes, struct redone *ret_redone)
{
    struct block_header header;
    struct bodies bodies = {0};
    struct body *body;
    struct pool *pool;
    struct outcomes outcomes;
    struct buffer snapshot = {0};
    enum comity_error error = block_header_decode(header_bytes, &header);
    if (error == COMITY_OK)
        error = pool_create(copy->charter->seats_count, &pool);
    if (error != COMITY_OK)
        return error;
    struct hash hash = block_header_hash(&header);
    error = bodies_add(&bodies, copy->charter, pool, header_bytes, bytes, &body, NULL);
    if (error == COMITY_OK)
        error = chain_advance(copy, &header, &hash, body->acts, body->acts_count, &outcomes,
                              &ret_redone->outcomes, &snapshot);
    ret_redone->state_hash = copy->now.state_hash;
    buffer_free(&snapshot);
    bodies_clear(&bodies);
    pool_destroy(&pool);
    return error;
}

enum comity_error chain_redo(const struct chain *self, const struct hash *genesis,
                             struct bytes header_bytes, struct bytes body,
                             struct redone *ret_redone, uint64_t *ret_height)
{
    struct block_header header;
    struct arena scratch;
    enum comity_error error = block_header_decode(header_bytes, &header);
    struct chain *copy = error == COMITY_OK ? calloc(1, sizeof *copy) : NULL;
    if (copy == NULL)
        return error == COMITY_OK ? COMITY_MEMORY : error;
    chain_start(copy, self->store, self->charter, genesis);
    arena_init(&scratch, 0);
    error = forum_create(&copy->arena, self->charter, &copy->forum, NULL);
    while (error == COMITY_OK && copy->now.height + 1 < header.height) {
        error = chain_replay_block(copy, copy->now.height + 1, &scratch, NULL);
        arena_reset(&scratch);
    }
    *ret_height = copy->now.height + 1;
    if (error == COMITY_OK)
        error = redo_last(copy, header_bytes, body, ret_redone);
    arena_free(&scratch);
    chain_close(copy);
    free(copy);
    return error;
}
