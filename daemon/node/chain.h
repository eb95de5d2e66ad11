/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - one forum's executed record: final blocks applied in order to the forum's state, the
 * hash chain over their outcomes, the Merkle tree over its records, and their place in the store.
 *
 * state_hash(h) = H("comity/state/v1", state_hash(h-1) ‖ H(outcomes of h) ‖ H(snapshot) where
 * h is a multiple of CHAIN_SNAPSHOT_BLOCKS, else 32 zero bytes). Headers name it, so a daemon whose
 * state drifted stops loudly (COMITY_DIVERGED), and a snapshot on disk is checked against the
 * record before it is used. */
#ifndef COMITY_NODE_CHAIN_H
#define COMITY_NODE_CHAIN_H

#include "base/hash.h"
#include "forum/forum.h"
#include "model/block.h"
#include "node/bodies.h"
#include "store/store.h"

enum { CHAIN_SNAPSHOT_BLOCKS = 256, CHAIN_RECENT = 512 };

struct chain_point {
    uint64_t height;
    struct hash state_hash;
    struct hash outcomes_root;
};

/* An idempotency key whose act became final: goes into the store with the next flush. */
struct chain_request {
    uint8_t key[32];
    uint8_t key_size;
    struct hash act;
    uint64_t seq;
};
struct chain_unstored; /* Executed, but the store could not take it yet. */

struct chain {
    struct store *store; /* Borrowed. */
    const struct charter *charter;
    struct arena arena; /* Of the forum's state. */
    struct forum *forum;
    struct merkle records;
    struct chain_point now; /* After the last executed block. */
    struct chain_point recent[CHAIN_RECENT];
    struct hash block_hash;     /* Of the last executed block; genesis at height 0. */
    struct block_header header; /* Of the last executed block (height > 0). */
    uint64_t committed_height;  /* Highest state height a final header names. */
    uint64_t verdict_height;    /* Last height that changed a decided proposal or an agreement. */
    struct { /* What the last block changed in `records`, to look one block back. */
        uint32_t index;
        struct hash leaf;
    } * undo;
    uint32_t undo_count, undo_capacity;
    size_t undo_leaves; /* Leaves before it. */
    struct chain_unstored *unstored, *unstored_last;
    uint32_t unstored_count;
    struct chain_request *requests;
    uint32_t requests_count, requests_capacity;
};

/* Genesis: H("comity/genesis/v1", charter id ‖ epoch ‖ roster hash). */
struct hash chain_genesis(const struct charter *charter, const struct hash *roster_hash);

/* Load from the store: snapshot if it verifies, then the blocks after it; everything is checked
 * against the headers. COMITY_DIVERGED, COMITY_DAMAGED with the height in the fault. */
COMITY_MUST_CHECK enum comity_error chain_open(struct store *store, const struct charter *charter,
                                               const struct hash *genesis, struct chain *ret_chain,
                                               struct fault *fault);
/* Execute the record in the store anew up to the block before this one, then this one, which its
 * hash has proven: its outcomes and the state after it. COMITY_DAMAGED: a block before it is too;
 * ret_height says which. Takes as long as the record is. */
struct redone {
    struct buffer outcomes;
    struct hash state_hash;
};
COMITY_MUST_CHECK enum comity_error chain_redo(const struct chain *self, const struct hash *genesis,
                                               struct bytes header, struct bytes body,
                                               struct redone *ret_redone, uint64_t *ret_height);
void chain_close(struct chain *self);
/* Apply the next final block and put it into the store's open transaction. COMITY_DIVERGED: the
 * block commits to another state than ours at its state height: nothing was applied. */
COMITY_MUST_CHECK enum comity_error chain_execute(struct chain *self, const struct body *body,
                                                  struct bytes cert, uint64_t view,
                                                  struct outcomes *ret_outcomes,
                                                  struct fault *fault);
/* Remember the key of an own act that is final now. COMITY_MEMORY: it will be forgotten. */
COMITY_MUST_CHECK enum comity_error chain_note_request(struct chain *self,
                                                       const struct chain_request *request);
/* Write what is waiting in one transaction. COMITY_OK also when nothing waits; on any error
 * everything goes on waiting. */
COMITY_MUST_CHECK enum comity_error chain_flush(struct chain *self);
/* State after a height. COMITY_PENDING: not executed yet. COMITY_NOT_FOUND: too long ago. */
COMITY_MUST_CHECK enum comity_error chain_point_at(const struct chain *self, uint64_t height,
                                                   struct chain_point *ret_point);
/* Outcomes of a height, from the store or from what waits; copied into the arena. */
COMITY_MUST_CHECK enum comity_error chain_outcomes(const struct chain *self, uint64_t height,
                                                   struct arena *arena,
                                                   struct outcomes *ret_outcomes);
/* The tree whose root the last header commits to: as it is now, or one block back. The caller
 * frees it. COMITY_PENDING: the last header commits to an older state, or one of the records asked
 * for (`wanted`) changed since; one more block will do. */
COMITY_MUST_CHECK enum comity_error chain_committed_records(const struct chain *self,
                                                            const uint32_t *wanted,
                                                            uint32_t wanted_count,
                                                            struct merkle *ret_records);
/* A decided verdict that no final header commits yet (P4). */
bool chain_is_uncommitted(const struct chain *self);

#endif
