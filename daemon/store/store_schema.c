/* SPDX-License-Identifier: Apache-2.0 */
/* store_schema.c - the tables, and the rule about versions (comityd(8), UPGRADES): an older daemon
 * refuses a newer record and changes nothing; a newer one moves an older record on, a version at a
 * time, in one transaction, after saying so. The version stands in SQLite's user_version. */
#include "base/log.h"
#include "store/store_sql.h"

static const char create[] =
    "CREATE TABLE forum(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
    " name TEXT NOT NULL UNIQUE, charter BLOB NOT NULL);"
    /* The bodies come last: finding a certificate does not read through them. */
    "CREATE TABLE block(id INTEGER PRIMARY KEY, head INTEGER NOT NULL, view INTEGER NOT NULL,"
    " hash BLOB NOT NULL, state_hash BLOB NOT NULL, crc INTEGER NOT NULL, cert BLOB,"
    " header BLOB NOT NULL, outcomes BLOB NOT NULL, body BLOB NOT NULL);"
    "CREATE INDEX block_head ON block(head);"
    "CREATE TABLE view_cert(forum INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " view INTEGER NOT NULL, kind INTEGER NOT NULL, cert BLOB NOT NULL,"
    " PRIMARY KEY(forum, epoch, view, kind)) WITHOUT ROWID;"
    "CREATE TABLE snapshot(forum INTEGER PRIMARY KEY, height INTEGER NOT NULL,"
    " state BLOB NOT NULL);"
    "CREATE TABLE evidence(id INTEGER PRIMARY KEY, forum INTEGER NOT NULL,"
    " evidence BLOB NOT NULL);"
    "CREATE TABLE setting(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE request(forum INTEGER NOT NULL, key BLOB NOT NULL, act BLOB NOT NULL,"
    " seq INTEGER NOT NULL, PRIMARY KEY(forum, key)) WITHOUT ROWID;"
    "CREATE TABLE session(open INTEGER NOT NULL);"
    "INSERT INTO session VALUES(0);";

/* None yet: version 1 is the first. A step is never changed once it was released. */
static const struct store_migration migrations[] = {{0, NULL}};

const struct store_schema store_schema_now = {
    .version = STORE_SCHEMA_VERSION, .create = create, .migrations = migrations};

bool store_query_number(sqlite3 *database, const char *sql, int64_t *ret_value)
{
    sqlite3_stmt *statement = NULL;
    bool found = sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        *ret_value = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return found;
}

static const struct store_migration *find_step(const struct store_schema *schema, int from)
{
    for (const struct store_migration *step = schema->migrations; step->sql != NULL; step++) {
        if (step->from == from)
            return step;
    }
    return NULL;
}

enum comity_error store_schema_check(struct store *self, const struct store_schema *schema,
                                     const char *path, int *ret_from, struct fault *fault)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    if (!store_query_number(self->database, "SELECT count(*) FROM sqlite_master", &tables) ||
        !store_query_number(self->database, "PRAGMA application_id", &application) ||
        !store_query_number(self->database, "PRAGMA user_version", &version))
        return store_fail_open(self, path, sqlite3_extended_errcode(self->database), fault);
    *ret_from = (int)version;
    if (tables == 0 && application == 0 && version == 0)
        return COMITY_OK; /* New. */
    if (application != STORE_APPLICATION_ID)
        return fault_set(fault, COMITY_FOREIGN, "%s: a database of another program", path);
    if (version > schema->version)
        return fault_set(fault, COMITY_FOREIGN,
                         "%s: a record of version %lld, and this comityd knows version %d: it was "
                         "written by a newer one, use that; nothing was changed",
                         path, (long long)version, schema->version);
    for (int from = (int)version; from < schema->version; from++) {
        if (version < 1 || find_step(schema, from) == NULL)
            return fault_set(fault, COMITY_DAMAGED,
                             "%s: the store has lost its version (it says %lld)", path,
                             (long long)version);
    }
    return COMITY_OK;
}

/* All or nothing: a step that fails, or a power cut in it, leaves the record as it was. */
int store_schema_reach(struct store *self, const struct store_schema *schema, const char *path,
                       int from)
{
    if (from == schema->version)
        return SQLITE_OK;
    if (from > 0)
        log_line(LOG_INFO, "store",
                 "%s: a record of version %d, this comityd writes version %d: moving it on; older "
                 "ones will refuse it from now on",
                 path, from, schema->version);
    int code = sqlite3_exec(self->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK && from == 0)
        code = sqlite3_exec(self->database, schema->create, NULL, NULL, NULL);
    for (int at = from; code == SQLITE_OK && from > 0 && at < schema->version; at++)
        code = sqlite3_exec(self->database, find_step(schema, at)->sql, NULL, NULL, NULL);
    char *marks = sqlite3_mprintf("PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT;",
                                  STORE_APPLICATION_ID, schema->version);
    if (code == SQLITE_OK)
        code = marks == NULL ? SQLITE_NOMEM : sqlite3_exec(self->database, marks, NULL, NULL, NULL);
    sqlite3_free(marks);
    if (code != SQLITE_OK)
        (void)sqlite3_exec(self->database, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
