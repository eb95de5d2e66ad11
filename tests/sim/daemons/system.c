/* SPDX-License-Identifier: Apache-2.0 */
/* system.c - the calls of the daemon's rooms (see wrapped.cmake), on the simulated disk. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "sim/daemons/disk.h"

enum { FILES_FIRST = 1 << 20, FILES_MAX = 256 };

/* Real names are the linker's. */
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int file);
int __real_close(int file);
ssize_t __wrap_pread(int file, void *data, size_t size, off_t offset);
ssize_t __wrap_pwrite(int file, const void *data, size_t size, off_t offset);
int __wrap_posix_fallocate(int file, off_t offset, off_t size);
int __wrap_ftruncate(int file, off_t size);
int __wrap_fdatasync(int file);
int __wrap_fsync(int file);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_flock(int file, int operation);
int __wrap_stat(const char *path, struct stat *ret_status);
int __wrap_fstat(int file, struct stat *ret_status);
int __wrap_mkdir(const char *path, mode_t mode);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags);

static struct {
    bool used, directory;
    struct inode *inode;
} files[FILES_MAX];

static int failed(int number)
{
    errno = number;
    return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
    bool directory = (flags & O_DIRECTORY) != 0;
    bool create = (flags & O_CREAT) != 0;
    if (!directory && create && !disk_exists(disk_now, path) && !disk_effect())
        return failed(EIO);
    struct inode *inode = directory ? NULL : disk_open(disk_now, path, create);
    if (!directory && inode == NULL)
        return failed(ENOENT);
    for (int i = 0; i < FILES_MAX; i++) {
        if (files[i].used)
            continue;
        files[i].used = true;
        files[i].directory = directory;
        files[i].inode = inode;
        return FILES_FIRST + i;
    }
    abort();
}

int __wrap_close(int file)
{
    if (file < FILES_FIRST)
        return __real_close(file);
    disk_close(files[file - FILES_FIRST].inode);
    files[file - FILES_FIRST].used = false;
    return 0;
}

static struct inode *inode_of(int file)
{
    assert(file >= FILES_FIRST && file < FILES_FIRST + FILES_MAX);
    assert(files[file - FILES_FIRST].used);
    return files[file - FILES_FIRST].inode;
}

ssize_t __wrap_pread(int file, void *data, size_t size, off_t offset)
{
    return (ssize_t)inode_read(inode_of(file), data, size, (uint64_t)offset);
}

ssize_t __wrap_pwrite(int file, const void *data, size_t size, off_t offset)
{
    struct inode *inode = inode_of(file);
    bool was_dead = disk_now->dead;
    if (!disk_effect()) {
        /* Killed in the middle of it. */
        if (!was_dead && size > 0 && chance_hit(&disk_now->chance, 500))
            inode_write(inode, data, chance_below(&disk_now->chance, (uint32_t)size),
                        (uint64_t)offset);
        return failed(EIO);
    }
    if (disk_now->full && (uint64_t)offset + size > inode_size(inode))
        return failed(ENOSPC);
    inode_write(inode, data, size, (uint64_t)offset);
    return (ssize_t)size;
}

int __wrap_posix_fallocate(int file, off_t offset, off_t size)
{
    struct inode *inode = inode_of(file);
    if (!disk_effect())
        return EIO;
    if ((uint64_t)(offset + size) <= inode_size(inode))
        return 0;
    if (disk_now->full)
        return ENOSPC;
    inode_truncate(inode, (uint64_t)(offset + size));
    return 0;
}

int __wrap_ftruncate(int file, off_t size)
{
    if (!disk_effect())
        return failed(EIO);
    inode_truncate(inode_of(file), (uint64_t)size);
    return 0;
}

int __wrap_fdatasync(int file)
{
    if (!disk_effect() || disk_now->sync_fails) {
        disk_now->sync_fails = false;
        return failed(EIO);
    }
    if (files[file - FILES_FIRST].directory)
        disk_sync_names(disk_now);
    else
        inode_sync(inode_of(file));
    return 0;
}

int __wrap_fsync(int file)
{
    return __wrap_fdatasync(file);
}

int __wrap_rename(const char *from, const char *to)
{
    if (!disk_effect())
        return failed(EIO);
    disk_rename(disk_now, from, to);
    return 0;
}

int __wrap_unlink(const char *path)
{
    if (!disk_effect())
        return failed(EIO);
    disk_remove(disk_now, path);
    return 0;
}

int __wrap_flock(int file, int operation)
{
    (void)file;
    (void)operation;
    return 0;
}

static void fill(const struct inode *inode, struct stat *ret_status)
{
    memset(ret_status, 0, sizeof *ret_status);
    ret_status->st_dev = 1;
    ret_status->st_ino = inode_number(inode);
    ret_status->st_size = (off_t)inode_size(inode);
}

int __wrap_stat(const char *path, struct stat *ret_status)
{
    struct inode *inode = disk_open(disk_now, path, false);
    if (inode == NULL)
        return failed(ENOENT);
    fill(inode, ret_status);
    disk_close(inode);
    return 0;
}

int __wrap_fstat(int file, struct stat *ret_status)
{
    fill(inode_of(file), ret_status);
    return 0;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    return 0;
}

ssize_t __wrap_getrandom(void *data, size_t size, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)data)[i] = (uint8_t)chance_next(&disk_now->chance);
    return (ssize_t)size;
}
