/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - block bodies, votes and certificates between bytes and structs. */
#ifndef COMITY_CODEC_BLOCK_H
#define COMITY_CODEC_BLOCK_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/block.h"

/* BlockBody from encoded SignedActs. COMITY_LIMIT: above BLOCK_SIZE_MAX, BLOCK_ACTS_MAX, or an act
 * above ACT_SIZE_MAX; COMITY_INVALID: an empty act. Nothing was appended. */
COMITY_MUST_CHECK enum comity_error block_body_encode(const struct bytes *acts, size_t acts_count,
                                                      struct buffer *ret_bytes);
/* The acts are borrowed from `body`; the array is the arena's. */
COMITY_MUST_CHECK enum comity_error block_body_decode(struct bytes body, struct arena *arena,
                                                      const struct bytes **ret_acts,
                                                      size_t *ret_acts_count, struct fault *fault);
/* Merkle root over the acts' ids and signatures (leaf: id ‖ signature), in block order; texts are
 * bound by the acts, so a purged text changes nothing. */
COMITY_MUST_CHECK enum comity_error block_acts_root(const struct hash *ids,
                                                    const uint8_t *const *signatures,
                                                    size_t acts_count, struct hash *ret_root);
/* Certificates as stored (encoded Cert). n orderers, 1..SEATS_MAX. The decoded signatures are
 * borrowed from `bytes`. That they are a quorum, and verify, is for the caller to see. */
COMITY_MUST_CHECK enum comity_error cert_encode(const struct cert *cert, uint32_t n,
                                                struct buffer *ret_bytes);
COMITY_MUST_CHECK enum comity_error cert_decode(struct bytes bytes, uint32_t n, struct arena *arena,
                                                struct cert *ret_cert, struct fault *fault);
/* Votes as stored in the journal (encoded Vote). */
COMITY_MUST_CHECK enum comity_error vote_encode(const struct vote *vote, struct buffer *ret_bytes);
COMITY_MUST_CHECK enum comity_error vote_decode(struct bytes bytes, struct vote *ret_vote,
                                                struct fault *fault);

#endif
