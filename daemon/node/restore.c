/* SPDX-License-Identifier: Apache-2.0 */
/* restore.c - puts a backup into the place of a daemon's files. What it may do from there on is
 * decided when it is opened, see node_files.c: also a backup that was simply copied there says
 * what it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "node/node.h"
#include "store/backup.h"

enum { COPY_BYTES = 64 * 1024 };

static enum comity_error fail(struct fault *fault, const char *path)
{
    return fault_set(fault, errno == ENOSPC ? COMITY_FULL : COMITY_IO, "%s: %s", path,
                     strerror(errno));
}

/* The old files may hold what nothing else does: they are moved by a person, or not at all. */
static enum comity_error check_empty(const struct config *config, struct fault *fault)
{
    static const char *const names[] = {"votes.journal", "record.sqlite"};
    char path[1100];
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", config->data_path, names[i]);
        if (access(path, F_OK) == 0)
            return fault_set(fault, COMITY_EXISTS,
                             "%s is there: move %s away first, and keep it, it may be the only "
                             "witness of what this key signed",
                             path, config->data_path);
    }
    return COMITY_OK;
}

static enum comity_error copy_bytes(const char *from, int source, const char *to, int target,
                                    struct fault *fault)
{
    char data[COPY_BYTES];
    ssize_t got;
    while ((got = read(source, data, sizeof data)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(fault, from);
        for (ssize_t at = 0; at < got;) {
            ssize_t done = write(target, data + at, (size_t)(got - at));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                return fail(fault, to);
            at += done;
        }
    }
    return fsync(target) == 0 ? COMITY_OK : fail(fault, to);
}

static enum comity_error copy_file(const char *from, const char *to, struct fault *fault)
{
    int source = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (source < 0)
        return fail(fault, from);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    enum comity_error error =
        target < 0 ? fail(fault, to) : copy_bytes(from, source, to, target, fault);
    (void)close(source);
    if (target >= 0)
        (void)close(target);
    return error;
}

/* Opened as a store, so that damage and other versions are found before it has the name. */
static enum comity_error check_copy(const char *from, const char *copy, int64_t *ret_taken_ms,
                                    struct fault *fault)
{
    struct store *store;
    struct arena arena;
    enum comity_error error = store_open(copy, &store, fault);
    if (error != COMITY_OK)
        return error;
    arena_init(&arena, 1 << 20);
    error = store_backup_taken(store, &arena, ret_taken_ms);
    arena_free(&arena);
    store_close(&store);
    if (error == COMITY_NOT_FOUND)
        return fault_set(fault, COMITY_INVALID, "%s is no backup made by `comity backup`", from);
    return error != COMITY_OK ? fault_set(fault, error, "%s: the backup is damaged", from)
                              : COMITY_OK;
}

enum comity_error node_restore(const struct config *config, const char *backup,
                               int64_t *ret_taken_ms, struct fault *fault)
{
    char copy[1100];
    char record[1100];
    enum comity_error error = node_make_data(config, fault);
    if (error == COMITY_OK)
        error = check_empty(config, fault);
    if (error != COMITY_OK)
        return error;
    (void)snprintf(copy, sizeof copy, "%s/restoring.sqlite", config->data_path);
    (void)snprintf(record, sizeof record, "%s/record.sqlite", config->data_path);
    error = copy_file(backup, copy, fault);
    if (error == COMITY_OK)
        error = check_copy(backup, copy, ret_taken_ms, fault);
    if (error == COMITY_OK && rename(copy, record) != 0)
        error = fail(fault, record);
    if (error != COMITY_OK) {
        (void)unlink(copy);
        return error;
    }
    int place = open(config->data_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = place >= 0 && fsync(place) == 0;
    if (place >= 0)
        (void)close(place);
    return synced ? COMITY_OK : fail(fault, config->data_path);
}
