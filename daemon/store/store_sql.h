/* SPDX-License-Identifier: Apache-2.0 */
/* store_sql.h - inside of the store: cached statements, error mapping, the forums' row numbers.
 * Not for other rooms. */
#ifndef COMITY_STORE_STORE_SQL_H
#define COMITY_STORE_STORE_SQL_H

#include <sqlite3.h>

#include "store/store.h"

#define STORE_APPLICATION_ID 0x436f6d79 /* "Comy" */
#define STORE_HEIGHT_MAX (((uint64_t)1 << 40) - 1)
enum { STORE_SCHEMA_VERSION = 1, STORE_FORUM_BITS = 40 };

/* name, SQL. A block's id is its forum's row number, shifted, plus its height: appending goes to
 * the end of one tree, and no second index is needed to find a height. `head` is the beginning of
 * the block's hash: a short index whose hits are compared in full. */
#define STORE_STATEMENTS(X) \
    X(STORE_BEGIN, "BEGIN IMMEDIATE") \
    X(STORE_COMMIT, "COMMIT") \
    X(STORE_PUT_FORUM, "INSERT INTO forum(hash, name, charter) VALUES(?1, ?2, ?3)") \
    X(STORE_EACH_FORUM, "SELECT hash, name, charter FROM forum ORDER BY id") \
    X(STORE_FIND_FORUM, "SELECT id FROM forum WHERE hash = ?1") \
    X(STORE_PUT_BLOCK, \
      "INSERT INTO block(id, head, view, hash, state_hash, cert, header, outcomes, body, crc) " \
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)") \
    X(STORE_MEND_BLOCK, \
      "INSERT OR REPLACE INTO block(id, head, view, hash, state_hash, cert, header, outcomes, " \
      "body, crc) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)") \
    X(STORE_PUT_CERT, "UPDATE block SET cert = ?2 WHERE id = ?1") \
    X(STORE_GET_BLOCK, \
      "SELECT id, view, hash, state_hash, cert, header, outcomes, body, crc FROM block " \
      "WHERE id = ?1") \
    X(STORE_FIND_BLOCK, \
      "SELECT id, view, hash, state_hash, cert, header, outcomes, body, crc FROM block " \
      "WHERE head = ?1 AND hash = ?2 AND id BETWEEN ?3 AND ?4") \
    X(STORE_BLOCK_HASH, "SELECT hash FROM block WHERE id = ?1") \
    X(STORE_FIND_CERT, "SELECT id FROM block WHERE id BETWEEN ?1 AND ?2 AND cert IS NOT NULL " \
                       "ORDER BY id LIMIT 1") \
    X(STORE_LAST_HEIGHT, "SELECT max(id) FROM block WHERE id BETWEEN ?1 AND ?2") \
    X(STORE_PUT_VIEW_CERT, "INSERT OR REPLACE INTO view_cert(forum, epoch, view, kind, cert) " \
                           "VALUES(?1, ?2, ?3, ?4, ?5)") \
    X(STORE_EACH_VIEW_CERT, \
      "SELECT view, kind, cert FROM view_cert WHERE forum = ?1 AND epoch = ?2 AND view > ?3 " \
      "ORDER BY view, kind") \
    X(STORE_PUT_SNAPSHOT, \
      "INSERT OR REPLACE INTO snapshot(forum, height, state) VALUES(?1, ?2, ?3)") \
    X(STORE_GET_SNAPSHOT, "SELECT height, state FROM snapshot WHERE forum = ?1") \
    X(STORE_DROP_SNAPSHOT, "DELETE FROM snapshot WHERE forum = ?1") \
    X(STORE_ADD_EVIDENCE, "INSERT INTO evidence(forum, evidence) VALUES(?1, ?2)") \
    X(STORE_PUT_SETTING, "INSERT OR REPLACE INTO setting(key, value) VALUES(?1, ?2)") \
    X(STORE_GET_SETTING, "SELECT value FROM setting WHERE key = ?1") \
    X(STORE_EACH_BACKUP_ACT, "SELECT value FROM setting WHERE key >= 'backup-act:' " \
                             "AND key < 'backup-act;' ORDER BY key") \
    X(STORE_FORGET_BACKUP, "DELETE FROM setting WHERE key >= 'backup' AND key < 'backup-act;'") \
    X(STORE_PUT_REQUEST, "INSERT INTO request(forum, key, act, seq) VALUES(?1, ?2, ?3, ?4)") \
    X(STORE_GET_REQUEST, "SELECT act, seq FROM request WHERE forum = ?1 AND key = ?2")

enum store_statement {
#define X(name, sql) name,
    STORE_STATEMENTS(X)
#undef X
        STORE_STATEMENTS_COUNT
};

struct store_forum {
    struct hash hash;
    int64_t id;
    bool height_known;
    uint64_t height; /* Of the last block, uncommitted ones included. */
};

struct store {
    sqlite3 *database;
    sqlite3_stmt *statements[STORE_STATEMENTS_COUNT]; /* Prepared when first wanted. */
    bool in_transaction;
    enum comity_error failed; /* Why the transaction was rolled back already. */
    struct store_forum *forums;
    size_t forums_count;
    size_t forum_last; /* Index of the forum asked for last. */
};

/* From version `from` to the next. */
struct store_migration {
    int from;
    const char *sql; /* NULL ends a list. */
};
struct store_schema {
    int version;
    const char *create; /* All tables of this version. */
    const struct store_migration *migrations;
};
extern const struct store_schema store_schema_now;

/* store_open with another schema, for tests of the rule about versions. */
COMITY_MUST_CHECK enum comity_error store_open_as(const struct store_schema *schema,
                                                  const char *path, struct store **ret_store,
                                                  struct fault *fault);
/* Nothing is written. *ret_from is the file's version, 0 if it is new. COMITY_FOREIGN: another
 * program's, or newer. COMITY_DAMAGED: a version that never was. */
COMITY_MUST_CHECK enum comity_error store_schema_check(struct store *self,
                                                       const struct store_schema *schema,
                                                       const char *path, int *ret_from,
                                                       struct fault *fault);
/* Create, or migrate, in one transaction. An SQLite code. */
int store_schema_reach(struct store *self, const struct store_schema *schema, const char *path,
                       int from);
enum comity_error store_fail_open(const struct store *self, const char *path, int code,
                                  struct fault *fault);
bool store_query_number(sqlite3 *database, const char *sql, int64_t *ret_value);

/* Reset, ready for binding. Errors of the transaction's first failure are repeated here. */
COMITY_MUST_CHECK enum comity_error store_prepare(struct store *self, enum store_statement which,
                                                  sqlite3_stmt **ret_statement);
/* SQLITE_ROW gives COMITY_OK, SQLITE_DONE gives COMITY_NOT_FOUND; anything else ends the
 * transaction, if it is one of the errors that do. */
COMITY_MUST_CHECK enum comity_error store_step_row(struct store *self, sqlite3_stmt *statement);
/* For statements that return nothing; resets. */
COMITY_MUST_CHECK enum comity_error store_step_done(struct store *self, sqlite3_stmt *statement);
enum comity_error store_error(int code);

/* Bytes are borrowed until the statement is reset. Empty bytes are a blob of no length. */
void store_bind_bytes(sqlite3_stmt *statement, int index, struct bytes bytes);
void store_bind_hash(sqlite3_stmt *statement, int index, const struct hash *hash);
void store_bind_u64(sqlite3_stmt *statement, int index, uint64_t value);
struct bytes store_column_bytes(sqlite3_stmt *statement, int column); /* Borrowed; NULL is empty. */
/* COMITY_DAMAGED: not 32 bytes. */
COMITY_MUST_CHECK enum comity_error store_column_hash(sqlite3_stmt *statement, int column,
                                                      struct hash *ret_hash);
/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error store_column_copy(sqlite3_stmt *statement, int column,
                                                      struct arena *arena, struct bytes *ret_bytes);

/* COMITY_NOT_FOUND: no such forum. Borrowed until the next call that names a forum. */
COMITY_MUST_CHECK enum comity_error store_forum(struct store *self, const struct hash *forum,
                                                struct store_forum **ret_forum);

#endif
