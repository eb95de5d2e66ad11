/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/daemons/disk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct inode {
    uint32_t references;
    uint64_t number;
    uint8_t *live, *durable; /* `capacity` bytes each; zeros beyond. */
    uint8_t *dirty;          /* A flag per sector. */
    size_t capacity, used;   /* Nothing but zeros from `used` on. */
    size_t durable_used;
    uint64_t size, durable_size;
};

struct disk *disk_now;
static uint64_t next_number = 1;

bool disk_effect(void)
{
    if (disk_now->dead)
        return false;
    disk_now->effects++;
    if (disk_now->boundaries > 0 && --disk_now->boundaries == 0)
        disk_now->dead = true;
    return !disk_now->dead;
}

static void *checked(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void grow(struct inode *self, size_t need)
{
    if (need <= self->capacity)
        return;
    size_t capacity = self->capacity == 0 ? 16384 : self->capacity;
    while (capacity < need)
        capacity *= 2;
    size_t more = capacity - self->capacity;
    self->live = checked(realloc(self->live, capacity));
    self->durable = checked(realloc(self->durable, capacity));
    self->dirty = checked(realloc(self->dirty, capacity / DISK_SECTOR));
    memset(self->live + self->capacity, 0, more);
    memset(self->durable + self->capacity, 0, more);
    memset(self->dirty + self->capacity / DISK_SECTOR, 0, more / DISK_SECTOR);
    self->capacity = capacity;
}

static bool is_zero(const uint8_t *data, size_t size)
{
    return size == 0 || (data[0] == 0 && memcmp(data, data + 1, size - 1) == 0);
}

static void touch(struct inode *self, uint64_t offset, size_t size)
{
    for (size_t i = (size_t)(offset / DISK_SECTOR); i * DISK_SECTOR < offset + size; i++)
        self->dirty[i] = 1;
}

size_t inode_read(const struct inode *self, void *data, size_t size, uint64_t offset)
{
    if (offset >= self->size)
        return 0;
    if (size > self->size - offset)
        size = (size_t)(self->size - offset);
    size_t held = offset >= self->used ? 0 : self->used - (size_t)offset;
    if (held > size)
        held = size;
    if (held > 0)
        memcpy(data, self->live + offset, held);
    memset((uint8_t *)data + held, 0, size - held);
    return size;
}

void inode_write(struct inode *self, const void *data, size_t size, uint64_t offset)
{
    if (offset + size > self->size)
        self->size = offset + size;
    if (size == 0 || (offset >= self->used && is_zero(data, size)))
        return;
    grow(self, (size_t)offset + size);
    memcpy(self->live + offset, data, size);
    touch(self, offset, size);
    if (offset + size > self->used)
        self->used = (size_t)offset + size;
}

void inode_truncate(struct inode *self, uint64_t size)
{
    if (size < self->used) {
        memset(self->live + size, 0, self->used - (size_t)size);
        touch(self, size, self->used - (size_t)size);
        self->used = (size_t)size;
    }
    self->size = size;
}

void inode_sync(struct inode *self)
{
    for (size_t i = 0; i < self->capacity / DISK_SECTOR; i++) {
        if (self->dirty[i])
            memcpy(self->durable + i * DISK_SECTOR, self->live + i * DISK_SECTOR, DISK_SECTOR);
        self->dirty[i] = 0;
    }
    self->durable_size = self->size;
    self->durable_used = self->used;
}

uint64_t inode_size(const struct inode *self)
{
    return self->size;
}

uint64_t inode_number(const struct inode *self)
{
    return self->number;
}

static void inode_cut(struct inode *self, enum crash kind, struct chance *chance)
{
    bool kept = true;
    uint32_t keep = chance_below(chance, 1001);
    for (size_t i = 0; i < self->capacity / DISK_SECTOR; i++) {
        if (!self->dirty[i])
            continue;
        bool here = chance_hit(chance, keep);
        kept = kept && here;
        if (kind == CRASH_LOST || (kind == CRASH_TORN && !here) || (kind == CRASH_PREFIX && !kept))
            memcpy(self->live + i * DISK_SECTOR, self->durable + i * DISK_SECTOR, DISK_SECTOR);
    }
    if (kind == CRASH_LOST)
        self->size = self->durable_size;
    if (self->durable_used > self->used)
        self->used = self->durable_used;
    if (self->used > self->size) {
        memset(self->live + self->size, 0, self->used - (size_t)self->size);
        touch(self, self->size, self->used - (size_t)self->size);
        self->used = (size_t)self->size;
    }
    inode_sync(self);
}

/* --- Names --- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static struct disk_name *find(const struct disk *self, const char *path)
{
    const char *name = last_part(path);
    for (int i = 0; i < DISK_NAMES_MAX; i++) {
        if (self->names[i].inode != NULL && strcmp(self->names[i].name, name) == 0)
            return (struct disk_name *)(uintptr_t)&self->names[i];
    }
    return NULL;
}

void disk_close(struct inode *self)
{
    if (self == NULL || --self->references > 0)
        return;
    free(self->live);
    free(self->durable);
    free(self->dirty);
    free(self);
}

struct inode *disk_open(struct disk *self, const char *path, bool create)
{
    struct disk_name *found = find(self, path);
    for (int i = 0; i < DISK_NAMES_MAX && found == NULL && create; i++) {
        if (self->names[i].inode != NULL)
            continue;
        found = &self->names[i];
        assert(strlen(last_part(path)) < DISK_NAME_MAX);
        *found = (struct disk_name){.inode = checked(calloc(1, sizeof *found->inode))};
        memcpy(found->name, last_part(path), strlen(last_part(path)) + 1);
        found->inode->references = 1;
        found->inode->number = next_number++;
    }
    if (found == NULL)
        return NULL;
    found->inode->references++;
    return found->inode;
}

bool disk_exists(const struct disk *self, const char *path)
{
    return find(self, path) != NULL;
}

void disk_remove(struct disk *self, const char *path)
{
    struct disk_name *found = find(self, path);
    if (found == NULL)
        return;
    disk_close(found->inode);
    disk_close(found->replaced);
    *found = (struct disk_name){.inode = NULL};
}

void disk_rename(struct disk *self, const char *from, const char *to)
{
    struct disk_name *source = find(self, from);
    struct disk_name *target = find(self, to);
    assert(source != NULL);
    if (target == NULL) {
        memset(source->name, 0, sizeof source->name);
        memcpy(source->name, last_part(to), strlen(last_part(to)));
        return;
    }
    if (target->replaced == NULL)
        target->replaced = target->inode;
    else
        disk_close(target->inode);
    target->inode = source->inode;
    *source = (struct disk_name){.inode = NULL};
}

void disk_sync_names(struct disk *self)
{
    for (int i = 0; i < DISK_NAMES_MAX; i++) {
        disk_close(self->names[i].replaced);
        self->names[i].replaced = NULL;
    }
}

void disk_crash(struct disk *self, enum crash kind)
{
    for (int i = 0; i < DISK_NAMES_MAX; i++) {
        struct disk_name *name = &self->names[i];
        if (name->inode == NULL)
            continue;
        if (name->replaced != NULL && kind != CRASH_KILLED && chance_hit(&self->chance, 500)) {
            disk_close(name->inode);
            name->inode = name->replaced;
            name->replaced = NULL;
        }
        inode_cut(name->inode, kind, &self->chance);
    }
    disk_sync_names(self);
    self->dead = false;
    self->sync_fails = false;
    self->boundaries = 0;
}

void disk_free(struct disk *self)
{
    for (int i = 0; i < DISK_NAMES_MAX; i++) {
        disk_close(self->names[i].inode);
        disk_close(self->names[i].replaced);
        self->names[i] = (struct disk_name){.inode = NULL};
    }
}

bool disk_has_durable(const struct disk *self, const char *name, struct bytes bytes)
{
    const struct disk_name *found = find(self, name);
    return found != NULL && found->inode->durable_used > 0 &&
           memmem(found->inode->durable, found->inode->durable_used, bytes.data, bytes.size) !=
               NULL;
}

size_t disk_used(const struct disk *self, const char *name)
{
    const struct disk_name *found = find(self, name);
    return found == NULL ? 0 : found->inode->used;
}

void disk_restore(struct disk *self, const struct disk *from, const char *name)
{
    const struct disk_name *source = find(from, name);
    disk_remove(self, name);
    if (source == NULL)
        return;
    const struct inode *old = source->inode;
    struct inode *made = disk_open(self, name, true);
    made->size = old->size;
    if (old->used > 0) {
        grow(made, old->used);
        memcpy(made->live, old->live, old->used);
        made->used = old->used;
        touch(made, 0, old->used);
    }
    inode_sync(made);
    disk_close(made);
}

void disk_copy(struct disk *self, const struct disk *from)
{
    disk_free(self);
    for (int i = 0; i < DISK_NAMES_MAX; i++) {
        if (from->names[i].inode != NULL)
            disk_restore(self, from, from->names[i].name);
    }
}

bool disk_flip(struct disk *self, const char *name, uint64_t bit)
{
    struct disk_name *found = find(self, name);
    if (found == NULL || found->inode->used == 0)
        return false;
    bit %= found->inode->used * 8;
    found->inode->live[bit / 8] ^= (uint8_t)(1U << bit % 8);
    touch(found->inode, bit / 8, 1);
    inode_sync(found->inode);
    return true;
}
