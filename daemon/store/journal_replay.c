/* SPDX-License-Identifier: Apache-2.0 */
/* journal_replay.c - reads a journal back and tells a torn tail from damage. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/crc32c.h"
#include "store/journal_file.h"

enum { WINDOW_SIZE = JOURNAL_HEAD_SIZE + JOURNAL_PAYLOAD_MAX };

/* A part of the file in memory; mmap would turn a bad sector into a signal. */
struct replay {
    struct journal *journal;
    uint64_t file_size;
    uint8_t *window;
    size_t window_capacity;
    uint64_t window_at;
    size_t window_size;
    uint64_t at;        /* The record being read. */
    uint64_t batch_end; /* By the last mark read; 0 before the first. */
};

/* Up to `size` bytes at `at`, fewer at the end of the file. */
static enum comity_error look(struct replay *self, uint64_t at, size_t size,
                              struct bytes *ret_bytes)
{
    if (at >= self->file_size)
        size = 0;
    else if (size > self->file_size - at)
        size = (size_t)(self->file_size - at);
    if (at < self->window_at || at + size > self->window_at + self->window_size) {
        self->window_at = at;
        self->window_size = 0;
        /* A quarter at a time while reading records; a rescan asks for a whole window. */
        size_t wanted = size > WINDOW_SIZE / 4 ? size : WINDOW_SIZE / 4;
        if (wanted > self->window_capacity)
            wanted = self->window_capacity;
        while (self->window_size < size) {
            ssize_t got = self->journal->io->pread(
                self->journal->file, self->window + self->window_size, wanted - self->window_size,
                (off_t)(at + self->window_size));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return COMITY_IO;
            if (got == 0)
                break;
            self->window_size += (size_t)got;
        }
        if (self->window_size < size)
            size = self->window_size; /* Somebody cut the file meanwhile. */
    }
    *ret_bytes = bytes_of(self->window + (at - self->window_at), size);
    return COMITY_OK;
}

static bool is_zero(struct bytes bytes)
{
    return bytes.size == 0 ||
           (bytes.data[0] == 0 && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

static enum comity_error read_header(struct replay *self, struct fault *fault)
{
    struct journal *journal = self->journal;
    struct bytes bytes;
    enum comity_error error = look(self, 0, JOURNAL_HEADER_SIZE, &bytes);
    if (error != COMITY_OK)
        return journal_fault(journal, fault, error, "cannot be read");
    bool is_ours = bytes.size >= 8 && memcmp(bytes.data, JOURNAL_MAGIC, 8) == 0;
    if (!is_ours && !is_zero(bytes))
        return journal_fault(journal, fault, COMITY_FOREIGN, "is not a journal");
    if (bytes.size < JOURNAL_HEADER_SIZE || !is_ours)
        return journal_fault(journal, fault, COMITY_DAMAGED, "has lost its header");
    struct reader reader;
    reader_init(&reader, bytes);
    (void)reader_take(&reader, 8);
    uint32_t version = reader_u32(&reader);
    uint8_t instance[JOURNAL_INSTANCE_SIZE];
    reader_raw(&reader, instance, sizeof instance);
    reader.at = JOURNAL_HEADER_SIZE - 4;
    uint32_t crc = reader_u32(&reader);
    if (crc != crc32c(0, bytes.data, JOURNAL_HEADER_SIZE - 4))
        return journal_fault(journal, fault, COMITY_DAMAGED, "has a damaged header");
    if (version != JOURNAL_VERSION)
        return fault_set(fault, COMITY_FOREIGN,
                         "%s: a journal of version %u, and this comityd knows version %d: it was "
                         "written by another one, use that; nothing was changed",
                         journal->path, (unsigned)version, JOURNAL_VERSION);
    memcpy(journal->instance, instance, sizeof instance);
    journal->chain = crc;
    self->at = JOURNAL_HEADER_SIZE;
    return COMITY_OK;
}

enum record_state { RECORD_GOOD, RECORD_BAD, RECORD_FOREIGN };

/* The record at self->at; borrowed from the window. */
static enum comity_error read_record(struct replay *self, struct journal_record *ret_record,
                                     uint32_t *ret_chain, enum record_state *ret_state)
{
    struct bytes head;
    enum comity_error error = look(self, self->at, JOURNAL_HEAD_SIZE, &head);
    if (error != COMITY_OK)
        return error;
    *ret_state = RECORD_BAD;
    struct reader reader;
    reader_init(&reader, head);
    uint32_t size = reader_u32(&reader);
    if (head.size < JOURNAL_HEAD_SIZE || size > JOURNAL_PAYLOAD_MAX)
        return COMITY_OK;
    struct bytes whole;
    error = look(self, self->at, (size_t)JOURNAL_HEAD_SIZE + size, &whole);
    if (error != COMITY_OK)
        return error;
    if (whole.size < (size_t)JOURNAL_HEAD_SIZE + size)
        return COMITY_OK;
    reader_init(&reader, whole);
    (void)reader_u32(&reader);
    uint8_t kind = reader_u8(&reader);
    struct journal_record record = {.kind = (enum journal_kind)kind};
    reader_raw(&reader, record.forum.bytes, HASH_SIZE);
    record.epoch = reader_u64(&reader);
    uint32_t chain = reader_u32(&reader);
    record.payload = reader_take(&reader, size);
    uint32_t crc = crc32c(self->journal->chain, whole.data, JOURNAL_CHAIN_AT);
    if (kind == 0 || crc32c(crc, record.payload.data, record.payload.size) != chain)
        return COMITY_OK;
    bool known = (kind >= JOURNAL_VOTE && kind <= JOURNAL_FINAL) || kind == JOURNAL_MARK;
    *ret_state = known ? RECORD_GOOD : RECORD_FOREIGN;
    *ret_record = record;
    *ret_chain = chain;
    return COMITY_OK;
}

static bool is_mark_at(struct bytes bytes, uint64_t offset)
{
    struct reader reader;
    reader_init(&reader, bytes);
    uint32_t size = reader_u32(&reader);
    uint8_t kind = reader_u8(&reader);
    uint64_t own = 0;
    uint64_t batch_size = 0;
    return size == JOURNAL_MARK_PAYLOAD_SIZE && kind == JOURNAL_MARK &&
           journal_mark_parse(bytes_of(bytes.data + JOURNAL_HEAD_SIZE, size), &own, &batch_size) &&
           own == offset;
}

/* What stands after self->at: a mark? And where do the bytes that are not zero end? */
static enum comity_error scan_rest(struct replay *self, bool *ret_mark, uint64_t *ret_used_end)
{
    bool mark = false;
    uint64_t used_end = self->at;
    uint64_t at = self->at;
    while (at < self->file_size && !mark) {
        struct bytes bytes;
        enum comity_error error = look(self, at, WINDOW_SIZE, &bytes);
        if (error != COMITY_OK)
            return error;
        for (size_t i = 0; i < bytes.size; i++) {
            static const uint8_t zeros[64];
            if (i + sizeof zeros <= bytes.size &&
                memcmp(bytes.data + i, zeros, sizeof zeros) == 0) {
                i += sizeof zeros - 1;
                continue;
            }
            if (bytes.data[i] == 0)
                continue;
            used_end = at + i + 1;
            /* A mark's first byte that is not zero is the last of its size. */
            if (i >= 3 && at + i - 3 > self->at && bytes.size - (i - 3) >= JOURNAL_MARK_SIZE)
                mark =
                    mark || is_mark_at(bytes_of(bytes.data + i - 3, JOURNAL_MARK_SIZE), at + i - 3);
        }
        if (at + bytes.size >= self->file_size || bytes.size <= JOURNAL_MARK_SIZE)
            break;
        at += bytes.size - JOURNAL_MARK_SIZE; /* A mark may lie across the windows' border. */
    }
    *ret_mark = mark;
    *ret_used_end = used_end;
    return COMITY_OK;
}

/* Is there a sector between self->at and `end` that was never written? */
static enum comity_error find_hole(struct replay *self, uint64_t end, bool *ret_hole)
{
    bool hole = end > self->file_size;
    for (uint64_t at = self->at; at < end && !hole;) {
        uint64_t next = (at / JOURNAL_SECTOR_SIZE + 1) * JOURNAL_SECTOR_SIZE;
        struct bytes bytes;
        size_t size = (size_t)((next < end ? next : end) - at);
        enum comity_error error = look(self, at, size, &bytes);
        if (error != COMITY_OK)
            return error;
        hole = bytes.size < size || is_zero(bytes);
        at = next;
    }
    *ret_hole = hole;
    return COMITY_OK;
}

/* The record at self->at does not verify. Torn means: it was never durable, so nothing that
 * depends on it was ever sent. Whoever is not sure must say damaged. */
static enum comity_error judge_tail(struct replay *self, uint64_t used_end, bool *ret_torn)
{
    struct bytes head;
    enum comity_error error = look(self, self->at, JOURNAL_HEAD_SIZE, &head);
    if (error != COMITY_OK)
        return error;
    /* At a batch's beginning it is the mark that fails, and tells us no size. */
    bool inside = self->at < self->batch_end;
    uint64_t end = inside ? self->batch_end : self->at + JOURNAL_MARK_SIZE;
    struct reader reader;
    reader_init(&reader, head);
    uint64_t record_end = self->at + JOURNAL_HEAD_SIZE + reader_u32(&reader);
    if (!inside)
        record_end = end;
    if (record_end <= end && used_end <= record_end) {
        *ret_torn = true; /* Nothing follows it. */
        return COMITY_OK;
    }
    return find_hole(self, end, ret_torn);
}

static enum comity_error cut_tail(struct replay *self, struct fault *fault)
{
    struct journal *journal = self->journal;
    bool mark = false;
    bool torn = false;
    uint64_t used_end = self->at;
    enum comity_error error = scan_rest(self, &mark, &used_end);
    if (error == COMITY_OK && !mark && used_end == self->at && self->at >= self->batch_end) {
        journal->allocated = self->file_size > self->at ? self->file_size : self->at;
        return COMITY_OK; /* Nothing but what was preallocated. */
    }
    if (error == COMITY_OK && !mark)
        error = judge_tail(self, used_end, &torn);
    if (error != COMITY_OK)
        return journal_fault(journal, fault, error, "cannot be read");
    if (!torn)
        return fault_set(fault, COMITY_DAMAGED,
                         "%s: the journal is damaged at byte %" PRIu64
                         ", before records that were durable",
                         journal->path, self->at);
    if (journal->io->truncate(journal->file, (off_t)self->at) != 0 ||
        journal->io->fsync(journal->file) != 0)
        return journal_fault(journal, fault, journal_error_from_errno(errno), "cannot be cut");
    journal->allocated = self->at;
    return COMITY_OK;
}

static enum comity_error visit_records(struct replay *self, journal_visit *visit, void *context,
                                       struct fault *fault)
{
    for (;;) {
        struct journal_record record;
        uint32_t chain = 0;
        enum record_state state = RECORD_BAD;
        enum comity_error error = read_record(self, &record, &chain, &state);
        if (error != COMITY_OK)
            return journal_fault(self->journal, fault, error, "cannot be read");
        if (state == RECORD_FOREIGN)
            return journal_fault(self->journal, fault, COMITY_FOREIGN,
                                 "has records of a newer version");
        if (state == RECORD_BAD)
            return COMITY_OK;
        uint64_t size = JOURNAL_HEAD_SIZE + record.payload.size;
        if ((uint8_t)record.kind == JOURNAL_MARK) {
            uint64_t offset = 0;
            uint64_t batch_size = 0;
            if (!journal_mark_parse(record.payload, &offset, &batch_size) || offset != self->at)
                return COMITY_OK;
            self->batch_end = self->at + batch_size;
        } else {
            error = visit(context, &record);
            if (error != COMITY_OK)
                return fault_prefix(fault, error, "%s: ", self->journal->path);
        }
        self->journal->chain = chain;
        self->at += size;
        self->journal->end = self->at;
    }
}

enum comity_error journal_replay(struct journal *self, journal_visit *visit, void *context,
                                 struct fault *fault)
{
    struct stat status;
    if (fstat(self->file, &status) != 0)
        return journal_fault(self, fault, COMITY_IO, "cannot be read");
    struct replay replay = {.journal = self, .file_size = (uint64_t)status.st_size};
    replay.window_capacity =
        replay.file_size < WINDOW_SIZE ? (size_t)replay.file_size : WINDOW_SIZE;
    replay.window = malloc(replay.window_capacity + 1); /* Not 0, for an empty file. */
    if (replay.window == NULL)
        return journal_fault(self, fault, COMITY_MEMORY, "is too large to read");
    enum comity_error error = read_header(&replay, fault);
    if (error == COMITY_OK) {
        self->end = replay.at;
        error = visit_records(&replay, visit, context, fault);
        if (error == COMITY_OK)
            error = cut_tail(&replay, fault);
    }
    self->broken = error == COMITY_DAMAGED;
    free(replay.window);
    return error;
}
