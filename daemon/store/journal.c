/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c - opening, appending, syncing, rotating. Reading back is in journal_replay.c. */
#include "store/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/crc32c.h"
#include "store/journal_file.h"

static int system_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

const struct journal_io journal_io_system = {
    .open = system_open,
    .pread = pread,
    .pwrite = pwrite,
    .allocate = posix_fallocate,
    .truncate = ftruncate,
    .fdatasync = fdatasync,
    .fsync = fsync,
    .rename = rename,
};

enum comity_error journal_error_from_errno(int number)
{
    return number == ENOSPC || number == EDQUOT || number == EFBIG ? COMITY_FULL : COMITY_IO;
}

enum comity_error journal_fault(const struct journal *self, struct fault *fault,
                                enum comity_error error, const char *what)
{
    if (error == COMITY_IO || error == COMITY_FULL)
        return fault_set(fault, error, "%s: the journal %s: %s", self->path, what, strerror(errno));
    return fault_set(fault, error, "%s: the journal %s", self->path, what);
}

uint32_t journal_header_write(const uint8_t instance[JOURNAL_INSTANCE_SIZE],
                              uint8_t ret_header[JOURNAL_HEADER_SIZE])
{
    struct writer writer;
    memset(ret_header, 0, JOURNAL_HEADER_SIZE);
    writer_init(&writer, ret_header, JOURNAL_HEADER_SIZE);
    writer_raw(&writer, JOURNAL_MAGIC, 8);
    writer_u32(&writer, JOURNAL_VERSION);
    writer_raw(&writer, instance, JOURNAL_INSTANCE_SIZE);
    writer.size = JOURNAL_HEADER_SIZE - 4;
    uint32_t crc = crc32c(0, ret_header, JOURNAL_HEADER_SIZE - 4);
    writer_u32(&writer, crc);
    assert(!writer.failed);
    return crc;
}

static void write_mark(uint8_t *ret_mark, uint64_t offset, uint64_t batch_size)
{
    struct writer writer;
    memset(ret_mark, 0, JOURNAL_MARK_SIZE);
    writer_init(&writer, ret_mark, JOURNAL_MARK_SIZE);
    writer_u32(&writer, JOURNAL_MARK_PAYLOAD_SIZE);
    writer_u8(&writer, JOURNAL_MARK);
    writer.size = JOURNAL_HEAD_SIZE;
    writer_u64(&writer, offset);
    writer_u64(&writer, batch_size);
    writer_u32(&writer, crc32c(JOURNAL_VERSION, ret_mark + JOURNAL_HEAD_SIZE, 16));
    assert(!writer.failed && writer.size == JOURNAL_MARK_SIZE);
}

bool journal_mark_parse(struct bytes payload, uint64_t *ret_offset, uint64_t *ret_batch_size)
{
    struct reader reader;
    reader_init(&reader, payload);
    uint64_t offset = reader_u64(&reader);
    uint64_t batch_size = reader_u64(&reader);
    uint32_t crc = reader_u32(&reader);
    if (!reader_done(&reader) || crc != crc32c(JOURNAL_VERSION, payload.data, 16))
        return false;
    *ret_offset = offset;
    *ret_batch_size = batch_size;
    return true;
}

uint32_t journal_seal_batch(struct buffer *batch, uint64_t offset, uint32_t chain)
{
    assert(batch->size >= JOURNAL_MARK_SIZE);
    write_mark(batch->data, offset, batch->size);
    for (size_t at = 0; at < batch->size;) {
        uint8_t *record = batch->data + at;
        struct reader reader;
        reader_init(&reader, bytes_of(record, 4));
        size_t size = reader_u32(&reader);
        assert(size <= batch->size - at - JOURNAL_HEAD_SIZE);
        chain = crc32c(chain, record, JOURNAL_CHAIN_AT);
        chain = crc32c(chain, record + JOURNAL_HEAD_SIZE, size);
        struct writer writer;
        writer_init(&writer, record + JOURNAL_CHAIN_AT, 4);
        writer_u32(&writer, chain);
        at += JOURNAL_HEAD_SIZE + size;
    }
    return chain;
}

static enum comity_error batch_append(struct buffer *batch, const struct journal_record *record)
{
    uint8_t head[JOURNAL_HEAD_SIZE];
    struct writer writer;
    if (record->payload.size > JOURNAL_PAYLOAD_MAX)
        return COMITY_LIMIT;
    assert(record->kind >= JOURNAL_VOTE && record->kind <= JOURNAL_FINAL);
    enum comity_error error =
        buffer_reserve(batch, (size_t)JOURNAL_MARK_SIZE + sizeof head + record->payload.size);
    if (error != COMITY_OK)
        return error;
    if (batch->size == 0)
        batch->size = JOURNAL_MARK_SIZE; /* Written when the batch is sealed. */
    writer_init(&writer, head, sizeof head);
    writer_u32(&writer, (uint32_t)record->payload.size);
    writer_u8(&writer, (uint8_t)record->kind);
    writer_raw(&writer, record->forum.bytes, HASH_SIZE);
    writer_u64(&writer, record->epoch);
    writer_u32(&writer, 0);
    assert(!writer.failed && writer.size == sizeof head);
    memcpy(batch->data + batch->size, head, sizeof head);
    batch->size += sizeof head;
    if (record->payload.size > 0)
        memcpy(batch->data + batch->size, record->payload.data, record->payload.size);
    batch->size += record->payload.size;
    return COMITY_OK;
}

static enum comity_error write_at(const struct journal_io *io, int file, uint64_t offset,
                                  const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t done = io->pwrite(file, data, size, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done == 0 ? COMITY_IO : journal_error_from_errno(errno);
        data += done;
        size -= (size_t)done;
        offset += (uint64_t)done;
    }
    return COMITY_OK;
}

/* Blocks that were only reserved cost a second write when first used; these are written now, so
 * that a later fdatasync has nothing to write but the records. */
static enum comity_error write_zeros(struct journal *self, uint64_t offset, uint64_t size)
{
    static const uint8_t zeros[16 * 1024];
    enum comity_error error = COMITY_OK;
    while (size > 0 && error == COMITY_OK) {
        size_t part = size < sizeof zeros ? (size_t)size : sizeof zeros;
        error = write_at(self->io, self->file, offset, zeros, part);
        offset += part;
        size -= part;
    }
    return error;
}

/* Preallocated space keeps fdatasync from having to write the file's size each time, and finds
 * a full disk before anything is written. */
static enum comity_error allocate(struct journal *self, uint64_t needed)
{
    if (needed <= self->allocated)
        return COMITY_OK;
    uint64_t more = needed - self->allocated + JOURNAL_STEP_SIZE - 1;
    more -= more % JOURNAL_STEP_SIZE;
    int number = self->io->allocate(self->file, (off_t)self->allocated, (off_t)more);
    if (number == ENOSPC || number == EDQUOT || number == EFBIG || number == EIO) {
        errno = number;
        return journal_error_from_errno(number);
    }
    /* Large batches come seldom alone, and would pay for their bytes twice. */
    if (needed - self->end <= JOURNAL_SMALL_BATCH) {
        enum comity_error error = write_zeros(self, self->allocated, more);
        if (error != COMITY_OK)
            return error;
    } else if (number != 0) {
        return COMITY_OK; /* Not supported here: writing extends the file. */
    }
    self->allocated += more;
    return COMITY_OK;
}

enum comity_error journal_append(struct journal *self, const struct journal_record *record)
{
    if (self->broken)
        return COMITY_DAMAGED;
    enum comity_error error = batch_append(&self->pending, record);
    if (error == COMITY_OK && (record->kind == JOURNAL_VOTE || record->kind == JOURNAL_ACT))
        self->urgent = true;
    return error;
}

bool journal_must_sync(const struct journal *self)
{
    return self->urgent || self->pending.size > JOURNAL_STEP_SIZE;
}

bool journal_is_dirty(const struct journal *self)
{
    return self->pending.size > 0;
}

uint64_t journal_size(const struct journal *self)
{
    return self->end + self->pending.size;
}

void journal_instance(const struct journal *self, uint8_t ret_instance[16])
{
    memcpy(ret_instance, self->instance, JOURNAL_INSTANCE_SIZE);
}

enum comity_error journal_sync(struct journal *self)
{
    if (self->broken)
        return COMITY_DAMAGED;
    if (!journal_is_dirty(self))
        return COMITY_OK;
    uint32_t chain = journal_seal_batch(&self->pending, self->end, self->chain);
    uint64_t end = self->end + self->pending.size;
    enum comity_error error = allocate(self, end);
    if (error != COMITY_OK)
        return error;
    error = write_at(self->io, self->file, self->end, self->pending.data, self->pending.size);
    if (error != COMITY_OK) {
        /* If even this fails, the next sync writes the same bytes over what is there. */
        if (self->io->truncate(self->file, (off_t)self->end) == 0)
            self->allocated = self->end;
        return error;
    }
    if (self->io->fdatasync(self->file) != 0) {
        self->broken = true;
        return COMITY_DAMAGED;
    }
    self->end = end;
    self->chain = chain;
    if (self->allocated < end)
        self->allocated = end;
    if (self->pending.capacity > JOURNAL_STEP_SIZE)
        buffer_free(&self->pending); /* After a burst. */
    buffer_clear(&self->pending);
    self->urgent = false;
    return COMITY_OK;
}

static enum comity_error sync_directory(const struct journal *self)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof copy, "%s", self->path);
    int directory = self->io->open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (directory < 0)
        return COMITY_IO;
    enum comity_error error = self->io->fsync(directory) == 0 ? COMITY_OK : COMITY_IO;
    (void)close(directory);
    return error;
}

/* A whole new file under the temporary name `path`, locked and synced. */
static enum comity_error write_new_file(struct journal *self, const char *path,
                                        struct buffer *batch, struct journal *ret_new)
{
    struct journal made = {.io = self->io, .path = self->path, .end = JOURNAL_HEADER_SIZE};
    uint8_t header[JOURNAL_HEADER_SIZE];
    made.file = self->io->open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made.file < 0)
        return journal_error_from_errno(errno);
    if (flock(made.file, LOCK_EX | LOCK_NB) != 0) {
        (void)close(made.file);
        return COMITY_BUSY; /* Another daemon is at the same point. */
    }
    made.chain = journal_header_write(self->instance, header);
    if (batch->size > 0) {
        made.chain = journal_seal_batch(batch, made.end, made.chain);
        made.end += batch->size;
    }
    enum comity_error error = COMITY_OK;
    if (self->io->truncate(made.file, 0) != 0) /* What a crash left there. */
        error = journal_error_from_errno(errno);
    if (error == COMITY_OK)
        error = allocate(&made, made.end);
    if (error == COMITY_OK)
        error = write_at(self->io, made.file, 0, header, sizeof header);
    if (error == COMITY_OK)
        error = write_at(self->io, made.file, JOURNAL_HEADER_SIZE, batch->data, batch->size);
    if (error == COMITY_OK && self->io->fsync(made.file) != 0)
        error = journal_error_from_errno(errno);
    if (error != COMITY_OK) {
        int number = errno;
        (void)unlink(path);
        (void)close(made.file);
        errno = number;
        return error;
    }
    if (made.allocated < made.end)
        made.allocated = made.end;
    *ret_new = made;
    return COMITY_OK;
}

/* Put a new file with these records in the place of self->file (-1: there is none yet). */
static enum comity_error replace_file(struct journal *self, struct buffer *batch)
{
    char path[PATH_MAX];
    struct journal made = {.file = -1};
    (void)snprintf(path, sizeof path, "%s.new", self->path); /* Fits: open checked. */
    enum comity_error error = write_new_file(self, path, batch, &made);
    if (error != COMITY_OK)
        return error;
    if (self->io->rename(path, self->path) != 0) {
        error = journal_error_from_errno(errno);
        (void)unlink(path);
        (void)close(made.file);
        return error;
    }
    if (self->file >= 0)
        (void)close(self->file);
    self->file = made.file;
    self->end = made.end;
    self->allocated = made.allocated;
    self->chain = made.chain;
    if (sync_directory(self) != COMITY_OK) {
        /* After a crash the name may mean the old file: what we append now could be lost. */
        self->broken = true;
        return COMITY_DAMAGED;
    }
    return COMITY_OK;
}

enum comity_error journal_rotate(struct journal *self, const struct journal_record *records,
                                 size_t records_count)
{
    if (self->broken)
        return COMITY_DAMAGED;
    if (journal_is_dirty(self))
        return COMITY_BUSY;
    struct buffer batch = {0};
    enum comity_error error = COMITY_OK;
    for (size_t i = 0; i < records_count && error == COMITY_OK; i++)
        error = batch_append(&batch, &records[i]);
    if (error == COMITY_OK)
        error = replace_file(self, &batch);
    buffer_free(&batch);
    return error;
}

/* Does the path still name the file we hold? A rotation may have come between. */
static bool path_names(const struct journal *self)
{
    struct stat by_path;
    struct stat held;
    return stat(self->path, &by_path) == 0 && fstat(self->file, &held) == 0 &&
           by_path.st_dev == held.st_dev && by_path.st_ino == held.st_ino;
}

static enum comity_error open_or_create(struct journal *self, struct fault *fault)
{
    struct buffer none = {0};
    self->file = self->io->open(self->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
    if (self->file < 0 && errno != ENOENT)
        return journal_fault(self, fault, COMITY_IO, "cannot be opened");
    if (self->file >= 0) {
        if (flock(self->file, LOCK_EX | LOCK_NB) != 0 || !path_names(self))
            return journal_fault(self, fault, COMITY_BUSY, "is in use by another daemon");
        return COMITY_OK;
    }
    if (getrandom(self->instance, sizeof self->instance, 0) != sizeof self->instance)
        return journal_fault(self, fault, COMITY_IO, "cannot be created");
    enum comity_error error = replace_file(self, &none);
    if (self->broken) {
        self->broken = false; /* Nothing was signed yet: simply not created. */
        error = COMITY_IO;
    }
    if (error != COMITY_OK)
        return journal_fault(self, fault, error, "cannot be created");
    return COMITY_OK;
}

enum comity_error journal_open_with(const struct journal_io *io, const char *path,
                                    journal_visit *visit, void *context,
                                    struct journal **ret_journal, struct fault *fault)
{
    if (strlen(path) + sizeof ".new" > PATH_MAX)
        return fault_set(fault, COMITY_IO, "the journal's path is too long");
    struct journal *self = calloc(1, sizeof *self);
    if (self == NULL)
        return fault_set(fault, COMITY_MEMORY, "%s: out of memory", path);
    self->io = io;
    self->file = -1;
    self->path = strdup(path);
    enum comity_error error = COMITY_MEMORY;
    if (self->path != NULL)
        error = open_or_create(self, fault);
    if (error == COMITY_OK)
        error = journal_replay(self, visit, context, fault);
    if (error != COMITY_OK && !self->broken) {
        journal_close(&self);
        return error;
    }
    *ret_journal = self;
    return error;
}

enum comity_error journal_open(const char *path, journal_visit *visit, void *context,
                               struct journal **ret_journal, struct fault *fault)
{
    return journal_open_with(&journal_io_system, path, visit, context, ret_journal, fault);
}

void journal_close(struct journal **self)
{
    if (self == NULL || *self == NULL)
        return;
    if ((*self)->file >= 0)
        (void)close((*self)->file);
    buffer_free(&(*self)->pending);
    free((*self)->path);
    free(*self);
    *self = NULL;
}
