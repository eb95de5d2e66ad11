/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - acts that are signed and checked but not final yet, by slot (seat, seq). Each seat has
 * the same share, in acts and in bytes, so that no seat can crowd out another (DESIGN.md section 5,
 * limits). */
#ifndef COMITY_NODE_POOL_H
#define COMITY_NODE_POOL_H

#include "codec/act.h"

struct pool;

struct pool_act {
    struct hash id;
    uint32_t seat;
    uint64_t seq;
    enum act_kind kind;
    int64_t signed_ms;
    struct bytes encoded; /* SignedAct as received; owned by the pool. */
    bool own;             /* Signed here: to be gossiped until final. */
};

/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error pool_create(uint32_t seats_count, struct pool **ret_pool);
void pool_destroy(struct pool **self);
/* The caller has verified the signature. COMITY_EXISTS: this very act is here. COMITY_CONFLICT:
 * another act of its slot is here (*ret_other, borrowed). COMITY_CLOSED: the slot is final.
 * COMITY_LIMIT: beyond the seat's share of acts, or of bytes and with no later act that could
 * make way (own acts always have room). Otherwise the pool holds a copy. */
COMITY_MUST_CHECK enum comity_error pool_add(struct pool *self, const struct signed_act *act,
                                             bool own, const struct pool_act **ret_other);
/* This act, if it is here byte for byte: then its id and signature are known. NULL otherwise. */
const struct pool_act *pool_match(const struct pool *self, uint32_t seat, uint64_t seq,
                                  struct bytes encoded);
const struct pool_act *pool_find(const struct pool *self, uint32_t seat, uint64_t seq);
/* Would an act of this slot be of use: not final, not here, within the share? */
bool pool_wants(const struct pool *self, uint32_t seat, uint64_t seq);
/* Is there room for another act of any size, without one that has to make way? */
bool pool_has_room(const struct pool *self, uint32_t seat);
/* Slots of the seat up to seq are final: forget them. */
void pool_finalize(struct pool *self, uint32_t seat, uint64_t seq);
uint64_t pool_final_seq(const struct pool *self, uint32_t seat);
uint32_t pool_count(const struct pool *self);
/* How many acts ever came in: whoever concluded something from the pool looks again when it grows,
 * whichever way an act came. */
uint64_t pool_added(const struct pool *self);
/* Acts still here, seat by seat in seq order; NULL after the last. Start with *cursor = 0. */
const struct pool_act *pool_next(const struct pool *self, uint64_t *cursor);

#endif
