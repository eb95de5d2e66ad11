/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/backup.h"
#include "store/store_sql.h"

enum { PAGES_PER_STEP = 256 };

struct store_backup {
    sqlite3 *database;
    sqlite3_backup *copying; /* NULL: all is copied. */
    char *path;
    uint32_t acts_count;
};

static enum comity_error fail(const struct store_backup *self, struct fault *fault, int code)
{
    enum comity_error error = store_error(code);
    return fault_set(fault, error == COMITY_OK ? COMITY_IO : error,
                     "%s: the backup cannot be written: %s", self->path, sqlite3_errstr(code));
}

/* Born private, and never over something else. */
static enum comity_error make_file(const char *path, struct fault *fault)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        enum comity_error error = errno == EEXIST   ? COMITY_EXISTS
                                  : errno == ENOSPC ? COMITY_FULL
                                                    : COMITY_IO;
        return fault_set(fault, error, "%s: %s", path, strerror(errno));
    }
    (void)close(file);
    return COMITY_OK;
}

enum comity_error store_backup_open(struct store *store, const char *path,
                                    struct store_backup **ret_backup, struct fault *fault)
{
    struct store_backup *self = calloc(1, sizeof *self);
    char *copy = strdup(path);
    enum comity_error error = self == NULL || copy == NULL ? COMITY_MEMORY : make_file(path, fault);
    if (error != COMITY_OK) {
        free(copy);
        free(self);
        return error;
    }
    self->path = copy;
    int code =
        sqlite3_open_v2(path, &self->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    /* It is synced once, when it is whole; a half one is thrown away. */
    if (code == SQLITE_OK)
        code = sqlite3_exec(self->database,
                            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY;",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        self->copying = sqlite3_backup_init(self->database, "main", store->database, "main");
        code = self->copying == NULL ? sqlite3_extended_errcode(self->database) : SQLITE_OK;
    }
    if (code != SQLITE_OK) {
        error = fail(self, fault, code);
        store_backup_close(&self);
        return error;
    }
    *ret_backup = self;
    return COMITY_OK;
}

enum comity_error store_backup_step(struct store_backup *self, bool *ret_done,
                                    uint32_t *ret_percent)
{
    int code = sqlite3_backup_step(self->copying, PAGES_PER_STEP);
    if (code != SQLITE_OK && code != SQLITE_DONE)
        return store_error(code) == COMITY_OK ? COMITY_IO : store_error(code);
    int64_t total = sqlite3_backup_pagecount(self->copying);
    int64_t left = sqlite3_backup_remaining(self->copying);
    *ret_percent = total <= 0 ? 0 : (uint32_t)((total - left) * 100 / total);
    *ret_done = code == SQLITE_DONE;
    if (code == SQLITE_DONE) {
        code = sqlite3_backup_finish(self->copying);
        self->copying = NULL;
    }
    return code == SQLITE_DONE ? COMITY_OK : store_error(code);
}

static int put(struct store_backup *self, const char *key, struct bytes value)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(self->database,
                                  "INSERT OR REPLACE INTO setting(key, value) VALUES(?1, ?2)", -1,
                                  &statement, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
        store_bind_bytes(statement, 2, value);
        code = sqlite3_step(statement);
    }
    (void)sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

enum comity_error store_backup_add_act(struct store_backup *self, const struct hash *forum,
                                       struct bytes payload)
{
    char key[32];
    struct buffer value = {0};
    (void)snprintf(key, sizeof key, "backup-act:%010u", (unsigned)self->acts_count++);
    enum comity_error error = buffer_append(&value, forum->bytes, HASH_SIZE);
    if (error == COMITY_OK)
        error = buffer_append(&value, payload.data, payload.size);
    if (error == COMITY_OK)
        error = store_error(put(self, key, buffer_bytes(&value)));
    buffer_free(&value);
    return error;
}

enum comity_error store_backup_finish(struct store_backup *self, int64_t utc_ms, uint64_t *ret_size)
{
    uint8_t taken[8];
    struct writer writer;
    struct stat status;
    writer_init(&writer, taken, sizeof taken);
    writer_u64(&writer, (uint64_t)utc_ms);
    int code = put(self, "backup", bytes_of(taken, sizeof taken));
    if (code == SQLITE_OK)
        code = sqlite3_exec(self->database, "UPDATE session SET open = 0", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_close(self->database);
    if (code != SQLITE_OK)
        return store_error(code);
    self->database = NULL;
    int file = open(self->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return COMITY_IO;
    bool good = fsync(file) == 0 && fstat(file, &status) == 0;
    (void)close(file);
    if (!good)
        return COMITY_IO;
    *ret_size = (uint64_t)status.st_size;
    return COMITY_OK;
}

void store_backup_close(struct store_backup **self)
{
    if (self == NULL || *self == NULL)
        return;
    if ((*self)->copying != NULL)
        (void)sqlite3_backup_finish((*self)->copying);
    (void)sqlite3_close((*self)->database);
    (void)unlink((*self)->path);
    free((*self)->path);
    free(*self);
    *self = NULL;
}

enum comity_error store_backup_taken(struct store *store, struct arena *arena, int64_t *ret_utc_ms)
{
    struct bytes value;
    struct reader reader;
    enum comity_error error = store_get_setting(store, "backup", arena, &value);
    if (error != COMITY_OK)
        return error;
    reader_init(&reader, value);
    uint64_t utc_ms = reader_u64(&reader);
    if (!reader_done(&reader) || utc_ms > INT64_MAX)
        return COMITY_DAMAGED;
    *ret_utc_ms = (int64_t)utc_ms;
    return COMITY_OK;
}

enum comity_error store_backup_each_act(struct store *store, store_visit_value *visit,
                                        void *context)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(store, STORE_EACH_BACKUP_ACT, &statement);
    while (error == COMITY_OK) {
        error = store_step_row(store, statement);
        if (error == COMITY_NOT_FOUND)
            return COMITY_OK;
        if (error == COMITY_OK)
            error = visit(context, store_column_bytes(statement, 0));
    }
    if (statement != NULL)
        (void)sqlite3_reset(statement);
    return error;
}

enum comity_error store_backup_forget(struct store *store)
{
    sqlite3_stmt *statement = NULL;
    enum comity_error error = store_prepare(store, STORE_FORGET_BACKUP, &statement);
    return error != COMITY_OK ? error : store_step_done(store, statement);
}
