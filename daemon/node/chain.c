/* SPDX-License-Identifier: Apache-2.0 */
#include "node/chain_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct chain_unstored {
    struct chain_unstored *next;
    struct store_block block;
    struct buffer memory;   /* header ‖ body ‖ cert ‖ outcomes, as `block` points into it. */
    struct buffer snapshot; /* Empty unless a snapshot was due here. */
};

struct hash chain_genesis(const struct charter *charter, const struct hash *roster_hash)
{
    uint8_t bytes[HASH_SIZE + 8 + HASH_SIZE];
    struct writer writer;
    writer_init(&writer, bytes, sizeof bytes);
    writer_raw(&writer, charter->id.bytes, HASH_SIZE);
    writer_u64(&writer, 0);
    writer_raw(&writer, roster_hash->bytes, HASH_SIZE);
    return hash_of("comity/genesis/v1", bytes_of(bytes, sizeof bytes));
}

struct hash chain_state_hash_next(const struct hash *previous, struct bytes outcomes,
                                  const struct hash *snapshot)
{
    struct hash outcomes_hash = hash_of("comity/outcomes/v1", outcomes);
    struct hasher hasher;
    hasher_init(&hasher, "comity/state/v1");
    hasher_add(&hasher, previous->bytes, HASH_SIZE);
    hasher_add(&hasher, outcomes_hash.bytes, HASH_SIZE);
    hasher_add(&hasher, snapshot->bytes, HASH_SIZE);
    return hasher_finish(&hasher);
}

struct hash chain_snapshot_hash(struct bytes snapshot)
{
    return hash_of("comity/snapshot/v1", snapshot);
}

static enum comity_error record_leaf(const struct forum *forum, uint32_t index,
                                     struct hash *ret_leaf)
{
    size_t size = forum_record_size(forum, index);
    uint8_t stack[4096];
    uint8_t *memory = size <= sizeof stack ? stack : malloc(size);
    if (memory == NULL)
        return COMITY_MEMORY;
    struct writer writer;
    writer_init(&writer, memory, size);
    forum_record_encode(forum, index, &writer);
    assert(!writer.failed);
    *ret_leaf = merkle_leaf(bytes_of(memory, writer.size));
    if (memory != stack)
        free(memory);
    return COMITY_OK;
}

static enum comity_error records_update(struct chain *self, const uint32_t *changed, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct hash leaf;
        enum comity_error error = record_leaf(self->forum, changed[i], &leaf);
        if (error == COMITY_OK)
            error = merkle_set(&self->records, changed[i], leaf);
        if (error != COMITY_OK)
            return error;
    }
    return COMITY_OK;
}

/* Remember the leaves that the next block is about to replace. */
static enum comity_error undo_remember(struct chain *self, const uint32_t *changed, uint32_t count)
{
    if (count > self->undo_capacity) {
        void *undo = realloc(self->undo, count * sizeof *self->undo);
        if (undo == NULL)
            return COMITY_MEMORY;
        self->undo = undo;
        self->undo_capacity = count;
    }
    self->undo_leaves = merkle_count(&self->records);
    self->undo_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (changed[i] >= self->undo_leaves)
            continue; /* New: it has no leaf to go back to. */
        self->undo[self->undo_count].index = changed[i];
        self->undo[self->undo_count++].leaf = self->records.levels[0].nodes[changed[i]];
    }
    return COMITY_OK;
}

enum comity_error chain_records_rebuild(struct chain *self)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < forum_records_count(self->forum); i++)
        error = records_update(self, &i, 1);
    return error;
}

void chain_remember_point(struct chain *self)
{
    self->recent[self->now.height % CHAIN_RECENT] = self->now;
}

enum comity_error chain_point_at(const struct chain *self, uint64_t height,
                                 struct chain_point *ret_point)
{
    if (height > self->now.height)
        return COMITY_PENDING;
    const struct chain_point *point = &self->recent[height % CHAIN_RECENT];
    if (point->height != height || (height == 0 && hash_is_zero(&point->outcomes_root)))
        return COMITY_NOT_FOUND;
    *ret_point = *point;
    return COMITY_OK;
}

/* The header must commit to our state at its state height. */
enum comity_error chain_check_header(const struct chain *self, const struct block_header *header,
                                     struct fault *fault)
{
    struct chain_point point;
    enum comity_error error = chain_point_at(self, header->state_height, &point);
    if (error == COMITY_NOT_FOUND)
        return COMITY_OK; /* Before the snapshot we started from. */
    if (error != COMITY_OK || !hash_equal(&point.state_hash, &header->state_hash) ||
        !hash_equal(&point.outcomes_root, &header->outcomes_root))
        return fault_set(fault, COMITY_DIVERGED,
                         "block %llu commits to another state of height %llu than this daemon's: "
                         "stop, keep the files, compare `comity status` of the daemons",
                         (unsigned long long)header->height,
                         (unsigned long long)header->state_height);
    return COMITY_OK;
}

static enum comity_error outcomes_bytes(const struct outcomes *outcomes, struct buffer *ret_bytes)
{
    size_t size = outcomes_size(outcomes);
    enum comity_error error = buffer_reserve(ret_bytes, size);
    if (error != COMITY_OK)
        return error;
    struct writer writer;
    writer_init(&writer, ret_bytes->data + ret_bytes->size, size);
    outcomes_encode(outcomes, &writer);
    assert(!writer.failed && writer.size == size);
    ret_bytes->size += size;
    return COMITY_OK;
}

/* Apply the acts and move the chain on by one; ret_snapshot is filled where one is due. */
enum comity_error chain_advance(struct chain *self, const struct block_header *header,
                                const struct hash *hash, const struct signed_act *acts,
                                uint32_t acts_count, struct outcomes *ret_outcomes,
                                struct buffer *ret_bytes, struct buffer *ret_snapshot)
{
    struct act *plain = calloc(acts_count == 0 ? 1 : acts_count, sizeof *plain);
    if (plain == NULL)
        return COMITY_MEMORY;
    for (uint32_t i = 0; i < acts_count; i++)
        plain[i] = acts[i].act;
    struct forum_block block = {.height = header->height,
                                .time_ms = header->time_ms,
                                .acts = plain,
                                .acts_count = acts_count};
    enum comity_error error = forum_apply(self->forum, &block, ret_outcomes);
    free(plain);
    if (error == COMITY_OK)
        error = outcomes_bytes(ret_outcomes, ret_bytes);
    if (error != COMITY_OK)
        return error;
    struct hash snapshot = {0};
    if (header->height % CHAIN_SNAPSHOT_BLOCKS == 0) {
        size_t size = forum_save_size(self->forum);
        error = buffer_reserve(ret_snapshot, size);
        if (error != COMITY_OK)
            return error;
        struct writer writer;
        writer_init(&writer, ret_snapshot->data, size);
        forum_save(self->forum, &writer);
        assert(!writer.failed);
        ret_snapshot->size = writer.size;
        snapshot = chain_snapshot_hash(buffer_bytes(ret_snapshot));
    }
    uint32_t changed_count;
    const uint32_t *changed = forum_records_changed(self->forum, &changed_count);
    error = undo_remember(self, changed, changed_count);
    if (error == COMITY_OK)
        error = records_update(self, changed, changed_count);
    if (error != COMITY_OK)
        return error;
    self->now.height = header->height;
    self->now.state_hash =
        chain_state_hash_next(&self->now.state_hash, buffer_bytes(ret_bytes), &snapshot);
    self->now.outcomes_root = merkle_root(&self->records);
    chain_remember_point(self);
    self->block_hash = *hash;
    self->header = *header;
    if (header->state_height > self->committed_height)
        self->committed_height = header->state_height;
    for (uint32_t i = 0; i < changed_count; i++) {
        if (forum_record_is_settled(self->forum, changed[i]))
            self->verdict_height = header->height;
    }
    return COMITY_OK;
}

static void unstored_free(struct chain_unstored *item)
{
    buffer_free(&item->memory);
    buffer_free(&item->snapshot);
    free(item);
}

void chain_close(struct chain *self)
{
    while (self->unstored != NULL) {
        struct chain_unstored *item = self->unstored;
        self->unstored = item->next;
        unstored_free(item);
    }
    merkle_free(&self->records);
    free(self->undo);
    free(self->requests);
    arena_free(&self->arena);
    *self = (struct chain){0};
}

/* Copy all of the block into memory of its own, so that the store may take it when it can. */
static enum comity_error unstored_add(struct chain *self, const struct body *body,
                                      struct bytes cert, uint64_t view, struct bytes outcomes,
                                      struct buffer *snapshot)
{
    struct chain_unstored *item = calloc(1, sizeof *item);
    struct bytes header = bytes_of(body->header, BLOCK_HEADER_SIZE);
    if (item == NULL)
        return COMITY_MEMORY;
    size_t size = header.size + body->encoded.size + cert.size + outcomes.size;
    enum comity_error error = buffer_reserve(&item->memory, size);
    if (error != COMITY_OK) {
        free(item);
        return error;
    }
    const struct bytes parts[] = {header, body->encoded, cert, outcomes};
    struct bytes *copies[] = {&item->block.header, &item->block.body, &item->block.cert,
                              &item->block.outcomes};
    for (size_t i = 0; i < 4; i++) {
        *copies[i] = bytes_of(item->memory.data + item->memory.size, parts[i].size);
        (void)!buffer_append(&item->memory, parts[i].data, parts[i].size);
    }
    item->block.height = self->now.height;
    item->block.view = view;
    item->block.hash = self->block_hash;
    item->block.state_hash = self->now.state_hash;
    item->snapshot = *snapshot;
    *snapshot = (struct buffer){0};
    if (self->unstored == NULL) {
        self->unstored = item;
    } else {
        self->unstored_last->next = item;
    }
    self->unstored_last = item;
    self->unstored_count++;
    return COMITY_OK;
}

enum comity_error chain_execute(struct chain *self, const struct body *body, struct bytes cert,
                                uint64_t view, struct outcomes *ret_outcomes, struct fault *fault)
{
    const struct block_header *header = &body->block.header;
    if (header->height != self->now.height + 1 ||
        !hash_equal(&header->parent_hash, &self->block_hash))
        return fault_set(fault, COMITY_CONFLICT, "block %llu does not follow the record",
                         (unsigned long long)header->height);
    enum comity_error error = chain_check_header(self, header, fault);
    if (error != COMITY_OK)
        return error;
    struct buffer outcomes = {0};
    struct buffer snapshot = {0};
    error = chain_advance(self, header, &body->block.hash, body->acts, body->acts_count,
                          ret_outcomes, &outcomes, &snapshot);
    if (error == COMITY_OK)
        error = unstored_add(self, body, cert, view, buffer_bytes(&outcomes), &snapshot);
    buffer_free(&outcomes);
    buffer_free(&snapshot);
    return error == COMITY_OK ? COMITY_OK
                              : fault_set(fault, error, "block %llu cannot be executed: %s",
                                          (unsigned long long)header->height, error_text(error));
}

static enum comity_error unstored_put(struct chain *self, const struct chain_unstored *item)
{
    const struct hash *forum = &self->charter->id;
    enum comity_error error = store_put_block(self->store, forum, &item->block);
    if (error == COMITY_OK && item->snapshot.size > 0)
        error = store_put_snapshot(self->store, forum, item->block.height,
                                   buffer_bytes(&item->snapshot));
    return error;
}

enum comity_error chain_note_request(struct chain *self, const struct chain_request *request)
{
    if (self->requests_count == self->requests_capacity) {
        uint32_t capacity = self->requests_capacity == 0 ? 64 : self->requests_capacity * 2;
        struct chain_request *requests = realloc(self->requests, capacity * sizeof *requests);
        if (requests == NULL)
            return COMITY_MEMORY;
        self->requests = requests;
        self->requests_capacity = capacity;
    }
    self->requests[self->requests_count++] = *request;
    return COMITY_OK;
}

static enum comity_error requests_put(struct chain *self)
{
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; error == COMITY_OK && i < self->requests_count; i++) {
        const struct chain_request *request = &self->requests[i];
        error = store_put_request(self->store, &self->charter->id,
                                  bytes_of(request->key, request->key_size), &request->act,
                                  request->seq);
        if (error == COMITY_CONFLICT)
            error = COMITY_OK; /* The first stays. */
    }
    return error;
}

enum comity_error chain_flush(struct chain *self)
{
    if (self->unstored == NULL)
        return COMITY_OK;
    enum comity_error error = store_begin(self->store);
    for (struct chain_unstored *item = self->unstored; error == COMITY_OK && item != NULL;
         item = item->next)
        error = unstored_put(self, item);
    if (error == COMITY_OK)
        error = requests_put(self);
    if (error == COMITY_OK)
        error = store_commit(self->store);
    if (error != COMITY_OK) {
        store_rollback(self->store);
        return error;
    }
    while (self->unstored != NULL) {
        struct chain_unstored *item = self->unstored;
        self->unstored = item->next;
        unstored_free(item);
    }
    self->unstored_last = NULL;
    self->unstored_count = 0;
    self->requests_count = 0;
    return COMITY_OK;
}

enum comity_error chain_outcomes(const struct chain *self, uint64_t height, struct arena *arena,
                                 struct outcomes *ret_outcomes)
{
    for (const struct chain_unstored *item = self->unstored; item != NULL; item = item->next) {
        if (item->block.height == height)
            return outcomes_decode(item->block.outcomes, arena, ret_outcomes);
    }
    struct store_block block;
    enum comity_error error =
        store_get_block(self->store, &self->charter->id, height, arena, &block);
    return error != COMITY_OK ? error : outcomes_decode(block.outcomes, arena, ret_outcomes);
}

/* Is the record the same now as one block back? */
static bool undo_has(const struct chain *self, uint32_t index)
{
    for (uint32_t i = 0; i < self->undo_count; i++) {
        if (self->undo[i].index == index)
            return true;
    }
    return index >= self->undo_leaves;
}

enum comity_error chain_committed_records(const struct chain *self, const uint32_t *wanted,
                                          uint32_t wanted_count, struct merkle *ret_records)
{
    bool back = !hash_equal(&self->header.outcomes_root, &self->now.outcomes_root);
    size_t leaves = back ? self->undo_leaves : merkle_count(&self->records);
    struct merkle records = {0};
    enum comity_error error = COMITY_OK;
    for (uint32_t i = 0; back && i < wanted_count; i++) {
        if (undo_has(self, wanted[i]))
            return COMITY_PENDING;
    }
    for (size_t i = 0; error == COMITY_OK && i < leaves; i++)
        error = merkle_set(&records, i, self->records.levels[0].nodes[i]);
    for (uint32_t i = 0; error == COMITY_OK && back && i < self->undo_count; i++)
        error = merkle_set(&records, self->undo[i].index, self->undo[i].leaf);
    struct hash root = merkle_root(&records);
    if (error == COMITY_OK && !hash_equal(&root, &self->header.outcomes_root))
        error = COMITY_PENDING;
    if (error != COMITY_OK) {
        merkle_free(&records);
        return error;
    }
    *ret_records = records;
    return COMITY_OK;
}

bool chain_is_uncommitted(const struct chain *self)
{
    return self->verdict_height > self->committed_height;
}
