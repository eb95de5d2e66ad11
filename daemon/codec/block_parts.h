/* SPDX-License-Identifier: Apache-2.0 */
/* block_parts.h - votes, certificates and lists of acts as protobuf messages, shared inside
 * codec: they travel by themselves and within peer messages. */
#ifndef COMITY_CODEC_BLOCK_PARTS_H
#define COMITY_CODEC_BLOCK_PARTS_H

#include "codec/block.h"
#include "consensus.pb-c.h"

/* A certificate's message and the bytes it points to. */
struct cert_message {
    Comity__V1__Cert message;
    uint8_t signers[SEATS_MAX / 8];
};

/* The message borrows from the struct. COMITY_INVALID: the struct breaks consensus.proto. */
COMITY_MUST_CHECK enum comity_error vote_to_message(const struct vote *vote, uint32_t n,
                                                    Comity__V1__Vote *ret_message);
COMITY_MUST_CHECK enum comity_error cert_to_message(const struct cert *cert, uint32_t n,
                                                    struct cert_message *ret_message);
/* n orderers: 1..SEATS_MAX. The certificate's signatures are borrowed. */
COMITY_MUST_CHECK enum comity_error vote_from_message(const Comity__V1__Vote *message, uint32_t n,
                                                      struct vote *ret_vote, struct fault *fault);
COMITY_MUST_CHECK enum comity_error cert_from_message(const Comity__V1__Cert *message, uint32_t n,
                                                      struct cert *ret_cert, struct fault *fault);
/* The array is the arena's, the acts are borrowed. COMITY_INVALID: an empty act; COMITY_LIMIT. */
COMITY_MUST_CHECK enum comity_error acts_from_data(const ProtobufCBinaryData *items, size_t count,
                                                   struct arena *arena,
                                                   const struct bytes **ret_acts,
                                                   struct fault *fault);

#endif
