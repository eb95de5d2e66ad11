/* SPDX-License-Identifier: Apache-2.0 */
/* journal_file.h - inside of the journal: its layout, its state and the system calls it makes,
 * as a table so that a test can let any one of them fail. Not for other rooms.
 *
 * What one journal_sync writes is a batch. It opens with a mark, a record that names its own
 * offset and the batch's size. Before a mark was written, everything in front of it was durable;
 * so bytes that do not verify are a torn tail only if no mark follows them. */
#ifndef COMITY_STORE_JOURNAL_FILE_H
#define COMITY_STORE_JOURNAL_FILE_H

#include <sys/types.h>

#include "store/journal.h"

#define JOURNAL_MAGIC "COMITYJ1"

enum {
    JOURNAL_VERSION = 1,
    JOURNAL_HEADER_SIZE = 64, /* Magic 8, version u32, instance 16, zeros, CRC u32. */
    JOURNAL_INSTANCE_SIZE = 16,
    JOURNAL_HEAD_SIZE = 4 + 1 + 32 + 8 + 4, /* Payload size, kind, forum, epoch, chain. */
    JOURNAL_CHAIN_AT = 4 + 1 + 32 + 8,
    JOURNAL_PAYLOAD_MAX = 1024 * 1024,
    JOURNAL_MARK = 255,                    /* A kind the outside never sees. */
    JOURNAL_MARK_PAYLOAD_SIZE = 8 + 8 + 4, /* Its offset u64, batch size u64, CRC of these. */
    JOURNAL_MARK_SIZE = JOURNAL_HEAD_SIZE + JOURNAL_MARK_PAYLOAD_SIZE,
    JOURNAL_STEP_SIZE = 1024 * 1024, /* Preallocated at a time. */
    JOURNAL_SMALL_BATCH = 64 * 1024,
    JOURNAL_SECTOR_SIZE = 512, /* What a disk writes whole or not at all. */
};

/* As the calls of the same name; all but `allocate` (an error number) set errno. */
struct journal_io {
    int (*open)(const char *path, int flags, mode_t mode);
    ssize_t (*pread)(int file, void *data, size_t size, off_t offset);
    ssize_t (*pwrite)(int file, const void *data, size_t size, off_t offset);
    int (*allocate)(int file, off_t offset, off_t size); /* posix_fallocate */
    int (*truncate)(int file, off_t size);
    int (*fdatasync)(int file);
    int (*fsync)(int file);
    int (*rename)(const char *from, const char *to);
};
extern const struct journal_io journal_io_system;

struct journal {
    const struct journal_io *io;
    char *path;
    int file;
    bool broken;                             /* Damaged, or fdatasync failed: refuses. */
    uint8_t instance[JOURNAL_INSTANCE_SIZE]; /* Zero while the header is unreadable. */
    uint64_t end;                            /* After the last durable record. */
    uint64_t allocated;                      /* The file is zeros from `end` to here. */
    uint32_t chain;                          /* Of the last durable record. */
    bool urgent;                             /* A vote or an act is among them. */
    struct buffer pending; /* Room for a mark, then records whose chains are not set yet. */
};

/* journal_open with these system calls. `io` outlives the journal. */
COMITY_MUST_CHECK enum comity_error journal_open_with(const struct journal_io *io, const char *path,
                                                      journal_visit *visit, void *context,
                                                      struct journal **ret_journal,
                                                      struct fault *fault);

/* Read the header, visit the records, set end, chain and allocated, cut a torn tail off.
 * COMITY_DAMAGED sets `broken`. Errors as journal_open, or the visitor's. */
COMITY_MUST_CHECK enum comity_error journal_replay(struct journal *self, journal_visit *visit,
                                                   void *context, struct fault *fault);

/* Lay out mark and chains of the records in `batch` as they will stand at `offset`, continuing
 * from `chain`. Returns the chain of the last record. */
uint32_t journal_seal_batch(struct buffer *batch, uint64_t offset, uint32_t chain);
/* A mark's payload: its own offset and its batch's size, checked. */
bool journal_mark_parse(struct bytes payload, uint64_t *ret_offset, uint64_t *ret_batch_size);
/* Also the chain's beginning, so that no record continues another file's. */
uint32_t journal_header_write(const uint8_t instance[JOURNAL_INSTANCE_SIZE],
                              uint8_t ret_header[JOURNAL_HEADER_SIZE]);

enum comity_error journal_error_from_errno(int number);
COMITY_MUST_CHECK enum comity_error journal_fault(const struct journal *self, struct fault *fault,
                                                  enum comity_error error, const char *what);

#endif
