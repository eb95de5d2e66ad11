/* SPDX-License-Identifier: Apache-2.0 */
/* vfs.c - SQLite on the simulated disk. A store is its only user (locking_mode=EXCLUSIVE), so
 * there are no locks and no shared memory. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sim/daemons/disk.h"

struct vfs_file {
    sqlite3_file base;
    struct inode *inode;
};

static struct chance vfs_chance;

static struct inode *inode_of(sqlite3_file *file)
{
    return ((struct vfs_file *)(void *)file)->inode;
}

static int file_close(sqlite3_file *file)
{
    disk_close(inode_of(file));
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
    size_t got = inode_read(inode_of(file), data, (size_t)size, (uint64_t)offset);
    if (got == (size_t)size)
        return SQLITE_OK;
    memset((uint8_t *)data + got, 0, (size_t)size - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    struct inode *inode = inode_of(file);
    if (!disk_effect())
        return SQLITE_IOERR_WRITE;
    if (disk_now->full && (uint64_t)offset + (uint64_t)size > inode_size(inode))
        return SQLITE_FULL;
    inode_write(inode, data, (size_t)size, (uint64_t)offset);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (!disk_effect())
        return SQLITE_IOERR_TRUNCATE;
    inode_truncate(inode_of(file), (uint64_t)size);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (!disk_effect() || disk_now->sync_fails) {
        disk_now->sync_fails = false;
        return SQLITE_IOERR_FSYNC;
    }
    inode_sync(inode_of(file));
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    *ret_size = (sqlite3_int64)inode_size(inode_of(file));
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int lock)
{
    (void)file;
    (void)lock;
    return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *file, int *ret_locked)
{
    (void)file;
    *ret_locked = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
    (void)file;
    return DISK_SECTOR;
}

static int file_traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    struct vfs_file *self = (struct vfs_file *)(void *)file;
    (void)vfs;
    self->base.pMethods = NULL;
    bool create = (flags & SQLITE_OPEN_CREATE) != 0;
    if (path == NULL)
        return SQLITE_CANTOPEN; /* No temporary files are wanted here. */
    if (create && !disk_exists(disk_now, path) && !disk_effect())
        return SQLITE_CANTOPEN;
    self->inode = disk_open(disk_now, path, create);
    if (self->inode == NULL)
        return SQLITE_CANTOPEN;
    self->base.pMethods = &methods;
    if (ret_flags != NULL)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    (void)sync;
    if (!disk_effect())
        return SQLITE_IOERR_DELETE;
    disk_remove(disk_now, path);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_there)
{
    (void)vfs;
    (void)flags;
    *ret_there = disk_exists(disk_now, path);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *ret_path)
{
    (void)vfs;
    (void)snprintf(ret_path, (size_t)size, "%s", path);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *ret_bytes)
{
    (void)vfs;
    for (int i = 0; i < size; i++)
        ret_bytes[i] = (char)chance_next(&vfs_chance);
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret_julian)
{
    (void)vfs;
    *ret_julian = 2440587.5 + (double)clock_utc_ms() / 86400000.0;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *ret_text)
{
    (void)vfs;
    if (size > 0)
        ret_text[0] = '\0';
    return 0;
}

void vfs_setup(uint64_t seed)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct vfs_file),
        .mxPathname = 256,
        .zName = "simd",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    static bool registered;
    if (!registered && sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
    registered = true;
    vfs_chance = (struct chance){seed};
    sqlite3_randomness(0, NULL);
}
