/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - what a daemon keeps besides its journal: charters, finalized blocks with their
 * certificates, outcomes per block for the event feed, snapshots of forum state, small settings.
 * One SQLite file per daemon (WAL, synchronous=NORMAL, page cache set; votes and acts of our own
 * are in the journal, so losing the newest transactions loses nothing that cannot be fetched).
 *
 * All bytes are opaque here. Writes between store_begin and store_commit are one transaction.
 * COMITY_BUSY, COMITY_FULL and COMITY_IO are ordinary events: the transaction is rolled back and
 * can be repeated. Opening a damaged file is COMITY_DAMAGED, a database of another application or
 * newer schema COMITY_FOREIGN, both with a fault that names the file. */
#ifndef COMITY_STORE_STORE_H
#define COMITY_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"

struct store;

struct store_block {
    uint64_t height;
    uint64_t view;
    struct hash hash;
    struct bytes header;    /* BLOCK_HEADER_SIZE bytes. */
    struct bytes body;      /* Encoded block body. */
    struct bytes cert;      /* Encoded finalization of this block, or empty when a descendant's. */
    struct bytes outcomes;  /* Canonical outcomes (forum/outcome.h). */
    struct hash state_hash; /* After this block. */
};

COMITY_MUST_CHECK enum comity_error store_open(const char *path, struct store **ret_store,
                                               struct fault *fault);
void store_close(struct store **self);
COMITY_MUST_CHECK enum comity_error store_begin(struct store *self);
COMITY_MUST_CHECK enum comity_error store_commit(struct store *self);
void store_rollback(struct store *self);
/* Makes all committed transactions durable (one fsync of the WAL). COMITY_BUSY: not between
 * store_begin and store_commit. */
COMITY_MUST_CHECK enum comity_error store_sync(struct store *self);

/* Forums: charter bytes by id, with a short name unique in this daemon. COMITY_EXISTS. */
COMITY_MUST_CHECK enum comity_error store_put_forum(struct store *self, const struct hash *forum,
                                                    const char *name, struct bytes charter);
/* Visit each forum; the bytes are borrowed for the call. */
typedef enum comity_error store_visit_forum(void *context, const struct hash *forum,
                                            const char *name, struct bytes charter);
COMITY_MUST_CHECK enum comity_error store_each_forum(struct store *self, store_visit_forum *visit,
                                                     void *context);

/* Finalized blocks, heights consecutive from 1. COMITY_CONFLICT: another block at this height
 * (the same one again is success). COMITY_INVALID: leaves a gap. COMITY_NOT_FOUND: no such
 * forum, as everywhere below. */
COMITY_MUST_CHECK enum comity_error store_put_block(struct store *self, const struct hash *forum,
                                                    const struct store_block *block);
/* Write the row of a stored block anew, which was found damaged. COMITY_NOT_FOUND: not stored. */
COMITY_MUST_CHECK enum comity_error store_mend_block(struct store *self, const struct hash *forum,
                                                     const struct store_block *block);
/* Set the certificate later (a finalization arrived for a stored block). */
COMITY_MUST_CHECK enum comity_error store_put_cert(struct store *self, const struct hash *forum,
                                                   uint64_t height, struct bytes cert);
/* Bytes are copied into `arena`. COMITY_NOT_FOUND; COMITY_DAMAGED: what is stored at this height is
 * not what was written. */
struct arena;
COMITY_MUST_CHECK enum comity_error store_get_block(struct store *self, const struct hash *forum,
                                                    uint64_t height, struct arena *arena,
                                                    struct store_block *ret_block);
/* Of a damaged row: whatever is there, and the checksum it was written with. */
COMITY_MUST_CHECK enum comity_error store_get_damaged(struct store *self, const struct hash *forum,
                                                      uint64_t height, struct arena *arena,
                                                      struct store_block *ret_block,
                                                      uint32_t *ret_crc);
/* The checksum of a block as the store would write it. */
uint32_t store_block_crc(const struct store_block *block);
COMITY_MUST_CHECK enum comity_error store_find_block(struct store *self, const struct hash *forum,
                                                     const struct hash *hash, struct arena *arena,
                                                     struct store_block *ret_block);
/* Lowest height at or above `height` that has its own certificate. COMITY_NOT_FOUND. */
COMITY_MUST_CHECK enum comity_error store_find_cert(struct store *self, const struct hash *forum,
                                                    uint64_t height, uint64_t *ret_height);
/* 0 when there is none. */
COMITY_MUST_CHECK enum comity_error store_last_height(struct store *self, const struct hash *forum,
                                                      uint64_t *ret_height);

/* Unfinalized certificates and nullifications kept for evidence: key (view, kind). */
COMITY_MUST_CHECK enum comity_error store_put_view_cert(struct store *self,
                                                        const struct hash *forum, uint64_t epoch,
                                                        uint64_t view, uint8_t kind,
                                                        struct bytes cert);
typedef enum comity_error store_visit_cert(void *context, uint64_t view, uint8_t kind,
                                           struct bytes cert);
COMITY_MUST_CHECK enum comity_error store_each_view_cert(struct store *self,
                                                         const struct hash *forum, uint64_t epoch,
                                                         uint64_t above_view,
                                                         store_visit_cert *visit, void *context);

/* The newest snapshot only; replaces the previous one. */
COMITY_MUST_CHECK enum comity_error store_put_snapshot(struct store *self, const struct hash *forum,
                                                       uint64_t height, struct bytes state);
COMITY_MUST_CHECK enum comity_error store_get_snapshot(struct store *self, const struct hash *forum,
                                                       struct arena *arena, uint64_t *ret_height,
                                                       struct bytes *ret_state);
COMITY_MUST_CHECK enum comity_error store_drop_snapshot(struct store *self,
                                                        const struct hash *forum);

/* Evidence kept for ever, opaque. */
COMITY_MUST_CHECK enum comity_error store_add_evidence(struct store *self, const struct hash *forum,
                                                       struct bytes evidence);
/* Small settings of the daemon: instance id, idempotency keys, addresses. */
COMITY_MUST_CHECK enum comity_error store_put_setting(struct store *self, const char *key,
                                                      struct bytes value);
COMITY_MUST_CHECK enum comity_error store_get_setting(struct store *self, const char *key,
                                                      struct arena *arena, struct bytes *ret_value);
/* Idempotency keys of client requests: key → own act and its seq. COMITY_NOT_FOUND. Kept for the
 * forum's life. COMITY_CONFLICT: the key stands for another act. */
COMITY_MUST_CHECK enum comity_error store_put_request(struct store *self, const struct hash *forum,
                                                      struct bytes key, const struct hash *act,
                                                      uint64_t seq);
COMITY_MUST_CHECK enum comity_error store_get_request(struct store *self, const struct hash *forum,
                                                      struct bytes key, struct hash *ret_act,
                                                      uint64_t *ret_seq);

#endif
