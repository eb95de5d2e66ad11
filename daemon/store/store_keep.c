/* SPDX-License-Identifier: Apache-2.0 */
/* store_keep.c - what is kept beside the blocks: certificates of views, snapshots, evidence,
 * settings, requests. */
#include <string.h>

#include "base/arena.h"
#include "store/store_sql.h"

/* The statement with its first parameter bound to the forum. */
static enum comity_error prepare_in_forum(struct store *self, const struct hash *forum,
                                          enum store_statement which, sqlite3_stmt **ret_statement)
{
    struct store_forum *known = NULL;
    enum comity_error error = store_forum(self, forum, &known);
    if (error == COMITY_OK)
        error = store_prepare(self, which, ret_statement);
    if (error == COMITY_OK)
        (void)sqlite3_bind_int64(*ret_statement, 1, known->id);
    return error;
}

enum comity_error store_put_view_cert(struct store *self, const struct hash *forum, uint64_t epoch,
                                      uint64_t view, uint8_t kind, struct bytes cert)
{
    sqlite3_stmt *statement = NULL;
    if (epoch > INT64_MAX || view > INT64_MAX)
        return COMITY_LIMIT;
    enum comity_error error = prepare_in_forum(self, forum, STORE_PUT_VIEW_CERT, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 2, epoch);
    store_bind_u64(statement, 3, view);
    store_bind_u64(statement, 4, kind);
    store_bind_bytes(statement, 5, cert);
    return store_step_done(self, statement);
}

enum comity_error store_each_view_cert(struct store *self, const struct hash *forum, uint64_t epoch,
                                       uint64_t above_view, store_visit_cert *visit, void *context)
{
    sqlite3_stmt *statement = NULL;
    if (epoch > INT64_MAX || above_view > INT64_MAX)
        return COMITY_OK; /* There are none. */
    enum comity_error error = prepare_in_forum(self, forum, STORE_EACH_VIEW_CERT, &statement);
    if (error == COMITY_NOT_FOUND)
        return COMITY_OK;
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 2, epoch);
    store_bind_u64(statement, 3, above_view);
    while (error == COMITY_OK) {
        error = store_step_row(self, statement);
        if (error == COMITY_NOT_FOUND)
            return COMITY_OK;
        if (error == COMITY_OK)
            error =
                visit(context, (uint64_t)sqlite3_column_int64(statement, 0),
                      (uint8_t)sqlite3_column_int(statement, 1), store_column_bytes(statement, 2));
    }
    (void)sqlite3_reset(statement);
    return error;
}

enum comity_error store_put_snapshot(struct store *self, const struct hash *forum, uint64_t height,
                                     struct bytes state)
{
    sqlite3_stmt *statement = NULL;
    if (height > STORE_HEIGHT_MAX)
        return COMITY_LIMIT;
    enum comity_error error = prepare_in_forum(self, forum, STORE_PUT_SNAPSHOT, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_u64(statement, 2, height);
    store_bind_bytes(statement, 3, state);
    return store_step_done(self, statement);
}

enum comity_error store_get_snapshot(struct store *self, const struct hash *forum,
                                     struct arena *arena, uint64_t *ret_height,
                                     struct bytes *ret_state)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = prepare_in_forum(self, forum, STORE_GET_SNAPSHOT, &statement);
    if (error == COMITY_OK)
        error = store_step_row(self, statement);
    if (error != COMITY_OK)
        return error;
    error = store_column_copy(statement, 1, arena, ret_state);
    if (error == COMITY_OK)
        *ret_height = (uint64_t)sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return error;
}

enum comity_error store_drop_snapshot(struct store *self, const struct hash *forum)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = prepare_in_forum(self, forum, STORE_DROP_SNAPSHOT, &statement);
    if (error != COMITY_OK)
        return error == COMITY_NOT_FOUND ? COMITY_OK : error;
    return store_step_done(self, statement);
}

enum comity_error store_add_evidence(struct store *self, const struct hash *forum,
                                     struct bytes evidence)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = prepare_in_forum(self, forum, STORE_ADD_EVIDENCE, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_bytes(statement, 2, evidence);
    return store_step_done(self, statement);
}

enum comity_error store_put_setting(struct store *self, const char *key, struct bytes value)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, STORE_PUT_SETTING, &statement);
    if (error != COMITY_OK)
        return error;
    (void)sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    store_bind_bytes(statement, 2, value);
    return store_step_done(self, statement);
}

enum comity_error store_get_setting(struct store *self, const char *key, struct arena *arena,
                                    struct bytes *ret_value)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, STORE_GET_SETTING, &statement);
    if (error != COMITY_OK)
        return error;
    (void)sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    error = store_step_row(self, statement);
    if (error == COMITY_OK)
        error = store_column_copy(statement, 0, arena, ret_value);
    (void)sqlite3_reset(statement);
    return error;
}

enum comity_error store_get_request(struct store *self, const struct hash *forum, struct bytes key,
                                    struct hash *ret_act, uint64_t *ret_seq)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = prepare_in_forum(self, forum, STORE_GET_REQUEST, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_bytes(statement, 2, key);
    error = store_step_row(self, statement);
    if (error == COMITY_OK)
        error = store_column_hash(statement, 0, ret_act);
    if (error == COMITY_OK)
        *ret_seq = (uint64_t)sqlite3_column_int64(statement, 1);
    (void)sqlite3_reset(statement);
    return error;
}

enum comity_error store_put_request(struct store *self, const struct hash *forum, struct bytes key,
                                    const struct hash *act, uint64_t seq)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = prepare_in_forum(self, forum, STORE_PUT_REQUEST, &statement);
    if (error != COMITY_OK)
        return error;
    store_bind_bytes(statement, 2, key);
    store_bind_hash(statement, 3, act);
    store_bind_u64(statement, 4, seq);
    error = store_step_done(self, statement);
    if (error != COMITY_EXISTS)
        return error;
    struct hash before;
    uint64_t before_seq;
    error = store_get_request(self, forum, key, &before, &before_seq);
    if (error != COMITY_OK)
        return error;
    return hash_equal(&before, act) ? COMITY_OK : COMITY_CONFLICT;
}
