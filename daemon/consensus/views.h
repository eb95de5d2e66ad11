/* SPDX-License-Identifier: Apache-2.0 */
/* views.h - what one orderer holds of each view above the final one: the proposal and the bodies,
 * the certificates, its own votes, and for the newer views the tally of everybody's votes.
 *
 * Records lie in a ring keyed by view; tallies, which are larger, in a pool handed to the views
 * that still need counting. Long trouble can put more views between F and now than the ring
 * has room for. Then a view that was merely skipped shrinks to one bit (its certificate is in
 * the caller's store), and a notarized one moves to `kept`. All memory comes from the arena at
 * init. Nothing here decides anything. */
#ifndef COMITY_CONSENSUS_VIEWS_H
#define COMITY_CONSENSUS_VIEWS_H

#include "consensus/consensus.h"

enum {
    TALLIES_MAX = 24,
    VIEW_BLOCKS_MAX = 2,
    VOTE_KINDS = 3,
    SIGNER_WORDS = SEATS_MAX / 64,
    SPAN_MAX = 1 << 16, /* Views above F that can be told apart. */
    KEPT_MIN = 64,      /* Of notarized views beside the ring. */
    SPARES_MAX = 8      /* Evictions in one step whose signatures effects may still borrow. */
};

/* What the application said of a body. */
enum block_check { CHECK_NONE, CHECK_ASKED, CHECK_PENDING, CHECK_OK, CHECK_INVALID };

struct held_block {
    bool held;
    bool ancestor; /* A notarized block descends from it, so it was notarized too. */
    enum block_check check;
    int64_t answered_ms; /* When CHECK_PENDING was said: it is asked again. */
    struct consensus_block block;
};

struct held_cert { /* Exactly q signatures. */
    bool held;
    struct hash hash;
    uint64_t signers[SIGNER_WORDS];
    uint8_t (*signatures)[SIGNATURE_SIZE]; /* q of them, in roster order. */
};

struct own_vote {
    bool asked;   /* Asked of the caller: binds us from now on. */
    bool durable; /* Signed and synced: may be counted and sent. */
    struct hash hash;
    uint8_t signature[SIGNATURE_SIZE];
};

struct vote_box { /* The votes of one kind in one view. */
    uint64_t signers[SIGNER_WORDS];
    struct hash *hashes;                   /* By signer. */
    uint8_t (*signatures)[SIGNATURE_SIZE]; /* By signer. */
};

struct tally {
    uint64_t view; /* 0: free. */
    struct vote_box boxes[VOTE_KINDS];
    uint64_t exposed[SIGNER_WORDS]; /* Evidence against this signer was given out. */
};

struct view_record {
    uint64_t view; /* 0: unused. */
    bool proposed; /* The leader's first proposal is here: */
    struct hash proposal;
    bool equivocated; /* The leader signed a second one. */
    bool paced;       /* `grow` has grown for it. */
    struct held_block blocks[VIEW_BLOCKS_MAX];
    struct held_cert notarization;
    struct held_cert nullification;
    struct own_vote own[VOTE_KINDS]; /* By kind - 1. */
};

struct views {
    uint32_t n;
    uint32_t q;
    uint32_t capacity;
    uint32_t tallies_count;
    struct view_record *ring;
    struct view_record *kept; /* Notarized views that the ring has no room for. */
    uint32_t kept_count;
    uint32_t kept_max;
    uint8_t (*spares[SPARES_MAX][2])[SIGNATURE_SIZE];
    uint32_t spare;    /* Taken in turn. */
    uint64_t *skipped; /* Bit by view: nullified, certificate not held here any more. */
    uint64_t *closed;  /* Bit by view: its record was dropped, so no own vote any more. */
    struct tally tallies[TALLIES_MAX];
};

/* COMITY_MEMORY. */
COMITY_MUST_CHECK enum comity_error views_init(struct views *self, struct arena *arena, uint32_t n,
                                               uint32_t capacity);
/* The record of a view, NULL if there is none (any more). */
struct view_record *views_find(const struct views *self, uint64_t view);
/* Is there or can there be a record of this view? */
bool views_fits(const struct views *self, uint64_t view, uint64_t final_view);
/* Likewise, made empty if there is none, dropping or moving an older one. NULL: it does not
 * fit. */
struct view_record *views_make(struct views *self, uint64_t view, uint64_t final_view);
/* Has this view fallen behind the ring, without a record? Then it gets bits, not a record. */
bool views_is_past(const struct views *self, uint64_t view, uint64_t final_view);
bool views_is_closed(const struct views *self, uint64_t view);
void views_close(struct views *self, uint64_t view);
/* All records, used or not; their view tells. */
uint32_t views_records(const struct views *self);
struct view_record *views_record(const struct views *self, uint32_t index);
/* Remember that a view without a record is nullified; within SPAN_MAX of F. */
void views_skip(struct views *self, uint64_t view);
/* F has moved: forget the bits up to it. */
void views_finalize(struct views *self, uint64_t old_final_view, uint64_t final_view);
struct held_block *views_block(const struct views *self, uint64_t view, const struct hash *hash);
/* Keep a body; the slot of a body nobody refers to is reused. NULL: no room. */
struct held_block *views_keep_block(struct view_record *record,
                                    const struct consensus_block *block);
bool views_has(const struct views *self, enum vote_kind kind, uint64_t view);
/* The certificate held for NOTARIZE or NULLIFY, as something that can be sent. */
bool views_cert(const struct views *self, enum vote_kind kind, uint64_t view,
                struct cert *ret_cert);

/* The tally of a view, NULL if none is kept. */
struct tally *tally_find(const struct views *self, uint64_t view);
/* Likewise, taking one from a view that needs it less; NULL if all others need theirs more. */
struct tally *tally_make(struct views *self, uint64_t view, uint64_t final_view);
bool tally_has(const struct tally *tally, enum vote_kind kind, uint32_t signer);
/* The vote as it was counted; tally_has. */
struct vote tally_vote(const struct tally *tally, enum vote_kind kind, uint32_t signer);
void tally_put(struct tally *tally, const struct vote *vote);
uint32_t tally_count(const struct tally *tally, enum vote_kind kind, const struct hash *hash);

static inline bool bit_get(const uint64_t *bits, uint32_t index)
{
    return (bits[index / 64] >> (index % 64) & 1) != 0;
}
static inline void bit_set(uint64_t *bits, uint32_t index)
{
    bits[index / 64] |= (uint64_t)1 << (index % 64);
}

#endif
