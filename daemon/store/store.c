/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - opening, checking, transactions and the statement cache; the nouns are next door,
 * the schema and its versions in store_schema.c. */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "store/store_sql.h"

enum {
    CHECK_MS_MAX = 400, /* A crash must not make the next start slow. */
    CHECK_STEPS = 1000, /* Virtual machine steps between two looks at the clock. */
    FILE_HEADER_SIZE = 100,
    APPLICATION_ID_AT = 68, /* In the header of an SQLite file. */
};

static const char *const statement_texts[] = {
#define X(name, sql) [name] = (sql),
    STORE_STATEMENTS(X)
#undef X
};

enum comity_error store_error(int code)
{
    if (code == SQLITE_IOERR_NOMEM)
        return COMITY_MEMORY;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return COMITY_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return COMITY_BUSY;
    case SQLITE_FULL:
        return COMITY_FULL;
    case SQLITE_NOMEM:
        return COMITY_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
        return COMITY_DAMAGED;
    case SQLITE_CONSTRAINT:
        return COMITY_EXISTS;
    case SQLITE_TOOBIG:
        return COMITY_LIMIT;
    default:
        return COMITY_IO;
    }
}

static void end_transaction(struct store *self)
{
    self->in_transaction = false;
    if (sqlite3_get_autocommit(self->database) == 0)
        (void)sqlite3_exec(self->database, "ROLLBACK", NULL, NULL, NULL);
    self->forums_count = 0; /* Forums and heights we remember may be gone now. */
}

/* What is not the caller's own contradiction takes the whole transaction with it. */
static enum comity_error fail(struct store *self, int code)
{
    enum comity_error error = store_error(code);
    if (error != COMITY_EXISTS && error != COMITY_LIMIT && self->in_transaction) {
        end_transaction(self);
        self->failed = error;
    }
    return error;
}

enum comity_error store_prepare(struct store *self, enum store_statement which,
                                sqlite3_stmt **ret_statement)
{
    if (self->failed != COMITY_OK)
        return self->failed;
    sqlite3_stmt *statement = self->statements[which];
    if (statement == NULL) {
        int code = sqlite3_prepare_v3(self->database, statement_texts[which], -1,
                                      SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (code != SQLITE_OK)
            return fail(self, code);
        self->statements[which] = statement;
    }
    (void)sqlite3_reset(statement); /* Repeats the error of the last step. */
    *ret_statement = statement;
    return COMITY_OK;
}

enum comity_error store_step_row(struct store *self, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return COMITY_OK;
    (void)sqlite3_reset(statement);
    return code == SQLITE_DONE ? COMITY_NOT_FOUND : fail(self, code);
}

enum comity_error store_step_done(struct store *self, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    /* The caller's bytes were borrowed: a later mistake must not find them here. */
    (void)sqlite3_clear_bindings(statement);
    assert(code != SQLITE_ROW);
    return code == SQLITE_DONE ? COMITY_OK : fail(self, code);
}

void store_bind_bytes(sqlite3_stmt *statement, int index, struct bytes bytes)
{
    /* A NULL pointer would bind NULL. */
    (void)sqlite3_bind_blob64(statement, index, bytes.size == 0 ? (const void *)"" : bytes.data,
                              bytes.size, SQLITE_STATIC);
}

void store_bind_hash(sqlite3_stmt *statement, int index, const struct hash *hash)
{
    store_bind_bytes(statement, index, bytes_of(hash->bytes, HASH_SIZE));
}

void store_bind_u64(sqlite3_stmt *statement, int index, uint64_t value)
{
    (void)sqlite3_bind_int64(statement, index, (int64_t)value);
}

struct bytes store_column_bytes(sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);
    int size = sqlite3_column_bytes(statement, column);
    return data == NULL ? bytes_of(NULL, 0) : bytes_of(data, (size_t)size);
}

enum comity_error store_column_hash(sqlite3_stmt *statement, int column, struct hash *ret_hash)
{
    struct bytes bytes = store_column_bytes(statement, column);
    if (bytes.size != HASH_SIZE)
        return COMITY_DAMAGED;
    memcpy(ret_hash->bytes, bytes.data, HASH_SIZE);
    return COMITY_OK;
}

enum comity_error store_column_copy(sqlite3_stmt *statement, int column, struct arena *arena,
                                    struct bytes *ret_bytes)
{
    struct bytes copy = arena_bytes(arena, store_column_bytes(statement, column));
    if (copy.data == NULL)
        return COMITY_MEMORY;
    *ret_bytes = copy;
    return COMITY_OK;
}

static enum comity_error run(struct store *self, enum store_statement which)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(self, which, &statement);
    return error != COMITY_OK ? error : store_step_done(self, statement);
}

enum comity_error store_begin(struct store *self)
{
    assert(!self->in_transaction); /* The node has one loop and closes what it opens. */
    self->failed = COMITY_OK;
    enum comity_error error = run(self, STORE_BEGIN);
    self->in_transaction = error == COMITY_OK;
    return error;
}

enum comity_error store_commit(struct store *self)
{
    enum comity_error error = self->failed != COMITY_OK ? self->failed : run(self, STORE_COMMIT);
    if (error != COMITY_OK && self->in_transaction)
        end_transaction(self);
    self->in_transaction = false;
    self->failed = COMITY_OK;
    return error;
}

void store_rollback(struct store *self)
{
    if (self->in_transaction)
        end_transaction(self);
    self->failed = COMITY_OK;
}

/* Only the log has to reach the disk; moving it into the database can wait for its time. */
enum comity_error store_sync(struct store *self)
{
    sqlite3_file *file = NULL;
    if (self->in_transaction)
        return COMITY_BUSY;
    int code = sqlite3_file_control(self->database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (code != SQLITE_OK)
        return store_error(code);
    if (file == NULL || file->pMethods == NULL)
        return COMITY_OK; /* Nothing was written since it was last moved. */
    return store_error(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL));
}

static int check_is_late(void *context)
{
    const int64_t *deadline_ms = context;
    return clock_steady_ms() > *deadline_ms;
}

/* After an unclean end: look for damage, but not for longer than a person would wait. */
static int quick_check(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    int64_t deadline_ms = clock_steady_ms() + CHECK_MS_MAX;
    sqlite3_progress_handler(database, CHECK_STEPS, check_is_late, &deadline_ms);
    int code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        code = text != NULL && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    (void)sqlite3_finalize(statement);
    sqlite3_progress_handler(database, 0, NULL, NULL);
    return code == SQLITE_INTERRUPT || code == SQLITE_DONE ? SQLITE_OK : code;
}

enum comity_error store_fail_open(const struct store *self, const char *path, int code,
                                  struct fault *fault)
{
    const char *why =
        self->database == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(self->database);
    enum comity_error error = store_error(code);
    if (error == COMITY_OK || error == COMITY_EXISTS)
        error = COMITY_DAMAGED;
    if (error == COMITY_BUSY)
        why = "in use by another daemon";
    return fault_set(fault, error, "%s: the store cannot be opened: %s", path, why);
}

/* The file's own first bytes, before SQLite's opinion, which is the same for a letter to
 * grandmother and for a damaged record. */
static enum comity_error look_at_file(const char *path, struct fault *fault)
{
    uint8_t header[FILE_HEADER_SIZE] = {0};
    /* Born private: a record is for its seats. SQLite gives the log the same mode. */
    int file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (file < 0)
        return fault_set(fault, errno == ENOSPC ? COMITY_FULL : COMITY_IO, "%s: %s", path,
                         strerror(errno));
    ssize_t size = pread(file, header, sizeof header, 0);
    (void)close(file);
    static const uint8_t nothing[FILE_HEADER_SIZE];
    if (size == 0 || memcmp(header, nothing, sizeof nothing) == 0)
        return COMITY_OK; /* Or a power cut while it was made: SQLite rolls that back. */
    struct reader reader;
    reader_init(&reader, bytes_of(header, sizeof header));
    reader.at = APPLICATION_ID_AT;
    bool is_ours = reader_u32(&reader) == STORE_APPLICATION_ID;
    if (memcmp(header, "SQLite format 3", 16) == 0) /* Whose, is asked below. */
        return COMITY_OK;
    return is_ours ? fault_set(fault, COMITY_DAMAGED, "%s: the store's header is damaged", path)
                   : fault_set(fault, COMITY_FOREIGN, "%s: not a store of comity", path);
}

static enum comity_error prepare_database(struct store *self, const char *path,
                                          const struct store_schema *schema, struct fault *fault)
{
    /* We are the only ones: no shared memory and no lock calls per transaction. */
    int code = sqlite3_exec(self->database,
                            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL;"
                            "PRAGMA cache_size=-1024; PRAGMA trusted_schema=OFF;"
                            "PRAGMA temp_store=MEMORY;", /* No file outside of our directory. */
                            NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return store_fail_open(self, path, code, fault);
    /* What is refused is left as it is, down to the last byte of its log. */
    (void)sqlite3_db_config(self->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    int from = 0;
    enum comity_error error = store_schema_check(self, schema, path, &from, fault);
    if (error != COMITY_OK)
        return error;
    (void)sqlite3_db_config(self->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    code = sqlite3_exec(self->database, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = store_schema_reach(self, schema, path, from);
    if (code != SQLITE_OK)
        return store_fail_open(self, path, code, fault);
    int64_t unclean = 1;
    if (!store_query_number(self->database, "SELECT open FROM session", &unclean))
        return store_fail_open(self, path, sqlite3_extended_errcode(self->database), fault);
    code = unclean != 0 ? quick_check(self->database) : SQLITE_OK;
    if (code == SQLITE_OK)
        code = sqlite3_exec(self->database, "UPDATE session SET open = 1", NULL, NULL, NULL);
    return code == SQLITE_OK ? COMITY_OK : store_fail_open(self, path, code, fault);
}

static void close_database(struct store *self)
{
    for (size_t i = 0; i < STORE_STATEMENTS_COUNT; i++)
        (void)sqlite3_finalize(self->statements[i]);
    (void)sqlite3_close(self->database);
    free(self->forums);
    free(self);
}

enum comity_error store_open(const char *path, struct store **ret_store, struct fault *fault)
{
    return store_open_as(&store_schema_now, path, ret_store, fault);
}

enum comity_error store_open_as(const struct store_schema *schema, const char *path,
                                struct store **ret_store, struct fault *fault)
{
    enum comity_error error = look_at_file(path, fault);
    if (error != COMITY_OK)
        return error;
    struct store *self = calloc(1, sizeof *self);
    if (self == NULL)
        return fault_set(fault, COMITY_MEMORY, "%s: out of memory", path);
    int code =
        sqlite3_open_v2(path, &self->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        error = prepare_database(self, path, schema, fault);
    else
        error = store_fail_open(self, path, code, fault);
    if (error != COMITY_OK) {
        close_database(self);
        return error;
    }
    *ret_store = self;
    return COMITY_OK;
}

void store_close(struct store **self)
{
    if (self == NULL || *self == NULL)
        return;
    store_rollback(*self);
    (void)sqlite3_exec((*self)->database, "UPDATE session SET open = 0", NULL, NULL, NULL);
    close_database(*self);
    *self = NULL;
}
