/* SPDX-License-Identifier: Apache-2.0 */
/* The store above a disk whose k-th call fails, for every k: an error code, a transaction that
 * can be repeated, and a file that opens again with all that was committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/store.h"

static char directory[64];
static char path[96];
static char log_path[104];

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_io_methods methods[2]; /* Of the database, which has locks; of its log. */
    const sqlite3_io_methods *real_methods[2];
    int code; /* What a failing call returns. */
    int fail_at;
    int calls;
} disk;

static bool failing(void)
{
    return disk.calls++ == disk.fail_at;
}

static const sqlite3_io_methods *real(const sqlite3_file *file)
{
    return disk.real_methods[file->pMethods == &disk.methods[0] ? 0 : 1];
}

static int disk_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
    return failing() ? SQLITE_IOERR_READ : real(file)->xRead(file, data, size, offset);
}

static int disk_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    return failing() ? disk.code : real(file)->xWrite(file, data, size, offset);
}

static int disk_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return failing() ? SQLITE_IOERR_FSYNC : SQLITE_OK; /* No power is cut here. */
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return failing() ? SQLITE_IOERR_TRUNCATE : real(file)->xTruncate(file, size);
}

/* The real file with our table of methods in front. */
static int disk_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    (void)vfs;
    if (failing())
        return SQLITE_CANTOPEN;
    int code = disk.real->xOpen(disk.real, name, file, flags, ret_flags);
    if (code == SQLITE_OK && file->pMethods != NULL) {
        size_t which = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? 0 : 1;
        disk.real_methods[which] = file->pMethods;
        disk.methods[which] = *file->pMethods;
        disk.methods[which].xRead = disk_read;
        disk.methods[which].xWrite = disk_write;
        disk.methods[which].xSync = disk_sync;
        disk.methods[which].xTruncate = disk_truncate;
        file->pMethods = &disk.methods[which];
    }
    return code;
}

static struct hash hash_number(uint64_t number)
{
    return hash_of("test", bytes_of(&number, sizeof number));
}

static bool is_ordinary(enum comity_error error)
{
    return error == COMITY_OK || error == COMITY_IO || error == COMITY_FULL || error == COMITY_BUSY;
}

/* One transaction of ten blocks of 20 kB; the commit is what counts. */
static enum comity_error put_ten(struct store *store, const struct hash *forum, uint64_t first)
{
    static uint8_t body[20000];
    enum comity_error error = store_begin(store);
    for (uint64_t i = first; i < first + 10 && error == COMITY_OK; i++) {
        struct store_block block = {
            .height = i,
            .hash = hash_number(i),
            .body = bytes_of(body, sizeof body),
        };
        error = store_put_block(store, forum, &block);
        /* The next write must repeat the failure, not begin a transaction of its own. */
        if (error != COMITY_OK)
            assert_int_equal(store_put_block(store, forum, &block), error);
    }
    if (error != COMITY_OK) {
        store_rollback(store);
        return error;
    }
    return store_commit(store);
}

static uint64_t run_scenario(void)
{
    struct store *store = NULL;
    struct fault fault;
    struct hash forum = hash_number(0);
    enum comity_error error = store_open(path, &store, &fault);
    assert_true(is_ordinary(error));
    if (error != COMITY_OK)
        return 0;
    error = store_put_forum(store, &forum, "unsc", bytes_of_text("charter"));
    if (error != COMITY_OK)
        error = store_put_forum(store, &forum, "unsc", bytes_of_text("charter"));
    assert_true(is_ordinary(error));
    uint64_t committed = 0;
    for (int attempt = 0; attempt < 4 && error == COMITY_OK; attempt++) {
        enum comity_error put = put_ten(store, &forum, committed + 1);
        assert_true(is_ordinary(put));
        if (put == COMITY_OK)
            committed += 10;
        assert_true(is_ordinary(store_sync(store)));
    }
    store_close(&store);
    return committed;
}

static void any_call_may_fail_and_nothing_committed_is_lost(void **state)
{
    (void)state;
    static const int codes[] = {SQLITE_IOERR_WRITE, SQLITE_FULL};
    for (size_t i = 0; i < 2; i++) {
        bool reached = true;
        for (int k = 0; reached; k += k < 40 ? 1 : 13) {
            (void)unlink(path);
            (void)unlink(log_path);
            disk.code = codes[i];
            disk.calls = 0;
            disk.fail_at = k;
            uint64_t committed = run_scenario();
            reached = disk.calls > k;
            disk.fail_at = -1;
            struct store *store = NULL;
            struct fault fault = {""};
            struct hash forum = hash_number(0);
            uint64_t height = 0;
            if (store_open(path, &store, &fault) != COMITY_OK)
                fail_msg("after call %d failed: %s", k, fault.text);
            assert_int_equal(store_last_height(store, &forum, &height), COMITY_OK);
            assert_true(height >= committed && height % 10 == 0);
            store_close(&store);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/comity-fault-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/comity.db", directory);
    (void)snprintf(log_path, sizeof log_path, "%s-wal", path);
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "failing";
    disk.vfs.xOpen = disk_open;
    disk.fail_at = -1;
    return sqlite3_vfs_register(&disk.vfs, 1) == SQLITE_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)sqlite3_vfs_unregister(&disk.vfs);
    (void)unlink(path);
    (void)unlink(log_path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_call_may_fail_and_nothing_committed_is_lost),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
