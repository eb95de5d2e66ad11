/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - votes.journal: what this key has signed, and the bodies its votes stand on, in an
 * append-only preallocated file of its own, because a damaged SQLite WAL silently drops rows and
 * a forgotten vote is double signing (DESIGN.md section 5, CONSENSUS.md 1.6). One file for all
 * forums of a daemon; one fdatasync per turn of the loop.
 *
 * File: a 64-byte header (magic "COMITYJ1", version, instance id, CRC), then records
 * {size u32, kind u8, forum 32, epoch u64, chain u32 = CRC of this record continued from the
 * previous record's, payload}. A torn tail was never sent and is cut off; damage before the
 * last record is COMITY_DAMAGED: the caller observes and does not vote, and the file is kept.
 * What one journal_sync wrote opens with a mark that names its place, by which the two are told
 * apart (store/journal_file.h). */
#ifndef COMITY_STORE_JOURNAL_H
#define COMITY_STORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"

struct journal;

enum journal_kind {
    JOURNAL_VOTE = 1, /* Own vote: kind u8, view u64, hash, signature. */
    JOURNAL_ACT,      /* Own act: encoded signed act. */
    JOURNAL_BODY,     /* A block this key proposed or notarized: flags, header, encoded body. */
    JOURNAL_CERT,     /* A certificate, encoded. */
    JOURNAL_FINAL     /* First after a rotation: votes up to view u64, own acts up to seq u64, were
                       * here and are final. */
};

struct journal_record {
    enum journal_kind kind;
    struct hash forum;
    uint64_t epoch;
    struct bytes payload; /* Borrowed. */
};

/* Called for each intact record, in order. An error stops the replay and is returned. */
typedef enum comity_error journal_visit(void *context, const struct journal_record *record);

/* Opens or creates, takes an exclusive lock (COMITY_BUSY: another daemon has it), replays.
 * COMITY_DAMAGED: records before the damage were visited; *ret_journal is set all the same and
 * refuses appends. COMITY_FOREIGN: not a journal, or of a newer version. COMITY_IO, COMITY_FULL. */
COMITY_MUST_CHECK enum comity_error journal_open(const char *path, journal_visit *visit,
                                                 void *context, struct journal **ret_journal,
                                                 struct fault *fault);
void journal_close(struct journal **self);
/* Buffered until journal_sync. COMITY_MEMORY, COMITY_LIMIT (payload above 1 MiB). */
COMITY_MUST_CHECK enum comity_error journal_append(struct journal *self,
                                                   const struct journal_record *record);
/* Writes and fdatasyncs what was appended. After COMITY_FULL or COMITY_IO the file ends where it
 * ended before (cut back if need be) and the records are still waiting: the call may be repeated;
 * after a failed fdatasync the journal refuses everything (COMITY_DAMAGED): the kernel may have
 * dropped pages, only a restart knows what is there. */
COMITY_MUST_CHECK enum comity_error journal_sync(struct journal *self);
bool journal_is_dirty(const struct journal *self);
/* Must it be synced before something leaves? True once a vote or an act waits. Bodies and
 * certificates alone can ride along with the next: they can be fetched or made again. */
bool journal_must_sync(const struct journal *self);
uint64_t journal_size(const struct journal *self); /* Bytes in use, for deciding on rotation. */
/* Start a new file with these records, synced and renamed over the old one; the instance stays.
 * COMITY_BUSY: records wait for journal_sync. COMITY_IO, COMITY_FULL, COMITY_MEMORY,
 * COMITY_LIMIT: the old file goes on. COMITY_DAMAGED: renamed, but nobody knows whether for
 * good; the journal refuses everything. */
COMITY_MUST_CHECK enum comity_error
journal_rotate(struct journal *self, const struct journal_record *records, size_t records_count);
/* 16 random bytes made with the file; a copied journal has its original's. */
void journal_instance(const struct journal *self, uint8_t ret_instance[16]);

#endif
