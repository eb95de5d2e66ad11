/* SPDX-License-Identifier: Apache-2.0 */
/* bodies.h - blocks above the last executed one, with their acts decoded and checked once. */
#ifndef COMITY_NODE_BODIES_H
#define COMITY_NODE_BODIES_H

#include "codec/act.h"
#include "consensus/consensus.h"
#include "model/charter.h"
#include "node/pool.h"

struct body {
    struct consensus_block block;
    uint8_t header[BLOCK_HEADER_SIZE];
    struct bytes encoded;          /* BlockBody; owned by `arena`. */
    const struct signed_act *acts; /* In block order. */
    uint32_t acts_count;
    bool is_sound;  /* Order, seats and signatures are right. */
    bool journaled; /* Its record waits in the journal or is there. */
    struct arena arena;
    struct body *next;
};

/* What consensus may refer to at one time, with SESSION_VIEWS_MAX = 64: two blocks of each view in
 * its ring and of each notarized one beside it (4 * 64), a trail of final ones that wait (3 * 64),
 * a range that is being fetched (64), and three named by hash. session.c proves that it fits. What
 * peers sent on top of that is dropped when room is needed, so that no peer makes it grow. */
enum { BODIES_MAX = 576 };

struct bodies {
    const struct consensus *consensus; /* Whose references keep a body; NULL: nothing is dropped. */
    struct body *first;
    uint32_t count; /* At most BODIES_MAX. */
    bool grown;     /* Since the last sweep. */
};

/* Decode a block, check it against its header's acts root, and its acts: canonical order, forum,
 * seats, signatures (those the pool holds byte for byte are known to be good). An act that is
 * wrong makes the block unsound, not an error: the leader signed it. Acts found to be good here go
 * into the pool, so that they are not verified again when they come by themselves.
 * COMITY_INVALID: header and body do not belong together, or are malformed. COMITY_EXISTS: held
 * already. COMITY_LIMIT: there is no room, which with a consensus cannot be. On success the set
 * owns *ret_body. */
COMITY_MUST_CHECK enum comity_error bodies_add(struct bodies *self, const struct charter *charter,
                                               struct pool *pool, struct bytes header,
                                               struct bytes encoded, struct body **ret_body,
                                               struct fault *fault);
/* Do both acts that evidence carries stand in the slot it names, signed by that seat's key, and
 * differ? A function of the charter and the act alone. */
bool evidence_is_sound(const struct charter *charter, const struct act *act, struct arena *arena);
struct body *bodies_find(const struct bodies *self, const struct hash *hash);
/* Drop what consensus refers to no more, except `kept`. */
void bodies_sweep(struct bodies *self, const struct consensus *consensus);
void bodies_clear(struct bodies *self);

#endif
