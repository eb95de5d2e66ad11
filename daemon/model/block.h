/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - block headers, votes and certificates: the objects orderers sign, in their fixed
 * big-endian layouts (DESIGN.md section 5, CONSENSUS.md 1.2). Pure.
 *
 * "Vote" is one signed NOTARIZE, NULLIFY or FINALIZE of an orderer, about order; what a
 * delegation says about substance is a ballot. */
#ifndef COMITY_MODEL_BLOCK_H
#define COMITY_MODEL_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "model/limits.h"

struct block_header {
    struct hash forum;    /* Forum id. */
    uint16_t protocol;    /* PROTOCOL_VERSION. */
    uint64_t epoch;       /* 0 until the first seal. */
    uint64_t view;        /* 1 and up; 0 is genesis. */
    uint64_t height;      /* Parent's + 1; genesis is 0. */
    int64_t time_ms;      /* UTC; not before the parent's. */
    uint64_t parent_view; /* Below `view`. */
    struct hash parent_hash;
    uint64_t state_height;     /* A finalized ancestor the leader has executed. */
    struct hash state_hash;    /* State hash after that height. */
    struct hash outcomes_root; /* Merkle root of verdict and agreement records there. */
    struct hash acts_root;     /* Merkle root of the block's acts, see block_acts_root. */
};
enum { BLOCK_HEADER_SIZE = 5 * 32 + 2 + 7 * 8 };

void block_header_encode(const struct block_header *header, uint8_t ret_bytes[BLOCK_HEADER_SIZE]);
/* COMITY_INVALID: wrong size. */
COMITY_MUST_CHECK enum comity_error block_header_decode(struct bytes bytes,
                                                        struct block_header *ret_header);
/* H("comity/block/v1", the fixed layout). */
struct hash block_header_hash(const struct block_header *header);

enum vote_kind { VOTE_NOTARIZE = 1, VOTE_NULLIFY = 2, VOTE_FINALIZE = 3 };

struct vote {
    enum vote_kind kind;
    uint64_t view;
    struct hash hash; /* Block hash; zero for NULLIFY. */
    uint32_t signer;  /* Roster index. */
    uint8_t signature[SIGNATURE_SIZE];
};

/* What a vote's signature covers besides its own fields: stops replay across forums, epochs,
 * rosters. roster_hash = H("comity/roster/v1", the orderers' keys in roster order). */
struct vote_domain {
    struct hash forum;
    uint64_t epoch;
    struct hash roster_hash;
};
enum { VOTE_SIGN_SIZE = 24 + 32 + 8 + 32 + 8 + 32 };
/* One domain string per kind, zero-padded to 24 bytes, then forum, epoch, roster, view, hash. */
void vote_sign_bytes(const struct vote_domain *domain, enum vote_kind kind, uint64_t view,
                     const struct hash *hash, uint8_t ret_bytes[VOTE_SIGN_SIZE]);

/* q signatures over one (kind, view, hash): notarization, nullification, finalization. */
struct cert {
    enum vote_kind kind;
    uint64_t view;
    struct hash hash;
    uint64_t signers[SEATS_MAX / 64];            /* Bit i: roster index i signed. */
    uint32_t signatures_count;                   /* Bits set in signers. */
    const uint8_t (*signatures)[SIGNATURE_SIZE]; /* In roster order; borrowed. */
};
static inline bool cert_has_signer(const struct cert *cert, uint32_t index)
{
    return (cert->signers[index / 64] >> (index % 64) & 1) != 0;
}

/* f = ⌊(n−1)/3⌋ may fail; q = n − f make a certificate (CONSENSUS.md 1.1). n ≥ 1. */
static inline uint32_t quorum_faults(uint32_t n)
{
    return (n - 1) / 3;
}
static inline uint32_t quorum_size(uint32_t n)
{
    return n - quorum_faults(n);
}

#endif
