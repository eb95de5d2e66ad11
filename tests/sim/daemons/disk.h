/* SPDX-License-Identifier: Apache-2.0 */
/* disk.h - a disk in memory that remembers what was synced. The daemon's system calls and SQLite
 * end here; a power cut keeps of each sector what was durable or what was written last. */
#ifndef COMITY_SIM_DAEMONS_DISK_H
#define COMITY_SIM_DAEMONS_DISK_H

#include "base/bytes.h"
#include "sim/chance.h"

enum { DISK_NAMES_MAX = 8, DISK_NAME_MAX = 32, DISK_SECTOR = 512 };

struct inode;
struct disk_name {
    char name[DISK_NAME_MAX];
    struct inode *inode;
    struct inode *replaced; /* What the name meant until a rename that is not durable yet. */
};

struct disk {
    struct disk_name names[DISK_NAMES_MAX];
    bool full;            /* Nothing grows. */
    bool sync_fails;      /* The next one. */
    bool dead;            /* Its daemon died: no effect leaves it. */
    int64_t boundaries;   /* Effects until it dies; 0: it lives. */
    uint64_t effects;     /* So many so far, over all lives. */
    struct chance chance; /* Where a write is torn. */
};

enum crash { CRASH_KILLED, CRASH_LOST, CRASH_TORN, CRASH_PREFIX, CRASH_KINDS };

extern struct disk *disk_now; /* Of the daemon that runs. */

/* Counts an effect of the running daemon; false: it died before it. */
bool disk_effect(void);
void disk_crash(struct disk *self, enum crash kind);
void disk_free(struct disk *self);
/* The files as they are now, for a restore: deep, and all of it durable. */
void disk_copy(struct disk *self, const struct disk *from);
void disk_restore(struct disk *self, const struct disk *from, const char *name);
bool disk_flip(struct disk *self, const char *name, uint64_t bit);
/* Is this on the file's durable part? */
bool disk_has_durable(const struct disk *self, const char *name, struct bytes bytes);
size_t disk_used(const struct disk *self, const char *name);

/* For the SQLite side; `name` is a path, its last part counts. */
struct inode *disk_open(struct disk *self, const char *name, bool create);
void disk_close(struct inode *inode);
bool disk_exists(const struct disk *self, const char *name);
void disk_remove(struct disk *self, const char *name);
void disk_rename(struct disk *self, const char *from, const char *to);
void disk_sync_names(struct disk *self); /* fsync of the directory. */
size_t inode_read(const struct inode *inode, void *data, size_t size, uint64_t offset);
void inode_write(struct inode *inode, const void *data, size_t size, uint64_t offset);
void inode_truncate(struct inode *inode, uint64_t size);
void inode_sync(struct inode *inode);
uint64_t inode_size(const struct inode *inode);
uint64_t inode_number(const struct inode *inode);

/* vfs.c: SQLite's default file system from here on; randomness starts again from `seed`. */
void vfs_setup(uint64_t seed);

#endif
