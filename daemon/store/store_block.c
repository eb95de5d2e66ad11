/* SPDX-License-Identifier: Apache-2.0 */
/* store_block.c - forums and their finalized blocks. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/crc32c.h"
#include "store/store_sql.h"

static uint64_t block_id(const struct store_forum *forum, uint64_t height)
{
    return (uint64_t)forum->id << STORE_FORUM_BITS | height;
}

static uint64_t hash_head(const struct hash *hash)
{
    struct reader reader;
    reader_init(&reader, bytes_of(hash->bytes, HASH_SIZE));
    return reader_u64(&reader);
}

enum comity_error store_put_forum(struct store *self, const struct hash *forum, const char *name,
                                  struct bytes charter)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, STORE_PUT_FORUM, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_hash(statement, 1, forum);
    (void)sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    store_bind_bytes(statement, 3, charter);
    return store_step_done(self, statement);
}

enum comity_error store_each_forum(struct store *self, store_visit_forum *visit, void *context)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, STORE_EACH_FORUM, &statement);
    while (error == COMITY_OK) {
        struct hash forum;
        error = store_step_row(self, statement);
        if (error == COMITY_NOT_FOUND)
            return COMITY_OK;
        if (error == COMITY_OK)
            error = store_column_hash(statement, 0, &forum);
        const char *name = NULL;
        if (error == COMITY_OK) {
            name = (const char *)sqlite3_column_text(statement, 1);
            error = name == NULL ? COMITY_MEMORY : COMITY_OK;
        }
        if (error == COMITY_OK)
            error = visit(context, &forum, name, store_column_bytes(statement, 2));
    }
    if (statement != NULL)
        (void)sqlite3_reset(statement);
    return error;
}

static enum comity_error remember_forum(struct store *self, const struct hash *forum, int64_t id)
{
    struct store_forum *forums =
        realloc(self->forums, (self->forums_count + 1) * sizeof *self->forums);
    if (forums == NULL)
        return COMITY_MEMORY;
    self->forums = forums;
    forums[self->forums_count] = (struct store_forum){.hash = *forum, .id = id};
    self->forum_last = self->forums_count++;
    return COMITY_OK;
}

enum comity_error store_forum(struct store *self, const struct hash *forum,
                              struct store_forum **ret_forum)
{
    bool found = self->forum_last < self->forums_count &&
                 hash_equal(&self->forums[self->forum_last].hash, forum);
    for (size_t i = 0; i < self->forums_count && !found; i++) {
        found = hash_equal(&self->forums[i].hash, forum);
        if (found)
            self->forum_last = i;
    }
    if (!found) {
        sqlite3_stmt *statement = NULL;
        enum comity_error error = store_prepare(self, STORE_FIND_FORUM, &statement);
        if (error != COMITY_OK)
            return error;
        store_bind_hash(statement, 1, forum);
        error = store_step_row(self, statement);
        if (error != COMITY_OK)
            return error;
        int64_t id = sqlite3_column_int64(statement, 0);
        (void)sqlite3_reset(statement);
        error = remember_forum(self, forum, id);
        if (error != COMITY_OK)
            return error;
    }
    *ret_forum = &self->forums[self->forum_last];
    return COMITY_OK;
}

static enum comity_error last_height(struct store *self, struct store_forum *forum,
                                     uint64_t *ret_height)
{
    if (!forum->height_known) {
        sqlite3_stmt *statement = NULL;
        enum comity_error error = store_prepare(self, STORE_LAST_HEIGHT, &statement);
        if (error != COMITY_OK)
            return error;
        store_bind_u64(statement, 1, block_id(forum, 0));
        store_bind_u64(statement, 2, block_id(forum, STORE_HEIGHT_MAX));
        error = store_step_row(self, statement); /* max() of nothing is one NULL, read as 0. */
        if (error != COMITY_OK)
            return error;
        forum->height = (uint64_t)sqlite3_column_int64(statement, 0) & STORE_HEIGHT_MAX;
        forum->height_known = true;
        (void)sqlite3_reset(statement);
    }
    *ret_height = forum->height;
    return COMITY_OK;
}

enum comity_error store_last_height(struct store *self, const struct hash *forum,
                                    uint64_t *ret_height)
{
    struct store_forum *known = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_NOT_FOUND) {
        *ret_height = 0;
        return COMITY_OK;
    }
    return error != COMITY_OK ? error : last_height(self, known, ret_height);
}

/* The same block again is no contradiction: a repeated transaction hands it in twice. */
static enum comity_error compare_block(struct store *self, uint64_t id, const struct hash *hash)
{
    sqlite3_stmt *statement = NULL;
    struct hash stored;
    enum comity_error error = store_prepare(self, STORE_BLOCK_HASH, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 1, id);
    error = store_step_row(self, statement);
    if (error != COMITY_OK)
        return error == COMITY_NOT_FOUND ? COMITY_DAMAGED : error; /* A gap. */
    error = store_column_hash(statement, 0, &stored);
    (void)sqlite3_reset(statement);
    if (error != COMITY_OK)
        return error;
    return hash_equal(&stored, hash) ? COMITY_OK : COMITY_CONFLICT;
}

/* Of all that stays as it was first written. SQLite checks no page, and a flipped bit in an old
 * block would otherwise be served as the record. (A certificate proves itself.) */
uint32_t store_block_crc(const struct store_block *block)
{
    uint32_t crc = crc32c(0, &block->view, sizeof block->view);
    crc = crc32c(crc, block->hash.bytes, HASH_SIZE);
    crc = crc32c(crc, block->state_hash.bytes, HASH_SIZE);
    crc = crc32c(crc, block->header.data, block->header.size);
    crc = crc32c(crc, block->outcomes.data, block->outcomes.size);
    return crc32c(crc, block->body.data, block->body.size);
}

static enum comity_error write_block(struct store *self, enum store_statement kind,
                                     const struct store_forum *forum,
                                     const struct store_block *block)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, kind, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 1, block_id(forum, block->height));
    store_bind_u64(statement, 2, hash_head(&block->hash));
    store_bind_u64(statement, 3, block->view);
    store_bind_hash(statement, 4, &block->hash);
    store_bind_hash(statement, 5, &block->state_hash);
    if (block->cert.size > 0)
        store_bind_bytes(statement, 6, block->cert);
    else
        (void)sqlite3_bind_null(statement, 6);
    store_bind_bytes(statement, 7, block->header);
    store_bind_bytes(statement, 8, block->outcomes);
    store_bind_bytes(statement, 9, block->body);
    store_bind_u64(statement, 10, store_block_crc(block));
    return store_step_done(self, statement);
}

enum comity_error store_mend_block(struct store *self, const struct hash *forum,
                                   const struct store_block *block)
{
    struct store_forum *known = NULL;
    uint64_t last = 0;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK)
        error = last_height(self, known, &last);
    if (error == COMITY_OK && (block->height == 0 || block->height > last))
        error = COMITY_NOT_FOUND;
    return error != COMITY_OK ? error : write_block(self, STORE_MEND_BLOCK, known, block);
}

enum comity_error store_put_block(struct store *self, const struct hash *forum,
                                  const struct store_block *block)
{
    struct store_forum *known = NULL;
    uint64_t last = 0;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK)
        error = last_height(self, known, &last);
    if (error != COMITY_OK)
        return error;
    if (block->height == 0 || block->height > last + 1 || block->height > STORE_HEIGHT_MAX ||
        block->view > INT64_MAX)
        return COMITY_INVALID;
    if (block->height <= last)
        return compare_block(self, block_id(known, block->height), &block->hash);
    error = write_block(self, STORE_PUT_BLOCK, known, block);
    if (error == COMITY_OK)
        known->height = block->height;
    return error;
}

enum comity_error store_put_cert(struct store *self, const struct hash *forum, uint64_t height,
                                 struct bytes cert)
{
    struct store_forum *known = NULL;
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK)
        error = store_prepare(self, STORE_PUT_CERT, &statement);
    if (error != COMITY_OK)
        return error;
    if (height > STORE_HEIGHT_MAX)
        return COMITY_NOT_FOUND;
    store_bind_u64(statement, 1, block_id(known, height));
    store_bind_bytes(statement, 2, cert);
    error = store_step_done(self, statement);
    if (error == COMITY_OK && sqlite3_changes(self->database) == 0)
        return COMITY_NOT_FOUND;
    return error;
}

/* ret_crc NULL: it must be right. */
static enum comity_error read_block(sqlite3_stmt *statement, struct arena *arena,
                                    struct store_block *ret_block, uint32_t *ret_crc)
{
    struct store_block block = {
        .height = (uint64_t)sqlite3_column_int64(statement, 0) & STORE_HEIGHT_MAX,
        .view = (uint64_t)sqlite3_column_int64(statement, 1),
    };
    enum comity_error error = store_column_hash(statement, 2, &block.hash);
    if (error == COMITY_OK)
        error = store_column_hash(statement, 3, &block.state_hash);
    if (error == COMITY_OK)
        error = store_column_copy(statement, 4, arena, &block.cert);
    if (error == COMITY_OK)
        error = store_column_copy(statement, 5, arena, &block.header);
    if (error == COMITY_OK)
        error = store_column_copy(statement, 6, arena, &block.outcomes);
    if (error == COMITY_OK)
        error = store_column_copy(statement, 7, arena, &block.body);
    uint64_t crc = (uint64_t)sqlite3_column_int64(statement, 8);
    if (error == COMITY_OK && ret_crc == NULL && crc != store_block_crc(&block))
        error = COMITY_DAMAGED;
    if (error == COMITY_OK)
        *ret_block = block;
    if (error == COMITY_OK && ret_crc != NULL)
        *ret_crc = (uint32_t)crc;
    return error;
}

static enum comity_error step_and_read(struct store *self, sqlite3_stmt *statement,
                                       struct arena *arena, struct store_block *ret_block,
                                       uint32_t *ret_crc)
{
    enum comity_error error = store_step_row(self, statement);
    if (error == COMITY_OK)
        error = read_block(statement, arena, ret_block, ret_crc);
    (void)sqlite3_reset(statement);
    return error;
}

static enum comity_error get_block(struct store *self, const struct hash *forum, uint64_t height,
                                   struct arena *arena, struct store_block *ret_block,
                                   uint32_t *ret_crc)
{
    struct store_forum *known = NULL;
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK && height > STORE_HEIGHT_MAX)
        error = COMITY_NOT_FOUND;
    if (error == COMITY_OK)
        error = store_prepare(self, STORE_GET_BLOCK, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 1, block_id(known, height));
    return step_and_read(self, statement, arena, ret_block, ret_crc);
}

enum comity_error store_get_block(struct store *self, const struct hash *forum, uint64_t height,
                                  struct arena *arena, struct store_block *ret_block)
{
    return get_block(self, forum, height, arena, ret_block, NULL);
}

enum comity_error store_get_damaged(struct store *self, const struct hash *forum, uint64_t height,
                                    struct arena *arena, struct store_block *ret_block,
                                    uint32_t *ret_crc)
{
    return get_block(self, forum, height, arena, ret_block, ret_crc);
}

enum comity_error store_find_block(struct store *self, const struct hash *forum,
                                   const struct hash *hash, struct arena *arena,
                                   struct store_block *ret_block)
{
    struct store_forum *known = NULL;
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK)
        error = store_prepare(self, STORE_FIND_BLOCK, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 1, hash_head(hash));
    store_bind_hash(statement, 2, hash);
    store_bind_u64(statement, 3, block_id(known, 0));
    store_bind_u64(statement, 4, block_id(known, STORE_HEIGHT_MAX));
    return step_and_read(self, statement, arena, ret_block, NULL);
}

enum comity_error store_find_cert(struct store *self, const struct hash *forum, uint64_t height,
                                  uint64_t *ret_height)
{
    struct store_forum *known = NULL;
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK && height > STORE_HEIGHT_MAX)
        error = COMITY_NOT_FOUND;
    if (error == COMITY_OK)
        error = store_prepare(self, STORE_FIND_CERT, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 1, block_id(known, height));
    store_bind_u64(statement, 2, block_id(known, STORE_HEIGHT_MAX));
    error = store_step_row(self, statement);
    if (error != COMITY_OK)
        return error;
    *ret_height = (uint64_t)sqlite3_column_int64(statement, 0) & STORE_HEIGHT_MAX;
    (void)sqlite3_reset(statement);
    return COMITY_OK;
}
